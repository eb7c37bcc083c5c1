"""`terms publish|show`: the Terms of Service of whoever runs this deployment (ACC-1)."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from kinline.flows import set_up
from kinline.flows.authority import Actor
from kinline.identity import queries
from kinline.ops.acting import ActingCommand, moment, shown

LONGEST_NAME = 20


class Command(ActingCommand):
    help = "Terms of Service: publish your own, read those in force."
    operator_may = True

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        publish = act("publish", "a new version: plain text; a line without a full stop is a heading")
        publish.add_argument("version", help="such as 2027-01; never changes")
        publish.add_argument("file", type=Path)
        publish.add_argument("--es", type=Path, help="the same in Spanish")
        publish.add_argument("--from", dest="begins", help="in the deployment's time zone (default: now)")
        act("show", "the version in force")

    def publish(self, actor: Actor, now: datetime, *, version: str, file: Path, **options: Any) -> None:
        if actor is not None:
            raise CommandError("Only the operator publishes terms: leave --as out.")
        if not 0 < len(version) <= LONGEST_NAME:
            raise CommandError(f"The name of a version has 1 to {LONGEST_NAME} characters.")
        begins = moment(options["begins"], settings.TIME_ZONE) or now
        if begins < now:
            raise CommandError("Terms cannot change the past. Choose a moment from now on.")
        spanish = _read(options["es"]) if options["es"] else ""
        set_up.publish_terms(version=version, text=_read(file), text_es=spanish, now=now, effective_from=begins)
        self.say(f"Terms {version} are in force from {shown(begins, settings.TIME_ZONE)}.")

    def show(self, _actor: Actor, now: datetime, **_options: Any) -> None:
        terms = queries.current_terms(now)
        self.stderr.write(f"version {terms.version}, since {shown(terms.effective_from, settings.TIME_ZONE)}")
        self.say(terms.text)


def _read(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8-sig").strip()
    except (OSError, ValueError) as problem:
        raise CommandError(f"Cannot read {file}: {problem}") from None
    if not text:
        raise CommandError(f"{file} is empty.")
    return text
