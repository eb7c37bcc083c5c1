"""Letters of the past as facts, for rules to be tried on (DEL-2). The caller shows counts, never what they say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from kinline.core.parties import FAMILY, RESIDENT, Side
from kinline.messaging.models import Message

_AT_ONCE = 200  # bodies in memory


@dataclass(frozen=True, slots=True)
class Past:
    """`first`: of this side to the other; `outcome`: as it was decided then; `draw`: its lot, or one of its own."""

    sender: Side
    first: bool
    kind: str
    subject: str
    text: str
    sent_at: datetime
    outcome: str
    draw: int
    user_id: int
    resident_id: int
    photos: int


def count(facility_id: int, since: datetime) -> int:
    return _rows(facility_id, since).count()


def letters(facility_id: int, since: datetime, limit: int) -> Iterator[Past]:
    """The newest first. Privileged ones are left out: nothing reads their words (DEL-7)."""
    earliest = Message.objects.filter(contact=OuterRef("contact"), sender=OuterRef("sender")).order_by("pk")
    kept = _rows(facility_id, since).filter(body__isnull=False).select_related("contact", "body")
    rows = kept.order_by("-sent_at", "-pk")[:limit]
    for one in rows.annotate(first_id=Subquery(earliest.values("pk")[:1])).iterator(chunk_size=_AT_ONCE):
        yield Past(
            sender=FAMILY if one.sender == FAMILY else RESIDENT, first=one.pk == one.first_id, kind=one.contact.kind,
            subject=one.subject, text=one.body.text, sent_at=one.sent_at,
            outcome=one.decision.get("outcome", "review"), draw=int(one.decision.get("draw", one.pk * 7919)),
            user_id=one.contact.user_id, resident_id=one.contact.resident_id, photos=0,
        )  # fmt: skip


def _rows(facility_id: int, since: datetime) -> "QuerySet[Message]":
    rows = Message.objects.filter(facility_id=facility_id, sent_at__gte=since)
    return rows.exclude(contact__kind="privileged")
