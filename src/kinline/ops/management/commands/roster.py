"""`roster import FILE`: people in custody, from a CSV file (STF-2)."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from kinline.core.csvfiles import Fault
from kinline.flows.authority import Actor
from kinline.flows.roster import import_roster
from kinline.ops.acting import ActingCommand, agency_named
from kinline.residents import wording
from kinline.residents.roster import COLUMNS, parse

FAULTS_SHOWN = 50


class Command(ActingCommand):
    help = "Bring in a roster. Columns: " + ", ".join(COLUMNS) + "; number and last_name are needed."
    operator_may = True

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        parser = act("import", "all lines of the file, or none if one is wrong")
        parser.add_argument("file", type=Path)
        parser.add_argument("--agency", required=True)
        parser.add_argument("--facility", default="", help="of lines that name none")
        parser.add_argument("--create-units", action="store_true", help="make units that are not there yet")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        options["act"] = "load"  # `import` is a word of the language
        super().handle(*args, **options)

    def load(self, actor: Actor, now: datetime, *, file: Path, agency: str, **options: Any) -> None:
        try:
            content = file.read_bytes()
        except OSError as problem:
            raise CommandError(f"Cannot read {file}: {problem.strerror}.") from None
        rows, faults = parse(content)
        if faults:
            raise _refused(faults)
        done = import_roster(
            rows,
            staff=actor,
            agency_id=agency_named(agency).pk,
            now=now,
            facility_slug=options["facility"],
            create_units=options["create_units"],
            dry_run=options["dry_run"],
        )
        if done.faults:
            raise _refused(done.faults)
        counts = ", ".join(f"{count} {name}" for name, count in sorted(done.counts.items())) or "no lines"
        self.say(f"Dry run, nothing was changed. It would be: {counts}" if options["dry_run"] else f"Done: {counts}")


def _refused(faults: list[Fault] | tuple[Fault, ...]) -> CommandError:
    told = [wording.sentence(fault) for fault in sorted(faults, key=lambda fault: fault.line)]
    more = [f"… and {len(told) - FAULTS_SHOWN} more"] if len(told) > FAULTS_SHOWN else []
    return CommandError("\n".join(["Nothing was changed:", *told[:FAULTS_SHOWN], *more]))
