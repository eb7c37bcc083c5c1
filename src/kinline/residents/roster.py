"""Reading a roster (STF-2): a CSV file of a jail management system, as it comes (`core.csvfiles`). Pure.

What is wrong is told by line, all of it at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from time import strptime

from kinline.core import csvfiles
from kinline.core.csvfiles import Fault
from kinline.residents.rules import normal_number, pin_fault

COLUMNS = (
    "number",
    "first_name",
    "last_name",
    "date_of_birth",
    "facility",
    "unit",
    "booking",
    "status",
    "pin",
    "language",
)
REQUIRED = ("number", "last_name")
ALIASES = {
    "id": "number",
    "id_number": "number",
    "dob": "date_of_birth",
    "birth_date": "date_of_birth",
    "housing_unit": "unit",
    "booking_number": "booking",
}
LONGEST = {"number": 30, "first_name": 80, "last_name": 80, "facility": 50, "unit": 40, "booking": 40}
STATUSES = {"": "in", "in": "in", "in custody": "in", "released": "released", "out": "released"}
LANGUAGES = {"", "en", "es"}
MOST_LINES = 50_000  # of one file: what it takes in memory and in time stays bounded
MOST_FAULTS = 1_000  # after these a file is not looked at further: it is another kind of file


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a roster. `line`: where it begins in the file, the headings being line 1."""

    line: int
    number: str
    first_name: str = ""
    last_name: str = ""
    date_of_birth: date | None = None
    facility: str = ""
    unit: str = ""
    booking: str = ""
    released: bool = False
    pin: str = ""
    language: str = ""


def parse(content: bytes) -> tuple[list[Row], list[Fault]]:
    """Every readable row and every fault. With a fault in the headings there are no rows."""
    lines = csvfiles.lines(content)
    try:
        _, head = next(lines, (1, []))
        columns = [_column(cell) for cell in head]
        faults = list(csvfiles.faults_of_head(columns, COLUMNS, REQUIRED))
        if faults:
            return [], faults
        return _read(lines, columns)
    except csvfiles.Unreadable as problem:
        return [], [Fault(problem.line, problem.code)]


def _column(heading: str) -> str:
    name = csvfiles.heading(heading)
    return ALIASES.get(name, name)


def _read(lines: Iterator[tuple[int, list[str]]], columns: list[str]) -> tuple[list[Row], list[Fault]]:
    rows: list[Row] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for line, cells in lines:
        if len(rows) == MOST_LINES:
            return [], [Fault(line, "too_many_lines", f"{MOST_LINES:,}")]
        if len(faults) >= MOST_FAULTS:
            break
        if any(cell.strip() for cell in cells[len(columns) :]):
            faults.append(Fault(line, "too_many_cells"))
            continue
        row, wrong = _row(line, dict(zip(columns, map(csvfiles.cell, cells), strict=False)))
        if row.number and row.number in seen:
            wrong = [*wrong, Fault(line, "number_twice", f"{row.number} ({seen[row.number]})")]
        seen.setdefault(row.number, line)
        faults += wrong
        rows.append(row)
    return rows, faults


def _row(line: int, cells: Mapping[str, str]) -> tuple[Row, list[Fault]]:
    faults = [Fault(line, "too_long", name) for name, longest in LONGEST.items() if len(cells.get(name, "")) > longest]
    row = Row(
        line,
        normal_number(cells.get("number", "")),
        cells.get("first_name", ""),
        cells.get("last_name", ""),
        facility=cells.get("facility", ""),
        unit=cells.get("unit", ""),
        booking=cells.get("booking", ""),
        pin=cells.get("pin", ""),
        language=cells.get("language", "").lower(),
    )
    faults += [Fault(line, "missing", name) for name in REQUIRED if not getattr(row, name)]
    if row.language not in LANGUAGES:
        faults.append(Fault(line, "bad_language", row.language))
    if row.pin and (fault := pin_fault(row.pin, row.number)):
        faults.append(Fault(line, f"pin_{fault}"))
    status = STATUSES.get(cells.get("status", "").lower())
    if status is None:
        faults.append(Fault(line, "bad_status", cells["status"]))
    born = _day(cells.get("date_of_birth", ""))
    if cells.get("date_of_birth") and born is None:
        faults.append(Fault(line, "bad_date", cells["date_of_birth"]))
    return replace(row, released=status == "released", date_of_birth=born), faults


def _day(text: str) -> date | None:
    """`1990-12-31` or `12/31/1990`; None if it is no day of the last 120 years."""
    for form in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            found = date(*strptime(text, form)[:3])
        except ValueError:
            continue
        return found if found.year >= 1900 else None
    return None


# What a roster changes


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a resident before the import. `facility_id` None: not in custody."""

    resident_id: int
    first_name: str
    last_name: str
    date_of_birth: date | None
    language: str
    facility_id: int | None
    unit_id: int | None
    has_pin: bool


@dataclass(frozen=True, slots=True)
class Step:
    """What one row asks for. `facility_id` and `unit_id` are the row's place; None: the row names none."""

    row: Row
    facility_id: int | None
    unit_id: int | None
    known: Known | None

    @property
    def creates(self) -> bool:
        return self.known is None and not self.row.released

    @property
    def renames(self) -> bool:
        known, row = self.known, self.row
        return known is not None and (
            (self.first_name, row.last_name) != (known.first_name, known.last_name)
            or (row.date_of_birth is not None and row.date_of_birth != known.date_of_birth)
            or (bool(row.language) and row.language != known.language)
        )

    @property
    def first_name(self) -> str:
        """A file without first names takes none away."""
        return self.row.first_name or (self.known.first_name if self.known else "")

    @property
    def place_id(self) -> int:
        """Of a row that books or transfers: the plan lets none through that names no place."""
        if self.facility_id is None:
            raise ValueError(f"line {self.row.line} has no place")
        return self.facility_id

    @property
    def held_at(self) -> int | None:
        return self.known.facility_id if self.known else None

    @property
    def releases(self) -> bool:
        return self.row.released and self.held_at is not None

    @property
    def books(self) -> bool:
        return not self.row.released and self.held_at is None

    @property
    def transfers(self) -> bool:
        return not self.row.released and self.held_at is not None and self.facility_id not in {None, self.held_at}

    @property
    def moves(self) -> bool:
        """Also to a unit that is not there yet: the plan lets that through only where it is to be made."""
        stays = not self.row.released and self.held_at is not None and not self.transfers
        new = self.unit_id is None or (self.known is not None and self.unit_id != self.known.unit_id)
        return stays and bool(self.row.unit) and new

    @property
    def gives_pin(self) -> bool:
        """Only a first PIN: a second import of the same file must not undo what residents have chosen since."""
        return bool(self.row.pin) and not (self.known and self.known.has_pin)

    @property
    def changes(self) -> bool:
        return self.acts != ("unchanged",)

    @property
    def acts(self) -> tuple[str, ...]:
        """Names of what is done, for the count."""
        return tuple(
            name
            for name, done in (
                ("created", self.creates),
                ("renamed", self.renames),
                ("booked", self.books),
                ("transferred", self.transfers),
                ("moved", self.moves),
                ("released", self.releases),
                ("pins", self.gives_pin),
            )
            if done
        ) or ("unchanged",)
