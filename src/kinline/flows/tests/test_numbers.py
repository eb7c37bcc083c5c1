"""TEL-8: a number on one's page proves nothing; a code that the call speaks does, or staff who saw it."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from kinline.core.models import AuditEvent
from kinline.facilities.models import Facility
from kinline.flows import numbers
from kinline.flows.deposit import record_deposit
from kinline.identity.models import Role, User
from kinline.identity.permissions import NotPermitted
from kinline.identity.services import grant_role
from kinline.notices.models import Notice
from kinline.payments import errors
from kinline.payments.models import ListedNumber, NumberCode, PrepaidNumber
from kinline.payments.queries import numbers as queries
from kinline.payments.services.numbers import code_to_speak

NUMBER = "+18135550142"


@pytest.fixture
def listed(mother: User, now: datetime) -> int:
    return numbers.list_number(mother, number="(813) 555-0142", label="Home", now=now)


@pytest.fixture
def finance(officer: User, north: Facility, long_ago: datetime) -> User:
    grant_role(user_id=officer.pk, facility_id=north.pk, role=Role.FINANCE, now=long_ago)
    return officer


def asked(user: User, listed_id: int, now: datetime) -> NumberCode:
    code = numbers.ask_code(user, listed_id=listed_id, now=now)
    assert code is not None
    return code


def holder() -> int | None:
    return PrepaidNumber.objects.get(number=NUMBER).holder_id


def test_a_number_is_listed_once_however_it_is_typed(mother: User, listed: int, now: datetime) -> None:
    assert numbers.list_number(mother, number="+1 813-555-0142", now=now) == listed
    (view,) = queries.numbers_of(mother.pk, now)
    assert (view.number, view.shown, view.label, view.mine, view.balance) == (
        NUMBER, "(813) 555-0142", "Home", False, None,
    )  # fmt: skip
    assert numbers.list_number(mother, number=NUMBER, label="Kitchen", now=now) == listed
    assert queries.numbers_of(mother.pk, now)[0].name == "Kitchen"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [("911", errors.ShortNumber), ("1-900-555-0100", errors.PremiumNumber), ("800-555-0199", errors.TollFreeNumber),
     ("+52 55 1234 5678", errors.ForeignNumber), ("hello", errors.NoNumber)],
)  # fmt: skip
def test_what_is_no_number_of_a_person_is_refused(
    mother: User, text: str, refusal: type[errors.NoNumber], now: datetime
) -> None:
    with pytest.raises(refusal) as no:
        numbers.list_number(mother, number=text, now=now)
    assert str(no.value)
    assert not PrepaidNumber.objects.exists()
    assert not ListedNumber.objects.exists()


def test_many_numbers_a_day_are_too_many(mother: User, now: datetime) -> None:
    for line in range(40):
        numbers.list_number(mother, number=f"813 555 01{line:02d}", now=now)
    with pytest.raises(errors.TooManyNumbers):
        numbers.list_number(mother, number="813 555 0199", now=now)
    assert ListedNumber.objects.count() == 40
    numbers.list_number(mother, number="813 555 0199", now=now + timedelta(hours=25))


def test_the_code_that_the_call_speaks_proves_control(mother: User, listed: int, now: datetime) -> None:
    code = code_to_speak(asked(mother, listed, now))
    assert len(code) == 6
    assert code not in str(NumberCode.objects.values())
    assert numbers.prove(mother, listed_id=listed, code=f" {code[:3]}-{code[3:]} ", now=now)
    view = queries.number(mother.pk, listed, now)
    assert view is not None
    assert (view.mine, view.balance and view.balance.posted_cents, view.code_until) == (True, 0, None)
    assert PrepaidNumber.objects.get().proved_by == "code"
    assert list(Notice.objects.values_list("kind", "user_id")) == [("number_proved", mother.pk)]
    assert AuditEvent.objects.latest("pk").act == "number.prove"


def test_only_a_holder_sees_the_balance(mother: User, stranger: User, listed: int, now: datetime) -> None:
    theirs = numbers.list_number(stranger, number=NUMBER, now=now)
    numbers.prove(mother, listed_id=listed, code=code_to_speak(asked(mother, listed, now)), now=now)
    view = queries.number(stranger.pk, theirs, now)
    assert view is not None
    assert (view.mine, view.balance) == (False, None)


def test_five_wrong_tries_end_a_code(mother: User, listed: int, now: datetime) -> None:
    right = code_to_speak(asked(mother, listed, now))
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        with pytest.raises(errors.WrongNumberCode):
            numbers.prove(mother, listed_id=listed, code=wrong, now=now)
    with pytest.raises(errors.WrongNumberCode):
        numbers.prove(mother, listed_id=listed, code=right, now=now)
    assert holder() is None
    assert not Notice.objects.exists()


def test_an_old_code_proves_nothing_and_a_new_one_ends_the_old(mother: User, listed: int, now: datetime) -> None:
    old = code_to_speak(asked(mother, listed, now))
    new = code_to_speak(asked(mother, listed, now + timedelta(seconds=1)))
    assert old != new
    for code, when in ((old, now + timedelta(seconds=2)), (new, now + timedelta(hours=25))):
        with pytest.raises(errors.WrongNumberCode):
            numbers.prove(mother, listed_id=listed, code=code, now=when)
    assert holder() is None
    assert numbers.prove(mother, listed_id=listed, code=new, now=now + timedelta(hours=1))


def test_a_code_is_its_askers_alone(mother: User, stranger: User, listed: int, now: datetime) -> None:
    code = code_to_speak(asked(mother, listed, now))
    theirs = numbers.list_number(stranger, number=NUMBER, now=now)
    with pytest.raises(errors.WrongNumberCode):
        numbers.prove(stranger, listed_id=theirs, code=code, now=now)
    assert not numbers.prove(stranger, listed_id=listed, code=code, now=now)
    assert numbers.ask_code(stranger, listed_id=listed, now=now) is None
    assert not numbers.unlist(stranger, listed_id=listed, now=now)
    assert holder() is None


def test_nobodys_telephone_rings_all_day(mother: User, stranger: User, listed: int, now: datetime) -> None:
    theirs = numbers.list_number(stranger, number=NUMBER, now=now)
    for _ in range(5):
        asked(stranger, theirs, now)
    with pytest.raises(errors.TooManyCodes):
        numbers.ask_code(mother, listed_id=listed, now=now)
    assert not NumberCode.objects.filter(user=mother).exists()
    asked(mother, listed, now + timedelta(hours=25))


def test_a_number_changes_hands_and_its_former_holder_is_told(
    mother: User, stranger: User, listed: int, now: datetime
) -> None:
    numbers.prove(mother, listed_id=listed, code=code_to_speak(asked(mother, listed, now)), now=now)
    with pytest.raises(errors.AlreadyProved):
        numbers.ask_code(mother, listed_id=listed, now=now)
    theirs = numbers.list_number(stranger, number=NUMBER, now=now)
    numbers.prove(stranger, listed_id=theirs, code=code_to_speak(asked(stranger, theirs, now)), now=now)
    assert holder() == stranger.pk
    told = Notice.objects.filter(user=mother).order_by("pk")
    assert list(told.values_list("kind", flat=True)) == ["number_proved", "number_moved"]


def test_staff_confirm_what_a_person_asked_for(
    finance: User, mother: User, north: Facility, listed: int, now: datetime
) -> None:
    asked(mother, listed, now)
    (waiting,) = queries.waiting_for_proof(now)
    assert (waiting.shown, waiting.username) == ("(813) 555-0142", "mother")
    numbers.confirm(staff=finance, facility_id=north.pk, user=mother, number="813 555 0142", now=now)
    assert holder() == mother.pk
    assert PrepaidNumber.objects.get().proved_by == f"staff:{finance.pk}"
    event = AuditEvent.objects.latest("pk")
    assert (event.actor, event.act, event.facility_id) == (f"staff:{finance.pk}", "number.prove", north.pk)
    assert queries.waiting_for_proof(now) == []
    with pytest.raises(errors.AlreadyProved):
        numbers.confirm(staff=finance, facility_id=north.pk, user=mother, number=NUMBER, now=now)


def test_staff_without_the_role_or_of_another_place_confirm_nothing(
    finance: User, supervisor: User, mother: User, north: Facility, south: Facility, listed: int, now: datetime
) -> None:
    for staff, place in ((supervisor, north), (finance, south)):
        with pytest.raises(NotPermitted):
            numbers.confirm(staff=staff, facility_id=place.pk, user=mother, number=NUMBER, now=now)
    assert holder() is None


def test_staff_confirm_no_number_that_is_not_on_the_persons_page(
    finance: User, mother: User, stranger: User, north: Facility, listed: int, now: datetime
) -> None:
    numbers.unlist(mother, listed_id=listed, now=now)
    for person in (mother, stranger):
        with pytest.raises(errors.NothingAsked):
            numbers.confirm(staff=finance, facility_id=north.pk, user=person, number=NUMBER, now=now)
    assert holder() is None


def test_what_is_taken_off_the_page_keeps_its_money_and_comes_back(
    mother: User, listed: int, north: Facility, now: datetime, finance: User
) -> None:
    numbers.prove(mother, listed_id=listed, code=code_to_speak(asked(mother, listed, now)), now=now)
    record_deposit(
        account=f"number:{NUMBER}:prepaid", amount_cents=1_000, method="cash", client_key=uuid4(), now=now,
        recorded_by=finance, facility_id=north.pk,
    )  # fmt: skip
    assert numbers.unlist(mother, listed_id=listed, now=now)
    assert queries.numbers_of(mother.pk, now) == []
    again = numbers.list_number(mother, number=NUMBER, now=now)
    view = queries.number(mother.pk, again, now)
    assert view is not None
    assert view.balance is not None
    assert view.balance.available_cents == 1_000
