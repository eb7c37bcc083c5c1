"""`resident book|move|transfer|release|find|show`: people in custody, one at a time."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from kinline.flows import custody
from kinline.flows.authority import Actor
from kinline.ops.acting import ActingCommand, agency_named, facility_named, resident_numbered, shown, unit_named
from kinline.residents import queries


class Command(ActingCommand):
    help = "Residents: book, move, transfer, release; find one, and where they have been."
    operator_may = True

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        book = act("book", "into custody; somebody with this number who was here before comes back")
        book.add_argument("facility")
        book.add_argument("number")
        book.add_argument("first_name")
        book.add_argument("last_name")
        book.add_argument("--unit", default="")
        book.add_argument("--booking", default="", help="an outside number of this custody")
        book.add_argument("--born", type=date.fromisoformat, help="date of birth, such as 1990-12-31")
        book.add_argument("--language", choices=["en", "es"], default="en")
        move = act("move", "to another unit of the same facility")
        transfer = act("transfer", "to another facility")
        for parser in (move, transfer, act("release", "out of custody"), act("show", "where somebody has been")):
            parser.add_argument("agency")
            parser.add_argument("number")
        move.add_argument("unit")
        transfer.add_argument("facility")
        transfer.add_argument("--unit", default="")
        transfer.add_argument("--new-number", help="where the facility belongs to another agency")
        act("find", "as anybody may search: name or number").add_argument("query")

    def book(self, actor: Actor, now: datetime, *, facility: str, number: str, **options: Any) -> None:
        place = facility_named(facility)
        unit_id = unit_named(place, options["unit"]).pk if options["unit"] else None
        custody.book_resident(
            staff=actor,
            facility_id=place.pk,
            number=number,
            first_name=options["first_name"],
            last_name=options["last_name"],
            now=now,
            unit_id=unit_id,
            date_of_birth=options["born"],
            booking=options["booking"],
            language=options["language"],
        )
        self.say(f"{number} is at {facility}. A PIN: ./kinline pin reset {place.agency.slug} {number} --as STAFF")

    def move(self, actor: Actor, now: datetime, *, agency: str, number: str, unit: str, **_options: Any) -> None:
        person = resident_numbered(agency_named(agency), number)
        held = custody.open_custody(person.pk)
        unit_id = unit_named(held.facility, unit).pk
        custody.move_resident(staff=actor, resident_id=person.pk, unit_id=unit_id, now=now)
        self.say(f"{number} is in {unit}.")

    def transfer(self, actor: Actor, now: datetime, *, agency: str, number: str, facility: str, **options: Any) -> None:
        person, place = resident_numbered(agency_named(agency), number), facility_named(facility)
        unit_id = unit_named(place, options["unit"]).pk if options["unit"] else None
        custody.transfer_resident(
            staff=actor,
            resident_id=person.pk,
            facility_id=place.pk,
            now=now,
            unit_id=unit_id,
            number=options["new_number"],
        )
        self.say(f"{number} is at {facility}.")

    def release(self, actor: Actor, now: datetime, *, agency: str, number: str, **_options: Any) -> None:
        person = resident_numbered(agency_named(agency), number)
        custody.release_resident(staff=actor, resident_id=person.pk, now=now)
        self.say(f"{number} is released.")

    def show(self, _actor: Actor, _now: datetime, *, agency: str, number: str, **_options: Any) -> None:
        person = resident_numbered(agency_named(agency), number)
        self.say(f"{person.number} {person.name}")
        for one in queries.custody_history(person.pk):
            zone = one.facility.time_zone
            until = f"until {shown(one.ended_at, zone)} ({one.end_reason})" if one.ended_at else "now"
            unit = one.unit.name if one.unit else "no unit"
            self.say(f"  {one.facility.slug}, {unit}, from {shown(one.started_at, zone)} {until}")

    def find(self, _actor: Actor, _now: datetime, *, query: str, **_options: Any) -> None:
        for one in queries.find(query):
            self.say(f"{one.number:<12}{one.name}, {one.facility_slug}")
