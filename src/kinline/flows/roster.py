"""A roster comes in (STF-2): compared with what is known, and done in one transaction, all of it or nothing.

A second import of the same file changes nothing; a dry run says what would be done. Nobody is released for being
absent from a file: a file may be a part. Reading the file is `residents.roster`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from kinline.core.audit import record
from kinline.core.csvfiles import Fault
from kinline.core.transaction import story
from kinline.facilities import queries as facilities
from kinline.facilities import services as facility_services
from kinline.facilities.models import Agency, Facility
from kinline.flows import custody
from kinline.flows.authority import Actor, named
from kinline.identity import permissions
from kinline.identity.permissions import Permission
from kinline.residents import queries, services
from kinline.residents.models import Resident
from kinline.residents.roster import Known, Row, Step


@dataclass(frozen=True, slots=True)
class Change:
    """What one line of the file does. `acts` as in `Imported.counts`."""

    line: int
    number: str
    name: str
    acts: tuple[str, ...]


LISTED = 200  # changes that are told one by one


@dataclass(frozen=True, slots=True)
class Imported:
    """`counts`: rows created, booked, transferred, moved, released, renamed, unchanged, and PINs given.

    With `faults`, or in a dry run, nothing has been changed. `changes`: the first `LISTED` lines that change something.
    """

    counts: dict[str, int]
    faults: tuple[Fault, ...]
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Places:
    """Where an agency's people may be put. `units`: (facility id, name in small letters) to id."""

    by_slug: Mapping[str, Facility]
    units: Mapping[tuple[int, str], int]
    allowed: frozenset[int]


@story
def import_roster(
    rows: list[Row],
    *,
    staff: Actor,
    agency_id: int,
    now: datetime,
    facility_slug: str = "",
    create_units: bool = False,
    dry_run: bool = False,
) -> Imported:
    """Bring the agency's people to where the rows say. `facility_slug`: the place of rows that name none.

    Faults of places and permissions are returned by line; with any, nothing is done.
    """
    # Two imports at once wait for each other: both would create the same people.
    Agency.objects.select_for_update(no_key=True).get(pk=agency_id)
    known = queries.known(agency_id, [row.number for row in rows])
    places = _places(staff, agency_id, now)
    steps, faults = plan(rows, known, places, facility_slug)
    missing = [fault for fault in faults if fault.code == "unknown_unit"] if create_units else []
    faults = [fault for fault in faults if fault not in missing]
    if not faults and missing and not dry_run:
        _create_units(rows, places, facility_slug)
        steps, faults = plan(rows, known, _places(staff, agency_id, now), facility_slug)
    if not faults and not dry_run:
        _do(steps, agency_id, staff, now)
    counts = dict(Counter(act for step in steps for act in step.acts))
    if not faults and not dry_run:
        record(named(staff), "roster.import", f"agency:{agency_id}", now=now, rows=len(rows), **counts)
    return Imported(counts, tuple(faults), tuple(_changes(steps)))


def _changes(steps: list[Step]) -> Iterator[Change]:
    changing = (step for step in steps if step.acts != ("unchanged",))
    for step in islice(changing, LISTED):
        name = f"{step.first_name} {step.row.last_name}".strip()
        yield Change(step.row.line, step.row.number, name, step.acts)


def _places(staff: Actor, agency_id: int, now: datetime) -> Places:
    places = facilities.facilities_of(agency_id)
    return Places(
        {place.slug: place for place in places},
        {(place.pk, unit.name.lower()): unit.pk for place in places for unit in place.units.all()},
        frozenset(
            place.pk
            for place in places
            if staff is None or permissions.may(staff, place.pk, Permission.EDIT_ROSTER, now)
        ),
    )


def plan(
    rows: Iterable[Row], known: Mapping[str, Known], places: Places, facility_slug: str
) -> tuple[list[Step], list[Fault]]:
    """What each row asks for. Where a unit is unknown, the step goes without it beside the fault."""
    steps: list[Step] = []
    faults: list[Fault] = []
    for row in rows:
        who = known.get(row.number)
        slug = row.facility or ("" if who and who.facility_id else facility_slug)
        place = places.by_slug.get(slug) if slug else None
        here = place.pk if place else who.facility_id if who else None
        unit_id = places.units.get((here, row.unit.lower())) if here and row.unit else None
        wrong = _wrong(row, slug, here, who, places)
        if row.unit and here and unit_id is None:
            faults.append(Fault(row.line, "unknown_unit", row.unit))
        if wrong is not None:
            faults.append(wrong)
        else:
            steps.append(Step(row, here, unit_id, who))
    return steps, faults


def _wrong(row: Row, slug: str, here: int | None, who: Known | None, places: Places) -> Fault | None:
    if slug and slug not in places.by_slug:
        return Fault(row.line, "unknown_facility", slug)
    if here is None and not row.released:
        return Fault(row.line, "no_facility")
    concerned = {here, who.facility_id if who else None} - {None}
    if not concerned <= places.allowed:
        return Fault(row.line, "not_permitted", slug or "?")
    return None


def _create_units(rows: Iterable[Row], places: Places, facility_slug: str) -> None:
    wanted = {(row.facility or facility_slug, row.unit) for row in rows if row.unit}
    for slug, name in sorted(wanted):
        if slug in places.by_slug:
            facility_services.add_unit(facility_id=places.by_slug[slug].pk, name=name)


def _do(steps: list[Step], agency_id: int, staff: Actor, now: datetime) -> None:
    made = services.load_new(agency_id=agency_id, steps=[step for step in steps if step.creates], now=now)

    def id_of(step: Step) -> int:
        return step.known.resident_id if step.known else made[step.row.number].pk

    for step in steps:
        _change(id_of(step), step, staff, now)
    booked = [(id_of(step), step) for step in steps if step.books]
    services.load_custodies(places=booked, now=now)
    services.load_pins(chosen=[(id_of(step), step.row.pin) for step in steps if step.gives_pin], now=now)
    _arrive(booked, now)


def _change(resident_id: int, step: Step, staff: Actor, now: datetime) -> None:
    """What concerns somebody who is known already: few of a file's rows."""
    row = step.row
    if step.renames:
        services.rename(
            resident_id=resident_id,
            first_name=step.first_name,
            last_name=row.last_name,
            date_of_birth=row.date_of_birth,
            language=row.language or None,
        )
    if step.releases:
        custody.release(staff, custody.open_custody(resident_id), now)
    elif step.transfers:
        held, place = custody.open_custody(resident_id), custody.place_of(step.place_id)
        custody.transfer(staff, held, place, unit_id=step.unit_id, booking=row.booking, now=now)
    elif step.moves:
        services.move_unit(resident_id=resident_id, unit_id=step.unit_id)


def _arrive(booked: list[tuple[int, Step]], now: datetime) -> None:
    """Who came back has contacts already, and somebody may wait for anybody who came."""
    by_place: dict[int, list[int]] = {}
    for resident_id, step in booked:
        by_place.setdefault(step.place_id, []).append(resident_id)
    for facility_id, ids in by_place.items():
        custody.arrive(list(Resident.objects.filter(pk__in=ids)), custody.place_of(facility_id), now)
