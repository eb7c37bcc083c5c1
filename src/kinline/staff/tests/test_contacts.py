"""CON-2, CON-3: the queue of contacts, and orders that stop letters, told before anybody pays."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kinline.contacts.models import Contact, Restriction
from kinline.core.models import AuditEvent
from kinline.flows.custody import transfer_resident
from kinline.identity.models import Role
from kinline.messaging.models import Message
from kinline.notices.models import Notice

pytestmark = pytest.mark.django_db
QUEUE, STOPPED, STOP = "/staff/contacts/", "/staff/restrictions/", "/staff/restrictions/new/"


@pytest.fixture
def asked(contact):
    Contact.objects.filter(pk=contact.pk).update(approval_needed=True)
    contact.refresh_from_db()
    return contact


@pytest.fixture
def reviewer(officer, staff_client):
    return staff_client(officer)


@pytest.fixture
def boss(supervisor, staff_client):
    return staff_client(supervisor)


def text(answer):
    return answer.content.decode()


# The queue


def test_the_queue_is_this_places_and_oldest_first(reviewer, asked, contact_south, stranger, resident, now):
    Contact.objects.filter(pk=contact_south.pk).update(approval_needed=True)
    later = Contact.objects.create(user=stranger, resident=resident, approval_needed=True, created_at=now)
    shown = text(reviewer.get(QUEUE)).split("<tbody>")[1]
    assert shown.index(f"/contacts/{asked.pk}/") < shown.index(f"/contacts/{later.pk}/")
    assert f"/contacts/{contact_south.pk}/" not in shown


def test_approved_both_are_told_and_it_leaves_the_queue(reviewer, asked, officer, north):
    assert reviewer.post(f"{QUEUE}{asked.pk}/", {"act": "approve"})["Location"] == QUEUE
    asked.refresh_from_db()
    assert asked.approved_by == officer
    assert Notice.objects.filter(kind="contact_approved").count() == 2
    assert f"/contacts/{asked.pk}/" not in text(reviewer.get(QUEUE)).split("<tbody>")[1]
    row = AuditEvent.objects.get(act="contact.approve")
    assert (row.actor, row.facility_id) == (f"staff:{officer.pk}", north.pk)


def test_denied_with_a_reason_that_both_read(reviewer, asked, family_client, mother):
    where = f"{QUEUE}{asked.pk}/"
    assert "Write a reason" in text(reviewer.post(where, {"act": "deny", "reason": " "}))
    assert not Notice.objects.exists()
    reviewer.post(where, {"act": "deny", "reason": "No proof of age."})
    asked.refresh_from_db()
    assert asked.denied_reason == "No proof of age."
    assert Notice.objects.filter(kind="contact_denied").count() == 2
    assert "did not approve" in text(family_client(mother).get(f"/people/{asked.pk}/"))


def test_a_look_at_somebodys_address_is_on_record(reviewer, asked, officer, mother):
    type(mother).objects.filter(pk=mother.pk).update(address_line1="7 Sample Street")
    assert "7 Sample Street" in text(reviewer.get(f"{QUEUE}{asked.pk}/"))
    row = AuditEvent.objects.get(act="contact.look")
    assert (row.actor, row.object, row.detail) == (f"staff:{officer.pk}", f"contact:{asked.pk}", {})


def test_nobody_decides_about_a_contact_of_their_own(reviewer, asked, officer, mother):
    type(mother).objects.filter(pk=mother.pk).update(email=officer.email, address_line1="7 Sample Street")
    shown = text(reviewer.get(f"{QUEUE}{asked.pk}/"))
    assert "your own contact" in shown
    assert "7 Sample Street" not in shown
    reviewer.post(f"{QUEUE}{asked.pk}/", {"act": "approve"})
    asked.refresh_from_db()
    assert asked.approved_at is None
    assert not AuditEvent.objects.filter(act__startswith="contact").exists()


def test_another_places_contact_is_not_there(reviewer, contact_south):
    Contact.objects.filter(pk=contact_south.pk).update(approval_needed=True)
    for answer in (reviewer.get(f"{QUEUE}{contact_south.pk}/"),
                   reviewer.post(f"{QUEUE}{contact_south.pk}/", {"act": "approve"})):  # fmt: skip
        assert answer.status_code == 404
    assert Contact.objects.get(pk=contact_south.pk).approved_at is None


def test_two_of_staff_at_one_contact(reviewer, asked, boss):
    """The second, whose page still shows it waiting, does not turn over what the first has decided."""
    assert 'name="seen" value=""' in text(boss.get(f"{QUEUE}{asked.pk}/"))
    reviewer.post(f"{QUEUE}{asked.pk}/", {"act": "approve", "seen": ""})
    Notice.objects.all().delete()
    late = boss.post(f"{QUEUE}{asked.pk}/", {"act": "deny", "reason": "No.", "seen": ""}, follow=True)
    assert "Somebody else has decided this meanwhile." in text(late)
    asked.refresh_from_db()
    assert (asked.denied_at, asked.decided) == (None, "approved")
    assert not Notice.objects.exists()
    boss.post(f"{QUEUE}{asked.pk}/", {"act": "deny", "reason": "No.", "seen": "approved"})
    asked.refresh_from_db()
    assert asked.decided == "denied"


def test_what_needs_no_approval_gets_none(reviewer, contact):
    assert "does not ask for an approval" in text(reviewer.get(f"{QUEUE}{contact.pk}/"))
    reviewer.post(f"{QUEUE}{contact.pk}/", {"act": "approve"})
    contact.refresh_from_db()
    assert contact.approved_at is None
    assert reviewer.post(f"{QUEUE}{contact.pk}/", {"act": "x"}).status_code == 400


# Restrictions


def stop(client, act="restrict", **fields):
    return client.post(STOP, {"resident": "1001", "family": "mother", "reason": "Order 7", "act": act, **fields})


def test_looked_at_with_the_words_that_are_read_before_paying(boss, contact, north):
    shown = text(stop(boss, act="look", told="A court does not allow contact."))
    said = shown.split('id="told-family">')[1].split("<")[0]
    assert "The facility has stopped letters between you since" in said
    assert said.endswith("A court does not allow contact.")
    assert not Restriction.objects.exists()


def test_stopped_the_sender_is_told_before_paying_and_nothing_is_taken(
    boss, contact, family_client, mother, money, mother_party
):
    money(mother_party, 500)
    assert stop(boss, told="A court does not allow contact.")["Location"] == STOPPED
    writer = family_client(mother)
    page = text(writer.get(f"/messages/new/?to={contact.pk}"))
    assert "A court does not allow contact." in page
    assert "Order 7" not in page
    writer.post("/messages/new/", {"to": contact.pk, "body": "Hello", "key": "6f4f3e60-0000-4000-8000-000000000001"})
    assert not Message.objects.exists()
    assert AuditEvent.objects.filter(act="contact.restrict").count() == 1
    assert "Order 7" in text(boss.get(STOPPED))


def test_from_until_are_days_of_the_place(boss, contact, now):
    zone = ZoneInfo("America/New_York")
    first = (now.astimezone(zone) + timedelta(days=3)).date()
    stop(boss, starts=first.isoformat(), ends=first.isoformat())
    row = Restriction.objects.get()
    assert row.starts_at == datetime(first.year, first.month, first.day, tzinfo=zone)
    after = first + timedelta(days=1)
    assert row.ends_at == datetime(after.year, after.month, after.day, tzinfo=zone)
    assert "later" in text(boss.get(STOPPED))


def test_a_first_day_that_has_begun_is_now(boss, contact, now):
    stop(boss, starts="2020-01-01")
    assert abs(Restriction.objects.get().starts_at - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"resident": "", "family": ""}, {"resident": "1002"}, {"family": "nobody"},
              {"starts": "2030-02-01", "ends": "2030-01-01"}, {"ends": "2020-01-01"}, {"ends": "x"},
              {"starts": "0001-01-01"}, {"ends": "9999-12-31"}, {"reason": "x" * 301}],
)  # fmt: skip
def test_what_makes_no_sense_stops_nothing_and_stays_typed(boss, contact, resident_south, wrong):
    answer = stop(boss, **wrong)
    assert answer.status_code == 200
    assert 'id="errors"' in text(answer)
    if "family" not in wrong:
        assert 'value="mother"' in text(answer)
    assert not Restriction.objects.exists()
    assert not AuditEvent.objects.filter(act="contact.restrict").exists()


def test_one_person_with_everybody(boss, contact):
    stop(boss, family="")
    row = Restriction.objects.get()
    assert (row.user, row.resident) == (None, contact.resident)
    assert "everybody" in text(boss.get(f"{STOPPED}{row.pk}/"))


def test_ended_the_two_are_told(boss, contact):
    stop(boss, told="Told.")
    row = Restriction.objects.get()
    Notice.objects.all().delete()
    assert boss.post(f"{STOPPED}{row.pk}/").status_code == 303
    row.refresh_from_db()
    assert row.ends_at is not None
    assert Notice.objects.filter(kind="restriction_ended").count() == 2
    assert "It has ended." in text(boss.get(f"{STOPPED}{row.pk}/"))
    boss.post(f"{STOPPED}{row.pk}/")
    assert AuditEvent.objects.filter(act="contact.unrestrict").count() == 1


def test_another_places_restriction_is_not_there(boss, contact_south, member, staff_client, south):
    theirs = staff_client(member(Role.SUPERVISOR, south))
    stop(theirs, resident="1002")
    row = Restriction.objects.get()
    assert boss.get(f"{STOPPED}{row.pk}/").status_code == 404
    assert boss.post(f"{STOPPED}{row.pk}/").status_code == 404
    row.refresh_from_db()
    assert row.ends_at is None
    assert "mother" not in text(boss.get(STOPPED))


def test_a_reviewer_stops_nothing(reviewer, contact):
    assert stop(reviewer).status_code == 403
    assert not Restriction.objects.exists()


def test_an_order_follows_the_resident_and_the_new_place_may_end_it(
    boss, contact, resident, south, member, staff_client, family_client, mother, now
):
    """CON-3, CON-4: it does not end with a transfer; who holds the resident sees why letters stop, and whose it is."""
    stop(boss)
    row = Restriction.objects.get()
    theirs = staff_client(member(Role.SUPERVISOR, south))
    assert theirs.get(f"{STOPPED}{row.pk}/").status_code == 404
    transfer_resident(staff=None, resident_id=resident.pk, facility_id=south.pk, now=now)
    assert "stopped letters between you" in text(family_client(mother).get(f"/people/{contact.pk}/"))
    assert "Sample North" in text(theirs.get(STOPPED)).split("<tbody>")[1]
    Notice.objects.all().delete()
    assert theirs.post(f"{STOPPED}{row.pk}/").status_code == 303
    row.refresh_from_db()
    assert row.ends_at is not None
    assert Notice.objects.filter(kind="restriction_ended").count() == 2
    assert AuditEvent.objects.get(act="contact.unrestrict").facility_id == south.pk


def test_an_order_that_ends_lets_them_write_again(boss, contact, family_client, mother, now):
    stop(boss)
    Restriction.objects.update(starts_at=now - timedelta(days=2), ends_at=now - timedelta(seconds=1))
    page = text(family_client(mother).get(f"/messages/new/?to={contact.pk}"))
    assert 'name="body"' in page
    assert "Order 7" not in text(boss.get(STOPPED))
