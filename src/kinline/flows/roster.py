"""A roster comes in (STF-2): compared with what is known, and done in one transaction, all of it or nothing.

A second import of the same file changes nothing; a dry run says what would be done, and its `mark` binds the import
that follows it to that. Nobody is released for being absent from a file: a file may be a part. Reading the file is
`residents.roster`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice

from django.db import IntegrityError

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
from kinline.residents.errors import RosterChanged
from kinline.residents.models import Resident
from kinline.residents.roster import Known, Row, Step


@dataclass(frozen=True, slots=True)
class Change:
    """What one line of the file does. `acts` as in `Imported.counts`; `before`, `after`: name, place and unit."""

    line: int
    number: str
    name: str
    acts: tuple[str, ...]
    before: str
    after: str


LISTED = 200  # changes that are told one by one


@dataclass(frozen=True, slots=True)
class Imported:
    """`counts`: rows created, booked, transferred, moved, released, renamed, unchanged, and PINs given.

    With `faults`, or in a dry run, nothing has been changed. `changes`: the first `LISTED` lines that change something.
    `mark`: of all that would be done; two that are equal do the same.
    """

    counts: dict[str, int]
    faults: tuple[Fault, ...]
    changes: tuple[Change, ...] = ()
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """Where an agency's people may be put. `units`: (facility id, name in small letters) to id."""

    by_slug: Mapping[str, Facility]
    units: Mapping[tuple[int, str], int]
    allowed: frozenset[int]
    names: Mapping[int, str]
    unit_names: Mapping[int, str]

    def named(self, facility_id: int | None, unit_id: int | None) -> tuple[str, ...]:
        """The names of a place and a unit, as far as there are any."""
        found = (self.names.get(facility_id or 0, ""), self.unit_names.get(unit_id or 0, ""))
        return tuple(name for name in found if name)


def import_roster(
    rows: list[Row],
    *,
    staff: Actor,
    agency_id: int,
    now: datetime,
    facility_slug: str = "",
    create_units: bool = False,
    dry_run: bool = False,
    mark: str | None = None,
    most_leaving: int | None = None,
) -> Imported:
    """Bring the agency's people to where the rows say. `facility_slug`: the place of rows that name none.

    `mark`: of the dry run that was looked at. `most_leaving`: of lines that release or transfer somebody, each a story
    of its own with letters and money: some 10 ms. Faults of places and permissions are returned by line; with any,
    nothing is done. raises RosterChanged: what would be done now is something else, or it was changed while it was
    done.
    """
    wanted = _Wanted(rows, staff, agency_id, now, facility_slug, create_units, most_leaving)
    try:
        return _compared(wanted) if dry_run else _taken_in(wanted, mark)
    except IntegrityError as error:
        if "resident_number_in_agency" not in str(error):
            raise
        # Somebody new was booked under the same number while this ran: no lock on people who are known keeps from it.
        raise RosterChanged from None


@dataclass(frozen=True, slots=True)
class _Wanted:
    rows: list[Row]
    staff: Actor
    agency_id: int
    now: datetime
    facility_slug: str
    create_units: bool
    most_leaving: int | None

    def planned(self) -> tuple[list[Step], list[Fault], Places]:
        known = queries.known(self.agency_id, [row.number for row in self.rows])
        places = _places(self.staff, self.agency_id, self.now)
        steps, faults = plan(self.rows, known, places, self.facility_slug, self.now)
        faults = [one for one in faults if not (self.create_units and one.code == "unknown_unit")]
        leaving = [step.row.line for step in steps if step.releases or step.transfers]
        if self.most_leaving is not None and len(leaving) > self.most_leaving:
            faults.append(Fault(leaving[self.most_leaving], "too_many_leave", f"{self.most_leaving:,}"))
        return steps, faults, places


@story
def _compared(wanted: _Wanted) -> Imported:
    """Only read, in one transaction."""
    return _outcome(*wanted.planned())


@story
def _taken_in(wanted: _Wanted, mark: str | None) -> Imported:
    # Two imports at once wait for each other: both would create the same people.
    Agency.objects.select_for_update(no_key=True).get(pk=wanted.agency_id)
    planned = wanted.planned()
    if concerned := [step.known.resident_id for step in planned[0] if step.known and step.changes]:
        # Nobody else moves or releases them from here on; what was done with them just before is read now.
        services.lock_all(resident_ids=concerned)
        planned = wanted.planned()
    found = _outcome(*planned)
    if mark is not None and mark != found.mark:
        raise RosterChanged
    if found.faults:
        return found
    steps, _no_faults, places = planned
    if _create_units(steps, places):
        steps = wanted.planned()[0]
    _do(steps, wanted.agency_id, wanted.staff, wanted.now)
    subject = f"agency:{wanted.agency_id}"
    record(named(wanted.staff), "roster.import", subject, now=wanted.now, rows=len(wanted.rows), **found.counts)
    return found


def _outcome(steps: list[Step], faults: list[Fault], places: Places) -> Imported:
    counts = dict(Counter(act for step in steps for act in step.acts))
    return Imported(counts, tuple(faults), tuple(_changes(steps, places)), _mark(steps, places))


def _mark(steps: list[Step], places: Places) -> str:
    """Of each line what it does, to whom, from what to what. Holds no PIN, nor a trace of one."""
    digest = sha256()
    for step in steps:
        row = step.row
        facts = (row.number, step.acts, _before(step, places), _after(step, places))
        more = (row.date_of_birth, row.language, row.booking) if step.changes else ()
        digest.update(repr((*facts, *map(str, more))).encode())
    return digest.hexdigest()


def _changes(steps: list[Step], places: Places) -> Iterator[Change]:
    for step in islice((step for step in steps if step.changes), LISTED):
        name = f"{step.first_name} {step.row.last_name}".strip()
        before, after = _before(step, places), _after(step, places)
        yield Change(step.row.line, step.row.number, name, step.acts, before, after)


def _before(step: Step, places: Places) -> str:
    """Name, place and unit as they are known, as far as this line changes them."""
    if step.known is None or not step.changes:
        return ""
    name = [f"{step.known.first_name} {step.known.last_name}".strip()] if step.renames else []
    moves = step.moves or step.transfers or step.releases
    return ", ".join([*name, *(places.named(step.held_at, step.known.unit_id) if moves else ())])


def _after(step: Step, places: Places) -> str:
    if not step.changes or step.releases:
        return ""
    name = [f"{step.first_name} {step.row.last_name}".strip()] if step.renames else []
    moves = step.books or step.moves or step.transfers
    where = places.named(step.facility_id, None) if moves else ()
    return ", ".join([*name, *where, *([step.row.unit] if moves and step.row.unit else [])])


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
        {place.pk: place.name for place in places},
        {unit.pk: unit.name for place in places for unit in place.units.all()},
    )


def plan(
    rows: Iterable[Row], known: Mapping[str, Known], places: Places, facility_slug: str, now: datetime
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
        if row.date_of_birth and row.date_of_birth > now.date():
            faults.append(Fault(row.line, "not_born", row.date_of_birth.isoformat()))
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


def _create_units(steps: list[Step], places: Places) -> int:
    """Those that lines name and that are not there yet; how many. Where that is not wanted, there is none."""
    missing = {
        (step.facility_id, step.row.unit.lower()): step.row.unit
        for step in steps
        if step.facility_id and step.row.unit and (step.facility_id, step.row.unit.lower()) not in places.units
    }
    for (place_id, _folded), name in sorted(missing.items()):
        facility_services.add_unit(facility_id=place_id, name=name)
    return len(missing)


def _do(steps: list[Step], agency_id: int, staff: Actor, now: datetime) -> None:
    made = services.load_new(agency_id=agency_id, steps=[step for step in steps if step.creates], now=now)

    def id_of(step: Step) -> int:
        return step.known.resident_id if step.known else made[step.row.number].pk

    for step in steps:
        if step.changes and step.known:
            _change(step.known.resident_id, step, staff, now)
    services.load_moves(moved=[(step.known.resident_id, step.unit_id) for step in steps if step.moves and step.known])
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


def _arrive(booked: list[tuple[int, Step]], now: datetime) -> None:
    """Who came back has contacts already, and somebody may wait for anybody who came."""
    by_place: dict[int, list[int]] = {}
    for resident_id, step in booked:
        by_place.setdefault(step.place_id, []).append(resident_id)
    for facility_id, ids in by_place.items():
        custody.arrive(list(Resident.objects.filter(pk__in=ids)), custody.place_of(facility_id), now)
