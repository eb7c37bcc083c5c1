"""STF-2: a roster comes in."""

from datetime import date

import pytest

from kinline.contacts import queries as contacts
from kinline.contacts.models import ArrivalWatch
from kinline.core.models import AuditEvent
from kinline.core.parties import FAMILY, Party
from kinline.facilities.models import HousingUnit
from kinline.flows.roster import import_roster
from kinline.identity.permissions import NotPermitted
from kinline.notices.models import Email, Notice
from kinline.residents import services as residents
from kinline.residents.models import Custody, Pin, Resident
from kinline.residents.roster import parse

HEAD = "number,first_name,last_name,date_of_birth,facility,unit,status,pin\n"


def load(text: str, staff, agency, now, **options):
    rows, faults = parse((HEAD + text).encode())
    assert faults == []
    return import_roster(rows, staff=staff, agency_id=agency.pk, now=now, **options)


def everything() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Resident, Custody, Pin, HousingUnit, AuditEvent, Notice))


def test_new_people_are_booked_with_their_pins(admin, agency, north, now):
    text = "2001,Ana,Example,1990-12-31,sample-north,A,in,4821\n2002,Ben,Example,,sample-north,,,\n"
    done = load(text, admin, agency, now)
    assert done.faults == ()
    assert done.counts == {"created": 2, "booked": 2, "pins": 1}
    ana = Resident.objects.get(number="2001")
    assert (ana.name, ana.date_of_birth, ana.agency_id) == ("Ana Example", date(1990, 12, 31), agency.pk)
    custody = ana.custodies.get()
    assert (custody.facility_id, custody.unit.name, custody.ended_at) == (north.pk, "A", None)
    assert ana.pin.must_change
    assert residents.check_pin(facility_id=north.pk, number="2001", pin="4821", now=now) == ana
    assert not Pin.objects.filter(resident__number="2002").exists()
    audit = AuditEvent.objects.get(act="roster.import")
    assert (audit.actor, audit.detail["rows"]) == (f"staff:{admin.pk}", 2)


def test_the_same_file_again_changes_nothing(admin, agency, north, now):
    text = "2001,Ana,Example,1990-12-31,sample-north,A,in,4821\n"
    load(text, admin, agency, now)
    residents.set_pin(resident_id=Resident.objects.get().pk, pin="7351", must_change=False, now=now)
    before = list(Custody.objects.values()), list(Resident.objects.values()), list(Pin.objects.values())
    assert load(text, admin, agency, now).counts == {"unchanged": 1}
    assert (list(Custody.objects.values()), list(Resident.objects.values()), list(Pin.objects.values())) == before


def test_a_dry_run_says_it_and_does_nothing(admin, agency, north, now):
    before = everything()
    done = load("2001,Ana,Example,,sample-north,New unit,,4821\n", admin, agency, now, dry_run=True, create_units=True)
    assert done.counts == {"created": 1, "booked": 1, "pins": 1}
    assert everything() == before


def test_one_fault_and_nothing_is_done(admin, agency, north, far, now):
    before = everything()
    text = (
        "2001,Ana,Example,,sample-north,A,,\n2002,Ben,Example,,nowhere,,,\n2003,Cy,Example,,far-sample,,,\n"
        "2004,Di,Example,,sample-north,Z,,\n2005,Ed,Example,,,,,\n"
    )
    done = load(text, admin, agency, now)
    assert [(fault.line, fault.code, fault.value) for fault in done.faults] == [
        (3, "unknown_facility", "nowhere"),
        (4, "unknown_facility", "far-sample"),
        (5, "unknown_unit", "Z"),
        (6, "no_facility", ""),
    ]
    assert everything() == before


def test_units_are_made_on_request(admin, agency, north, now):
    done = load("2001,Ana,Example,,sample-north,West 3,,\n", admin, agency, now, create_units=True)
    assert done.faults == ()
    assert Custody.objects.get().unit.name == "West 3"


def test_staff_of_another_place_change_nothing(officer, admin, agency, north, south, now):
    before = everything()
    assert load("2001,A,B,,sample-south,,,\n", admin, agency, now).faults[0].code == "not_permitted"
    assert load("2001,A,B,,sample-north,,,\n", officer, agency, now).faults[0].code == "not_permitted"
    assert everything() == before


def test_nobody_is_pulled_out_of_another_place(admin, agency, north, resident_south, now):
    before = everything()
    done = load("1002,Samuel,Sample,,sample-north,,,\n", admin, agency, now)
    assert [fault.code for fault in done.faults] == ["not_permitted"]
    assert everything() == before


def test_moves_transfers_renames_and_releases(admin, agency, north, south, resident, contact, mother, now):
    from kinline.identity import services as identity

    identity.grant_role(user_id=admin.pk, facility_id=south.pk, role="facility_admin", now=now)
    HousingUnit.objects.create(facility=north, name="B")
    assert load("1001,Daniel,Sample,,,B,,\n", admin, agency, now).counts == {"moved": 1}
    assert resident.custodies.get().unit.name == "B"
    assert load("1001,Dan,Sample,,,,,\n", admin, agency, now).counts == {"renamed": 1}
    assert load("1001,Dan,Sample,,sample-south,A,,\n", admin, agency, now).counts == {"transferred": 1}
    assert resident.custodies.get(ended_at=None).facility_id == south.pk
    assert load("1001,Dan,Sample,,,,released,\n", admin, agency, now).counts == {"released": 1}
    assert not resident.custodies.filter(ended_at=None).exists()
    assert list(Notice.objects.filter(user=mother).order_by("id").values_list("kind", flat=True)) == [
        "transfer",
        "release",
    ]
    view = contacts.contact(Party(FAMILY, mother.pk), contact.pk, now)
    assert (view.state_code, view.can_write) == ("released", False)


def test_somebody_comes_back_to_a_stricter_place(admin, agency, north, resident, contact, mother_party, now):
    load("1001,Daniel,Sample,,,,released,\n", admin, agency, now)
    north.contact_rule = "approval"
    north.save()
    assert load("1001,Daniel,Sample,,sample-north,A,,\n", admin, agency, now).counts == {"booked": 1}
    assert contacts.contact(mother_party, contact.pk, now).state_code == "waiting_approval"


def test_who_waits_for_somebody_is_told_once(admin, agency, north, stranger, mother, now):
    ArrivalWatch.objects.create(user=stranger, first_name="ana", last_name="PÉREZ", created_at=now)
    ArrivalWatch.objects.create(user=mother, number="9", last_name="Perez", created_at=now)
    load("2001,Ana,Perez,,sample-north,,,\n", admin, agency, now)
    load("2001,Ana,Perez,,,,released,\n", admin, agency, now)
    load("2001,Ana,Perez,,sample-north,,,\n", admin, agency, now)
    assert Notice.objects.get(kind="arrival").user == stranger
    assert Email.objects.get(kind="arrival").to == stranger.email


def test_the_operator_may_import(agency, north, now):
    assert load("2001,A,B,,sample-north,,,\n", None, agency, now).counts["booked"] == 1
    assert AuditEvent.objects.get(act="roster.import").actor == "operator"


def test_thousands_of_rows_take_few_statements(agency, north, now, django_assert_max_num_queries):
    text = "".join(f"{5000 + n},First{n},Last{n},,sample-north,A,,\n" for n in range(3000))
    with django_assert_max_num_queries(60):
        assert load(text, None, agency, now).counts == {"created": 3000, "booked": 3000}
    with django_assert_max_num_queries(20):
        assert load(text, None, agency, now).counts == {"unchanged": 3000}


def test_without_permission_nothing_is_transferred(officer, resident, south, now):
    from kinline.flows.custody import transfer_resident

    before = everything()
    with pytest.raises(NotPermitted):
        transfer_resident(staff=officer, resident_id=resident.pk, facility_id=south.pk, now=now)
    assert everything() == before
