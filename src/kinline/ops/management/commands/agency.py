"""`agency add|list|holiday|statement|paid`: who runs places, and what they pay for (MON-8)."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import CommandError

from kinline.core.money import dollars, short
from kinline.facilities import queries
from kinline.facilities.rules import DEFAULT_MESSAGE_CENTS
from kinline.flows import agency as paying
from kinline.flows import set_up
from kinline.flows.authority import Actor, require
from kinline.identity.permissions import Permission
from kinline.ops.acting import ActingCommand, agency_named
from kinline.payments.queries.agency import AgencyStatement, agency_statement


class Command(ActingCommand):
    help = "Agencies: add one, list them, add their holidays; what they pay for, and what they have paid."
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
        statement = act("statement", "one month of its account: what it paid for by place and day, and what it owes")
        statement.add_argument("slug")
        statement.add_argument("--month", type=_month, help="such as 2027-01 (default: this month)")
        paid = act("paid", "money of the agency came to the bank")
        paid.add_argument("slug")
        paid.add_argument("cents", type=int)
        paid.add_argument("--reference", default="", help="of its transfer or cheque; the same again is the same one")

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

    def statement(self, actor: Actor, now: datetime, *, slug: str, month: date | None, **_options: Any) -> None:
        agency = agency_named(slug)
        ids = [place.pk for place in queries.facilities_of(agency.pk)]
        for facility_id in ids:
            require(actor, facility_id, Permission.READ_MONEY, now)
        today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
        found = agency_statement(ids, agency.pk, month or today)
        if found is None:
            raise CommandError(f"{agency.name} has no facility yet, so it has paid for nothing.")
        for line in _lines(found):
            self.say(line)

    def paid(self, actor: Actor, now: datetime, *, slug: str, cents: int, reference: str, **_options: Any) -> None:
        agency = agency_named(slug)
        entry = paying.record_payment(
            staff=actor, agency_id=agency.pk, amount_cents=cents, reference=reference, now=now
        )  # fmt: skip
        self.say(f"{dollars(cents)} of {agency.name} is booked as entry {entry}.")


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def _lines(found: AgencyStatement) -> Iterator[str]:
    """Cents that it owes, each day in the time of its first place."""
    yield f"{found.agency.name}, {found.month:%Y-%m} ({found.time_zone})"
    yield f"{'owed before':<44}{dollars(found.opening_cents):>14}"
    for used in found.used:
        yield f"{used.day}  {used.facility_name[:24]:<24}{used.count:>8}{dollars(used.cents):>14}"
    for paid in found.paid:
        yield f"{paid.day}  {'paid, ' + paid.reference[:26]:<32}{dollars(-paid.cents):>14}"
    yield f"{'owed now':<44}{dollars(found.closing_cents):>14}"
