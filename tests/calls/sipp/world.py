"""The jails of these tests: three that telephone differently, and for each scene somebody who calls and a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kinline.facilities import services as facilities
from kinline.facilities.models import Facility
from kinline.ledger import chart
from kinline.residents import services as residents
from kinline.telephony.models import Hotline, RatePlan, TelephoneSettings
from kinline.telephony.services.stations import password_of
from tests.calls import line as lines
from tests.calls.sipp.circumstances import GIVEN, PLACES, Case, Place
from tests.calls.sipp.scenario import Telephone
from tests.calls.sipp.scenes import PIN, RING, WRONG_PIN, Scene

LONG_AGO = timedelta(days=30)
HOTLINE = "+18135550177"  # behind the keys 77


@dataclass(frozen=True)
class Part:
    """Who calls whom in a scene. `number`: E.164. `purse`: the balance that pays, if anybody's does."""

    telephone: Telephone
    number: str
    keys: str
    purse: str


@dataclass
class World:
    places: dict[str, lines.Line]
    parts: dict[str, Part]

    def put(self, address: str, cents: int) -> None:
        self.places["usual"].put(address, cents)

    def dearer(self, at: datetime) -> None:
        """Each place asks for 20 cents a minute from then on."""
        for line in self.places.values():
            place = line.station.facility
            plan = RatePlan.objects.create(facility=place, effective_from=at, made_at=line.now)
            plan.rates.create(kind="domestic", base_micro=180_000, additive_micro=20_000)


def make(scenes: Sequence[Scene], now: datetime) -> World:
    agency = facilities.create_agency(name="Sample County", slug="sample-county", now=now - LONG_AGO)
    wanted = dict.fromkeys(("usual", *(scene.at for scene in scenes)))
    world = World({name: _place(agency.pk, name, PLACES[name], now) for name in wanted}, {})
    at = {scene.name: scene.at for scene in scenes}
    for n, scene in enumerate(scenes):
        place = world.places[at.get(scene.with_id_of, scene.at)].station.facility
        world.parts[scene.name] = _part(world, n, scene, place, now)
    return world


def place_of(name: str, changes: dict[str, object], now: datetime) -> lines.Line:
    """A jail of an agency of its own, that telephones so."""
    agency = facilities.create_agency(name="Sample County", slug=f"sample-{name}", now=now - LONG_AGO)
    return _place(agency.pk, name, Place(changes), now)


def _place(agency_id: int, name: str, so: Place, now: datetime) -> lines.Line:
    slug = name.replace(" ", "-")
    place = facilities.create_facility(
        agency_id=agency_id, name=f"Sample {name}", slug=slug, region="NY", city="Sample City", now=now - LONG_AGO
    )
    facilities.add_unit(facility_id=place.pk, name="A")
    line = lines.place(place, now, now - LONG_AGO)
    TelephoneSettings.objects.filter(facility=place).update(ring_seconds=RING, **so.settings)
    Hotline.objects.create(facility=place, keys="77", number=HOTLINE, name="Sample hotline")
    so.arrange(place, now)
    return line


def _part(world: World, n: int, scene: Scene, place: Facility, now: datetime) -> Part:
    other = world.parts.get(scene.with_number_of)
    number = HOTLINE if scene.dials == "77" else other.number if other else f"+1813555{1000 + n}"
    one = world.parts.get(scene.with_id_of)
    who = _id_of(one) if one else f"{7000 + n}"
    held = None if one else _held(place, who, now)
    purse = chart.resident_calls(held or 0) if scene.pays == "resident" else chart.number_prepaid(number)
    if scene.cents and other is None and number != HOTLINE:
        world.put(purse, scene.cents)
    if held:
        GIVEN[scene.given](Case(place, held, number, now))
    station = lines.telephone(place, now - LONG_AGO)
    words = {"id": who, "pin": scene.pin_says, "number": number[2:], "wrong": WRONG_PIN}
    user = scene.dials.format(**words)
    return Part(Telephone(station.username, password_of(station), user), number, scene.keys.format(**words), purse)


def _id_of(part: Part) -> str:
    return part.telephone.user.split("*")[0]


def _held(place: Facility, number: str, now: datetime) -> int:
    since = now - LONG_AGO
    one = residents.create(agency_id=place.agency_id, number=number, first_name="Sam", last_name="Sample", now=since)
    unit = place.units.order_by("pk").first()
    residents.book(resident_id=one.pk, facility_id=place.pk, unit_id=unit and unit.pk, now=since)
    residents.set_pin(resident_id=one.pk, pin=PIN, must_change=False, now=since)
    return one.pk
