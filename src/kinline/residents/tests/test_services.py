"""Residents, custody, PINs and sittings (KSK-1, KSK-6, TEL-12)."""

from datetime import timedelta

import pytest

from kinline.core.models import AuditEvent
from kinline.core.transaction import story
from kinline.facilities import services as facilities
from kinline.residents import pins, queries, services
from kinline.residents.errors import (
    BadNumber,
    InCustodyAlready,
    NotInCustody,
    NumberTaken,
    PinForm,
    PinLocked,
    PinTooEasy,
    PinUnchanged,
    WrongPin,
)
from kinline.residents.models import Custody, Pin, Resident, ResidentSession
from kinline.residents.rules import normal_number, pin_fault

PIN = "2580"
WRONG = "1379"

PINS = [
    ("2580", None),
    ("25801379", None),
    ("", "form"),
    ("123", "form"),
    ("123456789", "form"),
    ("12a4", "form"),
    ("１２３４", "form"),
    ("25 80", "form"),
    ("2580\n", "form"),
    ("0000", "easy"),
    ("77777777", "easy"),
    ("1234", "easy"),
    ("4567", "easy"),
    ("7890", "easy"),
    ("4321", "easy"),
    ("10987", None),
    ("3210", "easy"),
    ("1357", None),
    ("10001", "number"),
]


@pytest.mark.parametrize(("pin", "fault"), PINS)
def test_which_pins_may_be_chosen(pin, fault):
    assert pin_fault(pin, "10001") == fault


NUMBERS = [(" 10 01 ", "1001"), ("ab-12", "AB-12"), ("１２", "12"), ("a\x00b", "AB"), ("\u2003x\t", "X")]


@pytest.mark.parametrize(("typed", "kept"), NUMBERS)
def test_numbers_are_kept_in_one_form(typed, kept):
    assert normal_number(typed) == kept


def test_a_number_is_one_persons_in_an_agency(agency, other_agency, now):
    services.create(agency_id=agency.pk, number="a 1", first_name="A", last_name="B", now=now)
    with pytest.raises(NumberTaken):
        story(services.create)(agency_id=agency.pk, number="A1", first_name="C", last_name="D", now=now)
    services.create(agency_id=other_agency.pk, number="A1", first_name="C", last_name="D", now=now)
    for number, last in (("", "X"), ("1" * 31, "X"), ("5", "  ")):
        with pytest.raises(BadNumber):
            story(services.create)(agency_id=agency.pk, number=number, first_name="C", last_name=last, now=now)
    assert Resident.objects.count() == 2


def test_custody_begins_once_and_ends(resident, north, south, now):
    with pytest.raises(InCustodyAlready):
        story(services.book)(resident_id=resident.pk, facility_id=south.pk, now=now)
    services.end_custody(resident_id=resident.pk, reason="release", now=now)
    with pytest.raises(NotInCustody):
        story(services.end_custody)(resident_id=resident.pk, reason="release", now=now)
    services.book(resident_id=resident.pk, facility_id=south.pk, now=now)
    assert [(one.facility_id, one.end_reason) for one in queries.custody_history(resident.pk)] == [
        (south.pk, ""),
        (north.pk, "release"),
    ]


def test_a_unit_of_another_place_is_none(resident, south, now):
    with pytest.raises(NotInCustody):
        story(services.move_unit)(resident_id=resident.pk, unit_id=south.units.get().pk)
    assert Custody.objects.get(resident=resident).unit.facility_id != south.pk


# PIN


def check(place, pin, now, number="1001"):
    return services.check_pin(facility_id=place.pk, number=number, pin=pin, now=now)


def test_the_right_pin(resident, north, now):
    assert check(north, PIN, now) == resident
    assert check(north, PIN, now, number=" 10 01 ") == resident


def test_five_wrong_tries_lock_until_staff_reset(resident, north, now):
    for _ in range(4):
        with pytest.raises(WrongPin):
            check(north, WRONG, now)
    with pytest.raises(PinLocked):
        check(north, WRONG, now)
    with pytest.raises(PinLocked):
        check(north, PIN, now + timedelta(days=365))  # time does not unlock
    services.set_pin(resident_id=resident.pk, pin="8246", must_change=True, now=now)
    assert check(north, "8246", now) == resident
    assert queries.must_change_pin(resident.pk)


def test_the_right_pin_forgets_wrong_tries(resident, north, now):
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(WrongPin):
                check(north, WRONG, now)
        check(north, PIN, now)
    assert Pin.objects.get().wrong_tries == 0


def test_unknown_elsewhere_and_wrong_look_alike_and_do_the_same_work(
    resident, resident_south, outsider, north, now, monkeypatch, django_assert_num_queries
):
    hashed = []
    real_fits, real_hashed = pins.fits, pins.hashed
    monkeypatch.setattr(pins, "fits", lambda *args: (hashed.append(1), real_fits(*args))[1])
    monkeypatch.setattr(pins, "hashed", lambda *args: (hashed.append(1), real_hashed(*args))[1])
    for number, pin in (("1001", WRONG), ("9999", PIN), ("1002", PIN), ("", ""), ("x" * 500, "y" * 500)):
        hashed.clear()
        with django_assert_num_queries(4), pytest.raises(WrongPin) as refusal:  # savepoint, read, write, release
            check(north, pin, now, number=number)
        assert str(refusal.value) == "That number and PIN do not go together. Please try again."
        assert hashed == [1]
    assert Pin.objects.get(resident=resident_south).wrong_tries == 0  # nobody locks out somebody elsewhere
    assert AuditEvent.objects.filter(act="pin.unknown", facility_id=north.pk).count() == 4
    assert not AuditEvent.objects.exclude(detail={}).exists()  # and no number or PIN is written down


def test_no_pin_no_sign_in(resident, north, now):
    Pin.objects.all().delete()
    for pin in ("", PIN):
        with pytest.raises(WrongPin):
            check(north, pin, now)


def test_after_a_release_the_pin_opens_nothing(resident, north, now):
    services.end_custody(resident_id=resident.pk, reason="release", now=now)
    with pytest.raises(WrongPin):
        check(north, PIN, now)


def test_a_hash_fits_only_its_resident(resident, resident_south, south, now):
    Pin.objects.filter(resident=resident_south).update(hash=Pin.objects.get(resident=resident).hash)
    with pytest.raises(WrongPin):
        check(south, PIN, now, number="1002")


def test_another_pepper_and_no_pin_fits(resident, north, now, settings):
    settings.PIN_PEPPER = "another"
    with pytest.raises(WrongPin):
        check(north, PIN, now)


def test_the_pin_is_not_in_the_database(resident):
    kept = Pin.objects.get(resident=resident).hash
    assert PIN not in kept.removeprefix("argon2$argon2id$")[:20]
    assert kept.startswith("argon2$argon2id$")


def change(resident, old, new, now):
    services.change_pin(resident_id=resident.pk, old=old, new=new, now=now)


def test_a_resident_chooses_another(resident, north, now):
    services.set_pin(resident_id=resident.pk, pin="8246", must_change=True, now=now)
    change(resident, "8246", "97531", now)
    assert not queries.must_change_pin(resident.pk)
    assert check(north, "97531", now) == resident
    with pytest.raises(WrongPin):
        check(north, "8246", now)


REFUSED = [
    (PIN, "12", PinForm),
    (PIN, "1111", PinTooEasy),
    (PIN, "1001", PinTooEasy),
    (PIN, PIN, PinUnchanged),
    (WRONG, "97531", WrongPin),
]


@pytest.mark.parametrize(("old", "new", "refusal"), REFUSED)
def test_a_change_that_is_refused_changes_nothing(resident, north, now, old, new, refusal):
    before = Pin.objects.values("hash", "must_change").get()
    with pytest.raises(refusal):
        change(resident, old, new, now)
    assert Pin.objects.values("hash", "must_change").get() == before
    assert check(north, PIN, now) == resident


def test_wrong_old_pins_count_too(resident, now):
    for _ in range(4):
        with pytest.raises(WrongPin):
            change(resident, WRONG, "97531", now)
    with pytest.raises(PinLocked):
        change(resident, WRONG, "97531", now)


# Sittings


def test_a_sitting_from_key_to_end(resident, kiosk, now):
    session, key = services.open_session(resident_id=resident.pk, kiosk_id=kiosk.pk, now=now)
    assert queries.session(key, now) == session
    assert queries.session("wrong", now) is None
    assert key.encode() not in bytes(session.key_digest)
    services.end_session(key, "left", now)
    assert queries.session(key, now) is None
    ended = ResidentSession.objects.get()
    assert (ended.end_reason, bytes(ended.offline_key)) == ("left", b"")
    services.end_session(key, "idle", now + timedelta(1))
    assert ResidentSession.objects.get().end_reason == "left"


def test_it_ends_by_idle_time_and_goes_on_by_touch(resident, kiosk, now):
    _, key = services.open_session(resident_id=resident.pk, kiosk_id=kiosk.pk, now=now)
    last = now + timedelta(seconds=119)
    services.touch_session(queries.session(key, last), last)
    assert ResidentSession.objects.get().last_seen_at == last
    assert queries.session(key, last + timedelta(seconds=119)) is not None
    late = last + timedelta(seconds=120)
    assert queries.session(key, late) is None


def test_another_sitting_ends_the_first(resident, kiosk, north, now):
    other, _ = facilities.enrol_kiosk(facility_id=north.pk, unit_id=north.units.get().pk, label="2", now=now)
    _, first = services.open_session(resident_id=resident.pk, kiosk_id=kiosk.pk, now=now)
    _, second = services.open_session(resident_id=resident.pk, kiosk_id=other.pk, now=now)
    assert queries.session(first, now) is None
    assert queries.session(second, now) is not None


def test_it_ends_with_custody_and_with_the_kiosk(resident, kiosk, south, now):
    _, key = services.open_session(resident_id=resident.pk, kiosk_id=kiosk.pk, now=now)
    facilities.disable_kiosk(kiosk_id=kiosk.pk, now=now)
    assert queries.session(key, now) is None
    facilities.renew_kiosk(kiosk_id=kiosk.pk)
    assert queries.session(key, now) is not None
    services.end_custody(resident_id=resident.pk, reason="release", now=now)
    assert queries.session(key, now) is None
    assert ResidentSession.objects.get().end_reason == "release"


def test_nobody_sits_down_elsewhere(resident_south, outsider, kiosk, now):
    for person in (resident_south, outsider):
        with pytest.raises(NotInCustody):
            story(services.open_session)(resident_id=person.pk, kiosk_id=kiosk.pk, now=now)
    assert not ResidentSession.objects.exists()
