"""Replies that were paid ahead (MSG-3), as each side may know of them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from kinline.core.parties import Party
from kinline.messaging.models import Message, Payer, PrepaidReply, ReplyState, State
from kinline.messaging.wording import reply_sentence


@dataclass(frozen=True, slots=True)
class PaidReply:
    """To the reader of a letter: `name` paid for the reply, which can be sent until `until` at no cost."""

    message_id: int
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class ReplyView:
    """To its payer: `state` as they may know it, and the sentence. `price_cents`: what is or was set aside."""

    state: str
    price_cents: int
    until: datetime | None
    sentence: str


def paid_reply(party: Party, message_id: int, *, now: datetime) -> PaidReply | None:
    """What the other side paid for this party's reply to a letter it received; None when there is nothing to use.

    A reply that only looks like in review (DEL-5, withheld) seems to use it still.
    """
    replies = Message.objects.filter(reply_to=OuterRef("message_id"), payer=Payer.PREPAID, sender=party.side)
    owner = {f"message__contact__{party.column}": party.id}
    rows = PrepaidReply.objects.select_related("message__contact__user", "message__contact__resident").filter(
        ~Exists(replies.filter(state=State.WITHHELD)), message_id=message_id, state=ReplyState.OPEN,
        expires_at__gt=now, **owner,
    )  # fmt: skip
    row = rows.exclude(message__sender=party.side).first()
    if row is None or row.expires_at is None:
        return None
    contact = row.message.contact
    name = contact.resident.first_name if party.side == "family" else contact.user.first_name
    return PaidReply(message_id, name, row.expires_at)


def prepaid_reply(message: Message, name: str, *, now: datetime) -> ReplyView | None:
    """To the sender of a letter, what became of the reply they paid for; `name`: whose reply it is.

    A reply on its way is the other's until it arrives: so long it seems unused.
    """
    row = PrepaidReply.objects.select_related("used_by").filter(message=message).first()
    if row is None:
        return None
    used = row.used_by is not None and row.used_by.state == State.DELIVERED
    state = row.state if used or row.state != ReplyState.USED else str(ReplyState.OPEN)
    waits = state == ReplyState.OPEN
    sentence = reply_sentence(state, name, row.price_cents, row.expires_at if waits else row.ended_at, now=now)
    return ReplyView(state, row.price_cents, row.expires_at if waits else None, sentence)


def replies_due(now: datetime) -> list[int]:
    """Letters whose prepaid reply waited long enough, the oldest first."""
    due = PrepaidReply.objects.filter(state=ReplyState.OPEN, expires_at__lte=now)
    return list(due.order_by("expires_at").values_list("message_id", flat=True)[:1000])
