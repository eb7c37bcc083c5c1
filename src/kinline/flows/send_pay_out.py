"""A refund reaches the card that paid (MON-6, MON-7): taken up in one story, sent outside any, booked in another.

The key is made from the pay-out's row, so a lost answer, a repeat and a killed worker send it once. What a card cannot
take becomes a cheque. While a bank asks for the payment back, nothing is sent: it could leave twice.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from kinline.core import jobs
from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.give_back import audited, lock, tell_payee
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.payments import processors
from kinline.payments.models import Dispute, PayOut
from kinline.payments.models.refunds import PayOutState, Way
from kinline.payments.processors import RefundAnswer
from kinline.payments.queries import origins
from kinline.payments.services import refunds as services

PROCESSOR = "stripe"
LATE = timedelta(minutes=2)  # its job should have been here by then
UNSENT = (PayOutState.WAITING, PayOutState.RETURNED)
BATCH = 200


def send_pay_out(*, pay_out_id: int, now: datetime) -> None:
    """Job: give it to the processor, or ask how it is. Raises ProcessorDown, ProcessorOff: to be tried again."""
    pay_out = _taken_up(pay_out_id, now)
    if pay_out is None or pay_out.deposit is None:
        return
    if pay_out.processor_ref:
        answer = processors.refund_state(pay_out.processor_ref)
    else:
        answer = processors.refund(pay_out.deposit.payment_ref, pay_out.amount_cents, key=f"pay_out:{pay_out.pk}")
    answered(pay_out_id=pay_out_id, answer=answer, now=now)


@story
def _taken_up(pay_out_id: int, now: datetime) -> PayOut | None:
    """The row, now `sent`; None if there is nothing to do (yet)."""
    pay_out = services.locked_pay_out(pay_out_id)
    if pay_out.way != Way.CARD or pay_out.state not in {PayOutState.WAITING, PayOutState.SENT}:
        return None
    if pay_out.state == PayOutState.WAITING:
        if origins.is_disputed(pay_out.deposit_id):
            return None
        services.move(pay_out, PayOutState.SENT)
    return pay_out


@story
def answered(*, pay_out_id: int, answer: RefundAnswer, now: datetime) -> None:
    """The processor said how it is; a repeat changes nothing. One that was paid may fail days later."""
    pay_out = services.locked_pay_out(pay_out_id)
    if pay_out.way != Way.CARD or pay_out.state not in {PayOutState.SENT, PayOutState.PAID}:
        return
    if answer.state == "failed":
        _failed(pay_out, answer, now)
    elif pay_out.state == PayOutState.SENT and answer.state == "paid":
        _paid(pay_out, answer, now)
    elif pay_out.state == PayOutState.SENT and answer.ref and not pay_out.processor_ref:
        services.move(pay_out, PayOutState.SENT, processor_ref=answer.ref)


def refund_changed(*, processor_ref: str, now: datetime) -> None:
    """The processor says that something happened to a refund of ours. Not ours: nothing. Raises ProcessorDown."""
    pay_out_id = PayOut.objects.filter(processor_ref=processor_ref).values_list("pk", flat=True).first()
    if pay_out_id is not None:
        answered(pay_out_id=pay_out_id, answer=processors.refund_state(processor_ref), now=now)


def _paid(pay_out: PayOut, answer: RefundAnswer, now: datetime) -> None:
    entry_id = ledger.post(
        key=f"pay_out:{pay_out.pk}", kind="pay_out", reference=f"pay_out:{pay_out.pk}", now=now,
        lines=[(chart.REFUNDS_PAYABLE, -pay_out.amount_cents), (_clearing(), pay_out.amount_cents)],
    )  # fmt: skip
    services.move(pay_out, PayOutState.PAID, processor_ref=answer.ref, entry_id=entry_id, ended_at=now)
    _recorded("refund.sent", pay_out, now)
    tell_payee(pay_out, "refund_sent", now)


def _failed(pay_out: PayOut, answer: RefundAnswer, now: datetime) -> None:
    """Its money is owed again, if it had left; a cheque goes in its place. While a bank asks for the payment back, the
    processor refunds none of it: then it waits for the bank.
    """
    if pay_out.state == PayOutState.PAID:
        ledger.post(
            key=f"pay_out_back:{pay_out.pk}", kind="pay_out_back", reference=f"pay_out:{pay_out.pk}", now=now,
            corrects=pay_out.entry_id,
            lines=[(_clearing(), -pay_out.amount_cents), (chart.REFUNDS_PAYABLE, pay_out.amount_cents)],
        )  # fmt: skip
    elif not answer.ref and origins.is_disputed(pay_out.deposit_id):
        services.move(pay_out, PayOutState.WAITING)
        return
    if answer.ref:
        services.move(pay_out, pay_out.state, processor_ref=answer.ref)
    instead = services.replace(
        pay_out, state=PayOutState.FAILED, way=Way.CHEQUE, failure=answer.failure[:60],
        payee=services.payee_of(pay_out.user_id), now=now,
    )  # fmt: skip
    _recorded("refund.card_failed", pay_out, now)
    tell_payee(instead, "refund_card_failed", now)


def recall(dispute: Dispute, now: datetime) -> int:
    """Step, when a bank has won: what still waits to go back of that deposit is not owed any more. The cents that this
    saves of the loss, written into the dispute.

    The caller has locked the dispute and then the deposit's balance: what waits beyond the loss returns to it.
    """
    waiting = PayOut.objects.select_for_update(of=("self",), no_key=True).select_related("refund", "deposit")
    rows = waiting.filter(deposit_id=dispute.deposit_id, state__in=UNSENT, replaced_by=None)
    saved_before = dispute.loss_cents
    for pay_out in rows.order_by("pk"):
        if dispute.loss_cents > 0:
            _recall(pay_out, dispute, now)
    return saved_before - dispute.loss_cents


def _recall(pay_out: PayOut, dispute: Dispute, now: datetime) -> None:
    """Its bank has paid it instead: out of what the processor had of ours, so that much less of that is a loss."""
    taken = min(pay_out.amount_cents, dispute.loss_cents)
    lines = [(chart.REFUNDS_PAYABLE, -pay_out.amount_cents), (_clearing(), taken)]
    if pay_out.amount_cents > taken:
        lines.append((pay_out.refund.account, pay_out.amount_cents - taken))
    about = f"pay_out:{pay_out.pk}"
    entry_id = ledger.post(key=f"recalled:{pay_out.pk}", kind="recalled", reference=about, lines=lines, now=now)
    ledger.post(
        key=f"loss_recovered:{pay_out.pk}", kind="loss_recovered", reference=about, corrects=dispute.entry_id, now=now,
        lines=[(_clearing(), -taken), (chart.LOSS_DISPUTES, taken)],
    )  # fmt: skip
    services.move(pay_out, PayOutState.RECALLED, entry_id=entry_id, ended_at=now)
    dispute.loss_cents, dispute.recovered_cents = dispute.loss_cents - taken, dispute.recovered_cents + taken
    dispute.save(update_fields=["loss_cents", "recovered_cents"])
    _recorded("refund.recalled", pay_out, now)
    tell_payee(pay_out, "refund_recalled", now)


@story
def _end_disputed(dispute_id: int, now: datetime) -> None:
    rows = Dispute.objects.select_for_update(of=("self",), no_key=True).select_related("deposit")
    dispute = rows.get(pk=dispute_id)
    if dispute.state == "lost" and dispute.loss_cents > 0:
        lock([dispute.deposit.account], now)
        recall(dispute, now)


def _clearing() -> str:
    return chart.processor_clearing(PROCESSOR)


def _recorded(act: str, pay_out: PayOut, now: datetime) -> None:
    record(
        "system", act, f"pay_out:{pay_out.pk}", now=now,
        amount_cents=pay_out.amount_cents, account=audited(pay_out.refund.account),
    )  # fmt: skip


def sweep_pay_outs(*, now: datetime) -> None:
    """By the clock: what a lost job, a long bank or an ended dispute left behind is taken up again."""
    unsent = PayOut.objects.filter(deposit_id=OuterRef("deposit_id"), state__in=UNSENT, replaced_by=None)
    for dispute in Dispute.objects.filter(state="lost", loss_cents__gt=0).filter(Exists(unsent)):
        _end_disputed(dispute.pk, now)
    _queue_late(now)


@story
def _queue_late(now: datetime) -> None:
    """Jobs of their own, each with its own luck: one that the processor does not understand stops no other."""
    late = PayOut.objects.filter(way=Way.CARD, at__lt=now - LATE)
    _queue(late.filter(Q(state=PayOutState.WAITING) | Q(state=PayOutState.SENT, processor_ref="")))


@story
def ask_sent_pay_outs(*, now: datetime) -> None:
    """Every hour: those that a bank has had for hours or days, should the processor's word of them be lost."""
    _queue(PayOut.objects.filter(way=Way.CARD, state=PayOutState.SENT, at__lt=now - LATE).exclude(processor_ref=""))


def _queue(rows: QuerySet[PayOut]) -> None:
    """At most so many at a time, in no order: what stays unanswered for long holds up nothing newer."""
    for pay_out_id in rows.order_by("?").values_list("pk", flat=True)[:BATCH]:
        jobs.defer("send_pay_out", once=f"pay_out:{pay_out_id}", pay_out_id=pay_out_id)
