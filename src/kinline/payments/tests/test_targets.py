"""For whom money may be added, and why not (MON-4): a table, and few statements however long it is."""

from datetime import datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from kinline.contacts.models import Contact
from kinline.facilities.models import Facility, MessagePrice
from kinline.flows import contacts as story
from kinline.flows import numbers
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.payments.queries.targets import Target, by_code, target_of, targets


def named(user: User, now: datetime) -> dict[str, Target]:
    return {one.code: one for one in targets(user, now)}


def test_before_the_first_person_there_are_ones_own_credits(mother: User, north: Facility, now: datetime) -> None:
    (own,) = targets(mother, now)
    assert (own.code, own.account, own.minimum_cents, own.allowed) == (
        "me", chart.family_messages(mother.pk), 50, True,
    )  # fmt: skip


def test_each_person_has_credits_and_a_calling_account(mother: User, contact: Contact, now: datetime) -> None:
    found = named(mother, now)
    assert list(found) == ["me", f"letters-{contact.pk}", f"calls-{contact.pk}"]
    assert found[f"letters-{contact.pk}"].account == chart.resident_messages(contact.resident_id)
    assert found[f"calls-{contact.pk}"].account == chart.resident_calls(contact.resident_id)
    assert all(one.allowed for one in found.values())
    assert [code for code, one in found.items() if one.balance is not None] == ["me"], "theirs is theirs to see"


@pytest.mark.parametrize(
    ("settings_of_place", "closed", "instead"),
    [
        ({"resident_deposits": False}, "letters", "Add credits for yourself"),
        ({"pin_debit": False}, "calls", "Use a prepaid number (PPC) instead"),
        ({"pin_debit": False, "prepaid_numbers": False}, "calls", "Ask the facility"),
        ({"prepaid_numbers": False}, "number", "Use the calling account (PIN Debit)"),
        ({"messages_offered": False}, "letters", ""),
    ],
)
def test_what_a_place_does_not_take_says_what_to_use_instead(
    mother: User, contact: Contact, north: Facility, now: datetime, settings_of_place: dict[str, bool], closed: str,
    instead: str,
) -> None:  # fmt: skip
    listed = numbers.list_number(mother, number="813 555 0142", now=now)
    Facility.objects.filter(pk=north.pk).update(**settings_of_place)
    found = named(mother, now)
    code = f"number-{listed}" if closed == "number" else f"{closed}-{contact.pk}"
    assert found[code].why_not
    assert instead in found[code].instead
    others = {"number"} if settings_of_place.get("prepaid_numbers") is False else set()
    for other, one in found.items():
        assert one.allowed or other == code or other.partition("-")[0] in others


def test_one_place_that_offers_numbers_is_enough(
    mother: User, contact: Contact, contact_south: Contact, north: Facility, now: datetime
) -> None:
    listed = numbers.list_number(mother, number="813 555 0142", now=now)
    Facility.objects.filter(pk=north.pk).update(prepaid_numbers=False)
    assert named(mother, now)[f"number-{listed}"].allowed


def test_who_stopped_writing_with_me_gets_no_money_from_me(
    mother: User, contact: Contact, resident_party: object, now: datetime
) -> None:
    story.block(resident_party, contact.pk, now)
    found = named(mother, now)
    for kind in ("letters", "calls"):
        assert not found[f"{kind}-{contact.pk}"].allowed
        assert "block" not in found[f"{kind}-{contact.pk}"].why_not.lower(), "a block is never told"


def test_where_letters_are_free_nothing_is_sold(mother: User, contact: Contact, now: datetime) -> None:
    MessagePrice.objects.update(cents=0)
    found = named(mother, now)
    assert not found["me"].allowed
    assert not found[f"letters-{contact.pk}"].allowed
    assert found[f"calls-{contact.pk}"].allowed


def test_nobody_names_what_is_on_anothers_list(mother: User, stranger: User, contact: Contact, now: datetime) -> None:
    listed = numbers.list_number(mother, number="813 555 0142", now=now)
    for one in targets(mother, now):
        if one.code != "me":
            assert by_code(stranger, one.code, now) is None
        assert target_of(stranger, one.account, now) is None
    assert by_code(mother, f"number-{listed}", now) is not None


def test_the_list_takes_few_statements(
    mother: User, contact: Contact, contact_south: Contact, now: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for line in range(5):
        numbers.list_number(mother, number=f"813 555 010{line}", now=now)
    with django_assert_num_queries(5):  # people, places, my balance, numbers, my codes
        assert len(targets(mother, now)) == 10
