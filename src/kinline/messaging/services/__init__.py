"""Verbs of letters: each changes this domain alone, inside the story that calls it; money and notices are flows'."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from kinline.contacts.models import Contact, ContactClass
from kinline.core import confidential
from kinline.core.parties import FAMILY, RESIDENT, Party, Side
from kinline.core.transaction import verb
from kinline.facilities.models import RefusalReason
from kinline.identity.models import User
from kinline.messaging import bodies, errors
from kinline.messaging.models import (
    Appeal,
    Draft,
    End,
    Folder,
    Mailbox,
    Message,
    PrepaidReply,
    ReplyState,
    Review,
    Ruling,
    State,
)
from kinline.messaging.rules import UNDO_DAYS


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


def sender_of(message: Message) -> Party:
    return _party(message, FAMILY if message.sender == FAMILY else RESIDENT)


def recipient_of(message: Message) -> Party:
    return _party(message, RESIDENT if message.sender == FAMILY else FAMILY)


def _party(message: Message, side: Side) -> Party:
    return Party(side, message.contact.user_id if side == FAMILY else message.contact.resident_id)


@verb
def move(message: Message, state: str, **times: Any) -> None:
    """Put a locked message into `state` with what goes with it (times, payer, hold)."""
    message.state = state
    for name, value in times.items():
        setattr(message, name, value)
    message.save(update_fields=["state", *times])


@verb
def end_review(
    message: Message,
    decision: str,
    *,
    now: datetime,
    decided_by: User | None = None,
    reason: RefusalReason | None = None,
    explanation: str = "",
    by_rule: str = "",
    withheld_by: User | None = None,
) -> Review:
    """Write down what became of the review of a locked message; makes the row for a rule's own refusal."""
    review, _ = Review.objects.update_or_create(
        message=message,
        defaults={
            "decision": decision, "decided_at": now, "decided_by": decided_by, "reason": reason,
            "explanation": explanation, "by_rule": by_rule, "withheld_by": withheld_by,
        },
        create_defaults={
            "facility_id": message.facility_id, "since": message.sent_at, "decision": decision, "decided_at": now,
            "decided_by": decided_by, "reason": reason, "explanation": explanation, "by_rule": by_rule,
            "withheld_by": withheld_by,
        },
    )  # fmt: skip
    return review


@verb
def end_waiting_review(message: Message, *, now: datetime) -> None:
    """Nobody needs to decide any more. What a person has decided already stays as they wrote it.

    What was decided in the last seconds and has not taken effect (a ruling) never will.
    """
    Review.objects.filter(message=message, decision="").update(decision="withdrawn", decided_at=now)
    Ruling.objects.filter(review__message=message, end="").update(end=End.VOID, ended_at=now, why="moved_on")


@verb
def mark_read(party: Party, message_id: int, *, now: datetime) -> bool:
    """The owner looked at their copy. True the first time."""
    return bool(Mailbox.objects.filter(**party.filter, message_id=message_id, read_at=None).update(read_at=now))


@verb
def mark_opened(message_id: int, *, now: datetime) -> bool:
    """The recipient opened a delivered letter. True the first time."""
    return bool(Message.objects.filter(pk=message_id, state=State.DELIVERED, opened_at=None).update(opened_at=now))


@verb
def archive(party: Party, message_ids: Sequence[int]) -> int:
    """Out of the inbox or the sent folder, not out of the mailbox. Returns how many were moved."""
    rows = Mailbox.objects.filter(**party.filter, message_id__in=message_ids, folder__in=[Folder.INBOX, Folder.SENT])
    return rows.update(folder=Folder.ARCHIVE)


@verb
def unarchive(party: Party, message_ids: Sequence[int]) -> int:
    return _back(party, Mailbox.objects.filter(**party.filter, message_id__in=message_ids, folder=Folder.ARCHIVE))


@verb
def remove(party: Party, message_ids: Sequence[int], *, now: datetime) -> int:
    """Remove the owner's own copies; can be undone for 30 days; never touches the other side's (MSG-7).

    A letter that still waits for payment cannot be removed by its recipient, only declined: the sender must know.
    """
    rows = Mailbox.objects.filter(**party.filter, message_id__in=message_ids).exclude(folder=Folder.REMOVED)
    waiting = Message.objects.filter(pk__in=message_ids, state=State.COLLECT).exclude(sender=party.side)
    return rows.exclude(message_id__in=waiting).update(folder=Folder.REMOVED, removed_at=now)


@verb
def restore(party: Party, message_ids: Sequence[int], *, now: datetime) -> int:
    """Bring removed copies back. Raises RestoreTooLate when none of them is inside the 30 days."""
    rows = Mailbox.objects.filter(**party.filter, message_id__in=message_ids, folder=Folder.REMOVED)
    in_time = rows.filter(removed_at__gt=now - timedelta(days=UNDO_DAYS))
    count = _back(party, in_time)
    if not count and rows.exists():
        raise errors.RestoreTooLate
    return count


def _back(party: Party, rows: Any) -> int:
    """Each copy to the folder where it came from: one's own letters to `sent`, the others to `inbox`."""
    ids = list(rows.values_list("pk", flat=True))
    mine = Mailbox.objects.filter(pk__in=ids, message__sender=party.side)
    sent: int = mine.update(folder=Folder.SENT, removed_at=None)
    received: int = (
        Mailbox.objects.filter(pk__in=ids)
        .exclude(message__sender=party.side)
        .update(folder=Folder.INBOX, removed_at=None)
    )
    return sent + received


@verb
def purge_removed(*, now: datetime, limit: int = 1000) -> int:
    """End the claim of owners whose 30 days to undo are over. The facility's own claim is its retention (MSG-8)."""
    old = Mailbox.objects.filter(folder=Folder.REMOVED, removed_at__lte=now - timedelta(days=UNDO_DAYS))
    ids = list(old.values_list("pk", flat=True)[:limit])
    return Mailbox.objects.filter(pk__in=ids).delete()[0]


@verb
def save_draft(
    party: Party,
    *,
    contact_id: int,
    subject: str,
    text: str,
    client_key: UUID,
    now: datetime,
    reply_to: int | None = None,
) -> Draft:
    """One draft per owner and contact; the last save wins, and keeps the key of the page that saved it.

    raises ConfidentialClosed: also when there is one that nothing here opens, which must not be lost.
    """
    private = Contact.objects.filter(pk=contact_id).exclude(kind=ContactClass.PERSONAL).exists()
    if private and (before := Draft.objects.filter(**party.filter, contact_id=contact_id).first()):
        bodies.draft_words(before)
    subject, text = bodies.stored(bodies.Words(subject, text), contact_id, private=private)
    values = {"subject": subject, "text": text, "client_key": client_key, "updated_at": now, "reply_to_id": reply_to}
    owner: dict[str, Any] = {**party.filter, "contact_id": contact_id}
    draft, _ = Draft.objects.update_or_create(defaults=values, **owner)
    return draft


@verb
def drop_draft(party: Party, *, contact_id: int) -> None:
    Draft.objects.filter(**party.filter, contact_id=contact_id).delete()


@verb
def file_appeal(review: Review, party: Party, *, text: str, due_on: date, now: datetime) -> Appeal:
    return Appeal.objects.create(review=review, side=party.side, text=text, filed_at=now, due_on=due_on)


@verb
def decide_appeal(appeal: Appeal, *, won: bool, decided_by: User, answer: str, now: datetime) -> None:
    appeal.outcome = "won" if won else "lost"
    appeal.decided_by, appeal.decided_at, appeal.answer = decided_by, now, answer
    appeal.save(update_fields=["outcome", "decided_by", "decided_at", "answer"])


def name_of(message: Message, party: Party) -> str:
    """The full name of one of the two, as the other side knows them."""
    return message.contact.user.name if party.side == FAMILY else message.contact.resident.name


def always_accepts(message: Message) -> bool:
    """Whether the recipient chose to accept collect letters from this contact without being asked (MSG-3)."""
    contact = message.contact
    return contact.resident_always_accepts if message.sender == "family" else contact.family_always_accepts


def reason_texts(message: Message) -> dict[str, str]:
    """The reason of a refused message in each language of the facility's list."""
    reason = Review.objects.select_related("reason").get(message=message).reason
    return {"en": reason.text, "es": reason.text_es or reason.text} if reason else {}


@verb
def withdraw_offer(message: Message) -> None:
    """Take the recipient's copy of an unpaid letter away: taken back, declined, or paid by the sender instead."""
    Mailbox.objects.filter(message=message, **recipient_of(message).filter).delete()


@verb
def hold_for_review(message: Message, why: str, *, now: datetime) -> None:
    """A locked letter that was on its way waits for a person instead; `why` is added to what fired (DEL-3)."""
    message.decision = {
        **message.decision,
        "outcome": "review",
        "fired": [*message.decision.get("fired", []), {"id": why, "then": "review", "why": {}}],
    }
    move(message, State.REVIEW, decision=message.decision, deliver_at=None)
    Review.objects.get_or_create(message=message, defaults={"facility_id": message.facility_id, "since": now})


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


@verb
def locked_appeal(appeal_id: int) -> Appeal:
    """raises NotFound."""
    appeal = (
        Appeal.objects.select_for_update(of=("self",), no_key=True)
        .select_related("review")
        .filter(pk=appeal_id)
        .first()
    )
    if appeal is None:
        raise errors.NotFound
    return appeal


# Replies that were paid ahead (MSG-3)


@verb
def prepay_reply(
    message_id: int, *, account: str, hold_id: int, price_cents: int, days: int, delivered_at: datetime | None
) -> None:
    """`delivered_at`: of the letter, when it is delivered already; else `start_reply` comes later."""
    PrepaidReply.objects.create(
        message_id=message_id, account=account, hold_id=hold_id, price_cents=price_cents, days=days,
        expires_at=delivered_at and delivered_at + timedelta(days=days),
    )  # fmt: skip


@verb
def locked_reply(message_id: int) -> PrepaidReply | None:
    """What was paid ahead for the reply to this letter, locked until the story ends: one reply uses it, once."""
    rows = PrepaidReply.objects.select_for_update(of=("self",), no_key=True).select_related("message__contact")
    return rows.filter(message_id=message_id).first()


@verb
def locked_replies(**contact: int) -> list[PrepaidReply]:
    """Open ones between the people of these contacts, locked, oldest first."""
    rows = PrepaidReply.objects.select_for_update(of=("self",), no_key=True).select_related("message__contact")
    between = {f"message__contact__{name}": value for name, value in contact.items()}
    return list(rows.filter(state=ReplyState.OPEN, **between).order_by("pk"))


@verb
def start_reply(message: Message, *, now: datetime) -> None:
    """The letter is delivered: from now on its reader has the days that were promised to them."""
    reply = PrepaidReply.objects.filter(message=message, state=ReplyState.OPEN, expires_at=None).first()
    if reply is not None:
        PrepaidReply.objects.filter(pk=reply.pk).update(expires_at=now + timedelta(days=reply.days))


@verb
def use_reply(reply: PrepaidReply, message: Message) -> None:
    reply.state, reply.used_by = ReplyState.USED, message
    reply.save(update_fields=["state", "used_by"])


@verb
def free_reply(reply: PrepaidReply, message: Message, *, now: datetime) -> None:
    """The letter that used it is not delivered: another may. The time it was on its way is given back, too."""
    if reply.expires_at is not None:
        reply.expires_at += now - message.sent_at
    reply.state, reply.used_by = ReplyState.OPEN, None
    reply.save(update_fields=["state", "used_by", "expires_at"])
    move(message, message.state, hold_id=None)


@verb
def end_reply(reply: PrepaidReply, *, now: datetime) -> None:
    reply.state, reply.used_by, reply.ended_at = ReplyState.RETURNED, None, now
    reply.save(update_fields=["state", "used_by", "ended_at"])
