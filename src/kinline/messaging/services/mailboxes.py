"""Verbs of one's own copies and drafts (MSG-7): never the other side's."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kinline.contacts.models import Contact, ContactClass
from kinline.core.parties import Party
from kinline.core.transaction import verb
from kinline.messaging import bodies, errors
from kinline.messaging.models import (
    Draft,
    Folder,
    Mailbox,
    Message,
    State,
)
from kinline.messaging.rules import UNDO_DAYS


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
