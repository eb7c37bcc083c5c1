"""Calls that go on, and records of those that ended."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Subquery

from kinline.telephony.models import Call, CallCorrection, CallEvent, Cdr

# Of a record: no newer one corrects it. As a join (`corrected_by=None`) the planner takes that for rare, and reads
# every call of a number to show the newest twenty (P9).
STANDS: Final = ~Exists(Cdr.objects.filter(corrects=OuterRef("pk")))
# What its call cost before any correction.
PAID_FIRST: Final = Subquery(Cdr.objects.filter(call=OuterRef("call"), corrects=None).values("cents")[:1])


def by_key(switch_id: int, key: UUID) -> Call | None:
    """A call of this switch, by the switch's own name for it."""
    return Call.objects.select_related("resident", "facility").filter(switch_id=switch_id, key=key).first()


def by_id(call_id: int) -> Call:
    return Call.objects.select_related("resident", "facility").get(pk=call_id)


def key_is_taken(key: UUID) -> bool:
    """Whether any switch has a call of this key."""
    return Call.objects.filter(key=key).exists()


def live_of(resident_id: int) -> Call | None:
    """The call that this resident is in now (TEL-3)."""
    rows = Call.objects.filter(resident_id=resident_id, ended_at=None)
    return rows.only("pk", "key", "switch_id", "lease_until").first()


def live_at(facility_id: int) -> list[Call]:
    """What goes on at a place now, oldest first; not its hotlines (REC3)."""
    rows = Call.objects.select_related("resident", "station").filter(facility_id=facility_id, ended_at=None)
    return list(rows.exclude(call_type="hotline").order_by("started_at"))


def listed(*, facility_id: int | None = None, hotlines: bool = False, limit: int) -> list[tuple[Call, Cdr | None]]:
    """Calls with their record as it counts, newest first; None while a call goes on. For whoever runs the machine."""
    rows = Call.objects.select_related("facility", "station", "resident", "switch")
    if facility_id is not None:
        rows = rows.filter(facility_id=facility_id)
    if not hotlines:
        rows = rows.exclude(call_type="hotline")
    found = list(rows.order_by("-started_at", "-pk")[:limit])
    records = {one.call_id: one for one in Cdr.objects.filter(call__in=found).order_by("pk")}
    return [(call, records.get(call.pk)) for call in found]


def corrections(calls: Collection[Call]) -> dict[int, list[CallCorrection]]:
    """By call, the oldest first. One statement."""
    found: dict[int, list[CallCorrection]] = {}
    for one in CallCorrection.objects.select_related("record").filter(record__call__in=calls).order_by("pk"):
        found.setdefault(one.record.call_id, []).append(one)
    return found


def of_switch(switch_id: int) -> list[Call]:
    """What a switch holds, by what it told us."""
    return list(Call.objects.filter(switch_id=switch_id, ended_at=None).order_by("pk"))


def unwanted(switch_id: int) -> list[UUID]:
    """Those of them that somebody has asked to end."""
    rows = Call.objects.filter(switch_id=switch_id, ended_at=None).exclude(end_asked="")
    return list(rows.values_list("key", flat=True))


def lapsed(now: datetime, limit: int = 100) -> list[Call]:
    """Calls of which nobody told in time: the sweeper settles them (TEL-6)."""
    return list(Call.objects.filter(ended_at=None, lease_until__lt=now).order_by("lease_until")[:limit])


def database_began(now: datetime) -> timedelta:
    """How long the database has been there by `now`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_postmaster_start_time()")
        began: datetime = cursor.fetchone()[0]
    return now - began


def moments(call_ids: Collection[int]) -> dict[int, list[CallEvent]]:
    """Of each of these calls, in the switch's order."""
    found: dict[int, list[CallEvent]] = {call_id: [] for call_id in call_ids}
    for event in CallEvent.objects.filter(call_id__in=call_ids).order_by("call_id", "seq"):
        found[event.call_id].append(event)
    return found


def corrected_by(call_id: int, key: UUID) -> bool:
    """Whether this wish has corrected the call already."""
    return CallCorrection.objects.filter(record__call_id=call_id, key=key).exists()


def back_cents(record: Cdr) -> int:
    """What went back of the price that was taken first; `record` was read with `PAID_FIRST`."""
    return max(0, (getattr(record, "paid_first", None) or record.cents) - record.cents)


def record_of(call_id: int) -> Cdr | None:
    """The record as it counts: the newest correction."""
    return Cdr.objects.filter(call_id=call_id).order_by("-pk").first()
