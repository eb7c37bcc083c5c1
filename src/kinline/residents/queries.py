"""Reads of people in custody. The search shows nothing that the public roster does not (CON-1)."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from django.db import connection
from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from kinline.core.folding import fold
from kinline.facilities.models import Agency, HousingUnit
from kinline.residents import pins
from kinline.residents.models import Custody, KioskTurns, Pin, Resident, ResidentSession
from kinline.residents.roster import Known
from kinline.residents.rules import Turns, normal_number, search_form

SHORTEST_QUERY = 2  # characters; a single letter would be a list of everybody
MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Found:
    """A person in custody, as anybody may find them."""

    resident_id: int
    name: str
    number: str
    facility_id: int
    facility_name: str
    facility_slug: str
    region: str
    messages_offered: bool
    calls_offered: bool


def find(
    query: str,
    region: str = "",
    facility_slug: str = "",
    agency_id: int | None = None,
    limit: int = 20,
) -> list[Found]:
    """People in custody by number (whole) or name (beginnings of its words, without case and accents), CON-1."""
    text = query.replace("\x00", " ").strip()
    if len(text) < SHORTEST_QUERY:
        return []
    rows = _in_custody().filter(_is_called(text))
    if region:
        rows = rows.filter(facility__region=region)
    if facility_slug:
        rows = rows.filter(facility__slug=facility_slug)
    if agency_id is not None:
        rows = rows.filter(facility__agency_id=agency_id)
    ordered = rows.order_by("resident__folded", "resident_id")
    return [_found(custody) for custody in ordered[:limit]]


def _in_custody() -> QuerySet[Custody]:
    return Custody.objects.filter(ended_at=None).select_related("resident", "facility")


def _is_called(text: str) -> Q:
    named = Q()
    for word in search_form(text).split()[:MOST_WORDS]:
        named &= Q(resident__folded__contains=f" {word}")
    return named | Q(resident__number=normal_number(text)) if named else Q(resident__number=normal_number(text))


def _found(custody: Custody) -> Found:
    resident, facility = custody.resident, custody.facility
    return Found(
        resident_id=resident.pk,
        name=resident.name,
        number=resident.number,
        facility_id=facility.pk,
        facility_name=facility.name,
        facility_slug=facility.slug,
        region=facility.region,
        messages_offered=facility.messages_offered,
        calls_offered=facility.calls_offered,
    )


def by_id_in_custody(resident_id: int) -> Found | None:
    """One person in custody; None if unknown or not in custody."""
    custody = _in_custody().filter(resident_id=resident_id).first()
    return _found(custody) if custody else None


def in_custody_called(number: str, last_name: str) -> list[Resident]:
    """People in custody with this whole number, or (no number given) with this last name."""
    people = Resident.objects.filter(custodies__ended_at=None, custodies__isnull=False)
    if number:
        return list(people.filter(number=normal_number(number)))
    return [
        one for one in people.filter(folded__contains=search_form(last_name)) if fold(one.last_name) == fold(last_name)
    ]


def by_number(agency_id: int, number: str) -> Resident | None:
    """For staff and commands: the resident of this number, in custody or not."""
    return Resident.objects.filter(agency_id=agency_id, number=normal_number(number)).first()


def here_by_number(facility_id: int, number: str) -> Resident | None:
    """Who has this number and is at this facility now."""
    return next(iter(Resident.objects.raw(_HERE, [facility_id, normal_number(number)])), None)


# Asked at each call and sign-in: by the number as it is kept, which an index knows.
_HERE: Final = """
    SELECT r.* FROM residents_resident r JOIN residents_custody c ON c.resident_id = r.id
    WHERE c.facility_id = %s AND c.ended_at IS NULL AND r.number = %s
"""


def by_passcode(agency_id: int, pin: str) -> Pin | None:
    """The owner of an issued passcode, in custody or not, and whether it is locked (TEL-12)."""
    return Pin.objects.select_related("resident").filter(alone=pins.alone(agency_id, pin)).first()


def known(agency_id: int, numbers: Iterable[str]) -> dict[str, Known]:
    """What a roster is compared with, by number: people of the agency, where they are, and whether they have a PIN."""
    rows = Resident.objects.filter(agency_id=agency_id, number__in=list(numbers)).annotate(
        here=FilteredRelation("custodies", condition=Q(custodies__ended_at=None))
    )
    with_place = rows.annotate(facility_id=F("here__facility_id"), unit_id=F("here__unit_id")).select_related("pin")
    return {
        one.number: Known(
            one.pk,
            one.first_name,
            one.last_name,
            one.date_of_birth,
            one.language,
            facility_id=one.facility_id,
            unit_id=one.unit_id,
            has_pin=hasattr(one, "pin"),
        )
        for one in with_place
    }


def agency_of(resident_id: int) -> Agency:
    return Agency.objects.get(residents=resident_id)


def open_custody(resident_id: int) -> Custody | None:
    rows = Custody.objects.select_related("facility__agency", "unit", "resident")
    return rows.filter(resident_id=resident_id, ended_at=None).first()


def in_custody_at(facility_id: int, unit_id: int | None = None) -> list[int]:
    """Ids of everybody held at a place now, or in one unit of it."""
    rows = Custody.objects.filter(facility_id=facility_id, ended_at=None)
    return list((rows if unit_id is None else rows.filter(unit_id=unit_id)).values_list("resident_id", flat=True))


def custody_history(resident_id: int) -> list[Custody]:
    """Where they were, newest first."""
    rows = Custody.objects.select_related("facility", "unit").filter(resident_id=resident_id)
    return list(rows.order_by("-started_at", "-id"))


# For staff of a place


PinState = Literal["none", "first", "own", "locked"]


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One line of a place's roster. `ended_at`: they were here last until then; `end_reason` says how they left."""

    resident_id: int
    number: str
    name: str
    unit: str
    booking: str
    since: datetime
    ended_at: datetime | None
    end_reason: str
    pin: PinState


@dataclass(frozen=True, slots=True)
class RosterPage:
    rows: list[RosterRow]
    count: int


def roster(
    facility_id: int, *, text: str = "", gone: bool = False, unit_id: int | None = None, page: int = 1, size: int = 100
) -> RosterPage:
    """Who is at a place, by name; with `gone` who was there last and is no more, the newest first (STF-2).

    `text`: a whole number, a booking, or beginnings of a name's words. `page` counts from 1.
    """
    rows = _newest(facility_id).filter(ended_at__isnull=not gone)
    text = text.replace("\x00", " ").strip()
    if text:
        rows = rows.filter(_is_called(text) | Q(booking=text))
    if unit_id is not None:
        rows = rows.filter(unit_id=unit_id)
    ordered = rows.order_by("-ended_at", "-id") if gone else rows.order_by("resident__folded", "resident_id")
    start = (page - 1) * size
    return RosterPage([_roster_row(one) for one in ordered[start : start + size]], rows.count())


def _newest(facility_id: int) -> QuerySet[Custody]:
    """Custodies at a place that no later one of the same person follows, there or elsewhere."""
    later = Custody.objects.filter(resident_id=OuterRef("resident_id"), id__gt=OuterRef("id"))
    rows = Custody.objects.select_related("resident__pin", "unit", "facility__agency")
    return rows.filter(~Exists(later), facility_id=facility_id)


def at_place(facility_id: int, resident_id: int) -> Custody | None:
    """The custody of somebody who is at this place, or was there last; None: unknown, or another place's by now."""
    return _newest(facility_id).filter(resident_id=resident_id).first()


@dataclass(frozen=True, slots=True)
class Unit:
    """A housing unit, and how many are in it now; `used`: somebody is or was, so that it cannot be removed."""

    id: int
    name: str
    people: int
    kiosks: int
    used: bool


def units(facility_id: int) -> list[Unit]:
    """Of a place, by name (STF-2)."""
    here = Count("custodies", filter=Q(custodies__ended_at=None), distinct=True)
    rows = HousingUnit.objects.filter(facility_id=facility_id).annotate(
        people=here, ever=Count("custodies", distinct=True), screens=Count("kiosks", distinct=True)
    )
    return [
        Unit(one.pk, one.name, one.people, one.screens, bool(one.ever or one.screens)) for one in rows.order_by("name")
    ]


def open_custody_at(facility_id: int, resident_id: int) -> Custody | None:
    return Custody.objects.filter(facility_id=facility_id, resident_id=resident_id, ended_at=None).first()


def pin_state(person: Resident) -> PinState:
    """`first`: given by staff and not changed yet."""
    pin: Pin | None = getattr(person, "pin", None)
    if pin is None:
        return "none"
    if pin.locked_at is not None:
        return "locked"
    return "first" if pin.must_change else "own"


def _roster_row(custody: Custody) -> RosterRow:
    person = custody.resident
    return RosterRow(
        resident_id=person.pk,
        number=person.number,
        name=person.name,
        unit=custody.unit.name if custody.unit else "",
        booking=custody.booking,
        since=custody.started_at,
        ended_at=custody.ended_at,
        end_reason=custody.end_reason,
        pin=pin_state(person),
    )


def must_change_pin(resident_id: int) -> bool:
    """True until the PIN that staff gave has been replaced by one's own (KSK-6)."""
    return Pin.objects.filter(resident_id=resident_id, must_change=True).exists()


def key_digest(key: str) -> bytes:
    """What is kept of a session's key: it is 256 random bits, so one plain hash is enough."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def session(key: str, now: datetime) -> ResidentSession | None:
    """The sitting of this key with resident, kiosk, unit, facility and agency; None when it has ended.

    It ends by itself: idle for longer than the facility allows, its turn over, kiosk disabled, no longer in custody
    there (KSK-1, KSK-4).
    """
    sessions = ResidentSession.objects.select_related("resident", "kiosk__unit", "kiosk__facility__agency")
    found = sessions.filter(
        key_digest=key_digest(key),
        ended_at=None,
        kiosk__disabled_at=None,
        resident__custodies__ended_at=None,
        resident__custodies__facility_id=F("kiosk__facility_id"),
    ).first()
    if found is None or now >= idle_end(found) or (found.turn_ends_at is not None and now >= found.turn_ends_at):
        return None
    return found


def turns_of(facility_id: int) -> Turns:
    """How long a turn is at a place (KSK-4)."""
    row = KioskTurns.objects.filter(facility_id=facility_id).first()
    return Turns(row.minutes, row.pause_minutes) if row else Turns()


def idle_end(session: ResidentSession) -> datetime:
    """When a sitting ends unless something is touched before."""
    return session.last_seen_at + timedelta(seconds=session.kiosk.facility.kiosk_idle_seconds)


def left_idle(key: str, kiosk_id: int, now: datetime) -> int | None:
    """Whose sitting at this kiosk ran out of idle time within the last hour; None if it was ended in another way.

    A letter that is posted just after the time ran out is kept as its writer's draft (KSK-2).
    """
    ended = ResidentSession.objects.filter(
        key_digest=key_digest(key),
        kiosk_id=kiosk_id,
        kiosk__disabled_at=None,
        end_reason="idle",
        last_seen_at__gt=now - timedelta(hours=1),
        resident__custodies__ended_at=None,
        resident__custodies__facility_id=F("kiosk__facility_id"),
    )
    return ended.values_list("resident_id", flat=True).first()


def ever_held(facility_id: int, query: str, *, limit: int = 50) -> list[Custody]:
    """Residents of this place, now or before, by number (whole) or name; the newest custody first."""
    text = query.replace("\x00", " ").strip()
    if len(text) < SHORTEST_QUERY:
        return []
    rows = Custody.objects.filter(facility_id=facility_id).select_related("resident").filter(_is_called(text))
    return list(rows.order_by("-started_at", "-pk")[:limit])


@dataclass(frozen=True, slots=True)
class Sittings:
    """How kiosks were used: on one day, or at one kiosk (`label`, `unit`). `people`: different residents."""

    day: date | None
    label: str
    unit: str
    count: int
    people: int
    minutes: int


# A sitting that nobody ended lasted until it was last touched.
_SITTINGS = """
    SELECT {columns}, count(*), count(DISTINCT s.resident_id),
        round(sum(extract(epoch FROM coalesce(s.ended_at, s.last_seen_at) - s.started_at)) / 60)::int
    FROM facilities_kiosk k JOIN residents_residentsession s ON s.kiosk_id = k.id
    LEFT JOIN facilities_housingunit h ON h.id = k.unit_id
    WHERE k.facility_id = %(facility)s AND s.started_at >= %(begin)s AND s.started_at < %(end)s
    GROUP BY {group} ORDER BY {group}
"""
_BY_DAY = _SITTINGS.format(columns="(s.started_at AT TIME ZONE %(zone)s)::date, '', ''", group="1")
_BY_KIOSK = _SITTINGS.format(columns="NULL::date, k.label, h.name", group="h.name, k.label, k.id")


def sittings(values: Mapping[str, Any], *, by_kiosk: bool = False) -> list[Sittings]:
    """Of a place between two moments (`facility`, `begin`, `end`, `zone`); what was not used has no row (KSK-1)."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_KIOSK if by_kiosk else _BY_DAY, values)
        return [Sittings(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody came to a place or left it (STF-7). `what`: `came`, `transfer` or `release`."""

    what: str
    at: datetime
    number: str
    name: str
    unit: str
    booking: str


def moves(facility_id: int, begin: datetime, end: datetime, *, only: str = "", limit: int) -> list[Move]:
    """Between two moments, the newest first. `only`: one kind of them."""
    rows = Custody.objects.filter(facility_id=facility_id).select_related("resident", "unit")
    came = rows.filter(started_at__gte=begin, started_at__lt=end).order_by("-started_at", "-pk")
    left = rows.filter(ended_at__gte=begin, ended_at__lt=end).order_by("-ended_at", "-pk")
    found = [_move("came", one.started_at, one) for one in came[:limit]] if only in ("", "came") else []
    if only != "came":
        gone = left.filter(end_reason=only) if only else left
        found += [_move(one.end_reason, one.ended_at, one) for one in gone[:limit] if one.ended_at]
    return sorted(found, key=lambda one: one.at, reverse=True)[:limit]


def _move(what: str, at: datetime, custody: Custody) -> Move:
    person = custody.resident
    return Move(what, at, person.number, person.name, custody.unit.name if custody.unit else "", custody.booking)
