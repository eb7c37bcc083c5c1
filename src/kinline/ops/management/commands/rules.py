"""`rules set|show|try`: a facility's delivery rules (DEL-1, DEL-2)."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from kinline.core.parties import FAMILY, RESIDENT
from kinline.delivery import queries
from kinline.flows import set_up
from kinline.flows.authority import Actor
from kinline.flows.try_rules import try_text
from kinline.ops.acting import ActingCommand, facility_named, moment, shown


class Command(ActingCommand):
    help = "Delivery rules of a facility: show them, set a new version, try a text."
    operator_may = True

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        parsers = [
            act("set", "a new version, from a JSON file (- reads standard input)"),
            act("show", "the rules that count now, as JSON"),
            act("try", "what would happen to a text now, and why"),
        ]
        for parser in parsers:
            parser.add_argument("facility")
        parsers[0].add_argument("file")
        parsers[0].add_argument("--from", dest="begins", help="from when, in the facility's time (default: now)")
        parsers[2].add_argument("text")
        parsers[2].add_argument("--sender", choices=[FAMILY, RESIDENT], default=FAMILY)
        parsers[2].add_argument("--first", action="store_true", help="as the first message of a contact")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "try":
            options["act"] = "attempt"  # `try` is a word of the language
        super().handle(*args, **options)

    def set(
        self, actor: Actor, now: datetime, *, facility: str, file: str, begins: str | None, **_options: Any
    ) -> None:
        place = facility_named(facility)
        policy = set_up.set_rules(
            staff=actor,
            facility_id=place.pk,
            rules=_read(file),
            now=now,
            effective_from=moment(begins, place.time_zone),
        )
        self.say(f"{facility}: version {policy.version} from {shown(policy.effective_from, place.time_zone)}")

    def show(self, _actor: Actor, now: datetime, *, facility: str, **_options: Any) -> None:
        place = facility_named(facility)
        policy = queries.policy_at(place.pk, now)
        if policy is None:
            self.say("No rules: every message is held for review.")
            return
        self.stderr.write(f"version {policy.version}, since {shown(policy.effective_from, place.time_zone)}")
        self.say(json.dumps(policy.rules, indent=2, ensure_ascii=False))

    def attempt(self, _actor: Actor, now: datetime, *, facility: str, text: str, **options: Any) -> None:
        place = facility_named(facility)
        decision = try_text(
            place,
            queries.policy_at(place.pk, now),
            text=text,
            now=now,
            sender=options["sender"],
            first=options["first"],
        )
        at = f" until {shown(decision.deliver_at, place.time_zone)}" if decision.deliver_at else ""
        fired = ", ".join(f"{one.id} ({one.then})" for one in decision.fired)
        self.say(f"{decision.outcome}{at}; rules: {fired}")


def _read(file: str) -> Any:
    try:
        return json.loads(sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as problem:
        raise CommandError(f"{file} is no readable JSON: {problem}") from None
