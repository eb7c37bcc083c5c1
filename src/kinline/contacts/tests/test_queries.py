"""Contacts as each side sees them, in one statement; somebody else's look like none."""

from datetime import timedelta

import pytest

from kinline.contacts import queries, services
from kinline.contacts.models import Contact
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.facilities import services as facilities
from kinline.flows import custody


def test_one_statement_with_all_that_a_send_needs(
    mother_party, contact, resident, north, now, django_assert_num_queries
):
    with django_assert_num_queries(1):
        view = queries.contact(mother_party, contact.pk, now)
    assert (view.id, view.user_id, view.resident_id) == (contact.pk, mother_party.id, resident.pk)
    assert (view.other_name, view.other_first_name, view.resident_number) == ("Daniel Sample", "Daniel", "1001")
    assert (view.facility_id, view.facility_slug, view.agency_id) == (north.pk, "sample-north", north.agency_id)
    assert (view.price_cents, view.collect_limit, view.time_zone) == (50, 5, "America/New_York")
    assert (view.policy.version, view.policy.rules) == (1, [{"id": "at-once", "then": "deliver"}])
    assert (view.can_write, view.state_code) == (True, "ok")
    assert not view.written_before("family")


def test_the_resident_sees_the_other_name(resident_party, contact, now):
    view = queries.contact(resident_party, contact.pk, now)
    assert (view.other_name, view.other_first_name) == ("Marta Sample", "Marta")


def test_nobody_else_sees_it(contact, stranger, outsider, resident_south, mother, now):
    for party in (
        Party(FAMILY, stranger.pk),
        Party(RESIDENT, outsider.pk),
        Party(RESIDENT, resident_south.pk),
        Party(RESIDENT, mother.pk + 10_000),
    ):
        assert queries.contact(party, contact.pk, now) is None
        assert queries.contacts_of(party, now) == []
    assert queries.contact(Party(FAMILY, mother.pk), contact.pk + 999, now) is None


def test_all_of_a_person_by_name_in_one_statement(mother_party, contact, contact_south, now, django_assert_num_queries):
    with django_assert_num_queries(1):
        views = queries.contacts_of(mother_party, now)
    assert [view.other_name for view in views] == ["Daniel Sample", "Samuel Sample"]


def test_the_price_that_counts_now(mother_party, contact, agency, now):
    later = now + timedelta(days=1)
    facilities.set_price(agency_id=agency.pk, cents=75, effective_from=later, now=now)
    assert queries.contact(mother_party, contact.pk, now).price_cents == 50
    assert queries.contact(mother_party, contact.pk, later).price_cents == 75


def test_a_place_without_rules_has_no_policy(mother_party, contact, north, now):
    north.policies.all().delete()
    assert queries.contact(mother_party, contact.pk, now).policy is None


def test_after_a_release_it_is_the_last_place(mother_party, contact, resident, north, now):
    custody.release_resident(staff=None, resident_id=resident.pk, now=now)
    view = queries.contact(mother_party, contact.pk, now)
    assert (view.facility_id, view.state_code, view.in_custody) == (north.pk, "released", False)
    assert "Daniel left custody on" in view.state_sentence


RESTRICTED = [
    # who is named, where the resident is then, does it hold
    (("user", "resident"), "north", True),
    (("resident",), "north", True),
    (("user",), "north", True),
    (("user", "resident"), "south", True),  # a no-contact order goes along
    (("resident",), "south", True),
    (("user",), "south", False),  # that facility's own
    ((), "north", False),  # somebody else's
]


@pytest.mark.parametrize(("named", "where", "holds"), RESTRICTED)
def test_which_restrictions_hold_where(
    mother_party, contact, mother, stranger, resident, north, south, supervisor, now, named, where, holds
):
    services.restrict(
        facility_id=north.pk,
        user_id=mother.pk if "user" in named else stranger.pk if not named else None,
        resident_id=resident.pk if "resident" in named else None,
        reason="for the test",
        told="",
        by_id=supervisor.pk,
        now=now,
        ends_at=now + timedelta(days=2),
    )
    if where == "south":
        custody.transfer_resident(staff=None, resident_id=resident.pk, facility_id=south.pk, now=now)
    view = queries.contact(mother_party, contact.pk, now)
    assert (view.state_code == "restricted") == holds
    assert queries.contact(mother_party, contact.pk, now - timedelta(seconds=1)).state_code == "ok"
    assert queries.contact(mother_party, contact.pk, now + timedelta(days=2)).state_code == "ok"


def test_always_accept_is_each_sides_own(mother_party, resident_party, contact, now):
    Contact.objects.filter(pk=contact.pk).update(resident_always_accepts=True)
    mine, theirs = (queries.contact(party, contact.pk, now) for party in (mother_party, resident_party))
    assert (mine.always_accept, mine.other_always_accepts) == (False, True)
    assert (theirs.always_accept, theirs.other_always_accepts) == (True, False)
