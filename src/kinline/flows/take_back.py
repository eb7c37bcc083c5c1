"""The sender takes a letter back while it waits (MSG-4)."""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.events import announce
from kinline.core.parties import Party
from kinline.core.transaction import story
from kinline.flows.paying import release_price
from kinline.messaging import errors, rules, services
from kinline.messaging.models import Message, State
from kinline.messaging.queries.printing import is_printed


@story
def take_back(party: Party, *, message_id: int, now: datetime) -> None:
    """End an undelivered letter; its price goes back. A second try changes nothing.

    raises NotFound (also for the recipient: to them it does not exist yet), TooLate once it is delivered or ended.
    """
    message = services.locked_for(party, message_id)
    if message.sender != party.side:
        raise errors.NotFound
    if message.state == State.WITHDRAWN:
        return
    if not rules.may_take_back(message.state) or is_printed(message.pk):
        raise errors.TooLate
    withdraw(message, now)
    announce(party, "status", message_id=message.pk)


def withdraw(message: Message, now: datetime) -> None:
    """Step: a locked, waiting letter is taken back by its sender."""
    release_price(message, now)
    services.end_waiting_review(message, now=now)
    if message.state == State.COLLECT:
        services.withdraw_offer(message)
        announce(services.recipient_of(message), "message")
    services.move(message, State.WITHDRAWN, ended_at=now)
    actor = services.sender_of(message)
    record(actor.channel, "message.take_back", f"message:{message.pk}", now=now, facility_id=message.facility_id)
