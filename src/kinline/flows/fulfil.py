"""A payment by card ends (MON-7): whoever hears of it first, the event, the payer who comes back or a job.

What the processor says is asked outside any story; then one story writes it down, once. Only its answer ends a payment,
and its "paid" counts whatever was thought before: also after the page was closed or the account.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kinline.core.audit import record as audit
from kinline.core.events import announce
from kinline.core.parties import FAMILY, Party
from kinline.core.transaction import story
from kinline.flows import standing_order
from kinline.flows.deposit import put_in
from kinline.flows.sent_back import book_and_send_back, takes_money
from kinline.ledger import chart
from kinline.notices import services as notices
from kinline.payments import processors, queries, services, wording
from kinline.payments.models import Checkout, Deposit
from kinline.payments.models.cards import CheckoutState
from kinline.payments.processors import Payment, Session, SessionState
from kinline.payments.services import Facts

PROCESSOR = "stripe"


def settle(checkout_id: int, now: datetime) -> Checkout:
    """Ask the processor how this payment stands and write it down. Raises ProcessorDown, ProcessorRefused."""
    checkout = Checkout.objects.get(pk=checkout_id)
    if checkout.session_ref:
        return _settle_page(checkout, processors.page(checkout.session_ref), now)
    if checkout.payment_ref:
        payment = processors.payment(checkout.payment_ref)
        return conclude(checkout_id, stand=payment.state, payment=payment, now=now)
    return checkout


def settle_session(session_ref: str, now: datetime) -> Checkout | None:
    """As `settle`, for whom this page is; found by its key if our entry was lost. None: it is none of ours."""
    page = processors.page(session_ref)
    checkout = queries.of_session(session_ref) or _of_key(page.metadata)
    return None if checkout is None else _settle_page(checkout, page, now)


def settle_payment(payment_ref: str, now: datetime) -> Checkout | None:
    """As `settle`, for whom this payment is. A decline on a page that stands open is not its end: the page is asked."""
    payment = processors.payment(payment_ref)
    checkout = _of_key(payment.metadata)
    if checkout is None:
        return None
    if checkout.session_ref and payment.state != "paid":
        return settle(checkout.pk, now)
    if not checkout.by_itself and payment.state == "failed":
        return checkout
    return conclude(checkout.pk, stand=payment.state, payment=payment, now=now)


def _of_key(metadata: Mapping[str, str]) -> Checkout | None:
    return queries.of_key(services.client_key_in(metadata.get("key", "")))


def _settle_page(checkout: Checkout, page: Session, now: datetime) -> Checkout:
    payment = processors.payment(page.payment_ref) if page.payment_ref else None
    return conclude(checkout.pk, stand=page.state, payment=payment, now=now)


@story
def conclude(
    checkout_id: int, *, stand: SessionState, payment: Payment | None, now: datetime, failure: str = ""
) -> Checkout:
    """Write down how a payment stands. One that is paid stays paid; a repeat changes nothing."""
    checkout = services.locked_checkout(checkout_id)
    if stand == "paid" and payment is not None and payment.state == "paid":
        _paid(checkout, payment, now)
    elif checkout.state not in services.ENDED:
        ref, why = (payment.ref, failure or payment.failure) if payment else ("", failure)
        _not_paid(checkout, stand, ref, why, now)
    return checkout


def _not_paid(checkout: Checkout, stand: SessionState, ref: str, why: str, now: datetime) -> None:
    """`paid` without a payment is no answer: it is asked for again."""
    if stand == "waiting" and checkout.state != CheckoutState.WAITING:
        services.note_waiting(checkout, payment_ref=ref)
    elif stand == "open" and why and checkout.state == CheckoutState.OPEN:
        services.note_decline(checkout, payment_ref=ref, failure=why)
    elif stand == "failed":
        _failed(checkout, ref, why, now)
    elif stand == "expired":
        services.end_checkout(checkout, CheckoutState.EXPIRED, now=now, payment_ref=ref, failure=why)


def _paid(checkout: Checkout, payment: Payment, now: datetime) -> None:
    """Book it, once: by this row, by the payment's name, by the deposit's key. What is not as asked is not booked."""
    if checkout.state == CheckoutState.PAID:
        if payment.ref != checkout.payment_ref:  # a second payment for one intention
            _differs("missing_here", payment, None, now)
        return
    if payment.currency != processors.CURRENCY:
        _not_as_asked(checkout, payment, "wrong_currency", now)
    elif payment.amount_cents != checkout.amount_cents:
        _not_as_asked(checkout, payment, "wrong_amount", now)
    else:
        deposit = _booked(checkout, payment, now)
        services.end_checkout(checkout, CheckoutState.PAID, now=now, payment_ref=payment.ref, deposit=deposit)
        standing_order.paid(checkout, payment, now)
        announce(Party(FAMILY, checkout.payer_id), "money")


def _booked(checkout: Checkout, payment: Payment, now: datetime) -> Deposit:
    """Into the balance it was meant for; if that takes no money any more, back to the card that paid."""
    facts = Facts(
        account=checkout.account, amount_cents=payment.amount_cents, method="card", payer_id=checkout.payer_id,
        payer_name="", facility_id=None, recorded_by_id=None, payment_ref=payment.ref, card_label=payment.card_label,
    )  # fmt: skip
    source, key = chart.processor_clearing(PROCESSOR), services.deposit_key(checkout)
    book = put_in if takes_money(checkout.account) else book_and_send_back
    return book(facts, source, client_key=key, now=now)


def _not_as_asked(checkout: Checkout, payment: Payment, what: str, now: datetime) -> None:
    """It came in another amount or currency: it stays at the processor, in sight, until somebody decides."""
    if not _differs(what, payment, checkout.amount_cents, now):
        return
    services.end_checkout(checkout, CheckoutState.FAILED, now=now, payment_ref=payment.ref, failure=what)
    audit("system", "checkout.not_as_asked", f"checkout:{checkout.pk}", now=now, what=what)
    _tell_failure(checkout, what, now)


def _differs(kind: str, payment: Payment, ours_cents: int | None, now: datetime) -> bool:
    return services.note_difference(
        ref=payment.ref, kind=kind, now=now, ours_cents=ours_cents, theirs_cents=payment.amount_cents
    )


def _failed(checkout: Checkout, payment_ref: str, failure: str, now: datetime) -> None:
    """Its payer, who left when the bank still had to confirm, is written to; on an open page they saw it there."""
    was_waiting = checkout.state == CheckoutState.WAITING
    services.end_checkout(checkout, CheckoutState.FAILED, now=now, payment_ref=payment_ref, failure=failure)
    if checkout.by_itself:
        standing_order.declined(checkout, failure, now)
    elif was_waiting:
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
