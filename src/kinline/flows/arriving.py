"""The last steps of a letter's way, shared by every story that ends it: it arrived, or it goes back. Steps only."""

from datetime import datetime

from kinline.core import jobs
from kinline.core.audit import record
from kinline.core.events import announce
from kinline.ledger import services as ledger
from kinline.messaging import services
from kinline.messaging.models import Message, State
from kinline.notices import services as notices


def arrived(message: Message, now: datetime) -> None:
    """Step: the recipient's copy stands and the price is settled; write it down and tell both pages."""
    services.move(message, State.DELIVERED, delivered_at=now, ended_at=None)
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


def release_price(message: Message, now: datetime) -> None:
    """Step: void the hold of an undelivered letter, if it has one."""
    if message.hold_id is not None:
        ledger.void(hold_id=message.hold_id, now=now)
        announce(services.sender_of(message), "money")
