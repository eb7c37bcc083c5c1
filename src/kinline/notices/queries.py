"""What a person has been told. The party comes first; nobody reads another's notices."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kinline.core.parties import Party
from kinline.notices.models import Broadcast, Notice
from kinline.notices.wording import sentence


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice as shown: `sentence` is in the reader's language; `message_id`, `contact_id` name what it is about."""

    id: int
    kind: str
    sentence: str
    at: datetime
    unread: bool
    message_id: int | None
    contact_id: int | None


def notices_of(party: Party, *, before: int | None = None, size: int = 20) -> list[NoticeView]:
    """The party's notices, newest first; `before`: only those older than the notice with this id."""
    rows = Notice.objects.filter(**party.filter).order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_view(row, party) for row in rows[:size]]


def unread_count(party: Party) -> int:
    return Notice.objects.filter(**party.filter, read_at=None).count()


def broadcast_of_key(client_key: UUID) -> Broadcast | None:
    return Broadcast.objects.filter(client_key=client_key).first()


def broadcasts_of(facility_id: int, *, limit: int = 30) -> list[Broadcast]:
    """What was said to many at a place, newest first."""
    rows = Broadcast.objects.select_related("unit", "sent_by").filter(facility_id=facility_id)
    return list(rows.order_by("-sent_at", "-pk")[:limit])


def _view(row: Notice, party: Party) -> NoticeView:
    return NoticeView(
        id=row.pk,
        kind=row.kind,
        sentence=sentence(row.kind, party.side, row.params),
        at=row.created_at,
        unread=row.read_at is None,
        message_id=row.message_id,
        contact_id=row.contact_id,
    )
