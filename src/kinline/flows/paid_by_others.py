"""A letter that its sender does not pay for: the agency's allowance does, or the other side did ahead (MSG-3, MON-8).

The same story as `send_letter` tells in one statement, by the domains' verbs. Steps.
"""

from datetime import datetime

from kinline.contacts.queries import ContactView
from kinline.core import jobs
from kinline.core.audit import record
from kinline.core.events import announce
from kinline.core.parties import Party
from kinline.delivery.rules import Decision
from kinline.flows.paying import settle
from kinline.messaging import services
from kinline.messaging.models import Folder, Message, Payer, ReplyState, State
from kinline.messaging.services import Letter
from kinline.payments.services import allowances

_WAITS = {"delay": State.SCHEDULED, "review": State.REVIEW}


def send_paid(party: Party, contact: ContactView, letter: Letter, decision: Decision, now: datetime) -> Message | None:
    """Step: store the letter, and deliver it if nothing holds it. None, and nothing was written: nobody else pays."""
    message = _by_agency(party, contact, letter, decision, now) or _by_prepaid(party, contact, letter, decision, now)
    if message is not None:
        _begin(party, message, decision, now)
    return message


def _by_agency(party: Party, contact: ContactView, letter: Letter, decision: Decision, now: datetime) -> Message | None:
    if not contact.letters_a_week:
        return None
    week = allowances.week_locked(resident_id=contact.resident_id, facility_id=contact.facility_id, now=now)
    if week is None or week.left < 1:
        return None
    message = _store(party, contact, letter, decision, payer=Payer.AGENCY, price_cents=contact.price_cents, now=now)
    allowances.reserve(
        week, resident_id=contact.resident_id, facility_id=contact.facility_id, about=f"message:{message.pk}", now=now
    )
    return message


def _by_prepaid(
    party: Party, contact: ContactView, letter: Letter, decision: Decision, now: datetime
) -> Message | None:
    """The price is what was set aside, whatever a letter costs today."""
    reply = services.locked_reply(letter.reply_to) if letter.reply_to is not None else None
    if reply is None or reply.state != ReplyState.OPEN or reply.message.sender == party.side:
        return None
    if reply.expires_at is None or reply.expires_at <= now:
        return None
    message = _store(
        party, contact, letter, decision, payer=Payer.PREPAID, price_cents=reply.price_cents, hold_id=reply.hold_id,
        now=now,
    )  # fmt: skip
    services.use_reply(reply, message)
    return message


def _store(
    party: Party, contact: ContactView, letter: Letter, decision: Decision, *, payer: str, price_cents: int,
    now: datetime, hold_id: int | None = None,
) -> Message:  # fmt: skip
    """What goes at once is stored as offered and moved on below: nothing is delivered before it is paid."""
    return services.store(
        party, letter, contact_id=contact.id, facility_id=contact.facility_id, payer=payer, price_cents=price_cents,
        state=_WAITS.get(decision.outcome, State.COLLECT), hold_id=hold_id, decision=decision.as_json(),
        deliver_at=decision.deliver_at, now=now,
    )  # fmt: skip


def _begin(party: Party, message: Message, decision: Decision, now: datetime) -> None:
    record(party.channel, "message.send", f"message:{message.pk}", now=now, facility_id=message.facility_id)
    jobs.defer("after_delivery", message_id=message.pk)
    if decision.deliver_at:
        jobs.defer("deliver_due", at=decision.deliver_at, message_id=message.pk)
    if message.state != State.COLLECT:
        return
    settle(message, now)
    recipient = services.recipient_of(message)
    services.put_copy(message, recipient, folder=Folder.INBOX, at=now)
    services.move(message, State.DELIVERED, delivered_at=now)
    announce(recipient, "message", message_id=message.pk)
    announce(party, "money")
