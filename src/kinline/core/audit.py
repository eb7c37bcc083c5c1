"""Who did what, in the transaction in which it was done; and the log read again (STF-4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from kinline.core.models import AuditEvent, AuditSeal


def record(
    actor: str, act: str, subject: str = "", *, now: datetime, facility_id: int | None = None, **detail: Any
) -> None:
    """Write one audit row. `detail` holds ids, codes and counts, never content, PINs or addresses."""
    AuditEvent.objects.create(at=now, actor=actor, act=act, object=subject, facility_id=facility_id, detail=detail)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows of a log: `since` until before `until`; `actors` as the log names them (empty: all); `act` is an act
    or the first part of several (`message`); `object` such as `message:12`."""

    since: datetime | None = None
    until: datetime | None = None
    actors: tuple[str, ...] = ()
    act: str = ""
    object: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row; `digest`: its link in the chain, or nothing while it is not sealed."""

    id: int
    at: datetime
    actor: str
    act: str
    object: str
    detail: dict[str, Any]
    digest: str


def entries(
    place_id: int, staff_ids: Sequence[int], asked: Asked, *, before: int | None = None, limit: int = 100
) -> list[Entry]:
    """Rows of one place, newest first, and those of its staff that belong to no place, such as their signing in."""
    rows = _asked(place_id, staff_ids, asked)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[:limit])
    seals = AuditSeal.objects.filter(event_id__in=[row.pk for row in found]).values_list("event_id", "digest")
    digests = {event_id: bytes(digest).hex() for event_id, digest in seals}
    return [Entry(row.pk, row.at, row.actor, row.act, row.object, row.detail, digests.get(row.pk, "")) for row in found]


def every_entry(place_id: int, staff_ids: Sequence[int], asked: Asked, *, size: int = 1000) -> Iterator[Entry]:
    """All of them, read in pieces: a log may be longer than memory should hold."""
    before = None
    while piece := entries(place_id, staff_ids, asked, before=before, limit=size):
        yield from piece
        before = piece[-1].id


def count(place_id: int, staff_ids: Sequence[int], asked: Asked) -> int:
    return _asked(place_id, staff_ids, asked).count()


def _asked(place_id: int, staff_ids: Sequence[int], asked: Asked) -> QuerySet[AuditEvent]:
    ours = Q(facility_id=place_id) | Q(facility_id=None, actor__in=[f"staff:{pk}" for pk in staff_ids])
    rows = AuditEvent.objects.filter(ours)
    if asked.since is not None:
        rows = rows.filter(at__gte=asked.since)
    if asked.until is not None:
        rows = rows.filter(at__lt=asked.until)
    if asked.actors:
        rows = rows.filter(actor__in=asked.actors)
    if asked.act:
        rows = rows.filter(Q(act=asked.act) | Q(act__startswith=f"{asked.act}."))
    return rows.filter(object=asked.object) if asked.object else rows
