"""The fixed cast of all tests (style.md, habit 11): everybody is plainly invented and has the same place everywhere.

An agency with two facilities: `north` delivers at once, `south` after 30 minutes and only by day. Daniel (`resident`)
is held in the north, and `mother` may write to him (`contact`); `resident_south` is held in the south with the same
mother (`contact_south`). `stranger` has an account and no contact with anybody. `outsider` is held by another agency.
`officer` reviews in the north, `officer_south` in the south; `supervisor` and `admin` are the north's.

`money(party, cents)` gives credits. `family_client(user)`, `kiosk_client(resident)` and `staff_client(officer)` are
signed-in browsers.
"""

import datetime as dt
import os
import re
import signal
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from tests.architecture.personal import Watch
from tests.calls import line as telephones

from kinline.contacts.models import Contact
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.delivery import services as delivery
from kinline.facilities import services as facilities
from kinline.facilities.models import Agency, Facility, Kiosk
from kinline.identity import services as identity
from kinline.identity.hashers import Argon2
from kinline.identity.models import Role, SecondFactor, User
from kinline.identity.services import second_factor
from kinline.residents import services as residents
from kinline.residents.models import Resident

# Without a limit of time, which a busy machine passes, and with the same examples each time, so that whether a change
# lands is no matter of luck. Whoever looks for faults gives KINLINE_SEED, or `--hypothesis-seed`.
hypothesis_settings.register_profile(
    "kinline", deadline=None, derandomize="KINLINE_SEED" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
hypothesis_settings.load_profile("kinline")

PASSWORD = "a long sample password"
PIN = "2580"

AT_ONCE = [{"id": "at-once", "then": "deliver"}]
DELAYED = [
    {"id": "wait", "then": "wait", "minutes": 30},
    {"id": "day", "then": "hours", "from": "07:00", "to": "21:00"},
]
REASONS = {
    "threat": ("It threatens somebody.", "Amenaza a alguien."),
    "plan": ("It plans something unlawful.", "Planea algo ilegal."),
}


@pytest.fixture(scope="session", autouse=True)
def _cheap_hashes() -> None:
    """The same hash function with the least work: a suite that hashes 1,000 times would spend 30 s on it."""
    Argon2.time_cost, Argon2.memory_cost = 1, 64


@pytest.fixture(scope="session", autouse=True)
def _as_from_a_terminal() -> None:
    """A shell without job control starts what runs in its background deaf to Ctrl-C, and children inherit that."""
    for sign in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(sign) is signal.SIG_IGN:
            signal.signal(sign, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _nothing_personal_in_logs() -> Iterator[None]:
    """R8: after the whole suite, no line of the log has named anybody of this cast, or how to reach them."""
    pin = rf"(?<![\w/])(?<!\.py:){PIN}(?![\w/])"  # in a path it is an id, after a file's name a line
    with Watch(re.compile(rf"@(?:family|staff)\.example|{PASSWORD}|{pin}|Marta|Oscar Outside|Samuel Sample")) as watch:
        yield
    assert watch.found == []


@pytest.fixture
def now() -> datetime:
    """The real moment: browsers in tests read the real clock, too. A test about time passes a moment of its own."""
    return datetime.now(UTC)


@pytest.fixture
def long_ago(now: datetime) -> datetime:
    """When the cast came to its places."""
    return now - dt.timedelta(days=30)


# Places


@pytest.fixture
def agency(db: None, long_ago: datetime) -> Agency:
    return facilities.create_agency(name="Sample County", slug="sample-county", now=long_ago)


@pytest.fixture
def other_agency(db: None, long_ago: datetime) -> Agency:
    return facilities.create_agency(name="Other Sample County", slug="other-county", now=long_ago)


def _place(agency: Agency, name: str, rules: list[dict[str, object]], now: datetime) -> Facility:
    slug = name.lower().replace(" ", "-")
    place = facilities.create_facility(
        agency_id=agency.pk, name=name, slug=slug, region="NY", city="Sample City", now=now
    )
    for code, (text, text_es) in REASONS.items():
        facilities.add_reason(facility_id=place.pk, code=code, text=text, text_es=text_es)
    facilities.add_unit(facility_id=place.pk, name="A")
    delivery.set_policy(facility_id=place.pk, rules=rules, now=now)
    return place


@pytest.fixture
def north(agency: Agency, long_ago: datetime) -> Facility:
    return _place(agency, "Sample North", AT_ONCE, long_ago)


@pytest.fixture
def south(agency: Agency, long_ago: datetime) -> Facility:
    return _place(agency, "Sample South", DELAYED, long_ago)


@pytest.fixture
def far(other_agency: Agency, long_ago: datetime) -> Facility:
    return _place(other_agency, "Far Sample", AT_ONCE, long_ago)


@pytest.fixture
def kiosk(north: Facility, long_ago: datetime) -> Kiosk:
    return _kiosk(north, long_ago)[0]


def _kiosk(place: Facility, now: datetime) -> tuple[Kiosk, str]:
    return facilities.enrol_kiosk(facility_id=place.pk, unit_id=place.units.get().pk, label="Test kiosk", now=now)


@pytest.fixture
def line(north: Facility, now: datetime, long_ago: datetime, monkeypatch: pytest.MonkeyPatch) -> telephones.Line:
    """A telephone of the north, where calls cost 11 cents a minute."""
    monkeypatch.setattr("kinline.flows.end_call.BACK_FOR", dt.timedelta(0))  # of the database, which may be new
    return telephones.place(north, now, long_ago)


# People


def _held(place: Facility, number: str, first: str, last: str, now: datetime) -> Resident:
    person = residents.create(agency_id=place.agency_id, number=number, first_name=first, last_name=last, now=now)
    residents.book(resident_id=person.pk, facility_id=place.pk, unit_id=place.units.get().pk, now=now)
    residents.set_pin(resident_id=person.pk, pin=PIN, must_change=False, now=now)
    return person


@pytest.fixture
def resident(north: Facility, long_ago: datetime) -> Resident:
    return _held(north, "1001", "Daniel", "Sample", long_ago)


@pytest.fixture
def resident_south(south: Facility, long_ago: datetime) -> Resident:
    return _held(south, "1002", "Samuel", "Sample", long_ago)


@pytest.fixture
def outsider(far: Facility, long_ago: datetime) -> Resident:
    return _held(far, "1001", "Oscar", "Outside", long_ago)


def _family(username: str, first: str, now: datetime) -> User:
    return identity.create_family_user(
        username=username,
        email=f"{username}@family.example",
        password=PASSWORD,
        first_name=first,
        last_name="Sample",
        now=now,
        activated=True,
    )


@pytest.fixture
def mother(db: None, long_ago: datetime) -> User:
    return _family("mother", "Marta", long_ago)


@pytest.fixture
def stranger(db: None, long_ago: datetime) -> User:
    return _family("stranger", "Steve", long_ago)


def _staff(username: str, role: Role, place: Facility, now: datetime) -> User:
    user = identity.create_staff(
        username=username,
        email=f"{username}@staff.example",
        password=PASSWORD,
        first_name="Staff",
        last_name=username.title(),
        now=now,
    )
    identity.grant_role(user_id=user.pk, facility_id=place.pk, role=role, now=now)
    return user


@pytest.fixture
def officer(north: Facility, long_ago: datetime) -> User:
    return _staff("officer", Role.REVIEWER, north, long_ago)


@pytest.fixture
def officer_south(south: Facility, long_ago: datetime) -> User:
    return _staff("officer.south", Role.REVIEWER, south, long_ago)


@pytest.fixture
def supervisor(north: Facility, long_ago: datetime) -> User:
    return _staff("supervisor", Role.SUPERVISOR, north, long_ago)


@pytest.fixture
def admin(north: Facility, long_ago: datetime) -> User:
    return _staff("admin", Role.FACILITY_ADMIN, north, long_ago)


# Between them


@pytest.fixture
def contact(mother: User, resident: Resident, long_ago: datetime) -> Contact:
    return Contact.objects.create(user=mother, resident=resident, relation="mother", created_at=long_ago)


@pytest.fixture
def contact_south(mother: User, resident_south: Resident, long_ago: datetime) -> Contact:
    return Contact.objects.create(user=mother, resident=resident_south, relation="aunt", created_at=long_ago)


@pytest.fixture
def mother_party(mother: User) -> Party:
    return Party(FAMILY, mother.pk)


@pytest.fixture
def resident_party(resident: Resident) -> Party:
    return Party(RESIDENT, resident.pk)


@pytest.fixture
def money(north: Facility, now: datetime) -> Callable[[Party, int], None]:
    """`money(party, cents)` books lobby cash of the north into the party's message credits."""
    from kinline.ledger import chart
    from kinline.ledger import services as ledger

    def give(party: Party, cents: int) -> None:
        lines = [(chart.facility_cash(north.pk), -cents), (chart.messages_of(party), cents)]
        ledger.post(key=f"test:{uuid.uuid4()}", kind="deposit", lines=lines, now=now)

    return give


# Browsers


@pytest.fixture
def family_client() -> Callable[[User], Client]:
    """`family_client(mother)`: a browser that is signed in to the family portal."""
    return lambda user: _signed_in(user, "kinline_family")


def _signed_in(user: User, cookie: str) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    client.cookies[cookie] = client.cookies.pop(settings.SESSION_COOKIE_NAME).value
    return client


def second_factor_of(user: User, now: datetime) -> SecondFactor:
    """Somebody's authenticator app, set up long ago: no code of it is used yet."""
    facts = {"salt": second_factor.new_salt(), "confirmed_at": now, "last_step": 0}
    return SecondFactor.objects.update_or_create(user=user, defaults={"last_step": 0}, create_defaults=facts)[0]


@pytest.fixture
def staff_client(db: None) -> Callable[[User], Client]:
    """`staff_client(officer)`: a browser that came in to the staff face through its door, by both factors."""

    def seated(user: User) -> Client:
        now, client = datetime.now(UTC), Client()
        factor = second_factor_of(user, now)
        client.post("/staff/login/", {"login": user.username, "password": PASSWORD})
        factor.refresh_from_db()
        client.post("/staff/login/code/", {"code": second_factor.usable_code(factor, now)})
        return client

    return seated


@pytest.fixture
def kiosk_device() -> Callable[[Facility], Client]:
    """`kiosk_device(north)`: a browser enrolled as a kiosk of that place, nobody signed in."""

    def enrolled(place: Facility) -> Client:
        client = Client()
        client.cookies[settings.KIOSK_DEVICE_COOKIE] = _kiosk(place, datetime.now(UTC))[1]
        return client

    return enrolled


@pytest.fixture
def kiosk_client(kiosk_device: Callable[[Facility], Client]) -> Callable[[Resident], Client]:
    """`kiosk_client(resident)`: a kiosk of the place where they are, with the resident signed in."""

    def seated(person: Resident) -> Client:
        place = person.custodies.get(ended_at=None).facility
        client = kiosk_device(place)
        kiosk = place.kiosks.latest("pk")
        _, key = residents.open_session(resident_id=person.pk, kiosk_id=kiosk.pk, now=datetime.now(UTC))
        client.cookies[settings.KIOSK_SESSION_COOKIE] = key
        return client

    return seated
