"""PINs and sittings under races: first the control that loses without the lock, then the lock (TEL-12, KSK-1)."""

from datetime import UTC, datetime
from functools import partial

import pytest
from django.db.models import QuerySet

from kinline.contacts import errors
from kinline.contacts.models import Invitation
from kinline.facilities import services as facilities
from kinline.flows import contacts
from kinline.flows.roster import import_roster
from kinline.residents import pins, services
from kinline.residents.errors import PinLocked, WrongPin
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
