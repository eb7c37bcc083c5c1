"""A payment by card ends (MON-7): whoever hears of it first, the event, the payer who comes back or a job.

What the processor says is asked outside any story; then one story writes it down, once. Only its answer ends a payment,
and its "paid" counts whatever was thought before: also after the page was closed or the account.
"""

from datetime import datetime
from typing import Any

from kinline.core.audit import record as audit
from kinline.core.events import announce
from kinline.core.parties import FAMILY, Party
from kinline.core.transaction import story
from kinline.flows.deposit import put_in
from kinline.ledger import chart
from kinline.notices import services as notices
from kinline.payments import processors, services, wording
from kinline.payments.models import Checkout
from kinline.payments.models.cards import CheckoutState
from kinline.payments.processors import Payment, SessionState
from kinline.payments.services import Facts

PROCESSOR = "stripe"


def settle(checkout_id: int, now: datetime) -> Checkout:
    """Ask the processor how this payment stands and write it down. Raises ProcessorDown, ProcessorRefused."""
    checkout = Checkout.objects.get(pk=checkout_id)
    if checkout.session_ref:
        page = processors.page(checkout.session_ref)
        payment = processors.payment(page.payment_ref) if page.payment_ref else None
        return conclude(checkout_id, stand=page.state, payment=payment, now=now)
    if checkout.payment_ref:
        payment = processors.payment(checkout.payment_ref)
        return conclude(checkout_id, stand=payment.state, payment=payment, now=now)
    return checkout


@story
def conclude(
    checkout_id: int, *, stand: SessionState, payment: Payment | None, now: datetime, failure: str = ""
) -> Checkout:
    """Write down how a payment stands. One that is paid stays paid; a repeat changes nothing."""
    checkout = services.locked_checkout(checkout_id)
    if checkout.state == CheckoutState.PAID:
        return checkout
    ref = payment.ref if payment else ""
    why = failure or (payment.failure if payment else "")
    if stand == "paid" and payment is not None and payment.state == "paid":
        _paid(checkout, payment, now)
    elif checkout.state in services.ENDED:
        pass
    elif stand == "waiting":
        if checkout.state != CheckoutState.WAITING:
            services.note_waiting(checkout, payment_ref=ref)
    elif stand == "open":
        if why and why != checkout.failure:
            services.note_decline(checkout, payment_ref=ref, failure=why)
    elif stand == "failed":
        _failed(checkout, ref, why, now)
    elif stand == "expired":
        services.end_checkout(checkout, CheckoutState.EXPIRED, now=now, payment_ref=ref, failure=why)
    return checkout


def _paid(checkout: Checkout, payment: Payment, now: datetime) -> None:
    """Book it, once: by this row, by the payment's name and by the deposit's key."""
    if payment.currency != processors.CURRENCY:
        _not_as_asked(checkout, payment, "wrong_currency", now)
        return
    if payment.amount_cents != checkout.amount_cents:
        _not_as_asked(checkout, payment, "wrong_amount", now)
        return
    facts = Facts(
        account=checkout.account, amount_cents=payment.amount_cents, method="card", payer_id=checkout.payer_id,
        payer_name="", facility_id=None, recorded_by_id=None, payment_ref=payment.ref, card_label=payment.card_label,
    )  # fmt: skip
    source, key = chart.processor_clearing(PROCESSOR), services.deposit_key(checkout)
    deposit = put_in(facts, source, client_key=key, now=now)
    services.end_checkout(checkout, CheckoutState.PAID, now=now, payment_ref=payment.ref, deposit=deposit)
    announce(Party(FAMILY, checkout.payer_id), "money")


def _not_as_asked(checkout: Checkout, payment: Payment, what: str, now: datetime) -> None:
    """It came in another amount or currency: never booked silently. Somebody decides."""
    new = services.note_difference(
        ref=payment.ref, kind=what, now=now, day=now, ours_cents=checkout.amount_cents,
        theirs_cents=payment.amount_cents,
    )  # fmt: skip
    if not new:
        return
    services.end_checkout(checkout, CheckoutState.FAILED, now=now, payment_ref=payment.ref, failure=what)
    audit("system", "checkout.not_as_asked", f"checkout:{checkout.pk}", now=now, what=what)
    _tell_failure(checkout, what, now)


def _failed(checkout: Checkout, payment_ref: str, failure: str, now: datetime) -> None:
    """Its payer, who left when the bank still had to confirm, is written to; on an open page they saw it there."""
    was_waiting = checkout.state == CheckoutState.WAITING
    services.end_checkout(checkout, CheckoutState.FAILED, now=now, payment_ref=payment_ref, failure=failure)
    if was_waiting and not checkout.by_itself:
        _tell_failure(checkout, failure, now)


def _tell_failure(checkout: Checkout, failure: str, now: datetime) -> None:
    payer, why = checkout.payer, wording.failure_in_both(failure)
    told: dict[str, Any] = {"amount_cents": checkout.amount_cents, "why": why}
    notices.tell(Party(FAMILY, payer.pk), "card_payment_failed", now, **told)
    announce(Party(FAMILY, payer.pk), "money")
    if payer.closed_at is None:
        notices.mail(
            to=payer.email, kind="card_payment_failed", now=now, user=payer, language=payer.language,
            payment_id=checkout.pk, **told,
        )  # fmt: skip
