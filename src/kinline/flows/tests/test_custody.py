"""Booking, transfer, release: what stays, what ends, who is told (CON-4)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from kinline.contacts import queries as contacts
from kinline.core.models import AuditEvent
from kinline.facilities import services as facilities
from kinline.flows import custody
from kinline.flows.contacts import block
from kinline.flows.send_message import send
from kinline.identity.permissions import NotPermitted
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.messaging.models import Message
from kinline.notices.models import Notice
from kinline.residents import queries, services
from kinline.residents.errors import InCustodyAlready, NotInCustody, NumberTaken, PinTooEasy
from kinline.residents.models import Custody, Pin, ResidentSession


def refused(refusal, function, **kwargs):
    def everything():
        return [list(m.objects.order_by("pk").values()) for m in (Custody, Pin, Notice, AuditEvent, Message)]

    before = everything()
    with pytest.raises(refusal):
        function(**kwargs)
    assert everything() == before


def kinds(**who) -> list[str]:
    return list(Notice.objects.filter(**who).order_by("pk").values_list("kind", flat=True))


def test_a_transfer_moves_everything_under_the_new_rules(
    resident, contact, mother, north, south, kiosk, mother_party, now
):
    facilities.change_facility(facility_id=south.pk, changes={"contact_rule": "consent"})
    services.open_session(resident_id=resident.pk, kiosk_id=kiosk.pk, now=now)
    custody.transfer_resident(
        staff=None, resident_id=resident.pk, facility_id=south.pk, unit_id=south.units.get().pk, now=now
    )
    view = contacts.contact(mother_party, contact.pk, now)
    assert (view.facility_id, view.policy.rules[0]["id"]) == (south.pk, "wait")
    assert view.state_code == "waiting_consent"  # the stricter place asks
    assert ResidentSession.objects.get().end_reason == "transfer"
    assert [(one.facility_id, one.end_reason) for one in queries.custody_history(resident.pk)] == [
        (south.pk, ""),
        (north.pk, "transfer"),
    ]
    assert kinds(user=mother) == ["transfer"]
    assert kinds(resident=resident) == ["transfer"]
    assert AuditEvent.objects.get(act="custody.transfer").detail == {"came": north.pk}


def test_a_transfer_to_another_agency(resident, outsider, contact, far, mother_party, now):
    """`outsider` has the same number there."""
    move = {"staff": None, "resident_id": resident.pk, "facility_id": far.pk, "now": now}
    refused(NumberTaken, custody.transfer_resident, **move)
    custody.transfer_resident(**move, number="2001")
    view = contacts.contact(mother_party, contact.pk, now)
    assert (view.agency_id, view.resident_number, view.can_write) == (far.agency_id, "2001", True)


def test_a_release_ends_writing_and_gives_back_what_waits(
    resident_south, contact_south, mother, mother_party, money, now
):
    money(mother_party, 100)
    send(
        mother_party,
        contact_id=contact_south.pk,
        subject="",
        body="Hello",
        client_key=uuid4(),
        collect=False,
        now=now,
    )
    assert ledger.balance(chart.messages_of(mother_party)).available_cents == 50
    custody.release_resident(staff=None, resident_id=resident_south.pk, now=now + timedelta(minutes=1))
    assert Message.objects.get().state == "returned"
    assert ledger.balance(chart.messages_of(mother_party)).available_cents == 100
    view = contacts.contact(mother_party, contact_south.pk, now + timedelta(minutes=1))
    assert (view.state_code, view.can_write) == ("released", False)
    assert "release" in kinds(user=mother)


def test_who_may_not_write_is_not_told_where_they_go(resident, contact, mother, resident_party, south, now):
    block(resident_party, contact.pk, now)
    custody.transfer_resident(staff=None, resident_id=resident.pk, facility_id=south.pk, now=now)
    custody.release_resident(staff=None, resident_id=resident.pk, now=now)
    assert kinds(user=mother) == []


def test_somebody_comes_back_as_the_same_person(resident, contact, admin, north, mother_party, now):
    custody.release_resident(staff=admin, resident_id=resident.pk, now=now)
    again = custody.book_resident(
        staff=admin, facility_id=north.pk, number="10 01", first_name="Daniel", last_name="Sample", now=now
    )
    assert again == resident.pk
    assert contacts.contact(mother_party, contact.pk, now).can_write


def test_only_staff_of_the_place_who_may(officer, officer_south, admin, resident, north, south, now):
    for staff in (officer, officer_south):
        refused(NotPermitted, custody.release_resident, staff=staff, resident_id=resident.pk, now=now)
        refused(
            NotPermitted,
            custody.book_resident,
            staff=staff,
            facility_id=north.pk,
            number="5",
            first_name="A",
            last_name="B",
            now=now,
        )
        refused(NotPermitted, custody.reset_pin, staff=staff, resident_id=resident.pk, pin="8246", now=now)
    refused(
        NotPermitted,
        custody.transfer_resident,
        staff=admin,
        resident_id=resident.pk,
        facility_id=south.pk,
        now=now,
    )


def test_foreseen_refusals(admin, resident, north, south, now):
    refused(
        InCustodyAlready,
        custody.transfer_resident,
        staff=None,
        resident_id=resident.pk,
        facility_id=north.pk,
        now=now,
    )
    refused(
        NotInCustody,
        custody.move_resident,
        staff=admin,
        resident_id=resident.pk,
        unit_id=south.units.get().pk,
        now=now,
    )
    refused(PinTooEasy, custody.reset_pin, staff=admin, resident_id=resident.pk, pin="1111", now=now)
    custody.release_resident(staff=admin, resident_id=resident.pk, now=now)
    refused(NotInCustody, custody.release_resident, staff=admin, resident_id=resident.pk, now=now)


def test_a_reset_pin_ends_sittings_and_is_told(supervisor, resident, kiosk, now):
    services.open_session(resident_id=resident.pk, kiosk_id=kiosk.pk, now=now)
    custody.reset_pin(staff=supervisor, resident_id=resident.pk, pin="8246", now=now)
    assert ResidentSession.objects.get().end_reason == "pin"
    assert kinds(resident=resident) == ["pin_reset"]
    assert queries.must_change_pin(resident.pk)
