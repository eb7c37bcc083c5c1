"""Two reviewers at one letter (DEL-4): one has it, the other hears so; and a decision meets its sender, or itself.

Each row makes the dangerous order; the control is the same without the row locks, and loses.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from kinline.core.errors import Refusal
from kinline.facilities.models import Facility
from kinline.flows import appeal, appeal_desk
from kinline.flows import review_desk as desk
from kinline.flows.decide_review import carry_out, refuse
from kinline.flows.take_back import take_back
from kinline.identity.models import User
from kinline.messaging.models import Appeal, AppealRuling, Message, Review, Ruling
from tests.money.letters import wrongs
from tests.races.steps import FIRST_WRITE, crossing, without_row_locks
from tests.races.world import Waits, World

pytestmark = pytest.mark.usefixtures("db")
SOON = timedelta(seconds=11)


def codes(answers: list[Any]) -> list[object]:
    return [answer.code if isinstance(answer, Refusal) else type(answer).__name__ for answer in answers]


def claims(world: World) -> list[Any]:
    """The reviewer and the supervisor open the same letter at one moment."""
    acts = [
        partial(desk.claim, staff=staff, message_id=world.message_id, now=world.now)
        for staff in (world.officer, world.supervisor)
    ]
    return crossing(acts[0], FIRST_WRITE, acts[1])


def decisions(world: World) -> list[Any]:
    """One approves while the other refuses."""
    own = {"message_id": world.message_id, "now": world.now}
    refuse = partial(desk.decide_refuse, staff=world.supervisor, reason_code="threat", explanation="No.", **own)
    return crossing(partial(desk.decide_release, staff=world.officer, **own), FIRST_WRITE, refuse)


def test_one_of_two_reviewers_has_it(waits: Waits) -> None:
    world = waits("review", "sender")
    assert codes(claims(world)) == ["NoneType", "claimed_by_other"]
    assert Review.objects.get().claimed_by == world.officer


def test_control_without_the_lock_both_have_it(waits: Waits, monkeypatch: pytest.MonkeyPatch) -> None:
    world = waits("review", "sender")
    without_row_locks(monkeypatch)
    assert codes(claims(world)) == ["NoneType", "NoneType"]


def test_one_of_two_decisions_stands(waits: Waits) -> None:
    world = waits("review", "sender")
    assert codes(decisions(world)) == ["int", "claimed_by_other"]
    assert Ruling.objects.get().staff == world.officer


def test_control_without_the_lock_only_the_database_keeps_them_apart(
    waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index of open rulings is the last guard: one of the two hears an error instead of a sentence."""
    world = waits("review", "sender")
    without_row_locks(monkeypatch)
    assert sorted(map(str, codes(decisions(world)))) == ["IntegrityError", "int"]


def nexts(world: World, place: Facility) -> list[Any]:
    acts = [
        partial(desk.claim_next, staff=staff, facility_id=place.pk, now=world.now)
        for staff in (world.officer, world.supervisor)
    ]
    return crossing(acts[0], FIRST_WRITE, acts[1])


def test_two_who_ask_for_the_next_get_two_letters(waits: Waits, north: Facility) -> None:
    first, second = waits("review", "sender"), waits("review", "sender")
    assert nexts(second, north) == [first.message_id, second.message_id]
    assert {one.claimed_by for one in Review.objects.all()} == {first.officer, first.supervisor}


def test_control_without_the_lock_both_get_the_same(
    waits: Waits, north: Facility, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = waits("review", "sender"), waits("review", "sender")
    without_row_locks(monkeypatch)
    assert nexts(second, north) == [first.message_id, first.message_id]


# A decision takes effect while something else happens: which comes first, who hears what, how the letter ends.
ENDS = [
    ("carry_out", "take_back", ["NoneType", "too_late"], "delivered", "done"),
    ("take_back", "carry_out", ["NoneType", "NoneType"], "withdrawn", "void"),
    ("carry_out", "carry_out", ["NoneType", "NoneType"], "delivered", "done"),
    ("carry_out", "withdraw", ["NoneType", "too_late"], "delivered", "done"),
    ("withdraw", "carry_out", ["int", "NoneType"], "review", "withdrawn"),
]


def ended(world: World, first: str, second: str) -> tuple[list[object], str, str]:
    ruling_id = desk.decide_release(staff=world.officer, message_id=world.message_id, now=world.now)
    at: datetime = world.now + SOON
    acts = {
        "carry_out": partial(carry_out, ruling_id=ruling_id, now=at),
        "withdraw": partial(desk.withdraw, staff=world.officer, ruling_id=ruling_id, now=at),
        "take_back": partial(take_back, world.mother, message_id=world.message_id, now=at),
    }
    heard = codes(crossing(acts[first], FIRST_WRITE, acts[second]))
    return heard, Message.objects.get(pk=world.message_id).state, Ruling.objects.get(pk=ruling_id).end


def misses(waits: Waits) -> list[tuple[str, str]]:
    """The rows that did not end as they say, or left something wrong behind."""
    found, before = [], wrongs()
    for first, second, hears, ends, end in ENDS:
        got, after = ended(waits("review", "sender"), first, second), wrongs()
        if got != (hears, ends, end) or after != before:
            found.append((first, second))
        before = after
    return found


def test_a_decision_ends_once(waits: Waits) -> None:
    assert misses(waits) == []
    assert wrongs() == []


def test_control_without_the_locks_every_row_loses(waits: Waits, monkeypatch: pytest.MonkeyPatch) -> None:
    without_row_locks(monkeypatch)
    assert misses(waits) == [(first, second) for first, second, *_ in ENDS]


# An appeal: two who decide it at one moment, and a decision that takes effect while it is taken back.


def appealed(world: World) -> int:
    """Refused by the officer, appealed by the sender."""
    refuse(staff=world.officer, message_id=world.message_id, reason_code="threat", explanation="No.", now=world.now)
    return appeal.file(world.mother, message_id=world.message_id, text="Please.", now=world.now)


def answers(world: World, admin: User) -> list[object]:
    """The supervisor lets it through while an administrator says no."""
    own: dict[str, Any] = {"appeal_id": appealed(world), "answer": "Read again.", "now": world.now}
    acts = [
        partial(appeal_desk.decide, staff=staff, won=won, **own)
        for staff, won in ((world.supervisor, True), (admin, False))
    ]
    return codes(crossing(acts[0], FIRST_WRITE, acts[1]))


def test_one_of_two_answers_stands(waits: Waits, admin: User) -> None:
    assert answers(waits("review", "sender"), admin) == ["int", "appeal_ruled"]
    assert (AppealRuling.objects.get().won, Appeal.objects.get().outcome) == (True, "")


def test_control_without_the_lock_only_the_database_keeps_the_answers_apart(
    waits: Waits, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_row_locks(monkeypatch)
    assert sorted(map(str, answers(waits("review", "sender"), admin))) == ["IntegrityError", "int"]


# Which comes first, who hears what, how the appeal and the letter end.
ANSWER_ENDS = [
    ("carry_out", "withdraw", ["NoneType", "too_late"], "won", "delivered", "done"),
    ("withdraw", "carry_out", ["int", "NoneType"], "", "refused", "withdrawn"),
    ("carry_out", "carry_out", ["NoneType", "NoneType"], "won", "delivered", "done"),
]


def answer_ended(world: World, first: str, second: str) -> tuple[list[object], str, str, str]:
    own: dict[str, Any] = {"appeal_id": appealed(world), "answer": "Read again.", "now": world.now}
    ruling_id = appeal_desk.decide(staff=world.supervisor, won=True, **own)
    at = world.now + SOON
    acts = {
        "carry_out": partial(appeal_desk.carry_out, ruling_id=ruling_id, now=at),
        "withdraw": partial(appeal_desk.withdraw, staff=world.supervisor, ruling_id=ruling_id, now=at),
    }
    heard = codes(crossing(acts[first], FIRST_WRITE, acts[second]))
    outcome, letter = Appeal.objects.get(pk=own["appeal_id"]).outcome, Message.objects.get(pk=world.message_id).state
    return heard, outcome, letter, AppealRuling.objects.get(pk=ruling_id).end


def answer_misses(waits: Waits) -> list[tuple[str, str]]:
    return [
        (first, second)
        for first, second, *ends in ANSWER_ENDS
        if list(answer_ended(waits("review", "sender"), first, second)) != ends
    ]


def test_an_answer_ends_once(waits: Waits) -> None:
    assert answer_misses(waits) == []
    assert wrongs() == []


def test_control_without_the_locks_every_answer_loses(waits: Waits, monkeypatch: pytest.MonkeyPatch) -> None:
    without_row_locks(monkeypatch)
    assert answer_misses(waits) == [(first, second) for first, second, *_ in ANSWER_ENDS]
