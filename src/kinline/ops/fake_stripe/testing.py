"""`/test/`: what happened, what a bank or a payer may do next, and the switches for what may go wrong."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from django.utils import translation
from django.utils.translation import gettext as _

from kinline.ops.fake_stripe import disputes, payments, refunds
from kinline.ops.fake_stripe.machine import CHOICES, Machine, public
from kinline.ops.fake_stripe.pages import Answer
from kinline.ops.fake_stripe.store import Object

SHOWN = 20


def answer(m: Machine, method: str, path: str, body: str, language: str) -> Answer:
    if method == "GET" and path == "/test/":
        with m.lock, translation.override("es" if language.lower().startswith("es") else "en"):
            from django.template.loader import render_to_string  # loaded with the first page (P8)

            return Answer(200, render_to_string("ops/fake_stripe/test.html", _facts(m)).encode())
    if method == "GET" and path == "/test/state.json":
        with m.lock:
            return Answer(200, json.dumps(_state(m)).encode(), "application/json")
    if method == "POST" and _act(m, path.removeprefix("/test/"), dict(parse_qsl(body, keep_blank_values=True))):
        return Answer(303, location="/test/")
    return Answer(404, b"", "text/plain")


def _act(m: Machine, what: str, typed: dict[str, str]) -> bool:
    """`switches`, `bank/pi_…`, `dispute/pi_…`, `end/du_…`, `refund/re_…`, `expire/cs_…`, `again/evt_…`, `payout`."""
    act, _slash, ref = what.partition("/")
    with m.act():
        if act == "switches":
            return _switch(m, typed)
        if act == "payout":
            refunds.pay_out(m)
            return True
        about = m.store.get(ref)
        if about is None or _KINDS.get(act) != about["object"]:
            return False
        _do(m, act, about, typed.get("outcome", ""))
        return True


_KINDS = {
    "bank": "payment_intent", "dispute": "payment_intent", "end": "dispute", "refund": "refund",
    "expire": "checkout.session", "again": "event",
}  # fmt: skip


def _do(m: Machine, act: str, about: Object, outcome: str) -> None:
    if act == "bank":
        payments.settle(m, about, outcome or "paid")
    elif act == "dispute":
        disputes.open_dispute(m, about)
    elif act == "end":
        disputes.end_dispute(m, about, won=outcome == "won")
    elif act == "refund":
        refunds.end_refund(m, about, succeeded=outcome == "succeeded")
    elif act == "expire":
        payments.expire(m, about)
    else:
        m.tell(about)


def _switch(m: Machine, typed: dict[str, str]) -> bool:
    try:
        for name, value in typed.items():
            m.set_switch(name, value)
    except ValueError:
        return False
    return True


# What is shown


def _state(m: Machine) -> dict[str, Any]:
    """For programs: the objects by kind, newest first, and the switches."""
    kinds = ("checkout.session", "payment_intent", "refund", "dispute", "payout", "event", "_delivery")
    found: dict[str, Any] = {kind.lstrip("_"): [public(one) for one in m.store.of(kind)] for kind in kinds}
    return found | {"switches": {name: m.switch(name) for name in _labels()}}


def _facts(m: Machine) -> dict[str, Any]:
    return {
        "payments": [_row(m, one) for one in m.store.of("payment_intent")[:SHOWN]],
        "disputes": [_row(m, one) for one in m.store.of("dispute")[:SHOWN]],
        "refunds": [_row(m, one) for one in m.store.of("refund")[:SHOWN]],
        "events": [_told(m, one) for one in m.store.of("_delivery")[:SHOWN]],
        "switches": [_position(m, name, label) for name, label in _labels().items()],
        "held": sum(line["net"] for line in m.store.of("balance_transaction")),
    }


def _row(m: Machine, one: Object) -> dict[str, Any]:
    charge = m.store.get(one.get("latest_charge") or "") or {}
    return {
        "ref": one["id"],
        "cents": one["amount"],
        "at": datetime.fromtimestamp(one["created"], UTC),
        "status": one["status"],
        "words": one.get("description") or "",
        "can_dispute": bool(charge.get("paid")) and not charge.get("disputed") and not charge.get("refunded"),
        "refunded_cents": charge.get("amount_refunded", 0),
    }


def _told(m: Machine, one: Object) -> dict[str, Any]:
    event = m.store.get(one["event"]) or {}
    return {
        "ref": one["event"],
        "kind": event.get("type", ""),
        "at": datetime.fromtimestamp(event.get("created", 0), UTC),
        "state": one["state"],
        "tries": one["tries"],
        "answer": one["answer"],
    }


def _labels() -> dict[str, str]:
    return {
        "answers": _("How the processor answers Kinline"),
        "slow_seconds": _("Seconds that it takes when it is slow"),
        "webhooks": _("Events to Kinline"),
        "duplicates": _("Send each event twice"),
        "reorder": _("Mix the order of events"),
        "bank_seconds": _("Seconds until a bank has confirmed"),
    }


def _position(m: Machine, name: str, label: str) -> dict[str, Any]:
    words = {
        "normal": _("as it should"), "slow": _("slowly"), "down": _("not at all (503)"), "limit": _("“too many” (429)"),
        "garbage": _("with nonsense"), "lost": _("it does it, and the answer is lost"), "on": _("yes"),
        "held": _("held back"), "off": _("no"),
    }  # fmt: skip
    if name == "webhooks":
        words["on"] = _("sent at once")
    choices = [(value, words[value]) for value in CHOICES.get(name, ())]
    return {"name": name, "label": label, "value": m.switch(name), "choices": choices}
