"""A letter reaches its reader (MSG-4, MSG-5): captured and delivered in one story, or neither.

`deliver` is the step that every way shares: the due letter, the released one, the one paid on opening. Killed between
any two of its statements, nothing has happened and the job runs again.
"""

from datetime import datetime

from kinline.contacts import queries as contacts
from kinline.contacts.models import ContactClass
from kinline.contacts.queries import ContactView
from kinline.core.events import announce
from kinline.core.parties import FAMILY
from kinline.core.transaction import story
from kinline.flows import collect, prepaid
from kinline.flows.arriving import arrived, give_back
from kinline.flows.paying import settle
from kinline.messaging import services
from kinline.messaging.models import Folder, Message, Payer, State


@story
def deliver_due(*, message_id: int, now: datetime) -> None:
    """The delay of a letter is over. Asked again, too early, or after it was taken back, this does nothing."""
    message = services.locked(message_id)
    if message.state != State.SCHEDULED or message.deliver_at is None or message.deliver_at > now:
        return
    deliver_or_return(message, now)


# What one of the two said, or what ended: there is nobody to deliver to, and no person of the facility to ask.
_OVER = {
    "blocked", "blocked_by_me", "declined", "declined_by_me", "released", "closed_account", "privileged",
    "privileged_ended", "privileged_paper",
}  # fmt: skip
# What keeps from writing only (DEL-7): a letter on its way arrives, as it was written.
_ON_ITS_WAY = {"privileged_waiting", "privileged_closed"}


def deliver_or_return(message: Message, now: datetime) -> None:
    """Deliver a locked letter, unless the two may no longer write to each other.

    A block, a no, a release or a closed account gives it back with its price, in words that do not tell which. With
    anything else that changed meanwhile, such as a restriction, a denial or a transfer to a stricter place, a person
    decides (in doubt hold, DEL-3); `message` in review: that person has decided.
    """
    contact = contacts.contact(services.sender_of(message), message.contact_id, now)
    if contact is None or contact.state_code in _OVER:
        give_back(message, now)
    elif (
        contact.can_write
        or contact.state_code in _ON_ITS_WAY
        or (message.state == State.REVIEW and not contact.private)
    ):
        _let_through(message, contact, now)
    elif contact.private:
        give_back(message, now)  # there is nobody on staff who may look at it (DEL-7)
    else:
        services.hold_for_review(message, contact.state_code, now=now)


def _let_through(message: Message, contact: ContactView, now: datetime) -> None:
    if contact.stopped_until is not None:
        services.hold_for_stop(message, now=now)
    else:
        deliver(message, now)


def deliver(message: Message, now: datetime) -> None:
    """Step: a locked letter that nothing holds any more is offered (collect), or captured and delivered."""
    if message.payer == Payer.RECIPIENT:
        collect.offer(message, now)
        return
    if message.state != State.PAPER and _comes_on_paper(message):
        services.move(message, State.PAPER, deliver_at=None)
        announce(services.sender_of(message), "status", message_id=message.pk)
        return
    settle(message, now)
    services.put_copy(message, services.recipient_of(message), folder=Folder.INBOX, at=now)
    arrived(message, now)


def _comes_on_paper(message: Message) -> bool:
    """MSG-10: its reader cannot use a kiosk. Handing it over delivers it; a privileged one is never printed (DEL-7)."""
    contact = message.contact
    is_letter = message.sender == FAMILY and contact.kind == ContactClass.PERSONAL
    return is_letter and contact.resident.paper_since is not None


def return_waiting(resident_id: int, now: datetime) -> int:
    """Step: a resident left custody; the letters that still wait, both ways, end with their price back.

    Letters in review stay with the facility that holds them until it decides (CON-4); then they are returned too.
    What was paid ahead for replies goes back. Returns how many letters were returned.
    """
    messages = services.locked_waiting(resident_id)
    for message in messages:
        services.withdraw_offer(message)
        give_back(message, now)
    prepaid.give_back_all(now, resident_id=resident_id)
    return len(messages)
