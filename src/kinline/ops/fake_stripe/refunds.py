"""Money that goes back to a card, and what is left paid out to our bank."""

from typing import Any

from kinline.ops.fake_stripe.balance import enter
from kinline.ops.fake_stripe.cards import BY_NAME
from kinline.ops.fake_stripe.errors import invalid
from kinline.ops.fake_stripe.machine import Machine
from kinline.ops.fake_stripe.store import Object

ENDS_AFTER_SECONDS = 5


def new_refund(m: Machine, charge: Object, amount: int, metadata: dict[str, Any], reason: str | None) -> Object:
    """Raises Fault if there is not so much left of the payment."""
    left = charge["amount_captured"] - charge["amount_refunded"]
    if charge["disputed"]:
        raise invalid("This charge has been charged back.", code="charge_disputed")
    if left == 0:
        raise invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if not 0 < amount <= left:
        raise invalid("Refund amount is greater than unrefunded amount on charge.", param="amount")
    card = BY_NAME[(m.store.get(charge["payment_method"]) or {})["_card"]]
    refund = m.new(
        "re",
        "refund",
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        metadata=metadata,
        payment_intent=charge["payment_intent"],
        reason=reason,
        status="pending" if card.refund == "pending" else "succeeded",
    )
    refund["balance_transaction"] = enter(m, refund["id"], "refund", "refund", -amount)["id"]
    back = charge["amount_refunded"] + amount
    charge = m.store.put(charge | {"amount_refunded": back, "refunded": back == charge["amount_captured"]})
    m.emit("refund.created", refund)
    m.emit("charge.refunded", charge)
    if card.refund != "succeeded":
        m.later(ENDS_AFTER_SECONDS, f"refund_{'failed' if card.refund == 'failed' else 'succeeded'}", refund["id"])
    return refund


def end_refund(m: Machine, refund: Object, *, succeeded: bool) -> None:
    """It arrived, or the card's bank sent it back. One that failed stays so."""
    if refund["status"] == "failed" or (succeeded and refund["status"] == "succeeded"):
        return
    if succeeded:
        m.emit("refund.updated", m.store.put(refund | {"status": "succeeded"}))
        return
    back = enter(m, refund["id"], "refund_failure", "refund_failure", refund["amount"])
    more = {"failure_reason": "expired_or_canceled_card", "failure_balance_transaction": back["id"]}
    refund = m.store.put(refund | {"status": "failed"} | more)
    charge = m.store.get(refund["charge"]) or {}
    m.store.put(charge | {"amount_refunded": charge["amount_refunded"] - refund["amount"], "refunded": False})
    m.emit("refund.updated", refund)
    m.emit("refund.failed", refund)


def pay_out(m: Machine) -> Object | None:
    """All that is in the balance goes to our bank; None if there is nothing."""
    held = sum(line["net"] for line in m.store.of("balance_transaction"))
    if held <= 0:
        return None
    payout = m.new(
        "po",
        "payout",
        amount=held,
        arrival_date=m.now,
        automatic=True,
        currency="usd",
        description="STRIPE PAYOUT",
        destination=None,
        failure_code=None,
        failure_message=None,
        livemode=False,
        metadata={},
        method="standard",
        source_type="card",
        status="paid",
        type="bank_account",
    )
    payout["balance_transaction"] = enter(m, payout["id"], "payout", "payout", -held)["id"]
    m.emit("payout.created", payout)
    m.emit("payout.paid", payout)
    return payout
