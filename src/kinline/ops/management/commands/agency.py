"""`agency add|list`: who runs places."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.core.management.base import CommandError

from kinline.core.money import short
from kinline.facilities import queries
from kinline.facilities.rules import DEFAULT_MESSAGE_CENTS
from kinline.flows import set_up
from kinline.flows.authority import Actor
from kinline.ops.acting import ActingCommand, agency_named


class Command(ActingCommand):
    help = "Agencies: add one, list them, add their holidays."
    operator_may = True

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        add = act("add", "a new agency with its first price")
        add.add_argument("slug", help="its short name in addresses; never changes")
        add.add_argument("name")
        add.add_argument("--cents", type=int, default=DEFAULT_MESSAGE_CENTS, help="price of one message, in cents")
        add.add_argument("--word", default="", help="what screens call a resident; empty: neutral wording")
        add.add_argument("--word-es", default="", help="the same in Spanish")
        act("list", "all agencies with their prices")
        holiday = act("holiday", "a day that is no working day (deadlines of appeals skip it)")
        holiday.add_argument("slug")
        holiday.add_argument("day", type=date.fromisoformat, help="such as 2027-01-01")
        holiday.add_argument("name")

    def add(self, actor: Actor, now: datetime, *, slug: str, name: str, **options: Any) -> None:
        if actor is not None:
            raise CommandError("Only the operator adds agencies: leave --as out.")
        words = {"resident_word": options["word"], "resident_word_es": options["word_es"]}
        set_up.open_agency(name=name, slug=slug, now=now, message_cents=options["cents"], **words)
        self.say(f"Agency {name} ({slug}); one message costs {short(options['cents'])}.")

    def list(self, _actor: Actor, now: datetime, **_options: Any) -> None:
        for price in queries.prices(now):
            places = ", ".join(place.slug for place in price.facilities) or "no facility yet"
            self.say(f"{price.agency_name}: {short(price.message_cents)} a message; {places}")

    def holiday(self, actor: Actor, now: datetime, *, slug: str, day: date, name: str, **_options: Any) -> None:
        set_up.add_holiday(staff=actor, agency_id=agency_named(slug).pk, day=day, name=name, now=now)
        self.say(f"{day} is {name}.")
