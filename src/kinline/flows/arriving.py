"""The last steps of a letter's way, shared by every story that ends it: it arrived, or it goes back. Steps only."""

from datetime import datetime

from kinline.core import jobs
from kinline.core.audit import record
from kinline.core.events import announce
from kinline.flows.paying import release_price
from kinline.messaging import services
from kinline.messaging.models import Message, State
from kinline.notices import services as notices


def arrived(message: Message, now: datetime) -> None:
    """Step: the recipient's copy stands and the price is settled; write it down and tell both pages."""
    services.move(message, State.DELIVERED, delivered_at=now, ended_at=None)
    services.start_reply(message, now=now)
    record("system", "message.deliver", f"message:{message.pk}", now=now, facility_id=message.facility_id)
    jobs.defer("after_delivery", message_id=message.pk)
    recipient = services.recipient_of(message)
    sender = services.sender_of(message)
    announce(recipient, "message", message_id=message.pk)
    announce(sender, "status", message_id=message.pk)


def give_back(message: Message, now: datetime) -> None:
    """Step: a locked, undelivered letter ends and its price goes back to whoever set it aside."""
    release_price(message, now)
    services.end_waiting_review(message, now=now)
    services.move(message, State.RETURNED, ended_at=now)
    record("system", "message.return", f"message:{message.pk}", now=now, facility_id=message.facility_id)
    sender = services.sender_of(message)
    name = services.name_of(message, services.recipient_of(message))
    notices.tell(sender, "message_returned", now, message_id=message.pk, other_name=name)
    announce(sender, "status", message_id=message.pk)
