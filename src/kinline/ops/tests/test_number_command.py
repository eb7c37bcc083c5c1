"""`number list|confirm`: staff who saw a telephone (TEL-8), by command."""

from datetime import datetime

import pytest
from django.core.management import CommandError

from kinline.facilities.models import Facility
from kinline.flows import numbers
from kinline.identity.models import Role, User
from kinline.identity.services import grant_role
from kinline.ops.tests.test_commands import last_act, refused, run
from kinline.payments.models import PrepaidNumber

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(mother: User, now: datetime) -> int:
    """The mother has a number on her page and asked for a code."""
    listed_id = numbers.list_number(mother, number="813 555 0142", label="Home", now=now)
    numbers.ask_code(mother, listed_id=listed_id, now=now)
    return listed_id


@pytest.fixture
def finance(officer: User, north: Facility, long_ago: datetime) -> User:
    grant_role(user_id=officer.pk, facility_id=north.pk, role=Role.FINANCE, now=long_ago)
    return officer


def test_who_asked_is_listed_and_confirmed(asked: int, finance: User, mother: User, north: Facility) -> None:
    line = run("number", "list", north.slug, "--as", "officer")
    assert "(813) 555-0142" in line
    assert "Marta Sample (mother), asked " in line
    confirm = ("number", "confirm", "(813) 555-0142", "--for", "mother", "--facility", north.slug, "--as", "officer")
    assert "is confirmed as the number of mother" in run(*confirm)
    assert PrepaidNumber.objects.get().holder == mother
    assert last_act() == (f"staff:{finance.pk}", "number.prove")
    assert run("number", "list", north.slug, "--as", "officer") == ""
    assert "already_proved" in refused(*confirm)


def test_who_may_not_confirms_nothing(
    asked: int, finance: User, supervisor: User, north: Facility, south: Facility
) -> None:
    where = ("--for", "mother", "--facility")
    assert "not_permitted" in refused("number", "confirm", "8135550142", *where, north.slug, "--as", "supervisor")
    assert "not_permitted" in refused("number", "confirm", "8135550142", *where, south.slug, "--as", "officer")
    assert "not_permitted" in refused("number", "list", south.slug, "--as", "officer")
    assert PrepaidNumber.objects.get().holder is None


@pytest.mark.parametrize(("number", "code"), [("911", "short_number"), ("813 555 0199", "number_not_listed")])
def test_a_number_that_the_person_does_not_have_is_refused(
    asked: int, finance: User, north: Facility, number: str, code: str
) -> None:
    words = ("number", "confirm", number, "--for", "mother", "--facility", north.slug, "--as", "officer")
    assert code in refused(*words)
    assert PrepaidNumber.objects.get().holder is None


def test_a_person_who_is_not_there(finance: User, north: Facility) -> None:
    with pytest.raises(CommandError):
        run("number", "confirm", "8135550142", "--for", "nobody", "--facility", north.slug, "--as", "officer")
