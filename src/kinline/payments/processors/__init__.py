"""The card processor: the only module that knows it. Facts in, facts out; nothing of the library leaves this file.

It is Stripe, spoken to through its official library, or the built-in stand-in of `ops.fake_stripe`, which is the same
to us. Money moves on its side only, so every function that moves some takes a key made from our own row: a repeat with
the same key does nothing twice. Never called inside a story: an answer may take seconds, or be lost (MON-7).

Raises, beside what each function names: ProcessorDown when there is no telling (ask again, with the same key),
ProcessorRefused when it said no.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings

from kinline.payments.errors import BadSignature, ProcessorDown, ProcessorOff, ProcessorRefused
from kinline.payments.processors import reading
from kinline.payments.processors.door import ask, repeatable
from kinline.payments.processors.facts import (
    CURRENCY,
    SMALLEST_CENTS,
    Disputed,
    DisputeState,
    Event,
    Movement,
    MovementKind,
    Page,
    Payment,
    RefundAnswer,
    Session,
    SessionState,
    State,
)

if TYPE_CHECKING:
    import stripe
    from stripe.params import (
        BalanceTransactionListParams,
        PaymentIntentCreateParams,
        PaymentIntentListParams,
        PaymentIntentRetrieveParams,
        RefundCreateParams,
        RefundListParams,
    )
    from stripe.params.checkout import SessionRetrieveParams

__all__ = [
    "CURRENCY", "SMALLEST_CENTS", "BadSignature", "DisputeState", "Disputed", "Event", "Movement", "MovementKind",
    "Page", "Payment", "ProcessorDown", "ProcessorOff", "ProcessorRefused", "RefundAnswer", "Session", "SessionState",
    "State", "create_page", "dispute", "event", "expire_page", "forget_card", "movements", "page", "pay_again",
    "payment", "refund", "refund_state",
]  # fmt: skip

SIGNED_WITHIN_SECONDS = 300
PER_LIST = 100
RECENT = 20  # what is asked for again is among the newest of its customer
OUR_FAULTS = {"resource_missing", "idempotency_error"}  # another account's key, a key used for something else


# Pages


def create_page(page: Page) -> Session:
    """Make the hosted page of one payment."""
    params, once = reading.page_params(page), repeatable(page.key)
    return ask(lambda client: reading.session(client.v1.checkout.sessions.create(params, once)))


def page(ref: str) -> Session:
    """The page as it is now."""
    params: SessionRetrieveParams = {"expand": ["payment_intent"]}
    return ask(lambda client: reading.session(client.v1.checkout.sessions.retrieve(ref, params)))


def expire_page(ref: str) -> Session:
    """Close an open page, so that nobody pays there any more; one that has ended stays as it ended."""
    with contextlib.suppress(ProcessorRefused):  # it says no when the page is not open
        ask(lambda client: client.v1.checkout.sessions.expire(ref))
    return page(ref)


# Payments


def payment(ref: str) -> Payment:
    """The payment as it is now."""
    params: PaymentIntentRetrieveParams = {"expand": ["payment_method"]}
    return ask(lambda client: reading.payment(client.v1.payment_intents.retrieve(ref, params)))


def pay_again(customer_ref: str, method_ref: str, amount_cents: int, key: str, metadata: Mapping[str, str]) -> Payment:
    """Charge a kept card while its owner is away. A decline is an answer, not an error: `failed` and why.

    The processor forgets keys after a day or so, so payments of this customer are looked through for the key first.
    """
    params: PaymentIntentListParams = {"customer": customer_ref, "limit": RECENT, "expand": ["data.payment_method"]}
    known = ask(lambda client: [reading.payment(one) for one in client.v1.payment_intents.list(params).data])
    for one in known:
        if one.metadata.get("key") == key:
            return one
    return _charge(
        {
            "amount": amount_cents,
            "currency": CURRENCY,
            "customer": customer_ref,
            "payment_method": method_ref,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},  # nobody is there to follow
            "off_session": True,
            "confirm": True,
            "metadata": {**metadata, "key": key},
            "expand": ["payment_method"],
        },
        key,
    )


def _charge(params: PaymentIntentCreateParams, key: str) -> Payment:
    try:
        return ask(lambda client: reading.payment(client.v1.payment_intents.create(params, repeatable(key))))
    except ProcessorRefused as refused:
        if refused.payment_ref:  # a decline leaves a payment behind, which says why
            return payment(refused.payment_ref)
        raise


def forget_card(method_ref: str) -> None:
    """Nobody charges this kept card any more; the processor takes its name back for good. A repeat does nothing."""
    with contextlib.suppress(ProcessorRefused):  # it says no when it does not keep the card
        ask(lambda client: client.v1.payment_methods.detach(method_ref))


# Refunds and disputes


def refund(payment_ref: str, amount_cents: int, key: str) -> RefundAnswer:
    """Give a part of a payment back to its card. `failed` with an empty ref: the processor will not begin it.

    Refunds of this payment are looked through for the key first, as in `pay_again`.
    """
    known: RefundListParams = {"payment_intent": payment_ref, "limit": PER_LIST}
    for one in ask(lambda client: client.v1.refunds.list(known).data):
        if reading.words(one.metadata).get("key") == key:
            return reading.refund(one)
    params: RefundCreateParams = {"payment_intent": payment_ref, "amount": amount_cents, "metadata": {"key": key}}
    try:
        return ask(lambda client: reading.refund(client.v1.refunds.create(params, repeatable(key))))
    except ProcessorRefused as refused:
        if refused.reason in OUR_FAULTS:
            raise
        return RefundAnswer("", "failed", refused.reason, payment_ref, amount_cents)


def refund_state(ref: str) -> RefundAnswer:
    """The refund as it is now."""
    return ask(lambda client: reading.refund(client.v1.refunds.retrieve(ref)))


def dispute(ref: str) -> Disputed:
    """The dispute as it is now."""
    return ask(lambda client: reading.dispute(client.v1.disputes.retrieve(ref)))


# Its list


def movements(day_start: datetime, day_end: datetime) -> Iterator[Movement]:
    """What moved our balance from `day_start` to before `day_end`, newest first, read page by page."""
    params: BalanceTransactionListParams = {
        "created": {"gte": int(day_start.timestamp()), "lt": int(day_end.timestamp())},
        "currency": CURRENCY,
        "limit": PER_LIST,
        "expand": ["data.source"],
    }
    more = True
    while more:
        found, more = ask(partial(_movements, params))
        yield from found
        if found:
            params["starting_after"] = found[-1].ref


def _movements(params: BalanceTransactionListParams, client: stripe.StripeClient) -> tuple[list[Movement], bool]:
    found = client.v1.balance_transactions.list(params)
    return [reading.movement(one) for one in found.data], found.has_more and bool(found.data)


# Events


def event(body: bytes, signature: str, now: datetime) -> Event:
    """What a webhook says, proved to be the processor's and of the last five minutes. Raises BadSignature."""
    import stripe

    try:
        stripe.WebhookSignature.verify_header(body, signature, settings.STRIPE_WEBHOOK_SECRET)
        _check_age(signature, now)
        told = json.loads(body)
        about = told["data"]["object"].get("id") or ""
        return Event(str(told["id"]), str(told["type"]), str(about), datetime.fromtimestamp(told["created"], UTC))
    except (stripe.SignatureVerificationError, ValueError, LookupError, TypeError, AttributeError):
        raise BadSignature from None  # the causes quote the body
    except (OverflowError, OSError, RecursionError):  # a moment that no clock shows, brackets without end
        raise BadSignature from None


def _check_age(signature: str, now: datetime) -> None:
    """Also of what comes from the future: a body signed for later could be sent again then."""
    stamp = next(part[2:] for part in signature.split(",") if part.startswith("t="))
    if abs(now.timestamp() - int(stamp)) > SIGNED_WITHIN_SECONDS:
        raise ValueError
