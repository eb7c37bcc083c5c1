"""What a family reads of calls: the record of a number that they hold, its block, what a call cost (TEL-5, F21).

Whether somebody holds a number is known to `payments`: `flows.call_history` asks there first, as the actor, and only
then here. Hotlines are in no list (REC3).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from django.db.models import Q, QuerySet

from kinline.ledger import chart
from kinline.telephony import faults
from kinline.telephony.models import Call, CallMe, Cdr, CodeCall, NumberBlock, Switch
from kinline.telephony.queries.calls import PAID_FIRST, STANDS, back_cents
from kinline.telephony.services import LEASE

PAGE: Final = 20
Payer = Literal["number", "resident", "agency", "nobody"]
# A try that was not placed says something of the resident (a lost privilege, a wrong PIN); of these it says something
# of the number, and whoever holds it can mend it.
OF_THE_NUMBER: Final = ("no_money", "money_in_use", "blocked_by_called_party")


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call to a number. `seconds`: from acceptance; `cents`: its price, of which `share_cents` is the facility's
    (F23) and `agency_cents` was paid by the agency. `tried`: it was refused before anything rang. `how`: the code of
    its end, `by`: the side that ended it; `accepted`: the two talked. `back_cents`: of what was paid first, given back;
    `ours`: it was lost by our fault (TEL-14).
    """

    id: int
    at: datetime
    resident_id: int | None
    facility_id: int
    facility_name: str
    call_type: str
    accepted: bool
    how: str
    by: str
    seconds: int
    cents: int
    share_cents: int
    agency_cents: int
    payer: Payer
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


def calls_to(number: str, *, since: datetime, before: int | None = None, size: int = PAGE) -> CallPage:
    """Calls to a number (E.164) since a moment, newest first; each as its newest correction says. At most two
    statements, however many there are."""
    rows = _of_number(number, since)
    if before is not None:
        last = Cdr.objects.filter(pk=before, number=number).values_list("started_at", flat=True).first()
        if last is None:
            return CallPage([], None)
        rows = rows.filter(Q(started_at__lt=last) | Q(started_at=last, pk__lt=before))
    found = [_line(row) for row in rows[: size + 1]]
    return CallPage(found[:size], found[size - 1].id if len(found) > size else None)


def _of_number(number: str, since: datetime) -> "QuerySet[Cdr]":
    of_interest = ~Q(call_type="refused") | Q(result__in=OF_THE_NUMBER)
    rows = (
        Cdr.objects.select_related("facility")
        .annotate(paid_first=PAID_FIRST)
        .filter(of_interest, STANDS, number=number, started_at__gte=since)
    )
    return rows.exclude(call_type="hotline").order_by("-started_at", "-pk")


def _line(row: Cdr) -> CallLine:
    reasons = row.reasons or [row.result]
    return CallLine(
        id=row.pk,
        at=row.started_at,
        resident_id=row.resident_id,
        facility_id=row.facility_id,
        facility_name=row.facility.name,
        call_type=row.call_type,
        accepted=row.accepted_at is not None,
        how=reasons[0],
        by=row.ended_by,
        seconds=row.seconds,
        cents=row.cents,
        share_cents=row.additive_cents,
        agency_cents=row.agency_cents,
        payer=_payer(row),
        back_cents=back_cents(row),
        ours=row.accepted_at is not None and faults.ours(reasons[0]),
    )


def _payer(row: Cdr) -> Payer:
    if row.payer:
        return "number" if chart.owner(row.payer)[0] == "number" else "resident"
    return "agency" if row.agency_cents else "nobody"


@dataclass(frozen=True, slots=True)
class Charged:
    """What a statement says of a charged call: how long it was, and the facility's share of its price (F21, F23), as it
    was charged: what was given back is a line of its own.
    """

    seconds: int
    share_cents: int


def charged(call_ids: Collection[int]) -> dict[int, Charged]:
    """By call. One statement; none where nothing is asked for. Whose call it was, the caller's statement knows."""
    if not call_ids:
        return {}
    rows = Cdr.objects.filter(call_id__in=call_ids, corrects=None).exclude(call_type="hotline")
    found = rows.values_list("call_id", "seconds", "additive_cents")
    return {call_id: Charged(seconds, cents) for call_id, seconds, cents in found}


@dataclass(frozen=True, slots=True)
class Blocked:
    """Since when nobody calls a number. `by_key`: somebody at that telephone pressed a key; else on a page here."""

    since: datetime
    by_key: bool


def own_block(number: str) -> Blocked | None:
    """The block that the called party themself asked for (T5). Those of facilities are not a family's to see."""
    row = NumberBlock.objects.filter(number=number, by="called_party", facility=None, lifted_at=None).first()
    return Blocked(row.made_at, row.made_by_id is None) if row else None


def not_accepted_yet(number: str) -> list[Call]:
    """Calls to a number that are about to ring, ring or are announced; not those of a hotline."""
    rows = Call.objects.filter(number=number, ended_at=None, accepted_at=None).exclude(call_type="hotline")
    return list(rows.order_by("pk"))


def own_blocks(numbers: Collection[str]) -> set[str]:
    """Those of these numbers that their called party blocked. One statement."""
    if not numbers:
        return set()
    rows = NumberBlock.objects.filter(number__in=numbers, by="called_party", facility=None, lifted_at=None)
    return set(rows.values_list("number", flat=True))


def notes_left(user_id: int) -> list[CallMe]:
    """Every note "please call me" that this person left and that is kept, newest first."""
    return list(CallMe.objects.select_related("resident").filter(user_id=user_id).order_by("-left_at", "-pk"))


def connected(now: datetime) -> bool:
    """Whether a switch of the deployment gave a sign of life lately: without one no call speaks a code (TEL-8)."""
    return Switch.objects.filter(agency=None, disabled_at=None, seen_at__gt=now - LEASE).exists()


CodeState = Literal["waits", "rings", "spoken", "not_spoken"]


def code_call(code_id: int) -> CodeState:
    """How the call is that speaks this code; without one it waits."""
    row = CodeCall.objects.filter(code_id=code_id).order_by("-pk").first()
    if row is None or (row.taken_at is None and row.ended_at is None):
        return "waits"
    if row.ended_at is None:
        return "rings"
    return "spoken" if row.result == "spoken" else "not_spoken"
