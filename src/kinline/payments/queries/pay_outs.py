"""What finance staff have to pay, and what nobody came for, at the places they work for (MON-6)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet, Sum

from kinline.payments import refund_wording as wording
from kinline.payments.models import PayOut
from kinline.payments.models.refunds import PayOutState, Way
from kinline.payments.queries.origins import disputed_deposits

PAGE, BATCH = 200, 1_000
UNCLAIMED_STATES: list[str] = [PayOutState.RETURNED, PayOutState.UNCLAIMED, PayOutState.REMITTED]


@dataclass(frozen=True, slots=True)
class PayOutRow:
    """One payment on a list of finance. `frozen`: the payer's bank asks for it back, so it waits.

    `reference`: cheque or transfer number. `address_missing`: a cheque that nobody can send yet.
    """

    id: int
    refund_id: int
    way: str
    state: str
    amount_cents: int
    payee_name: str
    payee_address: str
    payee_email: str
    payee_region: str
    resident_number: str
    facility_id: int | None
    facility_name: str
    cause: str
    reference: str
    since: datetime
    ended_at: datetime | None
    notice_at: datetime | None
    frozen: bool
    sentence: str

    @property
    def address_missing(self) -> bool:
        return self.way == Way.CHEQUE and not self.payee_address


@dataclass(frozen=True, slots=True)
class Summary:
    """What a whole list comes to. `oldest`: since when its first stands there."""

    count: int
    cents: int
    oldest: datetime | None


def pay_outs(
    facility_ids: Collection[int] | None, state: str = PayOutState.WAITING, *, after: int | None = None,
    size: int = PAGE,
) -> list[PayOutRow]:  # fmt: skip
    """A page of the payments in `state` that finance makes (cards are not), oldest first: those that stand behind the
    row `after`. `facility_ids`: where the asker may see money; None: the operator, who sees those of no place, too.
    """
    rows = _by_hand(facility_ids, state)
    if after is not None and (at := PayOut.objects.filter(pk=after).values_list("at", flat=True).first()):
        rows = rows.filter(Q(at__gt=at) | Q(pk__gt=after), at__gte=at)
    return _listed(rows[:size])


def every_pay_out(facility_ids: Collection[int] | None, state: str = PayOutState.WAITING) -> Iterator[PayOutRow]:
    """The same to the end, for a file, however long."""
    after = None
    while rows := pay_outs(facility_ids, state, after=after, size=BATCH):
        yield from rows
        after = rows[-1].id


def summary(facility_ids: Collection[int] | None, state: str = PayOutState.WAITING) -> Summary:
    """How many they are, their sum, and the age of the first."""
    rows = _by_hand(facility_ids, state).order_by()
    found = rows.aggregate(count=Count("pk"), cents=Sum("amount_cents", default=0), oldest=Min("at"))
    return Summary(**found)


def _by_hand(facility_ids: Collection[int] | None, state: str) -> QuerySet[PayOut]:
    return _of(facility_ids).filter(state=state, replaced_by=None).exclude(way=Way.CARD)


def unclaimed(facility_ids: Collection[int] | None) -> list[PayOutRow]:
    """What falls to states: came back and has no address, owed to a state, or handed over; oldest first."""
    return _listed(_of(facility_ids).filter(state__in=UNCLAIMED_STATES, replaced_by=None))


def pay_out(facility_ids: Collection[int] | None, pay_out_id: int) -> PayOutRow | None:
    """One of them; None: no such, or of another place."""
    return next(iter(_listed(_of(facility_ids).filter(pk=pay_out_id).exclude(way=Way.CARD))), None)


def _of(facility_ids: Collection[int] | None) -> QuerySet[PayOut]:
    rows = PayOut.objects.select_related("refund", "facility", "resident").order_by("at", "pk")
    return rows if facility_ids is None else rows.filter(facility_id__in=facility_ids)


def _listed(rows: QuerySet[PayOut]) -> list[PayOutRow]:
    found = list(rows)
    frozen = disputed_deposits({one.deposit_id for one in found if one.deposit_id is not None})
    return [_row(one, frozen=one.deposit_id in frozen) for one in found]


def _row(one: PayOut, *, frozen: bool) -> PayOutRow:
    return PayOutRow(
        id=one.pk,
        refund_id=one.refund_id,
        way=one.way,
        state=one.state,
        amount_cents=one.amount_cents,
        payee_name=one.payee_name,
        payee_address=one.payee_address,
        payee_email=one.payee_email,
        payee_region=one.payee_region,
        resident_number=one.resident.number if one.resident else "",
        facility_id=one.facility_id,
        facility_name=one.facility.name if one.facility else "",
        cause=one.refund.cause,
        reference=one.reference,
        since=one.at,
        ended_at=one.ended_at,
        notice_at=one.notice_at,
        frozen=frozen,
        sentence=wording.pay_out_sentence(one.state, one.way, has_address=bool(one.payee_address)),
    )


@dataclass(frozen=True, slots=True)
class Aged:
    """What nobody came for, by how long it has stood: from `days` on to the next bin (STF-7)."""

    days: int
    count: int
    cents: int
    oldest: datetime | None


BINS = (0, 30, 90, 180, 365)  # days


def unclaimed_by_age(facility_ids: Collection[int] | None, now: datetime, *, state: str = "") -> list[Aged]:
    """Youngest first; a bin in which there is nothing has zeros. `state`: one of theirs only."""
    states = [state] if state in UNCLAIMED_STATES else UNCLAIMED_STATES
    rows = _of(facility_ids).filter(state__in=states, replaced_by=None).order_by()
    found = []
    for days, until in zip(BINS, (*BINS[1:], None), strict=True):
        part = rows.filter(at__lte=now - timedelta(days=days))
        part = part.filter(at__gt=now - timedelta(days=until)) if until else part
        sums = part.aggregate(count=Count("pk"), cents=Sum("amount_cents", default=0), oldest=Min("at"))
        found.append(Aged(days, **sums))
    return found
