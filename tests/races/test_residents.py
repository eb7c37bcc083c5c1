"""PINs and sittings under races: first the control that loses without the lock, then the lock (TEL-12, KSK-1)."""

import threading
from datetime import UTC, datetime
from functools import partial

import pytest
from django.db.models import QuerySet

from kinline.contacts import errors
from kinline.contacts.models import Invitation
from kinline.facilities import services as facilities
from kinline.flows import contacts, custody, roster
from kinline.flows.roster import import_roster
from kinline.residents import pins, services
from kinline.residents.errors import PinLocked, RosterChanged, WrongPin
from kinline.residents.models import Custody, Pin, Resident, ResidentSession
from kinline.residents.roster import Row

from .together import meeting, together

TRIES = 4
WRONG = "1379"


def guess(resident, now):
    """Wrong PINs of one resident, all at once. Returns the row after them."""
    try_once = partial(
        services.check_pin, facility_id=resident.custodies.get().facility_id, number="1001", pin=WRONG, now=now
    )
    answers = together([try_once] * TRIES)
    assert {type(answer) for answer in answers} <= {WrongPin, PinLocked}, answers
    return Pin.objects.get(resident=resident)


@pytest.fixture
def slow(monkeypatch):
    """All of them have read before one compares and writes, unless a lock keeps them from it."""
    real, meet = pins.fits, meeting(TRIES)

    def slowly(*args):
        meet()
        return real(*args)

    monkeypatch.setattr(pins, "fits", slowly)


def no_locks(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)


def test_without_the_lock_wrong_pins_are_lost(resident, now, slow, monkeypatch):
    no_locks(monkeypatch)
    assert guess(resident, now).wrong_tries < TRIES


def test_every_wrong_pin_is_counted(resident, now, slow):
    assert guess(resident, now).wrong_tries == TRIES
    assert Pin.objects.get(resident=resident).locked_at is None
    assert guess(resident, now).locked_at == now


def sit_down_twice(resident, north):
    kiosks = [
        facilities.enrol_kiosk(facility_id=north.pk, unit_id=north.units.get().pk, label=label, now=datetime.now(UTC))
        for label in ("one", "two")
    ]
    acts = [
        partial(services.open_session, resident_id=resident.pk, kiosk_id=kiosk.pk, now=datetime.now(UTC))
        for kiosk, _ in kiosks
    ]
    answers = together(acts)
    assert all(isinstance(answer, tuple) for answer in answers), answers
    return ResidentSession.objects.filter(resident=resident, ended_at=None).count()


@pytest.fixture
def slow_end(monkeypatch):
    real, meet = services._end, meeting(2)

    def slowly(*args):
        real(*args)
        meet()

    monkeypatch.setattr(services, "_end", slowly)


def test_without_the_lock_somebody_sits_at_two_kiosks(resident, north, slow_end, monkeypatch):
    no_locks(monkeypatch)
    assert sit_down_twice(resident, north) == 2


def test_a_resident_sits_at_one_kiosk(resident, north, slow_end):
    assert sit_down_twice(resident, north) == 1


def test_two_imports_of_one_roster_make_each_person_once(agency, north, now):
    rows = [Row(n, str(5000 + n), "First", f"Last{n}", facility="sample-north") for n in range(200)]
    answers = together([partial(import_roster, rows, staff=None, agency_id=agency.pk, now=now)] * 3)
    assert sorted(sorted(answer.counts) for answer in answers) == [["booked", "created"], ["unchanged"], ["unchanged"]]
    assert Resident.objects.filter(agency=agency).count() == 200
    assert Custody.objects.filter(ended_at=None).count() == 200


def import_beside(resident, agency, rows, act, monkeypatch):
    """`act` comes when the import has read the roster and is about to write. What each answered."""
    read, go_on = threading.Event(), threading.Event()
    real = roster._do

    def slowly(*args):
        read.set()
        go_on.wait(2.0)  # whom a lock keeps away does not come within it
        return real(*args)

    def beside():
        read.wait(10.0)
        try:
            return act()
        finally:
            go_on.set()

    monkeypatch.setattr(roster, "_do", slowly)
    return together([partial(import_roster, rows, staff=None, agency_id=agency.pk, now=datetime.now(UTC)), beside])


def moved_beside_a_release(resident, agency, north, monkeypatch):
    facilities.add_unit(facility_id=north.pk, name="B")
    act = partial(custody.release_resident, staff=None, resident_id=resident.pk, now=datetime.now(UTC))
    rows = [Row(2, "1001", "Daniel", "Sample", unit="B", facility="sample-north")]
    answers = import_beside(resident, agency, rows, act, monkeypatch)
    return answers, Custody.objects.get(resident=resident)


def test_without_the_lock_a_file_says_that_it_moved_somebody_who_had_left(resident, agency, north, monkeypatch):
    no_locks(monkeypatch)
    (imported, released), held = moved_beside_a_release(resident, agency, north, monkeypatch)
    assert (imported.counts, released) == ({"moved": 1}, None)
    assert (held.end_reason, held.unit.name) == ("release", "A")


def test_a_release_beside_a_file_comes_after_it(resident, agency, north, monkeypatch):
    (imported, released), held = moved_beside_a_release(resident, agency, north, monkeypatch)
    assert (imported.counts, released) == ({"moved": 1}, None)
    assert (held.end_reason, held.unit.name) == ("release", "B")


def test_somebody_new_is_booked_while_a_file_brings_them(resident, agency, north, monkeypatch):
    """No row to lock yet: the database keeps one person a number, and the file says that the roster has changed."""
    book = partial(
        custody.book_resident, staff=None, facility_id=north.pk, number="7001", first_name="Ann", last_name="One",
        now=datetime.now(UTC),
    )  # fmt: skip
    rows = [Row(2, "7001", "Ann", "One", facility="sample-north"), Row(3, "7002", "Bo", "Two", facility="sample-north")]
    imported, booked = import_beside(resident, agency, rows, book, monkeypatch)
    assert isinstance(imported, RosterChanged), imported
    assert Custody.objects.get(resident__number="7001").resident_id == booked
    assert not Resident.objects.filter(number="7002").exists()


def test_invitations_at_once_keep_to_the_limit(resident, now):
    for number in range(8):
        contacts.invite(resident_id=resident.pk, email=f"a{number}@family.example", now=now)
    acts = [
        partial(contacts.invite, resident_id=resident.pk, email=f"b{number}@family.example", now=now)
        for number in range(4)
    ]
    answers = together(acts)
    assert [type(one) for one in answers if one is not None] == [errors.TooManyInvitations] * 2
    assert Invitation.objects.count() == 10


def test_one_contact_however_often_it_is_asked_for_at_once(mother, resident, now):
    ask = partial(contacts.ask, user_id=mother.pk, resident_id=resident.pk, relation="", now=now)
    answers = together([ask] * 4)
    assert len(set(answers)) == 1, answers
