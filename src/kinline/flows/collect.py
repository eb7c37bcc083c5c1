"""Collect letters (MSG-3): offered to the recipient after the facility let them through, paid once, or declined."""

from datetime import datetime
from zoneinfo import ZoneInfo

from kinline.contacts import queries as contacts
from kinline.contacts.queries import ContactView
from kinline.core import jobs
from kinline.core.audit import record
from kinline.core.events import announce
from kinline.core.parties import FAMILY, Party
from kinline.core.transaction import story
from kinline.design.wording import full_moment
from kinline.flows.arriving import arrived
from kinline.identity import services as identity
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.messaging import errors, rules, services
from kinline.messaging.models import Folder, Message, Payer, State
from kinline.notices import services as notices


def offer(message: Message, now: datetime) -> None:
    """Step: put a locked letter before its recipient: opened at once for an always-accept contact who can pay."""
    recipient = services.recipient_of(message)
    services.put_copy(message, recipient, folder=Folder.INBOX, at=now)
    if services.always_accepts(message) and _pay(message, recipient, now):
        _opened_by_itself(message, recipient, now)
        return
    services.move(message, State.COLLECT)
    name = services.name_of(message, services.sender_of(message))
    notices.tell(
        recipient, "collect_waiting", now, message_id=message.pk, other_name=name, price_cents=message.price_cents
    )
    jobs.defer("after_delivery", message_id=message.pk)
    announce(recipient, "message", message_id=message.pk)
    announce(services.sender_of(message), "status", message_id=message.pk)


@story
def accept(party: Party, *, message_id: int, now: datetime) -> None:
    """The recipient pays and opens. A repeat changes nothing: a letter is paid once.

    raises NotFound, NotCollect (taken back, or never collect), NoCreditToOpen, CannotWrite while the facility has
    stopped letters between the two, LettersStopped in an emergency.
    """
    message = services.locked_for(party, message_id)
    if message.sender == party.side:
        raise errors.NotFound
    if message.state == State.DELIVERED and message.payer == Payer.RECIPIENT:
        return
    if message.state != State.COLLECT:
        raise errors.NotCollect
    contact = contacts.contact(party, message.contact_id, now)
    if contact is None or contact.stopped_by_facility:
        raise errors.CannotWrite(why=contact.state_sentence if contact else "")
    not_stopped(contact)
    if not _pay(message, party, now):
        raise errors.NoCreditToOpen
    arrived(message, now)
    sender = services.sender_of(message)
    notices.tell(
        sender, "collect_accepted", now, message_id=message.pk,
        other_name=services.name_of(message, party),
    )  # fmt: skip


@story
def decline(party: Party, *, message_id: int, now: datetime) -> None:
    """The recipient does not accept the charge; the sender is told and may pay. A repeat changes nothing."""
    message = services.locked_for(party, message_id)
    if message.sender == party.side:
        raise errors.NotFound
    if message.state == State.DECLINED:
        return
    if message.state != State.COLLECT:
        raise errors.NotCollect
    charge_declined(message, now)


def charge_declined(message: Message, now: datetime) -> None:
    """Step: a locked collect letter is not accepted, by its recipient or because their account was closed."""
    party = services.recipient_of(message)
    services.withdraw_offer(message)
    services.move(message, State.DECLINED, ended_at=now)
    record(party.channel, "message.decline", f"message:{message.pk}", now=now, facility_id=message.facility_id)
    sender = services.sender_of(message)
    name = services.name_of(message, party)
    notices.tell(sender, "collect_declined", now, message_id=message.pk, other_name=name)
    announce(sender, "status", message_id=message.pk)
    announce(party, "message")


@story
def pay_declined(party: Party, *, message_id: int, now: datetime) -> None:
    """The sender pays for a letter that waits for the recipient's credit or was declined; it is delivered.

    raises NotFound, NotCollect, NoCredit, CannotWrite when the two may not write to each other now, LettersStopped.
    """
    if party.side == FAMILY:
        identity.keep_open(user_id=party.id)
    message = services.locked_for(party, message_id)
    if message.sender != party.side:
        raise errors.NotFound
    if message.state == State.DELIVERED and message.payer == Payer.SENDER:
        return
    if not rules.may_pay(message.state):
        raise errors.NotCollect
    contact = contacts.contact(party, message.contact_id, now)
    if contact is None or not contact.can_write:
        raise errors.CannotWrite(why=contact.state_sentence if contact else "")
    not_stopped(contact)
    if not _pay(message, party, now):
        raise errors.NoCredit
    message.payer = Payer.SENDER
    recipient = services.recipient_of(message)
    services.withdraw_offer(message)
    services.put_copy(message, recipient, folder=Folder.INBOX, at=now)
    services.move(message, message.state, payer=Payer.SENDER)
    arrived(message, now)


def not_stopped(contact: ContactView) -> None:
    """STF-8: in an emergency nothing is opened, so nothing is charged. raises LettersStopped."""
    if contact.stopped_until is not None:
        raise errors.LettersStopped(until=full_moment(contact.stopped_until, ZoneInfo(contact.time_zone)))


def open_waiting(party: Party, now: datetime) -> int:
    """Step, after credits came: open what waits from always-accept contacts, oldest first, while credits last.

    Letters that somebody else is changing right now are skipped: the balance is locked already here, and waiting for
    a letter in that order could deadlock with its acceptance. Returns how many were opened.
    """
    opened = 0
    # Not of who is blocked or stopped since it was offered: nothing opens by itself, at a cost, against a no.
    stopped = {
        contact.id for contact in contacts.contacts_of(party, now) if not contact.can_write or contact.stopped_until
    }
    for message in services.locked_collect(party):
        if message.contact_id in stopped:
            continue
        if not _pay(message, party, now):
            break
        _opened_by_itself(message, party, now)
        opened += 1
    return opened


def _opened_by_itself(message: Message, recipient: Party, now: datetime) -> None:
    arrived(message, now)
    name = services.name_of(message, services.sender_of(message))
    notices.tell(
        recipient, "collect_opened", now, message_id=message.pk, other_name=name, price_cents=message.price_cents
    )


def _pay(message: Message, payer: Party, now: datetime) -> bool:
    """Take the pinned price from `payer`, once. False when their credits do not suffice: nothing was taken."""
    if message.price_cents == 0:
        return True
    hold_id = ledger.try_hold_and_capture(
        key=f"message:{message.pk}:{payer.channel}", purpose="message",
        lines=[(chart.messages_of(payer), message.price_cents)], to=chart.facility_revenue(message.facility_id),
        now=now, reference=f"message:{message.pk}",
    )  # fmt: skip
    if hold_id is None:
        return False
    services.move(message, message.state, hold_id=hold_id)
    announce(payer, "money")
    return True
