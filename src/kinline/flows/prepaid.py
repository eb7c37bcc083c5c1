"""A reply that is paid ahead (MSG-3): set aside with the letter, taken by the reply, or given back. Steps, and one job.

Locks: the letters first, then what was paid ahead for a reply, then money.
"""

from datetime import datetime

from kinline.contacts import queries as contacts
from kinline.core.audit import record
from kinline.core.events import announce
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.core.transaction import story
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.messaging import errors, queries, services
from kinline.messaging.models import Message, PrepaidReply, ReplyState
from kinline.notices import services as notices


def prepay(message_id: int, party: Party, *, price_cents: int, days: int, delivered: bool, now: datetime) -> None:
    """Step: set the price of one reply aside, beside the letter's own. raises NoCreditForReply, which ends both."""
    account = chart.messages_of(party)
    hold_id = ledger.try_hold(key=f"reply:{message_id}", purpose="reply", lines=[(account, price_cents)], now=now)
    if hold_id is None:
        raise errors.NoCreditForReply
    services.prepay_reply(
        message_id, account=account, hold_id=hold_id, price_cents=price_cents, days=days,
        delivered_at=now if delivered else None,
    )  # fmt: skip


def free(message: Message, now: datetime) -> None:
    """Step: a locked reply that was paid ahead is not delivered. Another may use the money, unless nobody can reply."""
    reply = services.locked_reply(message.reply_to_id) if message.reply_to_id is not None else None
    if reply is None or reply.used_by_id != message.pk:
        return
    services.free_reply(reply, message, now=now)
    contact = contacts.contact(services.sender_of(message), message.contact_id, now)
    if contact is None or not contact.in_custody or contact.facts.family_closed_at is not None:
        give_back(reply, now)


def give_back(reply: PrepaidReply, now: datetime, *, told: bool = True) -> None:
    """Step: a locked, open one ends and its money goes back to who paid."""
    ledger.void(hold_id=reply.hold_id, now=now)
    _ended(reply, now, told=told)


def give_back_all(now: datetime, *, but: Party | None = None, **contact: int) -> int:
    """Step: between the people of these contacts nobody can reply any more. `but`: leaves, and is told nothing.

    Returns how many were given back.
    """
    replies = services.locked_replies(**contact)
    for reply in replies:
        give_back(reply, now, told=_payer(reply) != but)
    return len(replies)


def expire_replies(*, now: datetime) -> int:
    """The job: what nobody used in time goes back to who paid, each in a story of its own. Returns how many."""
    return sum(_expire(message_id, now) for message_id in queries.replies_due(now))


@story
def _expire(message_id: int, now: datetime) -> bool:
    """Used, given back or put off since it was found: nothing happens."""
    reply = services.locked_reply(message_id)
    if reply is None or reply.state != ReplyState.OPEN or reply.expires_at is None or reply.expires_at > now:
        return False
    ledger.expire(hold_id=reply.hold_id, now=now)
    _ended(reply, now, told=True)
    return True


def _payer(reply: PrepaidReply) -> Party:
    kind, key, _purpose = chart.owner(reply.account)
    return Party(FAMILY if kind == FAMILY else RESIDENT, int(key))


def _ended(reply: PrepaidReply, now: datetime, *, told: bool) -> None:
    services.end_reply(reply, now=now)
    message, payer = reply.message, _payer(reply)
    record("system", "reply.return", f"message:{message.pk}", now=now, facility_id=message.facility_id)
    if told:
        name = services.name_of(message, services.recipient_of(message))
        notices.tell(
            payer, "reply_returned", now, message_id=message.pk, other_name=name, price_cents=reply.price_cents
        )
    announce(payer, "money")
    announce(payer, "status", message_id=message.pk)
