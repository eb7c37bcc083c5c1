"""What staff read of calls at their place: those that go on, the record, telephones, closed lines (TEL-9).

Hotlines are in none of it: their calls are nobody's to see, and their telephone tells nothing either (REC3).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from kinline.telephony.models import (
    Call,
    CallEvent,
    Cdr,
    KnownNumber,
    LineStop,
    Recording,
    RecordingPurge,
    Station,
    Switch,
)
from kinline.telephony.queries.calls import PAID_FIRST, STANDS
from kinline.telephony.services import LEASE

HOTLINE = "hotline"


@dataclass(frozen=True, slots=True)
class CallsAsked:
    """Which calls: every field that says something narrows it. `who`: an ID number or a part of a name; `number`: its
    end, in digits; `result`: a code of its end or refusal; `kind`: how it was paid."""

    facility_id: int
    who: str = ""
    number: str = ""
    station: str = ""
    since: datetime | None = None
    until: datetime | None = None
    result: str = ""
    kind: str = ""


def _live(facility_id: int) -> "QuerySet[Call]":
    rows = Call.objects.select_related("resident", "station__unit").filter(facility_id=facility_id, ended_at=None)
    return rows.exclude(call_type=HOTLINE)


def live(facility_id: int) -> list[Call]:
    """What goes on at a place now, the oldest first."""
    return list(_live(facility_id).order_by("started_at", "pk"))


def live_in(facility_id: int, unit_id: int | None) -> list[int]:
    """Ids of the calls that a lockdown of a place, or of a unit of it, ends."""
    rows = _live(facility_id)
    here = Q(resident__custodies__unit_id=unit_id, resident__custodies__ended_at=None) | Q(station__unit_id=unit_id)
    return list((rows if unit_id is None else rows.filter(here)).values_list("pk", flat=True).distinct())


def live_of(facility_id: int, resident_id: int) -> list[int]:
    return list(_live(facility_id).filter(resident_id=resident_id).values_list("pk", flat=True))


def records(asked: CallsAsked) -> "QuerySet[Cdr]":
    """The newest correction of each call that fits, the youngest first."""
    rows = Cdr.objects.filter(STANDS, facility_id=asked.facility_id).exclude(call_type=HOTLINE)
    if asked.who:
        named = Q()
        for word in asked.who.split():
            named &= Q(resident__first_name__icontains=word) | Q(resident__last_name__icontains=word)
        rows = rows.filter(Q(resident__number=asked.who) | named)
    if asked.number:
        rows = rows.filter(number__endswith=asked.number)
    if asked.station:
        rows = rows.filter(station=asked.station)
    if asked.since:
        rows = rows.filter(started_at__gte=asked.since)
    if asked.until:
        rows = rows.filter(started_at__lt=asked.until)
    if asked.result:
        rows = rows.filter(Q(result=asked.result) | Q(reasons__contains=[asked.result]))
    if asked.kind:
        rows = rows.filter(call_type=asked.kind)
    rows = rows.annotate(paid_first=PAID_FIRST)
    return rows.select_related("resident", "call", "correction").order_by("-started_at", "-pk")


def found(asked: CallsAsked, *, offset: int, limit: int) -> list[Cdr]:
    return list(records(asked)[offset : offset + limit])


def every(asked: CallsAsked, limit: int) -> Iterator[Cdr]:
    """For a file: read in pieces."""
    return records(asked)[:limit].iterator(chunk_size=500)


def one(facility_id: int, call_id: int) -> Call | None:
    """A call of a place; None also for one of a hotline (REC3)."""
    rows = Call.objects.select_related("resident", "station__unit", "switch", "facility")
    return rows.filter(facility_id=facility_id, pk=call_id).exclude(call_type=HOTLINE).first()


def versions(call_id: int) -> list[Cdr]:
    """Its record and its corrections, the oldest first."""
    return list(Cdr.objects.select_related("resident", "correction__made_by").filter(call_id=call_id).order_by("pk"))


def moments(call_id: int) -> list[CallEvent]:
    return list(CallEvent.objects.filter(call_id=call_id).order_by("seq"))


# Telephones and switches


def stations(facility_id: int) -> list[Station]:
    rows = Station.objects.select_related("unit").filter(facility_id=facility_id)
    return list(rows.order_by("disabled_at", "unit__name", "label", "pk"))


def station(facility_id: int, station_id: int) -> Station | None:
    return Station.objects.select_related("unit").filter(facility_id=facility_id, pk=station_id).first()


def switches(agency_id: int) -> list[Switch]:
    """The agency's own, and those of the deployment."""
    return list(Switch.objects.filter(Q(agency_id=agency_id) | Q(agency=None)).order_by("name"))


def switch(agency_id: int, switch_id: int) -> Switch | None:
    return Switch.objects.filter(agency_id=agency_id, pk=switch_id).first()


def speaks(one: Switch, now: datetime) -> bool:
    """Whether it told of itself lately."""
    return one.disabled_at is None and one.seen_at is not None and now - one.seen_at < LEASE


# Closed lines


def stops_open(facility_id: int, now: datetime) -> list[LineStop]:
    """Closed now, or to be closed later; not a resident's suspension that is over."""
    rows = LineStop.objects.select_related("unit", "resident", "made_by").filter(facility_id=facility_id)
    return list(rows.filter(Q(ends_at=None) | Q(ends_at__gt=now)).order_by("starts_at", "pk"))


def stops_over(facility_id: int, now: datetime, limit: int = 50) -> list[LineStop]:
    rows = LineStop.objects.select_related("unit", "resident", "made_by").filter(facility_id=facility_id)
    return list(rows.filter(ends_at__lte=now).order_by("-ends_at", "-pk")[:limit])


def lockdowns_begun(since: datetime, now: datetime) -> list[LineStop]:
    """Those that began between these moments, not when they were made, and go on."""
    rows = LineStop.objects.filter(kind="lockdown", starts_at__gt=since, starts_at__lte=now)
    rows = rows.filter(starts_at__gt=F("made_at"))
    return list(rows.filter(Q(ends_at=None) | Q(ends_at__gt=now)).order_by("pk"))


# Recordings


def recording_of(facility_id: int, call_id: int) -> Recording | None:
    rows = Recording.objects.select_related("call__resident", "call__facility", "held_by")
    return rows.filter(call__facility_id=facility_id, call_id=call_id, call__record=True).first()


def recordings(facility_id: int, limit: int = 100) -> list[tuple[Recording, bool]]:
    """Those that are still there, the youngest first, each with whether it is apart: whose and when, never a sound."""
    rows = Recording.objects.select_related("call__resident", "call__facility", "held_by")
    rows = rows.filter(call__facility_id=facility_id, purged_at=None)
    found = list(rows.order_by("-begun_at", "-pk")[:limit])
    agency = {one.call.facility.agency_id for one in found}
    known = KnownNumber.objects.filter(agency_id__in=agency, number__in={one.call.number for one in found})
    private = set(known.filter(privileged_since__isnull=False).values_list("number", flat=True))
    return [(one, one.quarantined_at is not None or one.call.number in private) for one in found]


def is_apart(recording: Recording) -> bool:
    """Its number became privileged (M13): asked anew each time, so that a flag set a second ago counts, whether or not
    a job has marked the file.
    """
    call = recording.call
    known = KnownNumber.objects.filter(agency_id=call.facility.agency_id, number=call.number)
    return recording.quarantined_at is not None or known.filter(privileged_since__isnull=False).exists()


def purges(facility_id: int, limit: int = 50) -> list[RecordingPurge]:
    return list(RecordingPurge.objects.filter(facility_id=facility_id).order_by("-pk")[:limit])


def places_with_recordings() -> list[int]:
    rows = Recording.objects.filter(purged_at=None)
    return sorted(rows.values_list("call__facility_id", flat=True).distinct())


def recorded_files(names: Iterable[str]) -> set[str]:
    """Those of these files that a recording names."""
    return set(Recording.objects.filter(file__in=list(names)).values_list("file", flat=True))
