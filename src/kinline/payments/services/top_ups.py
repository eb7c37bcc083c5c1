"""Verbs of standing orders (MON-3): begun, charged, declined, ended."""

from datetime import datetime, timedelta
from uuid import uuid4

from kinline.core import jobs
from kinline.core.transaction import verb
from kinline.payments.models import Checkout, TopUp
from kinline.payments.services.cards import Terms

DECLINES = 3
NEXT_TRY = timedelta(days=1)


@verb
def begin(top_up: TopUp, *, customer_ref: str, method_ref: str, card_label: str, now: datetime) -> None:
    """A first payment has proved the card. An earlier order of this person for this balance ends: one is live."""
    live = TopUp.objects.filter(user_id=top_up.user_id, account=top_up.account, started_at__isnull=False)
    for earlier in live.filter(stopped_at=None).exclude(pk=top_up.pk):
        end_top_up(earlier, "asked", now=now)
    top_up.customer_ref, top_up.method_ref, top_up.card_label = customer_ref, method_ref, card_label
    top_up.started_at = now
    top_up.save(update_fields=["customer_ref", "method_ref", "card_label", "started_at"])


def locked_top_up(top_up_id: int) -> TopUp | None:
    """The live order, nobody else's until the story ends; None if somebody has it now or it has ended."""
    live = TopUp.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).select_related("user")
    return live.filter(pk=top_up_id, started_at__isnull=False, stopped_at=None).first()


@verb
def order(top_up: TopUp, *, now: datetime) -> Checkout:
    """One payment that the standing order makes."""
    return Checkout.objects.create(
        payer_id=top_up.user_id, account=top_up.account, amount_cents=top_up.amount_cents, client_key=uuid4(),
        top_up=top_up, by_itself=True, created_at=now,
    )  # fmt: skip


@verb
def count_decline(top_up: TopUp, *, now: datetime) -> bool:
    """Whether it was the last one allowed. The next try is a day away: a card is not charged minute after minute."""
    top_up.failed_tries += 1
    top_up.try_after = now + NEXT_TRY
    top_up.save(update_fields=["failed_tries", "try_after"])
    return top_up.failed_tries >= DECLINES


@verb
def forget_declines(top_up: TopUp) -> None:
    top_up.failed_tries, top_up.try_after = 0, None
    top_up.save(update_fields=["failed_tries", "try_after"])


@verb
def change_terms(top_up: TopUp, terms: Terms) -> None:
    top_up.below_cents, top_up.amount_cents = terms.below_cents, terms.amount_cents
    top_up.month_cap_cents = terms.month_cap_cents
    top_up.save(update_fields=["below_cents", "amount_cents", "month_cap_cents"])


@verb
def end_top_up(top_up: TopUp, reason: str, *, now: datetime) -> None:
    """`reason`: asked, declined, closed, dispute, refund. The card's name is forgotten here, and the card there by a
    job after the commit.
    """
    if top_up.method_ref:
        jobs.defer("forget_card", method_ref=top_up.method_ref)
    top_up.stopped_at, top_up.stop_reason = now, reason
    top_up.customer_ref = top_up.method_ref = ""
    top_up.save(update_fields=["stopped_at", "stop_reason", "customer_ref", "method_ref"])
