"""A payer's bank takes a payment back (MON-7): only what that payer has unspent of it leaves a balance.

The rest is a loss of the house; nobody else's money is touched and no balance goes below zero. Won, all of it returns.
"""

import logging
from datetime import datetime

from kinline.core.audit import record as audit
from kinline.core.events import announce
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.core.transaction import story
from kinline.flows import standing_order
from kinline.flows.fulfil import PROCESSOR, settle_payment
from kinline.flows.give_back import lock
from kinline.flows.send_pay_out import recall
from kinline.flows.sent_back import send_back_again, takes_money
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.notices import services as notices
from kinline.payments import processors, services
from kinline.payments.errors import ProcessorRefused
from kinline.payments.models import Deposit, Dispute
from kinline.payments.processors import Disputed
from kinline.payments.queries import origins

log = logging.getLogger(__name__)

_MAY_END = {"open": ("won", "lost"), "lost": ("won",), "won": ()}


def look(*, ref: str, now: datetime) -> None:
    """Ask the processor how this dispute stands and write it down. Raises ProcessorDown, ProcessorRefused.

    Its payment may have been paid unheard of: that is settled first, or there would be nothing to take back from.
    """
    found = processors.dispute(ref)
    if found.state == "inquiry":  # a bank asks; nothing was taken, and nothing is
        return
    if not Deposit.objects.filter(payment_ref=found.payment_ref).exists() and found.payment_ref:
        settle_payment(found.payment_ref, now)
    told(found, now)


def ask_open(*, now: datetime) -> None:
    """By the clock: how those stand whose end nobody told us. A lost one moves nothing on the processor's list, so
    the nightly comparison alone would never hear of it, and what waits of its payment would wait for ever.

    Raises ProcessorDown: the next night asks again.
    """
    for ref in list(Dispute.objects.filter(state="open").order_by("pk").values_list("ref", flat=True)):
        try:
            look(ref=ref, now=now)
        except ProcessorRefused as refused:
            log.warning("a dispute of ours is not known there: %s", refused.reason)


@story
def told(found: Disputed, now: datetime) -> None:
    """What the processor says of a dispute; a repeat, or an older word after a newer, changes nothing."""
    deposit = services.locked_deposit(found.payment_ref)
    if deposit is None:
        return
    if found.currency != processors.CURRENCY:
        services.note_difference(ref=found.ref, kind="wrong_currency", theirs_cents=found.amount_cents, now=now)
        return
    known = Dispute.objects.select_for_update(of=("self",), no_key=True).filter(ref=found.ref).first()
    dispute = known or _opened(found, deposit, now)
    if found.state not in _MAY_END[dispute.state]:
        return
    if found.state == "won":
        _won(dispute, deposit, now)
    else:
        _lost(dispute, deposit, now)


def _opened(found: Disputed, deposit: Deposit, now: datetime) -> Dispute:
    ledger.open_account(chart.LOSS_DISPUTES, now)
    lock([deposit.account], now)
    recovered = min(_unspent(deposit), found.amount_cents)
    entry_id = ledger.post(
        key=f"dispute:{found.ref}", kind="dispute", reference=f"deposit:{deposit.pk}", now=now,
        lines=_lines(deposit, recovered, found.amount_cents - recovered),
    )  # fmt: skip
    dispute = services.open_dispute(
        ref=found.ref, deposit=deposit, amount_cents=found.amount_cents, recovered_cents=recovered,
        entry_id=entry_id, now=now,
    )  # fmt: skip
    if deposit.payer_id is not None:
        standing_order.end_all(deposit.payer_id, "dispute", now)
    _audit("dispute.open", dispute, now)
    _tell_and_mail("dispute_opened", dispute, deposit, now)
    return dispute


def _unspent(deposit: Deposit) -> int:
    """What the locked balance still has of this deposit: less its refunds and disputes, and nothing that a hold has."""
    parts = origins.origin_of(deposit.account).parts
    return next((part.cents for part in parts if part.deposit_id == deposit.pk), 0)


def _lines(deposit: Deposit, recovered: int, loss: int, sign: int = 1) -> list[tuple[str, int]]:
    """The processor holds less of ours; the balance and the loss make it up."""
    lines = [
        (chart.processor_clearing(PROCESSOR), recovered + loss), (deposit.account, -recovered),
        (chart.LOSS_DISPUTES, -loss),
    ]  # fmt: skip
    return [(address, sign * cents) for address, cents in lines if cents]


def _won(dispute: Dispute, deposit: Deposit, now: datetime) -> None:
    """All of it is back, on the balance too; from one that takes no money any more it goes on to the payer."""
    still_there = takes_money(deposit.account)  # before the balance's lock, as whoever closes an account does
    entry_id = ledger.post(
        key=f"dispute_won:{dispute.ref}", kind="dispute_won", reference=f"deposit:{deposit.pk}", now=now,
        lines=_lines(deposit, dispute.recovered_cents, dispute.loss_cents, sign=-1), corrects=dispute.entry_id,
    )  # fmt: skip
    services.end_dispute(dispute, "won", return_entry_id=entry_id, now=now)
    _audit("dispute.won", dispute, now)
    if dispute.recovered_cents and not still_there:
        send_back_again(deposit, dispute.recovered_cents, about=f"dispute_won:{dispute.ref}", now=now)
        return
    _tell_and_mail("dispute_won", dispute, deposit, now)


def _lost(dispute: Dispute, deposit: Deposit, now: datetime) -> None:
    """The bank keeps what it took. What of this payment still waited to be refunded is not owed any more."""
    lock([deposit.account], now)
    services.end_dispute(dispute, "lost", now=now)
    recall(dispute, now)
    _audit("dispute.lost", dispute, now)


def _audit(act: str, dispute: Dispute, now: datetime) -> None:
    audit(
        "system", act, f"dispute:{dispute.pk}", now=now, deposit=dispute.deposit_id,
        amount_cents=dispute.amount_cents, recovered_cents=dispute.recovered_cents, loss_cents=dispute.loss_cents,
    )  # fmt: skip


def _tell_and_mail(kind: str, dispute: Dispute, deposit: Deposit, now: datetime) -> None:
    """Who paid, in writing; and whose balance it is, if that is another's."""
    words = {"amount_cents": dispute.amount_cents, "recovered_cents": dispute.recovered_cents}
    payer = deposit.payer
    if payer is not None and payer.closed_at is None:
        notices.tell(Party(FAMILY, payer.pk), kind, now, **words)
        notices.mail(to=payer.email, kind=kind, now=now, user=payer, language=payer.language, **words)
        announce(Party(FAMILY, payer.pk), "money")
    side, key, _purpose = chart.owner(deposit.account)
    if side == RESIDENT:
        owner = Party(RESIDENT, int(key))
        notices.tell(owner, kind, now, **words)
        announce(owner, "money")
