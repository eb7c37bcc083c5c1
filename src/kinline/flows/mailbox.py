"""What each side does with its own copies and drafts (MSG-1, MSG-7)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kinline.contacts import queries as contacts
from kinline.core.events import announce
from kinline.core.parties import Party, Side, other
from kinline.core.transaction import story
from kinline.messaging import errors, queries, services
from kinline.messaging.queries import LetterView
from kinline.messaging.text import SUBJECT_LIMIT, is_blank, normalise, one_line


@story
def open_message(party: Party, *, message_id: int, now: datetime) -> LetterView | None:
    """The letter as this party may see it. The first look at a delivered letter is told to its sender."""
    view = queries.letter(party, message_id, now=now)
    if view is None or view.closed or view.direction == "out" or view.state != "delivered":
        return view
    if services.mark_read(party, message_id, now=now):
        announce(party, "message", message_id=message_id)
    if services.mark_opened(message_id, now=now):
        announce(_sender(party, view.contact_id, now), "status", message_id=message_id)
    return view


def _sender(reader: Party, contact_id: int, now: datetime) -> Party:
    contact = contacts.contact(reader, contact_id, now)
    if contact is None:
        raise errors.NotFound
    side: Side = other(reader.side)
    return Party(side, contact.user_id if side == "family" else contact.resident_id)


@story
def archive(party: Party, message_ids: Sequence[int]) -> int:
    return _told(party, services.archive(party, message_ids))


@story
def unarchive(party: Party, message_ids: Sequence[int]) -> int:
    return _told(party, services.unarchive(party, message_ids))


@story
def remove(party: Party, message_ids: Sequence[int], *, now: datetime) -> int:
    """Remove one's own copies; the other side keeps theirs. Can be undone for 30 days."""
    return _told(party, services.remove(party, message_ids, now=now))


@story
def restore(party: Party, message_ids: Sequence[int], *, now: datetime) -> int:
    return _told(party, services.restore(party, message_ids, now=now))


def _told(party: Party, count: int) -> int:
    if count:
        announce(party, "message")
    return count


@story
def save_draft(
    party: Party,
    *,
    contact_id: int,
    subject: str,
    text: str,
    client_key: UUID,
    now: datetime,
    reply_to: int | None = None,
) -> None:
    """Keep an unsent letter, however long; a page without a word leaves none. raises NotFound, ConfidentialClosed.

    A page whose letter has been sent meanwhile (another tab) must not bring it back as a draft: KeyReused.
    """
    if contacts.contact(party, contact_id, now) is None:
        raise errors.NotFound
    if is_blank(subject) and is_blank(text):
        services.drop_draft(party, contact_id=contact_id)
        return
    if queries.may_be_repeat(party, contact_id, client_key) is not None:
        raise errors.KeyReused
    services.save_draft(
        party, contact_id=contact_id, subject=one_line(subject)[:SUBJECT_LIMIT], text=normalise(text),
        client_key=client_key, now=now, reply_to=queries.answerable(party, contact_id, reply_to),
    )  # fmt: skip


@story
def drop_draft(party: Party, *, contact_id: int) -> None:
    services.drop_draft(party, contact_id=contact_id)
