"""The card processor: the only module that knows it. Facts in, facts out; nothing of the library leaves this file.

It is Stripe, spoken to through its official library, or the built-in stand-in of `ops.fake_stripe`, which is the same
to us. Money moves on its side only, so every function that moves some takes a key made from our own row: a repeat with
the same key does nothing twice. Never called inside a story: an answer may take seconds, or be lost (MON-7).

Raises, beside what each function names: ProcessorDown when there is no telling (ask again, with the same key),
ProcessorRefused when it said no.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Protocol

from django.conf import settings

from kinline.payments.errors import BadSignature, ProcessorDown, ProcessorOff, ProcessorRefused

if TYPE_CHECKING:
    import stripe
    from stripe.params import PaymentIntentCreateParams
    from stripe.params.checkout import SessionCreateParams

CURRENCY = "usd"
CONNECT_SECONDS, ANSWER_SECONDS = 3.05, 10
CALLS_AT_ONCE = 4  # a processor that is slow for an hour must not hold every thread that serves pages
TURN_SECONDS = 1.0
SIGNED_WITHIN_SECONDS = 300
PER_LIST = 100

State = Literal["waiting", "paid", "failed"]
SessionState = Literal["open", "waiting", "paid", "failed", "expired"]
DisputeState = Literal["inquiry", "open", "won", "lost"]
MovementKind = Literal[
    "payment", "payment_failed", "refund", "refund_failed", "dispute", "dispute_won", "payout", "payout_failed", "other"
]

log = logging.getLogger(__name__)
_turns = threading.BoundedSemaphore(CALLS_AT_ONCE)


# What goes in and comes out


@dataclass(frozen=True, slots=True)
class Page:
    """What the processor's page asks a payer for. `key` makes a repeat give the same page, if all else is the same:
    so `expires_at`, from 30 minutes to 24 hours away, must come from the row and not from the clock.

    `words`: what the payer reads there. `language`: `en` or `es`. `keep_card`: to be charged again by `pay_again`.
    """

    key: str
    amount_cents: int
    words: str
    success_url: str
    cancel_url: str
    email: str = ""
    language: str = "en"
    keep_card: bool = False
    customer_ref: str = ""
    expires_at: datetime | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Session:
    """A page as it stands. `url` only while it is open. `open` also after a declined card: the payer may try another.

    `waiting`: the payer is done and a bank confirms; `failed`: it did not.
    """

    ref: str
    url: str
    payment_ref: str
    state: SessionState
    customer_ref: str
    amount_cents: int = 0
    currency: str = CURRENCY
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Payment:
    """`failure`: the processor's code of the last refusal ("insufficient_funds"). `card_label`: "Visa 4242".

    While its page is open, `failed` is not the end: ask `page`.
    """

    ref: str
    state: State
    amount_cents: int
    currency: str
    failure: str
    card_label: str
    method_ref: str
    customer_ref: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    """A refund; `ref` is empty if the processor would not even begin it. One that was `paid` may still fail later."""

    ref: str
    state: State
    failure: str
    payment_ref: str = ""
    amount_cents: int = 0


@dataclass(frozen=True, slots=True)
class Disputed:
    """`inquiry`: a bank asks and has taken nothing (yet)."""

    ref: str
    payment_ref: str
    amount_cents: int
    currency: str
    state: DisputeState
    reason: str


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of our balance at the processor. `amount_cents`: before its fee, positive when it comes in.

    `about`: the payment (`pi_…`), refund, dispute or payout that moved it. `payment_ref`: the payment behind it.
    """

    ref: str
    kind: MovementKind
    amount_cents: int
    at: datetime
    about: str
    fee_cents: int = 0
    payment_ref: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to the object `about`. What it is now must be asked for."""

    ref: str
    kind: str
    about: str
    made_at: datetime


# Pages


def create_page(page: Page) -> Session:
    """Make the hosted page of one payment."""
    made = _ask(lambda client: client.v1.checkout.sessions.create(_page_params(page), _key(page.key)))
    return _session(made)


def page(ref: str) -> Session:
    """The page as it is now."""
    return _session(_ask(lambda client: client.v1.checkout.sessions.retrieve(ref, {"expand": ["payment_intent"]})))


def expire_page(ref: str) -> Session:
    """Close an open page, so that nobody pays there any more; one that has ended stays as it ended."""
    with contextlib.suppress(ProcessorRefused):  # it says no when the page is not open
        _ask(lambda client: client.v1.checkout.sessions.expire(ref))
    return page(ref)


# Payments


def payment(ref: str) -> Payment:
    """The payment as it is now."""
    return _payment(_ask(lambda client: client.v1.payment_intents.retrieve(ref, {"expand": ["payment_method"]})))


def pay_again(customer_ref: str, method_ref: str, amount_cents: int, key: str, metadata: Mapping[str, str]) -> Payment:
    """Charge a kept card while its owner is away. A decline is an answer, not an error: `failed` and why.

    The processor forgets keys after a day or so, so payments of this customer are looked through for the key first.
    """
    for known in _ask(
        lambda client: client.v1.payment_intents.list(
            {"customer": customer_ref, "limit": PER_LIST, "expand": ["data.payment_method"]}
        )
    ).data:
        if known.metadata.get("key") == key:
            return _payment(known)
    return _charge(
        {
            "amount": amount_cents,
            "currency": CURRENCY,
            "customer": customer_ref,
            "payment_method": method_ref,
            "allowed_payment_method_types": ["card"],
            "off_session": True,
            "confirm": True,
            "metadata": {**metadata, "key": key},
            "expand": ["payment_method"],
        },
        key,
    )


def _charge(params: PaymentIntentCreateParams, key: str) -> Payment:
    import stripe

    try:
        return _payment(_ask(lambda client: client.v1.payment_intents.create(params, _key(key))))
    except ProcessorRefused as refused:
        cause = refused.__cause__
        if not isinstance(cause, stripe.CardError):
            raise
        ref = _declined_ref(cause)
        if ref:
            return payment(ref)
        return Payment("", "failed", params["amount"], CURRENCY, refused.reason, "", "", "")


def _declined_ref(problem: stripe.CardError) -> str:
    """The payment that a declined charge left behind."""
    intent = getattr(problem.error, "payment_intent", None)
    return str(getattr(intent, "id", "") or "")


# Refunds and disputes


def refund(payment_ref: str, amount_cents: int, key: str) -> RefundAnswer:
    """Give a part of a payment back to its card. `failed` with an empty ref: the card will not take it, or not so much.

    Refunds of this payment are looked through for the key first, as in `pay_again`.
    """
    known = _ask(lambda client: client.v1.refunds.list({"payment_intent": payment_ref, "limit": PER_LIST}))
    for one in known.data:
        if one.metadata and one.metadata.get("key") == key:
            return _refund(one)
    try:
        made = _ask(
            lambda client: client.v1.refunds.create(
                {"payment_intent": payment_ref, "amount": amount_cents, "metadata": {"key": key}}, _key(key)
            )
        )
    except ProcessorRefused as refused:
        return RefundAnswer("", "failed", refused.reason, payment_ref, amount_cents)
    return _refund(made)


def refund_state(ref: str) -> RefundAnswer:
    """The refund as it is now."""
    return _refund(_ask(lambda client: client.v1.refunds.retrieve(ref)))


def dispute(ref: str) -> Disputed:
    """The dispute as it is now."""
    return _dispute(_ask(lambda client: client.v1.disputes.retrieve(ref)))


# Its list


def movements(day_start: datetime, day_end: datetime) -> Iterator[Movement]:
    """What moved our balance from `day_start` to before `day_end`, newest first, read page by page."""
    after: str | None = None
    while True:
        found = _ask(lambda client, after=after: client.v1.balance_transactions.list(_span(day_start, day_end, after)))
        yield from map(_movement, found.data)
        if not found.has_more or not found.data:
            return
        after = found.data[-1].id


def _span(day_start: datetime, day_end: datetime, after: str | None) -> Any:
    created = {"gte": int(day_start.timestamp()), "lt": int(day_end.timestamp())}
    params = {"created": created, "currency": CURRENCY, "limit": PER_LIST, "expand": ["data.source"]}
    return params | ({"starting_after": after} if after else {})


# Events


def event(body: bytes, signature: str, now: datetime) -> Event:
    """What a webhook says, proved to be the processor's and of the last five minutes. Raises BadSignature."""
    import json

    import stripe

    try:
        stripe.WebhookSignature.verify_header(body, signature, settings.STRIPE_WEBHOOK_SECRET)
        _check_age(signature, now)
        told = json.loads(body)
        about = told["data"]["object"].get("id") or ""
        return Event(str(told["id"]), str(told["type"]), str(about), datetime.fromtimestamp(told["created"], UTC))
    except (stripe.SignatureVerificationError, ValueError, LookupError, TypeError, AttributeError, OverflowError):
        raise BadSignature from None  # the causes quote the body


def _check_age(signature: str, now: datetime) -> None:
    """Also of what comes from the future: a body signed for later could be sent again then."""
    stamp = next(part[2:] for part in signature.split(",") if part.startswith("t="))
    if abs(now.timestamp() - int(stamp)) > SIGNED_WITHIN_SECONDS:
        raise ValueError


# The door


class _Asking(Protocol):
    def __call__(self, client: stripe.StripeClient) -> Any: ...


def _ask(asking: _Asking) -> Any:
    """Call the processor, a few at once. Raises ProcessorOff, ProcessorDown or ProcessorRefused."""
    import stripe

    if not settings.STRIPE_KEY:
        raise ProcessorOff
    client = _client(settings.STRIPE_KEY, settings.STRIPE_API)
    if not _turns.acquire(timeout=TURN_SECONDS):
        raise ProcessorDown
    try:
        return asking(client)
    except stripe.StripeError as problem:
        _refuse(problem)
    finally:
        _turns.release()


def _refuse(problem: stripe.StripeError) -> NoReturn:
    """A no is one that a repeat would not change. All else, even a wrong key, is put right one day: ask again."""
    import stripe

    if isinstance(problem, (stripe.AuthenticationError, stripe.PermissionError)):
        log.error("the processor does not accept our key: see KINLINE_STRIPE_KEY")
        raise ProcessorOff from problem
    if isinstance(problem, (stripe.CardError, stripe.InvalidRequestError, stripe.IdempotencyError)):
        reason = _reason(problem)
        log.warning("the processor refused: %s", reason)
        raise ProcessorRefused(reason) from problem
    log.warning("the processor gave no answer: %s", type(problem).__name__)
    raise ProcessorDown from problem


def _reason(problem: stripe.StripeError) -> str:
    declined = getattr(problem.error, "decline_code", None) if problem.error else None
    return str(declined or problem.code or getattr(problem.error, "type", None) or "refused")


@cache
def _client(key: str, api: str) -> stripe.StripeClient:
    """The library is loaded when it is first needed: it takes a third of a second, which few commands have use for."""
    import stripe

    stripe.enable_telemetry = False
    return stripe.StripeClient(
        key,
        base_addresses={"api": api},
        max_network_retries=0,  # our jobs ask again, and a page must not wait for it
        http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS)),
    )


def _key(key: str) -> Any:
    return {"idempotency_key": key}


# The library's objects and ours


def _page_params(page: Page) -> SessionCreateParams:
    metadata = {**page.metadata, "key": page.key}
    paying: Any = {"metadata": metadata, "description": page.words}
    params: SessionCreateParams = {
        "mode": "payment",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": CURRENCY,
                    "unit_amount": page.amount_cents,
                    "product_data": {"name": page.words},
                },
            }
        ],
        "success_url": page.success_url,
        "cancel_url": page.cancel_url,
        "locale": "es" if page.language == "es" else "en",
        "metadata": metadata,
        "payment_intent_data": paying,
        "adaptive_pricing": {"enabled": False},  # a payer abroad pays dollars too: what was asked is what comes
    }
    if page.keep_card:
        paying["setup_future_usage"] = "off_session"
        params["allowed_payment_method_types"] = ["card"]
    if page.customer_ref:
        params["customer"] = page.customer_ref
    else:
        params["customer_creation"] = "always" if page.keep_card else "if_required"
        if page.email:
            params["customer_email"] = page.email
    if page.expires_at is not None:
        params["expires_at"] = int(page.expires_at.timestamp())
    return params


def _session(found: stripe.checkout.Session) -> Session:
    return Session(
        ref=found.id,
        url=found.url or "",
        payment_ref=_id(found.payment_intent),
        state=_session_state(found),
        customer_ref=_id(found.customer),
        amount_cents=found.amount_total or 0,
        currency=found.currency or CURRENCY,
        metadata=_words(found.metadata),
    )


def _session_state(found: stripe.checkout.Session) -> SessionState:
    if found.payment_status == "paid":
        return "paid"
    if found.status == "complete":
        intent = found.payment_intent
        ended = getattr(intent, "status", "") in {"requires_payment_method", "canceled"}
        return "failed" if ended else "waiting"
    return "expired" if found.status == "expired" else "open"


def _payment(found: stripe.PaymentIntent) -> Payment:
    state = _payment_state(found)
    return Payment(
        ref=found.id,
        state=state,
        amount_cents=found.amount_received if state == "paid" else found.amount,
        currency=found.currency,
        failure=_failure(found) if state == "failed" else "",
        card_label=_label(found.payment_method),
        method_ref=_id(found.payment_method),
        customer_ref=_id(found.customer),
        metadata=_words(found.metadata),
    )


def _payment_state(found: stripe.PaymentIntent) -> State:
    if found.status == "succeeded":
        return "paid"
    refused = found.status == "requires_payment_method" and found.last_payment_error is not None
    return "failed" if refused or found.status == "canceled" else "waiting"


def _failure(found: stripe.PaymentIntent) -> str:
    problem = found.last_payment_error
    if problem is None:
        return found.status
    return str(getattr(problem, "decline_code", None) or problem.code or problem.type)


_BRANDS = {"amex": "American Express", "diners": "Diners Club", "jcb": "JCB", "unionpay": "UnionPay"}


def _label(method: Any) -> str:
    """What its owner knows it by: "Visa 4242", "STRIPE TEST BANK 6789". Never more than four digits (PCI1)."""
    kind = getattr(method, "type", "")
    facts = getattr(method, kind, None) if kind else None
    last4 = getattr(facts, "last4", None)
    if last4 is None:
        return kind.replace("_", " ").capitalize()
    brand = str(getattr(facts, "brand", None) or getattr(facts, "bank_name", None) or "Card")
    return f"{_BRANDS.get(brand, brand.capitalize() if brand.islower() else brand)} {last4}"[:60]


_REFUND_STATES: dict[str, State] = {"succeeded": "paid", "failed": "failed", "canceled": "failed"}


def _refund(found: stripe.Refund) -> RefundAnswer:
    state = _REFUND_STATES.get(found.status or "", "waiting")
    failure = getattr(found, "failure_reason", None) or found.status or ""
    return RefundAnswer(
        ref=found.id,
        state=state,
        failure=failure if state == "failed" else "",
        payment_ref=_id(found.payment_intent),
        amount_cents=found.amount,
    )


def _dispute(found: stripe.Dispute) -> Disputed:
    return Disputed(
        ref=found.id,
        payment_ref=_id(found.payment_intent),
        amount_cents=found.amount,
        currency=found.currency,
        state=_dispute_state(found.status),
        reason=found.reason,
    )


def _dispute_state(status: str) -> DisputeState:
    if status in {"won", "lost"}:
        return "won" if status == "won" else "lost"
    return "inquiry" if status.startswith("warning_") or status == "prevented" else "open"


_KINDS: dict[str, MovementKind] = {
    "charge": "payment",
    "charge_failure": "payment_failed",
    "refund": "refund",
    "refund_failure": "refund_failed",
    "dispute": "dispute",
    "dispute_reversal": "dispute_won",
    "payout": "payout",
    "payout_reversal": "payout_failed",
}


def _movement(found: stripe.BalanceTransaction) -> Movement:
    kind = _KINDS.get(found.reporting_category, "other")
    payment_ref = _id(getattr(found.source, "payment_intent", None))
    is_payment = kind in {"payment", "payment_failed"}
    return Movement(
        ref=found.id,
        kind=kind,
        amount_cents=found.amount,
        at=datetime.fromtimestamp(found.created, UTC),
        about=payment_ref if is_payment and payment_ref else _id(found.source),
        fee_cents=found.fee,
        payment_ref=payment_ref,
    )


def _id(found: Any) -> str:
    """The name of what may be there whole, by its name alone, or not at all."""
    return found if isinstance(found, str) else str(getattr(found, "id", None) or "")


def _words(found: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in dict(found or {}).items()}
