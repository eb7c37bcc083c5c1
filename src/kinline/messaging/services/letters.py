"""Verbs of a letter on its way: stored, locked, moved, held by a stop, put before its reader."""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kinline.contacts.models import Contact
from kinline.core import confidential
from kinline.core.parties import FAMILY, RESIDENT, Party, Side
from kinline.core.transaction import verb
from kinline.messaging import bodies, errors
from kinline.messaging.models import (
    Draft,
    Folder,
    Mailbox,
    Message,
    Review,
    State,
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What somebody wants to send: already normalised, counted and checked."""

    subject: str
    text: str
    client_key: UUID
    reply_to: int | None = None
    photo_ids: tuple[int, ...] = ()
    private: bool = False

    def stored(self, contact_id: int) -> bodies.Words:
        """As the database holds its words. raises ConfidentialClosed."""
        return bodies.stored(bodies.Words(self.subject, self.text), contact_id, private=self.private)


def input_hash(contact_id: int, letter: Letter) -> bytes:
    """SHA-256 of what a repeat must have in common with the first try to get the same answer (habit 6).

    Of a confidential letter it is keyed: a plain one of a short letter could be guessed. raises ConfidentialClosed.
    """
    photos = map(str, sorted(letter.photo_ids))
    parts = "\0".join((str(contact_id), letter.subject, letter.text, *photos)).encode()
    if not letter.private:
        return hashlib.sha256(parts).digest()
    try:
        return confidential.digest(parts)
    except confidential.Closed:
        raise errors.ConfidentialClosed from None


def is_repeat(message: Message, contact_id: int, letter: Letter) -> bool:
    """Whether a message is this letter, sent before; the class of its contact may have changed since."""
    known = bytes(message.input_hash)
    if hmac.compare_digest(known, input_hash(contact_id, replace(letter, private=False))):
        return True
    sealed = replace(letter, private=True)
    return confidential.can_seal() and hmac.compare_digest(known, input_hash(contact_id, sealed))


@verb
def store(
    party: Party,
    letter: Letter,
    *,
    contact_id: int,
    facility_id: int,
    state: str,
    payer: str,
    price_cents: int,
    hold_id: int | None,
    decision: dict[str, Any],
    deliver_at: datetime | None,
    now: datetime,
) -> Message:
    """The message, its body, the sender's copy; and its review when it waits for a person."""
    words = letter.stored(contact_id)
    message = Message.objects.create(
        contact_id=contact_id, sender=party.side, facility_id=facility_id, subject=words.subject,
        length=len(letter.text), state=state, price_cents=price_cents, payer=payer, hold_id=hold_id,
        decision=decision, client_key=letter.client_key, input_hash=input_hash(contact_id, letter),
        reply_to_id=letter.reply_to, sent_at=now, deliver_at=deliver_at,
    )  # fmt: skip
    bodies.write(message.pk, words.text)
    put_copy(message, party, folder=Folder.SENT, at=now, read_at=now)
    if state == State.REVIEW:
        Review.objects.create(message=message, facility_id=facility_id, since=now)
    Draft.objects.filter(**party.filter, contact_id=contact_id, client_key=letter.client_key).delete()
    return message


@verb
def put_copy(message: Message, owner: Party, *, folder: str, at: datetime, read_at: datetime | None = None) -> None:
    """One side's copy. For the recipient this is what delivery, or a collect offer, means."""
    Mailbox.objects.create(
        message=message, contact_id=message.contact_id, folder=folder, at=at, read_at=read_at, **owner.filter
    )


@verb
def locked(message_id: int) -> Message:
    """The message with its contact, locked until the story ends. Every change of state starts here.

    Raises NotFound. Only the message's row is locked, and not its key: a copy or a reply, whose writer has the money
    locked already, may point to it meanwhile and waits for nobody.
    """
    message = (
        Message.objects.select_for_update(of=("self",), no_key=True)
        .select_related("contact", "facility")
        .filter(pk=message_id)
        .first()
    )
    if message is None:
        raise errors.NotFound
    return message


@verb
def lock_pair(contact_id: int) -> None:
    """One send at a time between two people, where a cap is counted."""
    Contact.objects.select_for_update(no_key=True).get(pk=contact_id)


@verb
def locked_for(party: Party, message_id: int) -> Message:
    """Like `locked`, for one of its two sides. Absent and not yours look alike."""
    message = locked(message_id)
    owner = message.contact.user_id if party.side == "family" else message.contact.resident_id
    if owner != party.id:
        raise errors.NotFound
    return message


@verb
def locked_waiting(resident_id: int) -> list[Message]:
    """Letters from and to a resident that wait for a time or a payment, locked, oldest first."""
    rows = Message.objects.select_for_update(of=("self",), no_key=True).select_related(
        "contact__user", "contact__resident"
    )
    waiting = rows.filter(contact__resident_id=resident_id, state__in=[State.SCHEDULED, State.COLLECT, State.PAPER])
    return list(waiting.order_by("pk"))


@verb
def locked_collect(party: Party) -> list[Message]:
    """Collect letters that wait for this party from always-accept contacts, oldest first, locked where free."""
    always = f"contact__{party.side}_always_accepts"
    owner = {f"contact__{party.column}": party.id, always: True}
    rows = Message.objects.select_for_update(of=("self",), skip_locked=True, no_key=True).select_related(
        "contact__user", "contact__resident"
    )
    return list(rows.filter(state=State.COLLECT, **owner).exclude(sender=party.side).order_by("pk"))


def sender_of(message: Message) -> Party:
    return _party(message, FAMILY if message.sender == FAMILY else RESIDENT)


def recipient_of(message: Message) -> Party:
    return _party(message, RESIDENT if message.sender == FAMILY else FAMILY)


def _party(message: Message, side: Side) -> Party:
    return Party(side, message.contact.user_id if side == FAMILY else message.contact.resident_id)


def name_of(message: Message, party: Party) -> str:
    """The full name of one of the two, as the other side knows them."""
    return message.contact.user.name if party.side == FAMILY else message.contact.resident.name


def always_accepts(message: Message) -> bool:
    """Whether the recipient chose to accept collect letters from this contact without being asked (MSG-3)."""
    contact = message.contact
    return contact.resident_always_accepts if message.sender == "family" else contact.family_always_accepts


@verb
def move(message: Message, state: str, **times: Any) -> None:
    """Put a locked message into `state` with what goes with it (times, payer, hold)."""
    message.state = state
    for name, value in times.items():
        setattr(message, name, value)
    message.save(update_fields=["state", *times])


@verb
def withdraw_offer(message: Message) -> None:
    """Take the recipient's copy of an unpaid letter away: taken back, declined, or paid by the sender instead."""
    Mailbox.objects.filter(message=message, **recipient_of(message).filter).delete()


@verb
def hold_for_stop(message: Message, *, now: datetime) -> None:
    """A locked letter that is due waits until letters are let through again (STF-8)."""
    message.decision = {**message.decision, "due_at": now.isoformat()}
    move(message, State.SCHEDULED, decision=message.decision, deliver_at=None)


# One statement, however many wait; each keeps the time at which it would have been delivered.
_HOLD = """
    UPDATE messaging_message SET decision = decision || jsonb_build_object('due_at', deliver_at), deliver_at = NULL
    WHERE facility_id = %s AND state = 'scheduled' AND deliver_at < %s
"""


@verb
def hold_scheduled(*, facility_id: int, before: datetime) -> int:
    """What would be delivered at a facility before that moment waits without a time. Returns how many letters."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [facility_id, before])
        return int(cursor.rowcount)


@verb
def let_go(message: Message, *, due_at: datetime) -> None:
    """A held letter whose own time is still to come is scheduled again."""
    move(message, State.SCHEDULED, deliver_at=due_at)
