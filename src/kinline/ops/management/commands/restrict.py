"""`restrict pair|family|resident|end|list`: the facility stops letters, from–until, with a reason (CON-3)."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from kinline.contacts import stopped
from kinline.facilities.models import Facility
from kinline.flows import contacts
from kinline.flows.authority import Actor
from kinline.identity import permissions
from kinline.identity.permissions import Permission
from kinline.ops.acting import (
    ActingCommand,
    facility_named,
    family_named,
    moment,
    resident_numbered,
    shown,
    staff_only,
)


class Command(ActingCommand):
    help = "Restrictions: stop letters of a pair or of one person, end it, list."

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        pair = act("pair", "letters between two people")
        family = act("family", "letters of a family member with everybody at this facility")
        resident = act("resident", "letters of a resident with everybody")
        for parser in (pair, family, resident):
            parser.add_argument("facility")
        for parser in (pair, family):
            parser.add_argument("username")
        for parser in (pair, resident):
            parser.add_argument("number")
        for parser in (pair, family, resident):
            parser.add_argument("reason", help="for the record; nobody outside reads it")
            parser.add_argument("--told", default="", help="what the people may be told")
            parser.add_argument("--from", dest="begins", help="in the facility's time (default: now)")
            parser.add_argument("--until", help="in the facility's time (default: until it is ended)")
        act("end", "letters may pass again").add_argument("restriction", type=int)
        act("list", "what holds now or will").add_argument("facility")

    def pair(self, actor: Actor, now: datetime, *, username: str, number: str, **options: Any) -> None:
        place = facility_named(options["facility"])
        resident_id = resident_numbered(place.agency, number).pk
        self._restrict(actor, place, now, options, user_id=family_named(username).pk, resident_id=resident_id)

    def family(self, actor: Actor, now: datetime, *, username: str, **options: Any) -> None:
        place = facility_named(options["facility"])
        self._restrict(actor, place, now, options, user_id=family_named(username).pk)

    def resident(self, actor: Actor, now: datetime, *, number: str, **options: Any) -> None:
        place = facility_named(options["facility"])
        self._restrict(actor, place, now, options, resident_id=resident_numbered(place.agency, number).pk)

    def _restrict(self, actor: Actor, place: Facility, now: datetime, options: dict[str, Any], **people: int) -> None:
        number = contacts.restrict(
            staff=staff_only(actor),
            facility_id=place.pk,
            reason=options["reason"],
            now=now,
            told=options["told"],
            starts_at=moment(options["begins"], place.time_zone),
            ends_at=moment(options["until"], place.time_zone),
            **people,
        )
        self.say(f"Restriction {number} holds.")

    def end(self, actor: Actor, now: datetime, *, restriction: int, **_options: Any) -> None:
        contacts.end_restriction(staff=staff_only(actor), restriction_id=restriction, now=now)
        self.say(f"Restriction {restriction} has ended.")

    def list(self, actor: Actor, now: datetime, *, facility: str, **_options: Any) -> None:
        place = facility_named(facility)
        permissions.require(staff_only(actor), place.pk, Permission.RESTRICT, now)
        for one in stopped.restrictions_of(place.pk, now):
            who = " and ".join(person.name for person in (one.user, one.resident) if person)
            until = shown(one.ends_at, place.time_zone) if one.ends_at else "ended by hand"
            self.say(f"{one.pk:<8}{who}, from {shown(one.starts_at, place.time_zone)} until {until}: {one.reason}")
