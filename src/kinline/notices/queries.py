"""What a person has been told. The party comes first; nobody reads another's notices."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

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


def notices_of(party: Party, *, now: datetime, before: int | None = None, size: int = 20) -> list[NoticeView]:
    """The party's notices, newest first; `before`: only those older than the notice with this id."""
    rows = _told(party, now).order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_view(row, party) for row in rows[:size]]


def unread_count(party: Party, now: datetime) -> int:
    return _told(party, now).filter(read_at=None).count()


def _told(party: Party, now: datetime) -> QuerySet[Notice]:
    """All but what was said to everybody and is over, taken back or still to come (STF-8)."""
    shown = Q(broadcast__starts_at__lte=now, broadcast__withdrawn_at=None)
    lasting = Q(broadcast__until=None) | Q(broadcast__until__gt=now)
    return Notice.objects.filter(Q(broadcast=None) | (shown & lasting), **party.filter)


def broadcast_of_key(client_key: UUID) -> Broadcast | None:
    return Broadcast.objects.filter(client_key=client_key).first()


def broadcasts_of(facility_id: int, *, limit: int = 30) -> list[Broadcast]:
    """What was said to many at a place, newest first; `read`: how many have marked it so."""
    related = Broadcast.objects.select_related("unit", "sent_by", "withdrawn_by").filter(facility_id=facility_id)
    rows = related.annotate(read=Count("notices", filter=Q(notices__read_at__isnull=False)))
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
