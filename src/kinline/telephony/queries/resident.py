"""What a resident reads of their calls: their numbers, what was called, what is left today, when lines are open.

Whoever asks is the resident: each of these takes them first. What a family member put on a number is never told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final, Literal

from django.db.models import Q

from kinline.facilities.models import Facility
from kinline.ledger import chart
from kinline.telephony import faults, rules
from kinline.telephony.dialling import e164
from kinline.telephony.models import AllowedNumber, Cdr, Hotline, KnownNumber, NumberBlock, SpeedDial, TelephoneSettings
from kinline.telephony.queries import authority, prices
from kinline.telephony.queries.calls import PAID_FIRST, STANDS, back_cents
from kinline.telephony.rating import Rate
from kinline.telephony.services.lists import state_of

PAGE: Final = 20
Payer = Literal["number", "resident", "agency", "nobody"]
State = Literal["asked", "approved", "denied", "removed"]


# The list


@dataclass(frozen=True, slots=True)
class Listed:
    """A number of the list. `state`: `asked` where approval is needed and nobody has decided. `speed`: keys, or
    nothing. `why_not`: codes of what else keeps it from being called now. `rate` None: no price there.
    `blocked`: the facility or the called party lets nobody call it.
    """

    id: int
    number: str
    name: str
    relation: str
    state: State
    asked_at: datetime
    decided_at: datetime | None
    reason: str
    speed: str
    privileged: bool
    relay: bool
    why_not: tuple[str, ...]
    rate: Rate | None
    needs_approval: bool

    @property
    def can_be_called(self) -> bool:
        open_here = self.state == "approved" or self.privileged or (self.state == "asked" and not self.needs_approval)
        return open_here and not self.why_not

    @property
    def waits(self) -> bool:
        return self.state == "asked" and self.needs_approval and not self.privileged


@dataclass(frozen=True, slots=True)
class OwnList:
    """`taken`: how many places of `limit` are used. `needs_approval`: only approved numbers can be called (T10)."""

    rows: list[Listed]
    taken: int
    limit: int
    needs_approval: bool

    @property
    def is_full(self) -> bool:
        return self.taken >= self.limit


def own_list(resident_id: int, facility: Facility, now: datetime) -> OwnList:
    """Six statements, however many numbers."""
    setting = authority.settings_of(facility)
    rows = list(AllowedNumber.objects.filter(resident_id=resident_id, removed_at=None).order_by("name", "pk"))
    listed = _listed(rows, resident_id, facility, setting, now)
    taken = sum(one.state != "denied" for one in listed)
    return OwnList(listed, taken, setting.list_limit, setting.lists_numbers)


def listed(resident_id: int, listed_id: int, facility: Facility, now: datetime) -> Listed | None:
    """None: it is not on this resident's list."""
    rows = list(AllowedNumber.objects.filter(resident_id=resident_id, pk=listed_id, removed_at=None))
    found = _listed(rows, resident_id, facility, authority.settings_of(facility), now)
    return found[0] if found else None


def _listed(
    rows: list[AllowedNumber], resident_id: int, facility: Facility, setting: TelephoneSettings, now: datetime
) -> list[Listed]:
    numbers = [row.number for row in rows]
    known = _known(facility.agency_id, numbers)
    blocked = _blocked(facility.pk, numbers)
    speed = dict(SpeedDial.objects.filter(resident_id=resident_id).values_list("number", "keys"))
    offer = prices.offers([facility], now)[facility.pk]
    made = []
    for row in rows:
        place, flags = e164(row.number).place, known.get(row.number)
        rate = offer.rate_to(place) if place else None
        why_not = list(blocked.get(row.number, ()))
        if rate is None and not (flags and flags.relay):
            why_not.append("no_rate" if place and place.kind in setting.places else "place_not_allowed")
        made.append(
            Listed(
                id=row.pk, number=row.number, name=row.name, relation=row.relation, state=_state(row),
                asked_at=row.asked_at, decided_at=row.decided_at, reason=row.denied_reason,
                speed=speed.get(row.number, ""), privileged=bool(flags and flags.privileged_since),
                relay=bool(flags and flags.relay), why_not=tuple(why_not), rate=rate,
                needs_approval=setting.lists_numbers,
            )
        )  # fmt: skip
    return made


def _state(row: AllowedNumber) -> State:
    states: dict[str, State] = {"asked": "asked", "approved": "approved", "denied": "denied"}
    return states.get(state_of(row), "removed")


def _known(agency_id: int, numbers: Iterable[str]) -> dict[str, KnownNumber]:
    rows = KnownNumber.objects.filter(agency_id=agency_id, number__in=list(numbers))
    return {row.number: row for row in rows}


def _blocked(facility_id: int, numbers: list[str]) -> dict[str, tuple[str, ...]]:
    here = Q(facility=None) | Q(facility_id=facility_id)
    begins = {number[:length] for number in numbers for length in range(2, len(number) + 1)}
    fits = Q(number__in=numbers) | Q(is_prefix=True, number__in=begins)
    rows = list(NumberBlock.objects.filter(here, fits, lifted_at=None).values_list("number", "is_prefix", "by"))
    return {number: _codes(number, rows) for number in numbers}


def _codes(number: str, rows: Iterable[tuple[str, bool, str]]) -> tuple[str, ...]:
    who = [by for known, prefix, by in rows if number == known or (prefix and number.startswith(known))]
    return tuple(dict.fromkeys("blocked_by_called_party" if by == "called_party" else "blocked_number" for by in who))


def is_privileged(agency_id: int, number: str) -> bool:
    return KnownNumber.objects.filter(agency_id=agency_id, number=number, privileged_since__isnull=False).exists()


def hotlines(facility_id: int) -> list[Hotline]:
    """Free lines that ask for nothing (TEL-7)."""
    return list(Hotline.objects.filter(facility_id=facility_id, retired_at=None).order_by("name", "pk"))


# What is left, and when


@dataclass(frozen=True, slots=True)
class Lines:
    """How a resident may call now, by all limits that count for them.

    `open_until`: None where lines are closed by hours now, `rules.NEVER` where they never close; `opens_at`: when hours
    open them next. `stops`: what closes them besides. `call_seconds`: the longest call. `today_seconds`,
    `week_seconds`, `month_seconds`, `calls`: what quotas leave; None: there is none. `again_at`: the pause ends.
    `hours`: of each limit that has any.
    """

    open_until: datetime | None
    opens_at: datetime | None
    stops: tuple[rules.Stop, ...]
    call_seconds: int | None
    calls: int | None
    today_seconds: int | None
    week_seconds: int | None
    month_seconds: int | None
    again_at: datetime | None
    hours: tuple[tuple[rules.Hours, ...], ...]

    @property
    def are_open(self) -> bool:
        return self.open_until is not None and not self.stops

    @property
    def always(self) -> bool:
        return self.open_until == rules.NEVER

    @property
    def has_quota(self) -> bool:
        left = (self.calls, self.today_seconds, self.week_seconds, self.month_seconds)
        return any(one is not None for one in left)


def lines(resident_id: int, facility: Facility, unit_id: int | None, now: datetime) -> Lines:
    """As the next call would be decided upon."""
    limits = authority.limits(facility_id=facility.pk, unit_id=unit_id, resident_id=resident_id, number="")
    used = authority.used(resident_id, facility, now)
    until = rules.open_until(limits, now, facility.time_zone)
    pause = rules.pause_until(limits, used)
    return Lines(
        open_until=until,
        opens_at=None if until else rules.opens_at(limits, now, facility.time_zone),
        stops=authority.stops(facility_id=facility.pk, unit_id=unit_id, resident_id=resident_id, now=now),
        call_seconds=rules.least(one.seconds for one in limits),
        calls=_left((one.calls_a_day for one in limits), used.calls_today),
        today_seconds=_left((one.seconds_a_day for one in limits), used.seconds_today),
        week_seconds=_left((one.seconds_a_week for one in limits), used.seconds_this_week),
        month_seconds=_left((one.seconds_a_month for one in limits), used.seconds_this_month),
        again_at=pause if pause and pause > now else None,
        hours=tuple(one.hours for one in limits if one.hours),
    )


def _left(limits: Iterable[int | None], spent: int) -> int | None:
    most = rules.least(limits)
    return None if most is None else max(0, most - spent)


# The record


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call or try. `seconds`: from acceptance; `cents`: its price, of which the agency paid `agency_cents`.

    `tried`: it was refused before anything rang, for `reasons`. `name`: as the number stands on one's list, or nothing.
    `back_cents`: of what was paid first, given back; `ours`: it was lost by our fault (TEL-14).
    """

    id: int
    at: datetime
    number: str
    name: str
    call_type: str
    accepted: bool
    reasons: tuple[str, ...]
    seconds: int
    cents: int
    agency_cents: int
    payer: Payer
    privileged: bool
    back_cents: int = 0
    ours: bool = False

    @property
    def tried(self) -> bool:
        return self.call_type == "refused"


@dataclass(frozen=True, slots=True)
class CallPage:
    """`next`: the cursor of the next page; None on the last."""

    rows: list[CallLine]
    next: int | None


def calls_of(resident_id: int, before: int | None = None, size: int = PAGE) -> CallPage:
    """One's own calls, newest first, each as its newest correction says; hotlines are in no list (REC3)."""
    rows = Cdr.objects.annotate(paid_first=PAID_FIRST).filter(STANDS, resident_id=resident_id)
    rows = rows.exclude(call_type="hotline")
    if before is not None:
        last = Cdr.objects.filter(pk=before, resident_id=resident_id).values_list("started_at", flat=True).first()
        if last is None:
            return CallPage([], None)
        rows = rows.filter(Q(started_at__lt=last) | Q(started_at=last, pk__lt=before))
    found = list(rows.select_related("call").order_by("-started_at", "-pk")[: size + 1])
    names = _names(resident_id, {row.number for row in found})
    lines = [_line(row, names) for row in found[:size]]
    return CallPage(lines, lines[-1].id if len(found) > size else None)


def _names(resident_id: int, numbers: Iterable[str]) -> Mapping[str, str]:
    """As they were last called on the list, even if they are off it by now."""
    rows = AllowedNumber.objects.filter(resident_id=resident_id, number__in=[one for one in numbers if one])
    return dict(rows.order_by("asked_at", "pk").values_list("number", "name"))


def _line(row: Cdr, names: Mapping[str, str]) -> CallLine:
    reasons = tuple(row.reasons or [row.result])
    return CallLine(
        id=row.pk,
        at=row.started_at,
        number=row.number,
        name=names.get(row.number, ""),
        call_type=row.call_type,
        accepted=row.accepted_at is not None,
        reasons=reasons,
        seconds=row.seconds,
        cents=row.cents,
        agency_cents=row.agency_cents,
        payer=_payer(row),
        privileged=bool(row.call.facts.get("privileged")),
        back_cents=back_cents(row),
        ours=row.accepted_at is not None and faults.ours(reasons[0]),
    )


def _payer(row: Cdr) -> Payer:
    if row.payer:
        return "number" if chart.owner(row.payer)[0] == "number" else "resident"
    return "agency" if row.agency_cents else "nobody"


@dataclass(frozen=True, slots=True)
class OpenTime:
    """Days with the same hours, for a sentence."""

    days: tuple[int, ...]
    opens: time
    closes: time


def open_times(hours: Iterable[rules.Hours]) -> list[OpenTime]:
    return [OpenTime(tuple(sorted(one.days)), one.opens, one.closes) for one in sorted(hours, key=lambda h: h.opens)]
