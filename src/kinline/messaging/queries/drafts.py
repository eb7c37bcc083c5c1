from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kinline.core.parties import Party
from kinline.messaging import bodies
from kinline.messaging.errors import ConfidentialClosed
from kinline.messaging.models import Draft


@dataclass(frozen=True, slots=True)
class DraftView:
    id: int
    contact_id: int
    other_name: str
    subject: str
    text: str
    client_key: UUID
    reply_to: int | None
    updated_at: datetime


def drafts(party: Party, *, limit: int = 100) -> list[DraftView]:
    """The party's unsent letters, the last touched first; a confidential one that nothing here opens has no words."""
    rows = Draft.objects.filter(**party.filter).select_related("contact__user", "contact__resident")
    return [_view(party, row) for row in rows.order_by("-updated_at")[:limit]]


def draft(party: Party, contact_id: int) -> DraftView | None:
    rows = Draft.objects.filter(**party.filter, contact_id=contact_id)
    row = rows.select_related("contact__user", "contact__resident").first()
    return _view(party, row) if row else None


def _view(party: Party, row: Draft) -> DraftView:
    other = row.contact.resident if party.side == "family" else row.contact.user
    try:
        words = bodies.draft_words(row)
    except ConfidentialClosed:
        words = bodies.NOTHING
    return DraftView(
        row.pk, row.contact_id, other.name, words.subject, words.text, row.client_key, row.reply_to_id, row.updated_at
    )
