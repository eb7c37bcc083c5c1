"""The frame of commands that act: `--as STAFF`, a moment, refusals as sentences, and small readers of arguments."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.facilities import queries as facilities
from kinline.facilities.models import Agency, Facility, HousingUnit
from kinline.flows.authority import Actor
from kinline.identity import queries as identity
from kinline.identity.models import User
from kinline.residents import queries as residents
from kinline.residents.models import Resident

Act = Callable[..., None]


class ActingCommand(BaseCommand):
    """A command with acts (`review release 12 --as officer`). Each act is a method `<act>(actor, now, **options)`.

    `operator_may`: without `--as` the operator acts, who runs the machine; else `--as` is required.
    """

    operator_may: ClassVar[bool] = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")

        def act(name: str, summary: str) -> ArgumentParser:
            added: ArgumentParser = acts.add_parser(name, help=summary, description=summary)
            help_text = "staff user name" + ("; without it the operator acts" if self.operator_may else "")
            added.add_argument("--as", dest="staff", metavar="STAFF", required=not self.operator_may, help=help_text)
            return added

        self.acts(act)

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        """Declare the acts and their arguments."""
        raise NotImplementedError

    def handle(self, *_args: Any, **options: Any) -> None:
        do: Act = getattr(self, options["act"].replace("-", "_"))
        try:
            do(actor_named(options.pop("staff")), clock.now(), **options)
        except Refusal as refusal:
            raise CommandError(f"{refusal} [{refusal.code}]") from refusal

    def say(self, text: str) -> None:
        self.stdout.write(text)


def actor_named(username: str | None) -> Actor:
    if username is None:
        return None
    user = identity.staff_by_username(username)
    if user is None:
        raise CommandError(f"There is no staff member {username}.")
    return user


def staff_only(actor: Actor) -> User:
    """For acts that only a person may do, never the operator."""
    if actor is None:
        raise CommandError("This is decided by a person: name them with --as STAFF.")
    return actor


def agency_named(slug: str) -> Agency:
    agency = facilities.agency_by_slug(slug)
    if agency is None:
        raise CommandError(f"There is no agency {slug}.")
    return agency


def facility_named(slug: str) -> Facility:
    facility = facilities.facility_by_slug(slug)
    if facility is None:
        raise CommandError(f"There is no facility {slug}.")
    return facility


def unit_named(facility: Facility, name: str) -> HousingUnit:
    unit = facilities.unit_named(facility.pk, name)
    if unit is None:
        raise CommandError(f"There is no unit {name} at {facility.slug}.")
    return unit


def resident_numbered(agency: Agency, number: str) -> Resident:
    resident = residents.by_number(agency.pk, number)
    if resident is None:
        raise CommandError(f"{agency.name} knows nobody with the number {number}.")
    return resident


def family_named(name: str) -> User:
    user = identity.by_identifier(name)
    if user is None:
        raise CommandError(f"There is no family account {name}.")
    return user


def moment(text: str | None, time_zone: str) -> datetime | None:
    """`2027-01-31` (its first moment) or `2027-01-31T08:00`, in the place's time; None stays None."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is not a moment such as 2027-01-31 or 2027-01-31T08:00.") from None
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(time_zone))


def shown(at: datetime, time_zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M %Z}"
