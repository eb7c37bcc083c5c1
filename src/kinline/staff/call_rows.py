"""Calls as staff see them: rows of lists, the moments of one, its price in parts, its entries in the books."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kinline.ledger import queries as ledger
from kinline.telephony import staff_wording as words
from kinline.telephony.rating import in_dollars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kinline.telephony.models import Call, CallEvent, Cdr


@dataclass(frozen=True, slots=True)
class LiveRow:
    """`length`: how long they talk, or since when it dials. `left`: until it is cut. `asked`: why staff end it."""

    id: int
    resident: str
    number_of: str
    number: str
    station: str
    unit: str
    state: str
    talking: bool
    started_at: datetime
    length: str
    left: str
    paid: str
    asked: str
    tags: tuple[str, ...]


def clock(seconds: float) -> str:
    """`61` → `1:01`."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def live_row(call: "Call", now: datetime) -> LiveRow:
    begun = call.accepted_at or call.started_at
    until = call.ended_at or now
    left = call.accepted_at + timedelta(seconds=call.seconds) - now if call.accepted_at else None
    return LiveRow(
        id=call.pk,
        resident=call.resident.name if call.resident else "",
        number_of=call.resident.number if call.resident else "",
        number=call.number,
        station=call.station.label if call.station else "",
        unit=call.station.unit.name if call.station and call.station.unit else "",
        state=str(words.STATES.get(call.state, call.state)),
        talking=call.accepted_at is not None,
        started_at=call.started_at,
        length=clock((until - begun).total_seconds()),
        left=clock(left.total_seconds()) if left else "",
        paid=str(words.PAID.get(call.call_type, call.call_type)),
        asked=words.result(call.end_asked) if call.end_asked else "",
        tags=_tags(call),
    )


def _tags(call: "Call") -> tuple[str, ...]:
    told = (
        (call.facts.get("privileged"), _("privileged")),
        (call.facts.get("relay"), _("relay")),
        (call.record, _("recorded")),
    )
    return tuple(label for on, label in told if on)


@dataclass(frozen=True, slots=True)
class EndedRow:
    id: int
    started_at: datetime
    resident: str
    number_of: str
    number: str
    station: str
    result: str
    why: str
    talked: bool
    length: str
    cents: int
    paid: str
    signs: int
    corrected: bool
    where: str
    access: str


def ended_row(cdr: "Cdr") -> EndedRow:
    """`why`: what ended a call in which they talked, and every other reason of a refusal."""
    others = [words.result(code) for code in cdr.reasons if code != cdr.result]
    return EndedRow(
        id=cdr.call_id,
        started_at=cdr.started_at,
        resident=cdr.resident.name if cdr.resident else "",
        number_of=cdr.resident.number if cdr.resident else "",
        number=cdr.number or cdr.dialled,
        station=cdr.station,
        result=words.result(cdr.result),
        why="; ".join(others),
        talked=cdr.accepted_at is not None,
        length=clock(cdr.seconds),
        cents=cdr.cents,
        paid=str(words.PAID.get(cdr.call_type, cdr.call_type)),
        signs=len(cdr.signs),
        corrected=cdr.corrects_id is not None,
        where=_where(cdr),
        access=str(words.ACCESS.get(cdr.access, cdr.access)),
    )


def _where(cdr: "Cdr") -> str:
    """Which part of the world it went to, the country, and how the law counts it (F32)."""
    country = "" if cdr.place_kind == "domestic" else cdr.country
    parts = (words.PLACES.get(cdr.place_kind, ""), country, words.JURISDICTIONS.get(cdr.jurisdiction, ""))
    return ", ".join(str(part) for part in parts if part)


@dataclass(frozen=True, slots=True)
class Price:
    """`rate`, `share`: dollars a minute, as they were pinned (F26); cents by part (F9, F23), and who paid them."""

    rate: str
    share: str
    base_cents: int
    additive_cents: int
    tax_cents: int
    cents: int
    agency_cents: int
    own_cents: int


def price_of(cdr: "Cdr") -> Price:
    return Price(
        in_dollars(cdr.base_micro + cdr.additive_micro), in_dollars(cdr.additive_micro), cdr.base_cents,
        cdr.additive_cents, cdr.tax_cents, cdr.cents, cdr.agency_cents, cdr.cents - cdr.agency_cents,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime
    what: str
    detail: str
    elapsed: str


def moments_of(call: "Call", events: "Sequence[CallEvent]") -> list[Moment]:
    begun = Moment(call.started_at, str(_("Asked for")), "", "0:00")
    told = [
        Moment(one.at, str(words.MOMENTS.get(one.kind, one.kind)), one.detail, clock(one.elapsed_ms / 1000))
        for one in events
    ]
    over = call.ended_at
    last = [Moment(over, str(_("Over")), "", clock((over - call.started_at).total_seconds()))] if over else []
    return [begun, *told, *last]


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction: what went back, why, by whom (nobody: by itself), and the price since then."""

    at: datetime
    back_cents: int
    why: str
    note: str
    by: str
    seconds: int
    cents: int
    corrects: int


def corrections_of(versions: "Sequence[Cdr]") -> list[Correction]:
    """Of the versions of a record; the first was no correction."""
    return [
        Correction(
            at=one.written_at, back_cents=before.cents - one.cents,
            why=str(words.CORRECTED.get(made.why, made.why)) if made else "", note=made.note if made else "",
            by=made.made_by.name if made and made.made_by else "", seconds=one.seconds, cents=one.cents,
            corrects=before.pk,
        )
        for before, one in pairwise(versions)
        for made in [getattr(one, "correction", None)]
    ]  # fmt: skip


def entries_of(cdr: "Cdr") -> list[ledger.EntryLine]:
    """The postings of its entries in the books; of a correction those of the call that it corrects are in it, too."""
    return ledger.entry_lines([int(one) for one in cdr.entries])
