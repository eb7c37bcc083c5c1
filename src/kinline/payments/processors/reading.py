"""The library's objects and ours: how a page is asked for, and what an answer means."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kinline.payments.processors.facts import (
    CURRENCY,
    Disputed,
    DisputeState,
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
    from stripe.params.checkout import SessionCreateParams


def page_params(page: Page) -> SessionCreateParams:
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
        "locale": "es-419" if page.language == "es" else "en",
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


def session(found: stripe.checkout.Session) -> Session:
    return Session(
        ref=found.id,
        url=found.url or "",
        payment_ref=_id(found.payment_intent),
        state=_session_state(found),
        customer_ref=_id(found.customer),
        amount_cents=found.amount_total or 0,
        currency=found.currency or CURRENCY,
        metadata=words(found.metadata),
    )


def _session_state(found: stripe.checkout.Session) -> SessionState:
    if found.payment_status == "paid":
        return "paid"
    if found.status == "complete":
        intent = found.payment_intent
        ended = getattr(intent, "status", "") in {"requires_payment_method", "canceled"}
        return "failed" if ended else "waiting"
    return "expired" if found.status == "expired" else "open"


def payment(found: stripe.PaymentIntent) -> Payment:
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
        metadata=words(found.metadata),
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


def refund(found: stripe.Refund) -> RefundAnswer:
    state = _REFUND_STATES.get(found.status or "", "waiting")
    failure = getattr(found, "failure_reason", None) or found.status or ""
    return RefundAnswer(
        ref=found.id,
        state=state,
        failure=failure if state == "failed" else "",
        payment_ref=_id(found.payment_intent),
        amount_cents=found.amount,
    )


def dispute(found: stripe.Dispute) -> Disputed:
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


def movement(found: stripe.BalanceTransaction) -> Movement:
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


def words(found: Any) -> dict[str, str]:
    """Metadata as a plain dictionary."""
    return {} if found is None else {str(name): str(value) for name, value in found.to_dict().items()}
