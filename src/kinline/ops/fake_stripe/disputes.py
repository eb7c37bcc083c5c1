"""A payer's bank takes a payment back, and perhaps returns it."""

from kinline.ops.fake_stripe.balance import enter
from kinline.ops.fake_stripe.machine import Machine, public
from kinline.ops.fake_stripe.store import Object

FEE_CENTS = 1500


def open_dispute(m: Machine, intent: Object) -> Object | None:
    """None if there is nothing to take: not paid, all refunded, or disputed already."""
    charge = m.store.get(intent["latest_charge"] or "")
    if charge is None or not charge["paid"] or charge["disputed"] or charge["refunded"]:
        return None
    amount = charge["amount_captured"] - charge["amount_refunded"]
    dispute = m.new(
        "du",
        "dispute",
        amount=amount,
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        evidence={},
        evidence_details={"due_by": m.now + 7 * 24 * 3600, "has_evidence": False, "past_due": False},
        is_charge_refundable=False,
        livemode=False,
        metadata={},
        payment_intent=intent["id"],
        reason="fraudulent",
        status="needs_response",
    )
    taken = enter(m, dispute["id"], "adjustment", "dispute", -amount, fee=FEE_CENTS)
    dispute["balance_transactions"] = [public(taken)]
    m.store.put(charge | {"disputed": True})
    m.emit("charge.dispute.created", dispute)
    m.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def end_dispute(m: Machine, dispute: Object, *, won: bool) -> None:
    """Once."""
    if dispute["status"] != "needs_response":
        return
    dispute = m.store.put(dispute | {"status": "won" if won else "lost"})
    if won:
        back = enter(m, dispute["id"], "adjustment", "dispute_reversal", dispute["amount"], fee=-FEE_CENTS)
        dispute = m.store.put(dispute | {"balance_transactions": [*dispute["balance_transactions"], public(back)]})
        m.emit("charge.dispute.funds_reinstated", dispute)
    m.emit("charge.dispute.closed", dispute)
