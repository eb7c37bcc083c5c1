"""`audit list`: who did what. `audit verify`: the chain proved. `audit export`: the log as a file (STF-4)."""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from kinline.core import sealing
from kinline.core.chain import START, Row, line, link
from kinline.core.models import AuditEvent
from kinline.core.sealing import Broken, Sealed, Verdict
from kinline.flows.authority import Actor, require
from kinline.flows.record import note_export
from kinline.identity.permissions import Permission
from kinline.ops.acting import ActingCommand, facility_named, shown

WHAT = {
    "changed": "was changed after it was sealed",
    "row_missing": "is sealed, but the row is gone",
    "link_missing": "comes after a link of the chain that is gone",
}


class Command(ActingCommand):
    help = "The audit log: list, prove, export."
    operator_may = True

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        parser = act("list", "newest first; of one facility, or (operator) of all")
        parser.add_argument("--facility")
        parser.add_argument("--object", default="", help="such as message:12")
        parser.add_argument("--limit", type=int, default=50)
        parser = act("verify", "replay the chain; exit code 1 and the first broken row if it does not hold")
        parser.add_argument("--head", default="", help="a digest that an earlier run printed: it must still be there")
        parser.add_argument("--file", type=Path, help="prove an exported file instead of the database")
        parser = act("export", "every sealed row with its link, one JSON object a line, to a file")
        parser.add_argument("path", type=Path)

    def list(self, actor: Actor, now: datetime, *, facility: str | None, limit: int, **options: Any) -> None:
        rows = AuditEvent.objects.order_by("-id")
        place = facility_named(facility) if facility else None
        require(actor, place.pk if place else 0, Permission.READ_AUDIT, now)  # no role reaches beyond a facility
        if place:
            rows = rows.filter(facility_id=place.pk)
        if options["object"]:
            rows = rows.filter(object=options["object"])
        zone = place.time_zone if place else settings.TIME_ZONE
        for row in rows[:limit]:
            detail = json.dumps(row.detail, ensure_ascii=False) if row.detail else ""
            self.say(f"{row.id:<8}{shown(row.at, zone)}  {row.actor:<14}{row.act:<22}{row.object} {detail}".rstrip())

    def verify(self, actor: Actor, now: datetime, *, head: str, file: Path | None, **_options: Any) -> None:
        require(actor, 0, Permission.READ_AUDIT, now)
        if file is not None:
            self.say(f"The file holds: {prove_file(file)} rows.")
            return
        verdict = sealing.verify()
        self._told(verdict)
        if verdict.broken is not None:
            raise CommandError(f"The audit log is broken at {_named(verdict.broken)}.")
        if head and not sealing.knows(head):
            raise CommandError("The audit log was cut off or rewritten: this head is not in it.")
        self.say(self.style.SUCCESS("The audit log holds."))

    def _told(self, verdict: Verdict) -> None:
        self.say(f"sealed    {verdict.sealed} rows")
        self.say(f"head      {verdict.head}")
        tail = verdict.tail
        if tail.count and tail.oldest is not None:
            where = f"rows {tail.first_id} to {tail.last_id}, the oldest of {shown(tail.oldest, 'UTC')}"
            self.say(f"unsealed  {tail.count}: {where}")
        else:
            self.say("unsealed  0")

    def export(self, actor: Actor, now: datetime, *, path: Path, **_options: Any) -> None:
        require(actor, 0, Permission.READ_AUDIT, now)
        count = 0
        with path.open("w", encoding="utf-8") as out:
            for one in sealing.chain():
                out.write(_exported(one) + "\n")
                count += 1
        note_export(actor, rows=count, now=now)
        self.say(f"{count} rows are in {path}.")


def _named(broken: Broken) -> str:
    return f"row {broken.event_id} (place {broken.position}): it {WHAT[broken.what]}"


def _exported(one: Sealed) -> str:
    row = one.row
    if row is None:
        raise CommandError(f"Row {one.event_id} is sealed, but gone: see `audit verify`.")
    facts = {
        "position": one.position, "sealed_at": one.sealed_at.astimezone(UTC).isoformat(), "id": row.id,
        "at": row.at.astimezone(UTC).isoformat(), "actor": row.actor, "act": row.act, "object": row.object,
        "facility_id": row.facility_id, "detail": row.detail, "digest": one.digest.hex(),
    }  # fmt: skip
    return json.dumps(facts, ensure_ascii=False)


def prove_file(path: Path) -> int:
    """Replay an exported file; how many rows. raises CommandError with the first line that does not hold."""
    digest, count = START, 0
    for number, (position, sealed_at, row, claimed) in enumerate(_read(path), 1):
        digest = link(digest, line(position, sealed_at, row))
        if position != number or digest.hex() != claimed:
            raise CommandError(f"Line {number} of the file does not hold (row {row.id}).")
        count = number
    return count


def _read(path: Path) -> Iterator[tuple[int, datetime, Row, str]]:
    with path.open(encoding="utf-8") as lines:
        for number, text in enumerate(lines, 1):
            try:
                facts = json.loads(text)
                row = Row(
                    facts["id"], datetime.fromisoformat(facts["at"]), facts["actor"], facts["act"], facts["object"],
                    facts["facility_id"], facts["detail"],
                )  # fmt: skip
                yield facts["position"], datetime.fromisoformat(facts["sealed_at"]), row, facts["digest"]
            except (ValueError, KeyError, TypeError):
                raise CommandError(f"Line {number} of the file is not a row of the audit log.") from None
