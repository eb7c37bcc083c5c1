"""`allowance set|show`: what an agency pays for each resident of a place in a week (MON-8)."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from kinline.facilities import queries
from kinline.flows.agency import set_allowance
from kinline.flows.authority import Actor, require
from kinline.identity import permissions
from kinline.identity.permissions import Permission
from kinline.ops.acting import ActingCommand, facility_named, moment, shown
from kinline.payments.queries.agency import allowances
from kinline.payments.queries.allowances import LETTERS, MINUTES


class Command(ActingCommand):
    help = "Allowances: so many messages or minutes a resident and week that the agency pays, before anybody's money."
    operator_may = True

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        parser = act("set", "from now, or from a later moment on")
        parser.add_argument("slug", help="the facility")
        parser.add_argument("per_week", type=int, help="0 ends it")
        parser.add_argument("--kind", choices=[LETTERS, MINUTES], default=LETTERS)
        parser.add_argument("--from", dest="begins", help="in the facility's time (default: now)")
        act("show", "what counts now, and what is announced").add_argument("slug", nargs="?")

    def set(self, actor: Actor, now: datetime, *, slug: str, per_week: int, kind: str, **options: Any) -> None:
        place = facility_named(slug)
        start = moment(options["begins"], place.time_zone)
        set_allowance(
            staff=actor, facility_id=place.pk, kind=kind, per_week=per_week, now=now, effective_from=start
        )  # fmt: skip
        self.say(f"{slug}: {per_week} {kind} a resident and week from {shown(start or now, place.time_zone)}.")

    def show(self, actor: Actor, now: datetime, *, slug: str | None, **_options: Any) -> None:
        places = [facility_named(slug)] if slug else queries.public_facilities()
        for place in places if slug else []:
            require(actor, place.pk, Permission.READ_MONEY, now)
        may = [p.pk for p in places if actor is None or permissions.may(actor, p.pk, Permission.READ_MONEY, now)]
        found = allowances(may, now)
        for row in found:
            since = shown(row.effective_from, row.facility.time_zone)
            self.say(f"{row.facility.slug:<24}{row.per_week:>6} {row.kind} a resident and week, from {since}")
        if not found:
            self.say("No allowance.")
