"""Who is in the sample: 41 residents, one who left, three families, and who may write to whom."""

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from kinline.contacts import queries as contact_queries
from kinline.contacts import stopped
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.facilities.models import Facility
from kinline.flows import contacts, custody, set_up
from kinline.flows.deposit import record_deposit
from kinline.flows.roster import import_roster
from kinline.identity import queries as identity
from kinline.identity import services as identity_services
from kinline.identity.models import User
from kinline.ops.demo.calendar import OPENED_DAYS, ago, done_before
from kinline.ops.demo.places import UNITS, Jail
from kinline.residents import queries as residents
from kinline.residents import services as resident_services
from kinline.residents.models import Pin, Resident
from kinline.residents.roster import Row
from kinline.residents.rules import pin_fault

FAMILY_PASSWORD = "sample-letters"  # noqa: S105 (everybody knows it)
FAMILIES = {
    "sample.ana": ("Ana", "Sample", "en"),
    "sample.ben": ("Ben", "Example", "en"),
    "sample.carmen": ("Carmen", "Ejemplo", "es"),
}

DANIEL, GRACE, LUIS, ROSA, OMAR = "10001", "10002", "10003", "10004", "10005"
MAYA, TOM, IVAN = "10006", "10007", "10008"
NEWCOMER, LEFT = "10041", "10042"
FIRST_NUMBER, HOW_MANY = 10001, 40

_NAMES = """
Daniel Grace Luis Rosa Omar Maya Tom Ivan Alice Bruno Clara Diego Elena Frank Gloria Hugo Irene Jack Karen Leo
Maria Noah Olga Peter Quinn Ruth Simon Teresa Umar Vera Walter Xenia Yusuf Zoe Adam Bella Carl Dora Emil Fiona
"""
_FIRST = _NAMES.split()
_LAST = ("Sample", "Example", "Sample", "Ejemplo", "Muestra")
_SOUTHERN = {LUIS, ROSA, TOM}


@dataclass(frozen=True, slots=True)
class Cast:
    """By user name and by number: parties, and the ids of contacts between them."""

    parties: dict[str, Party]
    contacts: dict[tuple[str, str], int]


def in_south(number: str) -> bool:
    return number in _SOUTHERN or (int(number) > int(IVAN) and int(number) % 2 == 0)


def name_of(number: str) -> tuple[str, str]:
    """First and last name. The last names say that nobody is real."""
    if number == NEWCOMER:
        return "Nina", "Newcomer-Sample"
    if number == LEFT:
        return "Paul", "Former-Sample"
    place = int(number) - FIRST_NUMBER
    return _FIRST[place], _LAST[place % len(_LAST)]


def pin_of(number: str) -> str:
    """Known to everybody, the same in every build, and one that may be chosen."""
    pin = (int(number) * 7919) % 10000
    while pin_fault(f"{pin:04d}", number):
        pin = (pin + 13) % 10000
    return f"{pin:04d}"


def numbers() -> list[str]:
    return [str(FIRST_NUMBER + place) for place in range(HOW_MANY)]


def key(name: str) -> UUID:
    """The same key in every build, so that a step done twice is done once."""
    return uuid5(NAMESPACE_URL, f"kinline:demo:{name}")


def make(jail: Jail, now: datetime) -> Cast:
    booked = ago(now, OPENED_DAYS - 5, "10:00")
    by_number = _residents(jail, booked)
    users = {name: _family(name, ago(now, OPENED_DAYS - 10, "19:30")) for name in FAMILIES}
    parties = {number: Party(RESIDENT, person.pk) for number, person in by_number.items()}
    parties |= {name: Party(FAMILY, user.pk) for name, user in users.items()}
    cast = Cast(parties, _contacts(jail, parties, now))
    _deposits(jail, cast, now)
    return cast


def _residents(jail: Jail, booked: datetime) -> dict[str, Resident]:
    rows = [_row(place + 2, number) for place, number in enumerate([*numbers(), NEWCOMER, LEFT])]
    known = residents.known(jail.agency.pk, [row.number for row in rows])
    new = [row for row in rows if row.number not in known]
    if new:  # a former resident of an earlier, interrupted build must not be booked again
        import_roster(new, staff=None, agency_id=jail.agency.pk, now=booked)
    found = {one.number: one for one in Resident.objects.filter(agency=jail.agency)}
    pinned = set(Pin.objects.filter(resident__agency=jail.agency).values_list("resident_id", flat=True))
    for chosen, must_change in ((numbers(), False), ([NEWCOMER], True)):
        missing = [(found[number].pk, pin_of(number)) for number in chosen if found[number].pk not in pinned]
        resident_services.load_pins(chosen=missing, must_change=must_change, now=booked)
    return found


def _row(line: int, number: str) -> Row:
    first, last = name_of(number)
    slug = list(UNITS)[in_south(number)]
    unit = UNITS[slug][int(number) % 3] if number != DANIEL else UNITS[slug][0]
    language = "es" if number == ROSA else "en"
    return Row(line, number, first, last, facility=slug, unit=unit, booking=f"B{number}", language=language)


def _family(username: str, joined: datetime) -> User:
    user = identity.by_identifier(username)
    if user is not None:
        return user
    first, last, language = FAMILIES[username]
    user = identity_services.create_family_user(
        username=username,
        email=f"{username}@family.example",
        password=FAMILY_PASSWORD,
        first_name=first,
        last_name=last,
        language=language,
        address_line1="1 Sample Street",
        city="Sampleton",
        region="NY",
        postal_code="10001",
        gender="unsaid",
        now=joined,
    )
    terms = identity.current_terms(joined)
    identity_services.accept_terms(user=user, terms=terms, address=None, now=joined)
    return user


# Who may write to whom


def _contacts(jail: Jail, parties: dict[str, Party], now: datetime) -> dict[tuple[str, str], int]:
    asked = ago(now, OPENED_DAYS - 15, "20:15")
    pairs = [
        ("sample.ana", DANIEL, "mother"),
        ("sample.ana", LUIS, "aunt"),
        ("sample.ana", OMAR, "neighbor"),
        ("sample.ben", GRACE, "brother"),
        ("sample.ben", LEFT, "friend"),
        ("sample.carmen", ROSA, "hermana"),
        ("sample.carmen", LEFT, "amiga"),
        ("sample.carmen", IVAN, "prima"),
    ]
    found = {(user, number): _ask(parties, user, number, relation, asked) for user, number, relation in pairs}
    _waiting(jail, parties, now)
    _restricted(jail, parties, now)
    return found


def _ask(parties: dict[str, Party], user: str, number: str, relation: str, at: datetime) -> int:
    """The contact's id. Somebody who has left since (an earlier build) still has theirs."""
    known = contact_queries.contact_with(parties[user], parties[number].id, at)
    if known is not None:
        return known.id
    return contacts.ask(user_id=parties[user].id, resident_id=parties[number].id, relation=relation, now=at)


def _waiting(jail: Jail, parties: dict[str, Party], now: datetime) -> None:
    """Contacts that were asked for while the places wanted consent, or approval; now their contacts are open."""
    at = ago(now, 2, "18:40")
    for place, rule, user, number, relation in (
        (jail.north, "consent", "sample.ben", MAYA, "cousin"),
        (jail.north, "approval", "sample.carmen", MAYA, "amiga"),
        (jail.south, "approval", "sample.carmen", TOM, "amiga"),
    ):
        _set_rule(place, rule, at)
        _ask(parties, user, number, relation, at)
        _set_rule(place, "open", at)


def _set_rule(place: Facility, rule: str, at: datetime) -> None:
    set_up.change_facility(staff=None, facility_id=place.pk, changes={"contact_rule": rule}, now=at)


def _restricted(jail: Jail, parties: dict[str, Party], now: datetime) -> None:
    at = ago(now, 6, "09:30")
    if stopped.restrictions_of(jail.north.pk, now):
        return
    contacts.restrict(
        staff=jail.staff["sample.supervisor"],
        facility_id=jail.north.pk,
        user_id=parties["sample.carmen"].id,
        resident_id=parties[IVAN].id,
        reason="Sample of a restriction: a no-contact order of the sample court.",
        told="A court order does not allow contact.",
        now=at,
    )


def release_one(cast: Cast, now: datetime) -> None:
    """After their letters: one resident leaves custody, and writing ends."""
    with done_before:
        custody.release_resident(staff=None, resident_id=cast.parties[LEFT].id, now=ago(now, 4, "11:00"))


# Money


def _deposits(jail: Jail, cast: Cast, now: datetime) -> None:
    """Lobby cash. One resident and, after their letters, one family have nothing: their letters go collect."""
    families = [("sample.ana", 1000, 30), ("sample.ana", 500, 28), ("sample.ben", 100, 30), ("sample.carmen", 200, 30)]
    inside = [(number, 300, 29) for number in numbers() if number != OMAR]
    for who, cents, days in [*families, *inside]:
        south = who.isdigit() and in_south(who)
        record_deposit(
            account=cast.parties[who],
            amount_cents=cents,
            method="cash",
            client_key=key(f"deposit:{who}:{days}"),
            now=ago(now, days, "14:20"),
            recorded_by=jail.staff["sample.finance"],
            facility_id=(jail.south if south else jail.north).pk,
            payer_name="Sample visitor",
        )
