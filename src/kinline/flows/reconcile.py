"""Our books beside the processor's list of a day (MON-7). What does not agree is shown, never papered over.

What the list names and we do not know is looked into first: a lost event is made good, not reported. Its payouts to the
bank and what it keeps as fees are booked here. Repeating a day changes nothing.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from kinline.core.audit import record as audit
from kinline.core.transaction import story
from kinline.flows import disputes
from kinline.flows.fulfil import PROCESSOR, settle_payment
from kinline.flows.send_pay_out import refund_changed
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.payments import errors, processors, queries, services
from kinline.payments.errors import ProcessorRefused
from kinline.payments.models import Deposit, Dispute, PayOut
from kinline.payments.models.refunds import PayOutState
from kinline.payments.processors import Movement

log = logging.getLogger(__name__)

DAYS_BACK = 3  # what the processor lists late is still found


@dataclass(frozen=True, slots=True)
class Compared:
    """Of one day: lines of the processor's list, how many agree with ours, what it kept as fees, what was found."""

    day: date
    lines: int
    agree: int
    fee_cents: int
    found: int


@dataclass(frozen=True, slots=True)
class _Ours:
    """What our books say of something the processor names. `cents`: as its list would have it."""

    cents: int
    right_state: bool = True


def reconcile(*, now: datetime) -> None:
    """Job, every night: the last days, and however many were never compared. Raises ProcessorDown: the next night
    makes up for it, from the day at which this one ended.
    """
    today = timezone.localdate(now, timezone.get_default_timezone())
    day = min(today - timedelta(days=DAYS_BACK), _first_missed(today))
    while day < today:
        reconcile_day(day, now=now)
        services.note_compared(day, now=now)
        day += timedelta(days=1)
    disputes.ask_open(now=now)


def _first_missed(today: date) -> date:
    """After the newest day that was compared; at first, when the processor was first asked for money."""
    if last := queries.last_compared():
        return last.day + timedelta(days=1)
    begun = queries.first_asked()
    return timezone.localdate(begun, timezone.get_default_timezone()) if begun else today


def reconcile_day(day: date, *, now: datetime) -> Compared:
    """Compare one day of the deployment's time zone. Raises ProcessorDown."""
    start, end = _bounds(day)
    listed = list(processors.movements(start, end))
    agree = [one for one in listed if _agrees(one, day, now)]
    for one in agree:
        if one.fee_cents:
            _kept(one, now)
    differ = {one.about for one in listed if one not in agree}
    services.settle_agreed({one.about for one in agree} - differ, now=now)
    _look_for_ours({one.about for one in listed}, day, start, end, now)
    return Compared(
        day, len(listed), len(agree), sum(one.fee_cents for one in listed), len(queries.differences_of(day))
    )


def _bounds(day: date) -> tuple[datetime, datetime]:
    zone = timezone.get_default_timezone()
    return datetime.combine(day, time.min, zone), datetime.combine(day + timedelta(days=1), time.min, zone)


# Their list beside our books


def _agrees(one: Movement, day: date, now: datetime) -> bool:
    if one.kind in ("payout", "payout_failed"):
        return _paid_out(one, now)
    ours = _ours(one)
    if ours is None or not ours.right_state:
        ours = _looked_into(one, now)
    if ours is not None and ours.right_state and ours.cents == one.amount_cents:
        return True
    if queries.in_doubt(one.about):
        return False
    kind = "missing_here" if ours is None else "amount" if ours.right_state else "state"
    services.note_difference(
        ref=one.about or one.ref, kind=kind, day=day, now=now,
        ours_cents=ours.cents if ours else None, theirs_cents=one.amount_cents,
    )  # fmt: skip
    return False


def _looked_into(one: Movement, now: datetime) -> _Ours | None:
    """We do not know (yet) what became of it: ask for it as its event would have made us."""
    try:
        if one.kind == "payment":
            settle_payment(one.about, now)
        elif one.kind in ("refund", "refund_failed"):
            refund_changed(processor_ref=one.about, now=now)
        elif one.kind in ("dispute", "dispute_won"):
            disputes.look(ref=one.about, now=now)
    except ProcessorRefused as refused:
        log.warning("a line of the processor's list is about nothing it knows: %s", refused.reason)
    return _ours(one)


def _ours(one: Movement) -> _Ours | None:
    if one.kind == "payment":
        deposit = Deposit.objects.filter(payment_ref=one.about).first() if one.about else None
        return _Ours(deposit.amount_cents) if deposit else None
    if one.kind in ("refund", "refund_failed"):
        return _our_refund(one)
    if one.kind in ("dispute", "dispute_won"):
        return _our_dispute(one)
    return None


def _our_refund(one: Movement) -> _Ours | None:
    """One that failed after it was paid is on the list twice: out, and in again."""
    pay_out = PayOut.objects.filter(processor_ref=one.about).first() if one.about else None
    if pay_out is None:
        return None
    if one.kind == "refund":
        return _Ours(-pay_out.amount_cents, pay_out.state in (PayOutState.SENT, PayOutState.PAID, PayOutState.FAILED))
    return _Ours(pay_out.amount_cents, pay_out.state == PayOutState.FAILED)


def _our_dispute(one: Movement) -> _Ours | None:
    dispute = Dispute.objects.filter(ref=one.about).first() if one.about else None
    if dispute is None:
        return None
    if one.kind == "dispute":
        return _Ours(-dispute.amount_cents)
    return _Ours(dispute.amount_cents, dispute.state == "won")


@story
def _paid_out(one: Movement, now: datetime) -> bool:
    """What the processor sent to the operator's bank, or took up again when the bank did not accept it."""
    lines = [(chart.processor_clearing(PROCESSOR), -one.amount_cents), (chart.BANK, one.amount_cents)]
    ledger.post(key=f"payout:{one.ref}", kind="payout", lines=lines, reference=f"payout:{one.about}"[:80], now=now)
    return True


@story
def _kept(one: Movement, now: datetime) -> None:
    """Its fee is the operator's to bear: the customer has all that was paid (MON-3). Below zero: it gave one back."""
    lines = [(chart.processor_fees(PROCESSOR), -one.fee_cents), (chart.processor_clearing(PROCESSOR), one.fee_cents)]
    ledger.post(key=f"fee:{one.ref}", kind="fee", lines=lines, reference=f"fee:{one.about}"[:80], now=now)


# Our books beside their list


def _look_for_ours(listed: set[str], day: date, start: datetime, end: datetime, now: datetime) -> None:
    """What we booked that day and the list does not name: asked for by its name, since it may be of another day."""
    for ref, cents in _booked(start, end):
        if ref in listed:
            continue
        theirs = _theirs(ref)
        if theirs != cents:
            services.note_difference(
                ref=ref, kind="missing_there" if theirs is None else "amount", day=day, now=now,
                ours_cents=cents, theirs_cents=theirs,
            )  # fmt: skip
        else:
            services.settle_agreed([ref], now=now)


def _booked(start: datetime, end: datetime) -> Iterable[tuple[str, int]]:
    deposits = Deposit.objects.filter(method="card", at__gte=start, at__lt=end).exclude(payment_ref="")
    yield from deposits.values_list("payment_ref", "amount_cents")
    sent = PayOut.objects.filter(state=PayOutState.PAID, ended_at__gte=start, ended_at__lt=end)
    yield from sent.exclude(processor_ref="").values_list("processor_ref", "amount_cents")
    yield from Dispute.objects.filter(at__gte=start, at__lt=end).values_list("ref", "amount_cents")


def _theirs(ref: str) -> int | None:
    """What the processor says of it, in cents; None if it does not know it, or not as done."""
    try:
        if Deposit.objects.filter(payment_ref=ref).exists():
            payment = processors.payment(ref)
            return payment.amount_cents if payment.state == "paid" else None
        if PayOut.objects.filter(processor_ref=ref).exists():
            refund = processors.refund_state(ref)
            return refund.amount_cents if refund.state != "failed" else None
        return processors.dispute(ref).amount_cents
    except ProcessorRefused:
        return None


# By people


@story
def explain(*, staff: User, difference_id: int, explanation: str, now: datetime) -> None:
    """A member of staff says what a difference was; it is settled by that. Raises NotPermitted, NoExplanation."""
    queries.require_reconciler(staff, now)
    if not explanation.strip():
        raise errors.NoExplanation
    if services.explain_difference(difference_id, by_id=staff.pk, explanation=explanation.strip()[:2000], now=now):
        audit(f"staff:{staff.pk}", "difference.explain", f"difference:{difference_id}", now=now)
