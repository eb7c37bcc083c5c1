"""Verbs of replies that were paid ahead (MSG-3)."""

from datetime import datetime, timedelta

from kinline.core.transaction import verb
from kinline.messaging.models import (
    Message,
    PrepaidReply,
    ReplyState,
)
from kinline.messaging.services.letters import move


@verb
def prepay_reply(
    message_id: int, *, account: str, hold_id: int, price_cents: int, days: int, delivered_at: datetime | None
) -> None:
    """`delivered_at`: of the letter, when it is delivered already; else `start_reply` comes later."""
    PrepaidReply.objects.create(
        message_id=message_id, account=account, hold_id=hold_id, price_cents=price_cents, days=days,
        expires_at=delivered_at and delivered_at + timedelta(days=days),
    )  # fmt: skip


@verb
def locked_reply(message_id: int) -> PrepaidReply | None:
    """What was paid ahead for the reply to this letter, locked until the story ends: one reply uses it, once."""
    rows = PrepaidReply.objects.select_for_update(of=("self",), no_key=True).select_related("message__contact")
    return rows.filter(message_id=message_id).first()


@verb
def locked_replies(**contact: int) -> list[PrepaidReply]:
    """Open ones between the people of these contacts, locked, oldest first."""
    rows = PrepaidReply.objects.select_for_update(of=("self",), no_key=True).select_related("message__contact")
    between = {f"message__contact__{name}": value for name, value in contact.items()}
    return list(rows.filter(state=ReplyState.OPEN, **between).order_by("pk"))


@verb
def start_reply(message: Message, *, now: datetime) -> None:
    """The letter is delivered: from now on its reader has the days that were promised to them."""
    reply = PrepaidReply.objects.filter(message=message, state=ReplyState.OPEN, expires_at=None).first()
    if reply is not None:
        PrepaidReply.objects.filter(pk=reply.pk).update(expires_at=now + timedelta(days=reply.days))


@verb
def use_reply(reply: PrepaidReply, message: Message) -> None:
    reply.state, reply.used_by = ReplyState.USED, message
    reply.save(update_fields=["state", "used_by"])


@verb
def free_reply(reply: PrepaidReply, message: Message, *, now: datetime) -> None:
    """The letter that used it is not delivered: another may. The time it was on its way is given back, too."""
    if reply.expires_at is not None:
        reply.expires_at += now - message.sent_at
    reply.state, reply.used_by = ReplyState.OPEN, None
    reply.save(update_fields=["state", "used_by", "expires_at"])
    move(message, message.state, hold_id=None)


@verb
def end_reply(reply: PrepaidReply, *, now: datetime) -> None:
    reply.state, reply.used_by, reply.ended_at = ReplyState.RETURNED, None, now
    reply.save(update_fields=["state", "used_by", "ended_at"])
