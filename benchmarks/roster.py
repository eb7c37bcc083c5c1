"""STF-2: a roster of 20,000 lines, as the staff portal takes it in: all of it within one request.

    DATABASE_URL=postgresql://… .venv/bin/python benchmarks/roster.py [lines] [rounds]

Checked and taken in new, the same file again, everybody to another unit, some released; each beside the same people
and custodies inserted row by row by bare psycopg on the same database in the same round. Says the peak of memory, too.
"""

from __future__ import annotations

import resource
import sys
import time
from datetime import UTC, datetime

from common import compared, database, ratio, said

MOST_RELEASED = 500


def main(lines: int = 20_000, rounds: int = 3) -> None:
    with database("kinline_bench_roster") as url:
        world = World(url, lines)
        before = peak()
        for act in ("check", "take", "again", "move", "rename", "release"):
            print(act, flush=True)
            figures = compared(rounds, ours=getattr(world, act), bare=world.bare)
            said(f"{act}: seconds beside bare inserts", ratio(figures, "ours", "bare"), "none; all within one request")
        print(f"memory: {before} MB before, at most {peak()} MB")


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


class World:
    """One agency; each round of `take` gets numbers of its own."""

    def __init__(self, url: str, lines: int) -> None:
        from kinline.facilities import services as facilities

        self.url, self.lines, self.turn, self.bare_turn = url, lines, 0, 0
        self.unit = "A"
        self.now = datetime.now(UTC)
        self.agency = facilities.create_agency(name="Bench", slug="bench", now=self.now)
        self.place = facilities.create_facility(
            agency_id=self.agency.pk, name="Bench", slug="bench", region="NY", now=self.now
        )
        for name in "ABC":
            facilities.add_unit(facility_id=self.place.pk, name=name)

    def file(self, unit: str = "A", *, name: str = "First", status: str = "", lines: int | None = None) -> bytes:
        head = "number,last_name,first_name,unit,booking,status"
        count = self.lines if lines is None else lines
        rows = (f"{self.turn}-{n},Sample{n},{name},{unit},B{n},{status}" for n in range(count))
        return "\n".join([head, *rows]).encode()

    def _import(self, content: bytes, *, dry_run: bool = False) -> float:
        from kinline.flows.roster import import_roster
        from kinline.residents.roster import parse

        begun = time.perf_counter()
        rows, faults = parse(content)
        done = import_roster(
            rows, staff=None, agency_id=self.agency.pk, now=self.now, facility_slug="bench", dry_run=dry_run
        )
        assert not faults
        assert not done.faults, done.faults[:3]
        return time.perf_counter() - begun

    def check(self) -> float:
        self.turn += 1
        return self._import(self.file(), dry_run=True)

    def take(self) -> float:
        self.turn += 1
        return self._import(self.file())

    def again(self) -> float:
        return self._import(self.file())

    def move(self) -> float:
        self.unit = "B" if self.unit != "B" else "C"
        return self._import(self.file(self.unit))

    def rename(self) -> float:
        self.name = f"Name{time.perf_counter_ns()}"
        return self._import(self.file(self.unit, name=self.name))

    def release(self) -> float:
        """Others each round: whoever is out stays out. Making them is not counted."""
        self.take()
        return self._import(self.file(status="released", lines=min(MOST_RELEASED, self.lines)))

    def bare(self) -> float:
        """The same people and custodies with one INSERT a row, in one transaction."""
        import psycopg

        self.bare_turn += 1
        begun = time.perf_counter()
        with psycopg.connect(self.url) as there, there.cursor() as cursor:
            for n in range(self.lines):
                cursor.execute(
                    "INSERT INTO residents_resident (agency_id, number, first_name, last_name, folded, language,"
                    " created_at) VALUES (%s, %s, 'First', %s, %s, 'en', %s) RETURNING id",
                    [self.agency.pk, f"BARE{self.bare_turn}-{n}", f"Sample{n}", f" sample{n} first", self.now],
                )
                (person,) = cursor.fetchone() or (0,)
                cursor.execute(
                    "INSERT INTO residents_custody (resident_id, facility_id, booking, started_at, end_reason)"
                    " VALUES (%s, %s, %s, %s, '')",
                    [person, self.place.pk, f"B{n}", self.now],
                )
        return time.perf_counter() - begun


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
