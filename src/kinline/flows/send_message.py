"""Somebody sends a letter (MSG-1 to MSG-5): checked, decided, paid for, stored, perhaps delivered.

The usual letter, paid by its sender's credits, is one statement: `send_letter` (migration 0001) reserves the price
and writes every row of the letter, delivered at once or waiting. The rarer ways (collect, refused by a rule, paid by
the agency or ahead) are told in Python with the same verbs; `tests/money/test_send_twin.py` holds the two equal.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from django.db import IntegrityError, connection

from kinline.contacts import queries as contacts
from kinline.contacts.queries import ContactView
from kinline.core import jobs, money
from kinline.core.audit import record
from kinline.core.errors import Refusal
from kinline.core.events import announce
from kinline.core.parties import FAMILY, Party, other
from kinline.core.transaction import story
from kinline.delivery.rules import Decision
from kinline.flows import collect as collecting
from kinline.flows import photos, prepaid
from kinline.flows.paid_by_others import send_paid
from kinline.flows.refusing import refuse_by_rule
from kinline.flows.screening import decided, note_fired
from kinline.identity import services as identity
from kinline.ledger import chart
from kinline.messaging import errors, queries, services, text
from kinline.messaging.queries.numbers import collect_between
from kinline.messaging.services import Letter


@dataclass(frozen=True, slots=True)
class Sent:
    """`again`: this is the answer to a repeat of an earlier send. `state`, `payer`: as in `messaging.models`."""

    message_id: int
    state: str
    price_cents: int
    payer: str
    again: bool = False


def send(
    party: Party,
    *,
    contact_id: int,
    subject: str,
    body: str,
    client_key: UUID,
    collect: bool,
    now: datetime,
    reply_to: int | None = None,
    shown_cents: int | None = None,
    prepay_reply: bool = False,
    photo_ids: Sequence[int] = (),
    shown_photo_cents: int | None = None,
    aware: bool = False,
) -> Sent:
    """Send a letter to the other side of one of the party's contacts.

    `collect`: with less than the price on one's balance, send it collect; otherwise that raises NoCredit. A repeat
    with the same key and text answers as the first time, whatever has changed since; another text raises KeyReused.
    `reply_to`: a letter between these two; any other number is an answer to nothing. `shown_cents`: what it costs the
    sender as they have seen it, if they have; 0 when another pays. `prepay_reply`: pay for its reply, too (MSG-3).
    `aware`: the writer has said that they know that staff can read a letter with somebody who calls themselves an
    attorney.
    `photo_ids`: from beside the letter, and `shown_photo_cents` what each costs as they have seen it (MSG-9).
    raises TooLong, Empty, CannotWrite, PriceChanged, NoLongerPaid, NoCredit, NoCreditForReply, NoPrepaidReply,
    CollectLimit, NotFound, NotConfidential, ConfidentialClosed, and what `photos.attach` raises; on each, nothing was
    written.
    """
    letter = _letter(subject, body, client_key, reply_to)
    if photo_ids:
        letter = replace(letter, photo_ids=tuple(photo_ids))
    wish = _Wish(collect, prepay_reply, shown_cents, shown_photo_cents)
    try:
        contact = _writable(party, contact_id, now)
        if contact.is_read_by_staff and not aware:
            raise errors.NotConfidential
        if contact.private:
            letter = replace(letter, private=True)
        return _send(party, contact, letter, _decided(party, contact, letter, now), wish=wish, now=now)
    except (Refusal, IntegrityError):
        earlier = _sent_before(party, contact_id, letter)
        if earlier is None:
            raise
        return earlier


@dataclass(frozen=True, slots=True)
class _Wish:
    """How the sender would pay: as `send` was asked."""

    collect: bool
    prepay_reply: bool
    shown_cents: int | None
    shown_photo_cents: int | None = None


def _letter(subject: str, body: str, client_key: UUID, reply_to: int | None) -> Letter:
    words = text.normalise(body)
    if text.length(words) > text.LIMIT:
        raise errors.TooLong(count=f"{text.length(words):,}", limit=f"{text.LIMIT:,}")
    if text.is_blank(words):
        raise errors.Empty
    return Letter(text.one_line(subject)[: text.SUBJECT_LIMIT], words, client_key, reply_to)


def _sent_before(party: Party, contact_id: int, letter: Letter) -> Sent | None:
    message = queries.may_be_repeat(party, contact_id, letter.client_key)
    if message is None:
        return None
    if not services.is_repeat(message, contact_id, letter):
        raise errors.KeyReused
    return Sent(message.pk, message.state, message.price_cents, message.payer, again=True)


def _writable(party: Party, contact_id: int, now: datetime) -> ContactView:
    """Read, like the screening after it, before the transaction opens: neither locks anything (stack.md)."""
    contact = contacts.contact(party, contact_id, now)
    if contact is None:
        raise errors.NotFound
    if not contact.can_write:
        raise errors.CannotWrite(why=contact.state_sentence)
    return contact


def _decided(party: Party, contact: ContactView, letter: Letter, now: datetime) -> Decision:
    count = len(letter.photo_ids)
    decision = decided(party, contact, subject=letter.subject, text=letter.text, now=now, photos=count)
    if count:
        decision = photos.read_first(decision)
    if contact.on_paper and not contact.private and party.side == FAMILY and decision.outcome == "deliver":
        return replace(decision, outcome="delay", deliver_at=now)  # by way of the print queue (MSG-10)
    return decision


@story
def _send(
    party: Party, contact: ContactView, letter: Letter, decision: Decision, *, wish: _Wish, now: datetime
) -> Sent:
    answered = queries.answered(party, contact.id, letter.reply_to)
    if answered.message_id != letter.reply_to:
        letter = replace(letter, reply_to=answered.message_id)
    sent = _sent(party, contact, letter, decision, wish=wish, is_prepaid=answered.is_prepaid, now=now)
    note_fired(sent.message_id, contact.facility_id, decision, now)
    if contact.is_read_by_staff:  # and the writer has said that they know (M11)
        subject = f"message:{sent.message_id}"
        record(party.channel, "message.not_confidential", subject, now=now, facility_id=contact.facility_id)
    return sent


def _sent(
    party: Party, contact: ContactView, letter: Letter, decision: Decision, *, wish: _Wish, is_prepaid: bool,
    now: datetime,
) -> Sent:  # fmt: skip
    if decision.outcome == "refuse":
        sent = _refused(party, contact, letter, decision, now)
    else:
        sent = _paid_for(party, contact, letter, decision, wish=wish, is_prepaid=is_prepaid, now=now)
    if letter.photo_ids:
        photos.attach(
            party, contact, sent.message_id, letter.photo_ids, shown_cents=wish.shown_photo_cents,
            refused=decision.outcome == "refuse", now=now,
        )  # fmt: skip
    return sent


def _paid_for(
    party: Party, contact: ContactView, letter: Letter, decision: Decision, *, wish: _Wish, is_prepaid: bool,
    now: datetime,
) -> Sent:  # fmt: skip
    """A letter that no rule refuses: by whom it is paid, and its reply if that was wished."""
    sent = None
    if contact.price_cents and (contact.letters_a_week or is_prepaid):
        sent = _paid_by_others(party, contact, letter, decision, now)
    if sent is None:
        _agreed(contact, letter, wish)
        sent = _paid_by_sender(party, contact, letter, decision, now)
    if sent is None:
        sent = _on_opening(party, contact, letter, decision, wish=wish, now=now)
    if wish.prepay_reply and contact.price_cents:
        _prepay(party, contact, sent, now)
    return sent


def _paid_by_others(
    party: Party, contact: ContactView, letter: Letter, decision: Decision, now: datetime
) -> Sent | None:
    """By the agency, or ahead. What the other side paid ahead is theirs until they close their account."""
    if not identity.keep_open(user_id=contact.user_id):
        _closed(party, contact, now)
    message = send_paid(party, contact, letter, decision, now)
    return Sent(message.pk, message.state, message.price_cents, message.payer) if message else None


def _on_opening(
    party: Party, contact: ContactView, letter: Letter, decision: Decision, *, wish: _Wish, now: datetime
) -> Sent:
    """Nobody has paid: its reader may. A reply is not paid for ahead with less than the price of the letter."""
    if not wish.collect:
        raise errors.NoCredit
    if wish.prepay_reply:
        raise errors.NoCreditForReply
    if letter.photo_ids:
        raise errors.NoCreditForPhotos
    if contact.on_paper and party.side == FAMILY:
        raise errors.NoCollectOnPaper
    return _collect(party, contact, letter, decision, now)


def _agreed(contact: ContactView, letter: Letter, wish: _Wish) -> None:
    """MSG-2: what was shown is what is charged. raises PriceChanged, NoLongerPaid."""
    if wish.shown_cents in {None, contact.price_cents}:
        return
    others = contact.letters_a_week or letter.reply_to is not None
    no = errors.NoLongerPaid if wish.shown_cents == 0 and others else errors.PriceChanged
    raise no(price=money.short(contact.price_cents))


def _closed(party: Party, contact: ContactView, now: datetime) -> NoReturn:
    seen = contacts.contact(party, contact.id, now)
    raise errors.CannotWrite(why=seen.state_sentence if seen else "")


def _prepay(party: Party, contact: ContactView, sent: Sent, now: datetime) -> None:
    """Today's price, once more. raises NoPrepaidReply where the facility offers none, NoCreditForReply."""
    if not contact.reply_days:
        raise errors.NoPrepaidReply
    prepaid.prepay(
        sent.message_id, party, price_cents=contact.price_cents, days=contact.reply_days,
        delivered=sent.state == "delivered", now=now,
    )  # fmt: skip


_SEND = """
    SELECT message_id, state, payer FROM send_letter(
        %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_STATES = {"deliver": "delivered", "delay": "scheduled", "review": "review"}


def _paid_by_sender(
    party: Party, contact: ContactView, letter: Letter, decision: Decision, now: datetime
) -> Sent | None:
    """One statement for the whole letter. None when the sender's credits do not pay for it: nothing was written."""
    words = letter.stored(contact.id)
    values = [
        contact.id, party.side, contact.user_id, contact.resident_id, contact.facility_id, words.subject,
        words.text, len(letter.text), contact.price_cents, chart.messages_of(party),
        chart.facility_revenue(contact.facility_id), _STATES[decision.outcome], decision.deliver_at,
        json.dumps(decision.as_json()), letter.client_key, services.input_hash(contact.id, letter), letter.reply_to,
        jobs.QUEUE, now,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SEND, values)
        row = cursor.fetchone()
    if row is None:
        return None
    message_id, state, payer = row
    if message_id is None:  # the account was closed since the contact was read
        _closed(party, contact, now)
    if state == "delivered":
        announce(_recipient(party, contact), "message", message_id=message_id)
    jobs.wake()
    announce(party, "money")
    return Sent(message_id, state, contact.price_cents, payer)


def _recipient(party: Party, contact: ContactView) -> Party:
    side = other(party.side)
    return Party(side, contact.user_id if side == "family" else contact.resident_id)


def _collect(party: Party, contact: ContactView, letter: Letter, decision: Decision, now: datetime) -> Sent:
    """The recipient pays on opening. The contact is locked, so that two sends at once cannot pass the cap together."""
    services.lock_pair(contact.id)
    if collect_between(contact.id, party.side) >= contact.collect_limit:
        raise errors.CollectLimit(limit=contact.collect_limit)
    state = {"deliver": "collect", "delay": "scheduled", "review": "review"}[decision.outcome]
    message = services.store(
        party, letter, contact_id=contact.id, facility_id=contact.facility_id, state=state, payer="recipient",
        price_cents=contact.price_cents, hold_id=None, decision=decision.as_json(), deliver_at=decision.deliver_at,
        now=now,
    )  # fmt: skip
    record(party.channel, "message.send", f"message:{message.pk}", now=now, facility_id=contact.facility_id)
    jobs.defer("after_delivery", message_id=message.pk)
    if decision.deliver_at:
        jobs.defer("deliver_due", at=decision.deliver_at, message_id=message.pk)
    if decision.outcome == "deliver":
        collecting.offer(message, now)
    return Sent(message.pk, message.state, message.price_cents, message.payer)


def _refused(party: Party, contact: ContactView, letter: Letter, decision: Decision, now: datetime) -> Sent:
    """A rule of the facility refuses by itself: stored as evidence, never charged, both sides told (DEL-1, DEL-5)."""
    message = services.store(
        party, letter, contact_id=contact.id, facility_id=contact.facility_id, state="review", payer="nobody",
        price_cents=contact.price_cents, hold_id=None, decision=decision.as_json(), deliver_at=None, now=now,
    )  # fmt: skip
    record(party.channel, "message.send", f"message:{message.pk}", now=now, facility_id=contact.facility_id)
    jobs.defer("after_delivery", message_id=message.pk)
    refuse_by_rule(message, decision, now)
    return Sent(message.pk, message.state, message.price_cents, message.payer)
