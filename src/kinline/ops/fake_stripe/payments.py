"""What happens when somebody pays: on the page, at a bank later, or by a kept card while they are away."""

from typing import Any

from kinline.ops.fake_stripe.balance import enter, fee_of
from kinline.ops.fake_stripe.cards import BY_NAME, EXPIRES, Card
from kinline.ops.fake_stripe.errors import Fault
from kinline.ops.fake_stripe.machine import Machine, public
from kinline.ops.fake_stripe.store import Object

DISPUTED_AFTER_SECONDS = 2
MESSAGES = {
    "card_declined": "Your card was declined.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
    "insufficient_funds": "The customer's account has insufficient funds to cover this payment.",
    "payment_intent_authentication_failure": "The provided payment method has failed authentication.",
}


# Pages


def new_session(m: Machine, params: dict[str, Any], amount: int, words: str) -> Object:
    data = params.get("payment_intent_data", {})
    made = m.new(
        "cs_test",
        "checkout.session",
        adaptive_pricing={"enabled": False},
        amount_subtotal=amount,
        amount_total=amount,
        cancel_url=params.get("cancel_url"),
        client_reference_id=params.get("client_reference_id"),
        currency=params["line_items"][0]["price_data"]["currency"],
        customer=params.get("customer"),
        customer_creation=None if params.get("customer") else params.get("customer_creation", "if_required"),
        customer_email=params.get("customer_email"),
        expires_at=params.get("expires_at") or m.now + 24 * 3600,
        livemode=False,
        locale=params.get("locale"),
        metadata=params.get("metadata", {}),
        mode="payment",
        payment_intent=None,
        payment_method_types=params.get("allowed_payment_method_types") or ["card", "us_bank_account"],
        payment_status="unpaid",
        status="open",
        success_url=params.get("success_url"),
        ui_mode="hosted_page",
        _words=words,
        _data=data,
    )
    made["url"] = page_url(m, made)
    m.later(made["expires_at"] - m.now, "expire", made["id"])
    return made


def page_url(m: Machine, session: Object) -> str | None:
    """Only while it is open, and always at the address we have now."""
    return f"{m.pages}/c/pay/{session['id']}" if session["status"] == "open" else None


def expire(m: Machine, session: Object) -> None:
    if session["status"] == "open":
        m.store.put(session | {"status": "expired", "url": None})
        m.emit("checkout.session.expired", m.store.get(session["id"]) or {})


# An attempt on a page


def attempt(m: Machine, session: Object, card: Card) -> Object:
    """The payer chose this card. The payment as it is then: paid, declined, waiting for them or for a bank."""
    intent = _intent_of(m, session)
    method = _method(m, card)
    intent = m.store.put(intent | {"payment_method": method["id"], "payment_method_types": [card.kind]})
    if card.on_page == "declined":
        return _decline(m, intent, card.code, card.decline_code)
    if card.on_page == "confirm":
        return m.store.put(intent | {"status": "requires_action", "last_payment_error": None})
    return _accept(m, session, intent, card)


def confirmed(m: Machine, session: Object, intent: Object, *, agreed: bool) -> Object:
    """The payer answered their bank's question."""
    card = _card(m, intent)
    if not agreed:
        return _decline(m, intent, "payment_intent_authentication_failure", "")
    return _accept(m, session, intent, card)


def _accept(m: Machine, session: Object, intent: Object, card: Card) -> Object:
    customer = _customer_of(m, session)
    keep = session["_data"].get("setup_future_usage") if card.kind == "card" else None
    intent = m.store.put(intent | {"customer": customer, "setup_future_usage": keep})
    if keep and customer:
        m.store.put((m.store.get(intent["payment_method"]) or {}) | {"customer": customer})
    done = {"status": "complete", "url": None, "customer": customer}
    if card.on_page == "later":
        intent = m.store.put(intent | {"status": "processing", "last_payment_error": None})
        m.emit("checkout.session.completed", m.store.put(session | done))
        m.emit("payment_intent.processing", intent)
        m.later(m.switch("bank_seconds"), "bank", intent["id"])
        return intent
    intent = _succeed(m, intent, card)
    m.emit("checkout.session.completed", m.store.put(session | done | {"payment_status": "paid"}))
    return intent


def _intent_of(m: Machine, session: Object) -> Object:
    known = m.store.get(session["payment_intent"] or "")
    if known is not None:
        return known
    data = session["_data"]
    intent = _new_intent(
        m, session["amount_total"], session["currency"], data.get("metadata", {}), data.get("description")
    )
    session["payment_intent"] = intent["id"]
    intent["_session"] = session["id"]
    m.store.put(session)
    return intent


def _new_intent(m: Machine, amount: int, currency: str, metadata: Object, description: str | None) -> Object:
    return m.new(
        "pi",
        "payment_intent",
        amount=amount,
        amount_capturable=0,
        amount_received=0,
        canceled_at=None,
        currency=currency,
        customer=None,
        description=description,
        last_payment_error=None,
        latest_charge=None,
        livemode=False,
        metadata=metadata,
        next_action=None,
        payment_method=None,
        payment_method_types=["card"],
        setup_future_usage=None,
        status="requires_payment_method",
    )


def _customer_of(m: Machine, session: Object) -> str | None:
    known: str | None = session["customer"]
    if known or session["customer_creation"] != "always":
        return known
    return str(new_customer(m, session["customer_email"])["id"])


def new_customer(m: Machine, email: str | None) -> Object:
    return m.new("cus", "customer", description=None, email=email, livemode=False, metadata={}, name=None)


def _method(m: Machine, card: Card) -> Object:
    facts: Object
    if card.kind == "card":
        month, year = EXPIRES
        facts = {"brand": card.brand, "exp_month": month, "exp_year": year, "funding": "credit", "last4": card.last4}
    else:
        facts = {"bank_name": "TEST BANK", "account_type": "checking", "last4": card.last4}
    more: Object = {"customer": None, "livemode": False, "metadata": {}, "type": card.kind}
    return m.new("pm", "payment_method", **more, **{card.kind: facts}, _card=card.name)


def _card(m: Machine, intent: Object) -> Card:
    return BY_NAME[(m.store.get(intent["payment_method"]) or {})["_card"]]


# How a payment ends


def settle(m: Machine, intent: Object, ends: str | None = None) -> None:
    """The bank has answered: `paid` or `failed`, or as this account always does. Once."""
    if intent["status"] != "processing":
        return
    card = _card(m, intent)
    session = m.store.get(intent.get("_session", "")) or {}
    if (ends or card.ends) == "paid":
        _succeed(m, intent, card)
        m.emit("checkout.session.async_payment_succeeded", m.store.put(session | {"payment_status": "paid"}))
    else:
        _decline(m, intent, card.code if card.ends == "failed" else "insufficient_funds", "")
        m.emit("checkout.session.async_payment_failed", session)


def _succeed(m: Machine, intent: Object, card: Card) -> Object:
    charge = _charge(m, intent, card, {"paid": True, "status": "succeeded", "captured": True})
    entry = enter(m, charge["id"], "charge", "charge", intent["amount"], fee=fee_of(intent["amount"]))
    m.store.put(charge | {"amount_captured": intent["amount"], "balance_transaction": entry["id"]})
    paid = {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": charge["id"]}
    intent = m.store.put(intent | paid | {"last_payment_error": None})
    m.emit("charge.succeeded", m.store.get(charge["id"]) or {})
    m.emit("payment_intent.succeeded", intent)
    if card.disputed:
        m.later(DISPUTED_AFTER_SECONDS, "dispute", intent["id"])
    return intent


def _decline(m: Machine, intent: Object, code: str, decline_code: str) -> Object:
    card = _card(m, intent)
    message = MESSAGES.get(code, MESSAGES["card_declined"])
    failed = {"paid": False, "status": "failed", "captured": False, "failure_code": code, "failure_message": message}
    charge = _charge(m, intent, card, failed)
    problem = {"charge": charge["id"], "code": code, "message": message, "type": "card_error"}
    if decline_code:
        problem["decline_code"] = decline_code
    more = {"status": "requires_payment_method", "latest_charge": charge["id"], "last_payment_error": problem}
    intent = m.store.put(intent | more)
    m.emit("charge.failed", charge)
    m.emit("payment_intent.payment_failed", intent)
    return intent


def _charge(m: Machine, intent: Object, card: Card, ends: dict[str, Any]) -> Object:
    method = m.store.get(intent["payment_method"]) or {}
    facts: dict[str, Any] = {
        "amount": intent["amount"], "amount_captured": 0, "amount_refunded": 0, "balance_transaction": None,
        "currency": intent["currency"], "customer": intent["customer"], "description": intent["description"],
        "disputed": False, "failure_code": None, "failure_message": None, "livemode": False,
        "metadata": intent["metadata"], "payment_intent": intent["id"], "payment_method": method["id"],
        "payment_method_details": {"type": card.kind, card.kind: method[card.kind]}, "refunded": False,
    }  # fmt: skip
    return m.new("ch", "charge", **{**facts, **ends})


# Kept cards


def pay_away(m: Machine, params: dict[str, Any], method: Object, amount: int) -> Object:
    """Charge a kept card. Raises Fault 402 if it is declined; the payment stays, and says why."""
    card = BY_NAME[method["_card"]]
    intent = _new_intent(m, amount, params["currency"], params.get("metadata", {}), params.get("description"))
    intent = m.store.put(intent | {"payment_method": method["id"], "customer": params["customer"]})
    if card.again == "paid":
        return _succeed(m, intent, card)
    intent = _decline(m, intent, card.code, card.decline_code)
    problem = intent["last_payment_error"]
    raise Fault(
        402,
        "card_error",
        problem["message"],
        code=problem["code"],
        decline_code=problem.get("decline_code"),
        charge=problem["charge"],
        payment_intent=public(intent),
    )
