"""Letters of the past as facts, for rules to be tried on (DEL-2). The caller shows counts, never what they say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from kinline.core.parties import FAMILY, RESIDENT, Side
from kinline.messaging.models import Message, Photo

_AT_ONCE = 200  # bodies in memory


@dataclass(frozen=True, slots=True)
class Past:
    """`first`: of this side to the other; `outcome`: what the rules said then, whatever an emergency did to it; `draw`:
    its lot, or one of its own."""

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
    photos = Photo.objects.filter(message=OuterRef("pk")).order_by().values("message").annotate(n=Count("pk"))
    rows = kept.annotate(
        first_id=Subquery(earliest.values("pk")[:1]), photos_then=Coalesce(Subquery(photos.values("n")), 0)
    )
    for one in rows.order_by("-sent_at", "-pk")[:limit].iterator(chunk_size=_AT_ONCE):
        yield Past(
            sender=FAMILY if one.sender == FAMILY else RESIDENT, first=one.pk == one.first_id, kind=one.contact.kind,
            subject=one.subject, text=one.body.text, sent_at=one.sent_at,
            outcome=_ruled(one.decision, one.sent_at), draw=int(one.decision.get("draw", one.pk * 7919)),
            user_id=one.contact.user_id, resident_id=one.contact.resident_id, photos=one.photos_then,
        )  # fmt: skip


def _ruled(decision: Mapping[str, Any], sent_at: datetime) -> str:
    """An emergency keeps when a letter would have been delivered (STF-8); one for the print queue waits by no rule."""
    outcome, due = str(decision.get("outcome", "review")), decision.get("due_at")
    if due is not None:
        return "delay" if datetime.fromisoformat(due) > sent_at else "deliver"
    waits = any(one.get("then") in {"wait", "hours"} for one in decision.get("fired", ()))
    return "deliver" if outcome == "delay" and not waits else outcome


def _rows(facility_id: int, since: datetime) -> "QuerySet[Message]":
    rows = Message.objects.filter(facility_id=facility_id, sent_at__gte=since)
    return rows.exclude(contact__kind="privileged")
