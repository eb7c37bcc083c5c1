"""STF-2, CON-2: the units of a place and what it decides for itself, by who may edit the place and nobody else."""

from datetime import timedelta

import pytest

from kinline.contacts.models import Contact
from kinline.core.models import AuditEvent
from kinline.facilities import services as facilities
from kinline.facilities.models import Facility, HousingUnit
from kinline.flows.contacts import ask
from kinline.identity.models import Role
from kinline.staff import desk as desks

pytestmark = pytest.mark.django_db
UNITS, SETTINGS = "/staff/units/", "/staff/settings/"


@pytest.fixture
def clerk(admin, staff_client):
    return staff_client(admin)


def text(answer):
    return answer.content.decode()


def names(place):
    return sorted(place.units.values_list("name", flat=True))


# Units


def test_units_with_who_is_in_them(clerk, resident, kiosk, north, admin):
    row = text(clerk.get(UNITS)).split("<tbody>")[1]
    assert f'href="/staff/people/?unit={kiosk.unit_id}">1</a>' in row
    assert clerk.post(UNITS, {"name": " West 3 "})["Location"] == UNITS
    assert names(north) == ["A", "West 3"]
    added = AuditEvent.objects.get(act="unit.add")
    assert (added.actor, added.facility_id) == (f"staff:{admin.pk}", north.pk)


@pytest.mark.parametrize("wrong", ["", "a", " A ", "x" * 41, "\x00"])
def test_a_name_that_is_none_or_taken_makes_no_unit(clerk, north, wrong):
    """Case does not tell two apart, since a roster would not either."""
    assert 'id="errors"' in text(clerk.post(UNITS, {"name": wrong}))
    assert names(north) == ["A"]
    assert not AuditEvent.objects.filter(act="unit.add").exists()


def test_a_unit_gets_another_name_and_keeps_its_people(clerk, resident, north):
    unit = north.units.get()
    assert clerk.post(f"{UNITS}{unit.pk}/", {"act": "rename", "name": "A"})["Location"] == UNITS  # its own
    clerk.post(f"{UNITS}{unit.pk}/", {"act": "rename", "name": "West"})
    assert resident.custodies.get().unit.name == "West"
    facilities.add_unit(facility_id=north.pk, name="East")
    again = clerk.post(f"{UNITS}{unit.pk}/", {"act": "rename", "name": "EAST"}, follow=True)
    assert "There is already something named EAST." in text(again)
    assert names(north) == ["East", "West"]


def test_only_a_unit_that_was_never_used_goes(clerk, resident, north):
    unit, slip = north.units.get(), facilities.add_unit(facility_id=north.pk, name="Wset")
    assert "Remove the unit" not in text(clerk.get(f"{UNITS}{unit.pk}/"))
    assert "It stays." in text(clerk.post(f"{UNITS}{unit.pk}/", {"act": "remove"}, follow=True))
    assert clerk.post(f"{UNITS}{slip.pk}/", {"act": "remove"})["Location"] == UNITS
    assert names(north) == ["A"]
    assert AuditEvent.objects.filter(act="unit.remove").count() == 1
    assert clerk.post(f"{UNITS}{unit.pk}/", {"act": "x"}).status_code == 400


def test_another_places_unit_is_not_there(clerk, south):
    theirs = HousingUnit.objects.get(facility=south)
    for fields in ({"act": "rename", "name": "Mine"}, {"act": "remove"}):
        assert clerk.post(f"{UNITS}{theirs.pk}/", fields).status_code == 404
    assert names(south) == ["A"]


# Settings


def typed(client, **changed):
    """The form as the page shows it, with what somebody types."""
    shown = client.get(SETTINGS)
    form = shown.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (values | changed).items() if value is not False}


def test_only_what_was_changed_is_written(clerk, north, admin):
    assert clerk.post(SETTINGS, typed(clerk, contact_rule="both", collect_limit="7"))["Location"] == SETTINGS
    north.refresh_from_db()
    assert (north.contact_rule, north.collect_limit, north.reply_days) == ("both", 7, 30)
    row = AuditEvent.objects.get(act="facility.change")
    assert (row.actor, row.detail) == (f"staff:{admin.pk}", {"columns": ["collect_limit", "contact_rule"]})
    clerk.post(SETTINGS, typed(clerk))
    assert AuditEvent.objects.filter(act="facility.change").count() == 1


def test_a_new_contact_needs_what_the_page_says(clerk, contact, stranger, resident, now):
    clerk.post(SETTINGS, typed(clerk, contact_rule="approval"))
    made = Contact.objects.get(pk=ask(user_id=stranger.pk, resident_id=resident.pk, relation="friend", now=now))
    assert (made.approval_needed, made.consent_needed) == (True, False)
    contact.refresh_from_db()
    assert not contact.approval_needed  # who writes already goes on


@pytest.mark.parametrize(
    "wrong", [{"contact_rule": "x"}, {"kiosk_idle_seconds": "5"}, {"week_starts": "9"},
              {"photos_a_letter": "11"}, {"reply_days": ""}],
)  # fmt: skip
def test_what_makes_no_sense_changes_nothing_and_stays_typed(clerk, north, wrong):
    before = Facility.objects.filter(pk=north.pk).values().get()
    answer = clerk.post(SETTINGS, typed(clerk, collect_limit="12") | wrong)
    assert 'id="errors"' in text(answer)
    assert 'value="12"' in text(answer)
    assert Facility.objects.filter(pk=north.pk).values().get() == before
    assert not AuditEvent.objects.filter(act="facility.change").exists()


def test_two_who_change_them_at_once(clerk, north, now):
    """The second is told, sees what the first did beside their own, and saves with another press."""
    mine = typed(clerk, reply_days="14")
    facilities.change_facility(facility_id=north.pk, changes={"collect_limit": 2})
    answer = clerk.post(SETTINGS, mine)
    assert "Somebody changed these settings meanwhile." in text(answer)
    north.refresh_from_db()
    assert (north.collect_limit, north.reply_days) == (2, 30)
    form = answer.context["form"]
    assert (form["collect_limit"].value(), form["reply_days"].value()) == (2, 14)
    again = {name: form[name].value() for name in form.fields}
    clerk.post(SETTINGS, {name: value for name, value in again.items() if value is not False})
    north.refresh_from_db()
    assert (north.collect_limit, north.reply_days) == (2, 14)


def test_a_page_that_is_not_ours_writes_nothing(clerk, north):
    clerk.post(SETTINGS, typed(clerk, reply_days="14") | {"seen": "{}"})
    north.refresh_from_db()
    assert north.reply_days == 30


def test_settings_need_the_password_of_the_last_ten_minutes(clerk, north, clock_at, now):
    sent = typed(clerk, reply_days="14")
    clock_at(now + desks.FRESH + timedelta(minutes=1))
    assert clerk.post(SETTINGS, sent)["Location"].startswith("/staff/confirm/")
    north.refresh_from_db()
    assert north.reply_days == 30


def test_nobody_else_reaches_them(member, staff_client, north):
    for role in (Role.SUPERVISOR, Role.AUDITOR, Role.REVIEWER):
        client = staff_client(member(role, north))
        for where in (UNITS, SETTINGS):
            assert [client.get(where).status_code, client.post(where, {"name": "B"}).status_code] == [403, 403]
    assert names(north) == ["A"]
