"""Who did what, in the transaction in which it was done; and the log read again (STF-4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncDate, TruncHour

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


@dataclass(frozen=True, slots=True)
class Acts:
    """How often somebody did one thing at a place between two moments, and when last."""

    actor: str
    act: str
    count: int
    last: datetime


def acts_of_staff(place_id: int, begin: datetime, end: datetime, *, actor: str = "", limit: int) -> list[Acts]:
    """By person and act (STF-7), person by person. `actor`: only theirs."""
    rows = AuditEvent.objects.filter(facility_id=place_id, at__gte=begin, at__lt=end)
    rows = rows.filter(actor=actor) if actor else rows.filter(actor__startswith="staff:")
    counted = rows.values("actor", "act").annotate(count=Count("pk"), last=Max("at")).order_by("actor", "-count", "act")
    return [Acts(one["actor"], one["act"], one["count"], one["last"]) for one in counted[:limit]]


def counted(place_id: int, staff_ids: Sequence[int], asked: Asked, *, limit: int) -> list[Acts]:
    """What `entries` would list, by person and act; of staff, and of whoever tried to be."""
    rows = (
        _asked(place_id, staff_ids, asked).exclude(actor__startswith="family:").exclude(actor__startswith="resident:")
    )
    found = rows.values("actor", "act").annotate(count=Count("pk"), last=Max("at")).order_by("actor", "-count", "act")
    return [Acts(one["actor"], one["act"], one["count"], one["last"]) for one in found[:limit]]


def week_read(place_id: int, monday: date) -> tuple[str, datetime] | None:
    """(who, when) read the log of that week first; None while nobody did (C5)."""
    rows = AuditEvent.objects.filter(object=week(place_id, monday), act="audit.week").order_by("pk")
    return rows.values_list("actor", "at").first()


def week(place_id: int, monday: date) -> str:
    """What the act of reading it is about."""
    return f"week:{place_id}:{monday.isoformat()}"


def per_day(place_id: int, act: str, begin: datetime, end: datetime, zone: str) -> list[tuple[date, int, int]]:
    """(day, how often, in how many different hours) of one act at a place; the newest day first."""
    at = ZoneInfo(zone)
    rows = AuditEvent.objects.filter(facility_id=place_id, act=act, at__gte=begin, at__lt=end)
    counted = rows.annotate(day=TruncDate("at", tzinfo=at), hour=TruncHour("at", tzinfo=at)).values("day")
    found = counted.annotate(count=Count("pk"), hours=Count("hour", distinct=True)).order_by("-day")
    return [(one["day"], one["count"], one["hours"]) for one in found]
