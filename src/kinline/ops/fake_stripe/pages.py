"""The page a payer pays on. It takes test cards only; what is typed is looked up, then forgotten."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.utils import translation
from django.utils.translation import gettext as _

from kinline.ops.fake_stripe import payments
from kinline.ops.fake_stripe.cards import BY_NAME, CARDS, by_number
from kinline.ops.fake_stripe.machine import Machine
from kinline.ops.fake_stripe.store import Object

_POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'{more}; frame-ancestors 'none'; base-uri 'none'; "
    "img-src data:"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """`goes_to`: where a form of this page may lead in the end, beside ourselves."""

    status: int
    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    location: str = ""
    goes_to: str = ""

    @property
    def policy(self) -> str:
        return _POLICY.format(more=f" {self.goes_to}" if self.goes_to else "")


def answer(m: Machine, method: str, path: str, body: str) -> Answer:
    match = re.fullmatch(r"/c/pay/(cs_test_[0-9a-f]+)(/confirm)?", path)
    with m.act():
        session = m.store.get(match[1]) if match else None
        if match is None or session is None:
            return _over(None, 404)
        with translation.override("es" if (session["locale"] or "").startswith("es") else "en"):
            if session["status"] == "complete":
                return _back(session)
            if session["status"] != "open":
                return _over(session, 410)
            typed = dict(parse_qsl(body))
            if match[2]:
                return _confirm(m, session, typed if method == "POST" else None)
            return _pay(m, session, typed) if method == "POST" else _page(session)


def _pay(m: Machine, session: Object, typed: dict[str, str]) -> Answer:
    problems = {} if "sample" in typed else _problems(typed, m.now)
    card = BY_NAME.get(typed.get("sample", "")) or by_number(typed.get("cardNumber", ""))
    if problems or card is None:
        return _page(session, problems or {"cardNumber": _("Choose one of the test cards below.")}, status=422)
    if card.kind not in session["payment_method_types"]:
        return _page(session, {"cardNumber": _("A bank account cannot be used for this payment.")}, status=422)
    return _after(m, session, payments.attempt(m, session, card))


def _confirm(m: Machine, session: Object, typed: dict[str, str] | None) -> Answer:
    intent = m.store.get(session["payment_intent"] or "") or {}
    if intent.get("status") != "requires_action":
        return Answer(303, location=f"/c/pay/{session['id']}")
    if typed is None:
        return _rendered("confirm", session)
    return _after(m, session, payments.confirmed(m, session, intent, agreed=typed.get("answer") == "yes"))


def _after(m: Machine, session: Object, intent: Object) -> Answer:
    if intent["status"] == "requires_action":
        return Answer(303, location=f"/c/pay/{session['id']}/confirm")
    if intent["status"] == "requires_payment_method":
        return _page(session, {"": _refusal(intent)}, status=402)
    return _back(m.store.get(session["id"]) or session)


def _back(session: Object) -> Answer:
    return Answer(303, location=str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"]))


# What was typed


def _problems(typed: dict[str, str], now: int) -> dict[str, str]:
    """By field, in the order of the page. Nothing of what was typed is in them."""
    found = {}
    if not typed.get("cardNumber", "").strip():
        found["cardNumber"] = _("Type a card number, or choose a test card below.")
    elif by_number(typed["cardNumber"]) is None:
        found["cardNumber"] = _("This page takes test cards only. Never type the number of a real card here.")
    if _expired(typed.get("cardExpiry", ""), now):
        found["cardExpiry"] = _("Type a month and year in the future, like 12 / 34.")
    if not re.fullmatch(r"\s*\d{3,4}\s*", typed.get("cardCvc", "")):
        found["cardCvc"] = _("Type any three digits, like 123.")
    return found


def _expired(text: str, now: int) -> bool:
    match = re.fullmatch(r"\s*(\d{1,2})\s*/?\s*(?:20)?(\d{2})\s*", text)
    if match is None or not 1 <= int(match[1]) <= 12:
        return True
    today = datetime.fromtimestamp(now, UTC)
    return (2000 + int(match[2]), int(match[1])) < (today.year, today.month)


def _refusal(intent: Object) -> str:
    problem = intent["last_payment_error"]
    sentences = {
        "insufficient_funds": _("This card has not enough money. Try another card."),
        "expired_card": _("This card has expired. Try another card."),
        "incorrect_cvc": _("The security code is wrong. Check it, or try another card."),
        "processing_error": _("The card's bank could not work on this. Try again in a moment."),
        "payment_intent_authentication_failure": _("The payment was not confirmed with the bank. Try again."),
    }
    return sentences.get(problem.get("decline_code") or problem["code"], _("This card was declined. Try another card."))


# What is shown


def _page(session: Object, problems: dict[str, str] | None = None, status: int = 200) -> Answer:
    cards = [card for card in CARDS if card.kind in session["payment_method_types"]]
    return _rendered("pay", session, status, cards=cards, problems=problems or {})


def _over(session: Object | None, status: int) -> Answer:
    return _rendered("over", session or {}, status)


def _rendered(name: str, session: Object, status: int = 200, **more: Any) -> Answer:
    from django.template.loader import render_to_string  # loaded with the first page (P8)

    facts = {"session": session, "words": session.get("_words", ""), **more}
    html = render_to_string(f"ops/fake_stripe/{name}.html", facts)
    return Answer(status, html.encode(), goes_to=_origin(session.get("success_url") or ""))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
