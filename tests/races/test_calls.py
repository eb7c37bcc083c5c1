"""Calls at one moment: one PIN, one balance, one end, one courtesy. Each race is led by the hand, with its control."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from kinline.core.transaction import story
from kinline.facilities.models import Facility
from kinline.flows import authorise_call, custody, end_call
from kinline.flows.authorise_call import Answer
from kinline.identity.models import User
from kinline.ledger import queries
from kinline.ledger.errors import InsufficientFunds
from kinline.residents.models import Resident
from kinline.telephony.models import Call, Cdr, TelephoneSettings
from tests.calls.line import PPC, Line, codes, held_beside, purse, telephone
from tests.races.steps import crossing, without_row_locks
from tests.races.together import together

pytestmark = pytest.mark.usefixtures("db")
BOTH = pytest.mark.parametrize("guarded", [True, False], ids=["ours", "control"])
BEGINS = "INSERT INTO telephony_call"


def drop(constraint: str) -> None:
    """In this test's own database only."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {constraint}")


@pytest.fixture
def other(resident: Resident, north: Facility, long_ago: datetime) -> Resident:
    return held_beside(resident, north, "1077", long_ago)


def allowed(answers: list[Any]) -> list[Answer]:
    return [answer for answer in answers if isinstance(answer, Answer) and answer.decision.allowed]


@BOTH
def test_tel_3_two_telephones_and_one_pin(
    line: Line, resident: Resident, north: Facility, long_ago: datetime, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    story(line.put)(PPC, 1000)
    if not guarded:
        without_row_locks(monkeypatch)
        drop("one_call_at_a_time")
    there = telephone(north, long_ago)
    first, second = partial(line.ask, resident), partial(line.ask, resident, station=there)
    answers = crossing(first, BEGINS, second)
    assert len(allowed(answers)) == (1 if guarded else 2), answers
    assert purse(PPC) == (1000, 165 if guarded else 330)
    if guarded:
        assert codes(answers[1]) == ["already_calling"]


@BOTH
def test_tel_3_two_residents_and_money_for_one(
    line: Line, resident: Resident, other: Resident, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Both have read that there is money. Nobody goes below zero; who comes second hears why, and no error."""
    story(line.put)(PPC, 100)
    if not guarded:
        monkeypatch.setattr(authorise_call, "TRIES", 0)
    answers = crossing(partial(line.ask, resident), "ledger_hold", partial(line.ask, other))
    assert codes(answers[1]) == []
    assert purse(PPC) == (100, 100)
    if guarded:
        assert codes(answers[0]) == ["money_in_use"]
    else:
        assert isinstance(answers[0], InsufficientFunds)
    assert queries.replay() == []


@BOTH
def test_tel_13_two_first_calls_to_one_number(
    line: Line, resident: Resident, other: Resident, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    TelephoneSettings.objects.update(courtesy_seconds=60)
    if not guarded:
        drop("one_courtesy_a_number")
    answers = crossing(partial(line.ask, resident), BEGINS, partial(line.ask, other))
    assert [one.call.call_type for one in allowed(answers)] == ["courtesy"] * (1 if guarded else 2), answers


@pytest.fixture
def talking(line: Line, resident: Resident) -> Call:
    story(line.put)(PPC, 1000)
    call = line.ask(resident).call
    line.accept(call)
    return call


def ends(line: Line, call: Call, milliseconds: int) -> Callable[[], Cdr]:
    return partial(line.end, call, milliseconds)


@BOTH
def test_tel_6_an_end_that_is_told_twice_at_once(
    line: Line, talking: Call, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    if not guarded:
        without_row_locks(monkeypatch)
    answers = crossing(ends(line, talking, 61_000), "ledger_capture", ends(line, talking, 600_000))
    assert Cdr.objects.count() == 1
    assert queries.replay() == []
    if guarded:
        assert answers[0] == answers[1]
        assert purse(PPC) == (989, 0)
    else:
        assert any(isinstance(answer, Exception) for answer in answers)


@BOTH
def test_tel_6_the_sweeper_and_the_end(
    line: Line, talking: Call, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """It comes while the switch tells the end: what the switch says counts, and nobody waits."""
    if not guarded:
        without_row_locks(monkeypatch)
    sweeps = partial(end_call.sweep_one, talking.pk, now=line.now + timedelta(minutes=5))
    answers = crossing(ends(line, talking, 61_000), "ledger_capture", sweeps)
    if guarded:
        assert (answers[0].cents, answers[1]) == (11, False)
        assert purse(PPC) == (989, 0)
    else:
        assert any(isinstance(answer, Exception) for answer in answers)
    assert Cdr.objects.count() == 1
    assert queries.replay() == []


@BOTH
def test_l8_who_is_released_while_they_dial_is_in_no_call(
    line: Line, resident: Resident, admin: User, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    story(line.put)(PPC, 1000)
    if not guarded:
        monkeypatch.setattr(authorise_call.residents_verbs, "lock", lambda **_resident: None)
    leaves = partial(custody.release_resident, staff=admin, resident_id=resident.pk, now=line.now)
    crossing(partial(line.ask, resident), BEGINS, leaves)
    assert Call.objects.get().end_asked == ("release" if guarded else "")


def test_a_deposit_and_an_end_at_once(line: Line, talking: Call) -> None:
    answers = together([ends(line, talking, 900_000), *[partial(story(line.put), PPC, 100)] * 3])
    assert answers[0].cents == 165
    assert purse(PPC) == (1000 - 165 + 300, 0)
    assert queries.replay() == []


def test_a_whole_place_on_the_telephone_at_once(
    line: Line, resident: Resident, north: Facility, long_ago: datetime
) -> None:
    """Six residents, three of whom the money lasts for; then all hang up at once."""
    people = [resident, *(held_beside(resident, north, f"20{n}", long_ago) for n in range(5))]
    story(line.put)(PPC, 3 * 165)
    answers = together([partial(line.ask, one) for one in people])
    assert len(allowed(answers)) == 3, answers
    assert sorted(code for answer in answers for code in codes(answer)) == ["money_in_use"] * 3
    for one in allowed(answers):
        line.accept(one.call)
    written = together([ends(line, one.call, 60_000) for one in allowed(answers)])
    assert [one.cents for one in written] == [11, 11, 11]
    assert purse(PPC) == (3 * 165 - 33, 0)
    assert queries.replay() == []
