"""`/v1/`: what is asked and answered, as Stripe's library does it. Only the calls that Kinline makes."""

import hashlib
import json
import operator
import re
from collections.abc import Callable
from typing import Any

from kinline.ops.fake_stripe import forms, payments, refunds
from kinline.ops.fake_stripe.errors import Fault, invalid, missing
from kinline.ops.fake_stripe.machine import KEYS_KEPT_SECONDS, Machine, public
from kinline.ops.fake_stripe.store import Object

Params = dict[str, Any]
SMALLEST_CENTS = 50
SOONEST_EXPIRY_SECONDS, LATEST_EXPIRY_SECONDS = 30 * 60, 24 * 3600
SLACK_SECONDS = 60

# What each call takes; a contract test finds all of it in the library's typed parameters.
SESSION = {
    "adaptive_pricing", "allowed_payment_method_types", "cancel_url", "client_reference_id", "customer",
    "customer_creation", "customer_email", "expires_at", "line_items", "locale", "metadata", "mode",
    "payment_intent_data", "success_url",
}  # fmt: skip
INTENT = {
    "amount", "automatic_payment_methods", "confirm", "currency", "customer", "description", "metadata", "off_session",
    "payment_method",
}  # fmt: skip
INTENTS = {"customer", "limit", "starting_after"}
REFUND = {"amount", "metadata", "payment_intent", "reason"}
REFUNDS = {"limit", "payment_intent", "starting_after"}
LINES = {"created", "currency", "limit", "starting_after", "type"}


def answer(m: Machine, method: str, path: str, text: str, key: str) -> tuple[int, Object]:
    """The status and the object. `text`: the query of a GET, the body of a POST. `key`: of idempotency."""
    try:
        params = forms.parse(text)
        if method != "POST" or not key:
            return 200, _do(m, method, path, params)
        return _once(m, key, path, text, params)
    except Fault as fault:
        return fault.status, fault.body


def _once(m: Machine, key: str, path: str, text: str, params: Params) -> tuple[int, Object]:
    digest = hashlib.sha256(f"{path}?{text}".encode()).hexdigest()
    known = m.store.get(f"key:{key}")
    if known is not None and known["at"] > m.now - KEYS_KEPT_SECONDS:
        if known["digest"] != digest:
            raise Fault(
                400,
                "idempotency_error",
                "Keys for idempotent requests can only be used with the same parameters they were first used with.",
            )
        return known["status"], known["body"]
    status, body = 200, {}
    try:
        body = _do(m, "POST", path, params)
    except Fault as fault:
        if fault.status != 402:
            raise  # refused before anything was done: the key is not used up
        status, body = fault.status, fault.body
    kept = {"at": m.now, "digest": digest, "status": status, "body": json.loads(json.dumps(body))}
    m.store.put({"id": f"key:{key}", "object": "_key", **kept})
    return status, body


# The calls


def _do(m: Machine, method: str, path: str, params: Params) -> Object:
    for verb, pattern, call in _CALLS:
        match = re.fullmatch(pattern, path)
        if match and verb == method:
            return _expanded(m, call(m, params, *match.groups()), params)
    raise invalid(f"Unrecognized request URL ({method}: {path}).", status=404)


def _create_session(m: Machine, params: Params) -> Object:
    forms.only(params, SESSION)
    if forms.word(params, "mode") != "payment":
        raise invalid("Only payments are made here.", param="mode")
    items = params.get("line_items")
    if not isinstance(items, list) or len(items) != 1 or not isinstance(items[0], dict):
        raise invalid("One line item is needed.", param="line_items", code="parameter_missing")
    price = forms.table(items[0], "price_data")
    amount = _amount(price, "unit_amount") * forms.number(items[0], "quantity")
    words = forms.word(forms.table(price, "product_data"), "name")
    _currency(price)
    forms.word(params, "success_url")
    if params.get("customer"):
        _find(m, params["customer"], "customer", "customer")
    if "expires_at" in params:
        soonest, latest = m.now + SOONEST_EXPIRY_SECONDS - SLACK_SECONDS, m.now + LATEST_EXPIRY_SECONDS + SLACK_SECONDS
        params = params | {"expires_at": forms.number(params, "expires_at", least=soonest, most=latest)}
    return payments.new_session(m, params, amount, words)


def _expire_session(m: Machine, params: Params, ref: str) -> Object:
    forms.only(params, set())
    session = _find(m, ref, "checkout.session")
    if session["status"] != "open":
        raise invalid('Only Checkout Sessions with a status in ["open"] can be expired.')
    payments.expire(m, session)
    return _find(m, ref, "checkout.session")


def _create_intent(m: Machine, params: Params) -> Object:
    forms.only(params, INTENT)
    if params.get("confirm") != "true" or params.get("off_session") != "true":
        raise invalid("Only kept cards are charged here, at once and with nobody there.", param="off_session")
    _currency(params)
    customer = _find(m, forms.word(params, "customer"), "customer", "customer")
    method = _find(m, forms.word(params, "payment_method"), "payment_method", "payment_method")
    if method["customer"] != customer["id"]:
        raise invalid("The payment method does not belong to this customer.", param="payment_method")
    return payments.pay_away(m, params, method, _amount(params, "amount"))


def _detach(m: Machine, params: Params, ref: str) -> Object:
    forms.only(params, set())
    method = _find(m, ref, "payment_method", "payment_method")
    if method["customer"] is None:
        raise invalid("The payment method you provided is not attached to a customer so detachment is impossible.")
    return m.store.put(method | {"customer": None})


def _create_refund(m: Machine, params: Params) -> Object:
    forms.only(params, REFUND)
    intent = _find(m, forms.word(params, "payment_intent"), "payment_intent", "payment_intent")
    charge = m.store.get(intent["latest_charge"] or "")
    if intent["status"] != "succeeded" or charge is None:
        raise invalid("This PaymentIntent does not have a successful charge to refund.", param="payment_intent")
    amount = forms.number(params, "amount") if "amount" in params else charge["amount_captured"]
    return refunds.new_refund(m, charge, amount, forms.table(params, "metadata"), params.get("reason"))


def _list(kind: str, names: set[str], matches: Callable[[Object, Params], bool]) -> Callable[[Machine, Params], Object]:
    def call(m: Machine, params: Params) -> Object:
        forms.only(params, names)
        limit = forms.number(params, "limit", most=100) if "limit" in params else 10
        found = [one for one in m.store.of(kind) if matches(one, params)]
        if "starting_after" in params:
            refs = [one["id"] for one in found]
            if params["starting_after"] not in refs:
                raise missing(params["starting_after"], "starting_after")
            found = found[refs.index(params["starting_after"]) + 1 :]
        return {"object": "list", "data": found[:limit], "has_more": len(found) > limit, "url": f"/v1/{kind}s"}

    return call


_SPAN: dict[str, Callable[[int, int], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def _same(*names: str) -> Callable[[Object, Params], bool]:
    return lambda one, params: all(one[name] == params[name] for name in names if name in params)


def _line_matches(one: Object, params: Params) -> bool:
    span = forms.table(params, "created")
    return all(_SPAN[name](one["created"], forms.number(span, name, least=0, most=10**12)) for name in span) and (
        _same("currency", "type")(one, params)
    )


def _get(kind: str) -> Callable[[Machine, Params, str], Object]:
    def call(m: Machine, params: Params, ref: str) -> Object:
        forms.only(params, set())
        found = _find(m, ref, kind)
        return found | {"url": payments.page_url(m, found)} if kind == "checkout.session" else found

    return call


_REF = "([A-Za-z0-9_]+)"
_CALLS: tuple[tuple[str, str, Callable[..., Object]], ...] = (
    ("POST", "/v1/checkout/sessions", _create_session),
    ("GET", f"/v1/checkout/sessions/{_REF}", _get("checkout.session")),
    ("POST", f"/v1/checkout/sessions/{_REF}/expire", _expire_session),
    ("POST", "/v1/payment_intents", _create_intent),
    ("GET", "/v1/payment_intents", _list("payment_intent", INTENTS, _same("customer"))),
    ("GET", f"/v1/payment_intents/{_REF}", _get("payment_intent")),
    ("POST", f"/v1/payment_methods/{_REF}/detach", _detach),
    ("POST", "/v1/refunds", _create_refund),
    ("GET", "/v1/refunds", _list("refund", REFUNDS, _same("payment_intent"))),
    ("GET", f"/v1/refunds/{_REF}", _get("refund")),
    ("GET", f"/v1/disputes/{_REF}", _get("dispute")),
    ("GET", "/v1/balance_transactions", _list("balance_transaction", LINES, _line_matches)),
)


# What they share


def _find(m: Machine, ref: str, kind: str, param: str = "id") -> Object:
    found = m.store.get(ref)
    if found is None or found["object"] != kind:
        raise missing(ref, param)
    return found


def _amount(params: Params, name: str) -> int:
    amount = forms.number(params, name, least=0)
    if amount < SMALLEST_CENTS:
        raise invalid("Amount must be at least $0.50 usd", param=name, code="amount_too_small")
    return amount


def _currency(params: Params) -> None:
    if forms.word(params, "currency") != "usd":
        raise invalid("Only usd is taken here.", param="currency")


def _expanded(m: Machine, found: Object, params: Params) -> Object:
    """A copy without what is ours, and with what `expand` names whole."""
    shown: Object = json.loads(json.dumps(_shown(found)))
    for path in params.get("expand", ()):
        _expand(m, shown, str(path).split("."))
    return shown


def _shown(found: Object) -> Object:
    if found["object"] == "list":
        return found | {"data": [public(one) for one in found["data"]]}
    return public(found)


def _expand(m: Machine, found: Any, steps: list[str]) -> None:
    if isinstance(found, list):
        for one in found:
            _expand(m, one, steps)
        return
    if not isinstance(found, dict) or steps[0] not in found:
        raise invalid(f"This property cannot be expanded ({steps[0]}).", param="expand")
    whole = m.store.get(found[steps[0]]) if isinstance(found[steps[0]], str) else None
    if whole is not None:
        found[steps[0]] = json.loads(json.dumps(public(whole)))
    if len(steps) > 1 and found[steps[0]] is not None:
        _expand(m, found[steps[0]], steps[1:])
