"""Verbs of disputes (MON-7): what a bank took back, and how it ended."""

from datetime import datetime

from kinline.core.transaction import verb
from kinline.payments.models import Deposit, Dispute


@verb
def open_dispute(
    *, ref: str, deposit: Deposit, amount_cents: int, recovered_cents: int, entry_id: int, now: datetime
) -> Dispute:
    """What `entry_id` took: `recovered_cents` of the balance, the rest of `loss:disputes`."""
    return Dispute.objects.create(
        ref=ref, deposit=deposit, amount_cents=amount_cents, recovered_cents=recovered_cents,
        loss_cents=amount_cents - recovered_cents, state="open", entry_id=entry_id, at=now,
    )  # fmt: skip


@verb
def end_dispute(dispute: Dispute, state: str, *, now: datetime, return_entry_id: int | None = None) -> None:
    """`won`: all of it came back by that entry. `lost`: it stays as it is."""
    dispute.state, dispute.ended_at = state, now
    dispute.return_entry_id = return_entry_id or dispute.return_entry_id
    dispute.save(update_fields=["state", "ended_at", "return_entry_id"])


def locked_deposit(payment_ref: str) -> Deposit | None:
    """The deposit of this payment: of two who hear of a dispute at once, the second waits."""
    rows = Deposit.objects.select_for_update(of=("self",), no_key=True).select_related("payer")
    return rows.filter(payment_ref=payment_ref).first() if payment_ref else None
