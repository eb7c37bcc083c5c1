"""Random histories of letters and their money (quality.md R3): everybody acts in any order, and every law holds always.

After each act the laws of `letters.py` are asked of every row. `KINLINE_HISTORIES` sets how many histories
(without it: until every act has succeeded once); `KINLINE_SEED` begins with that one
(`tests.money.books`), and a failure names its own.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from conftest import PASSWORD
from django.db import connection, transaction

from kinline.contacts.models import Contact
from kinline.core.parties import FAMILY, RESIDENT
from kinline.delivery import services as delivery
from kinline.facilities import services as facilities
from kinline.facilities.models import Facility
from kinline.identity import services as identity
from kinline.identity.models import Role, User
from kinline.residents.models import Resident
from tests.money.books import SEED, settle
from tests.money.letter_world import PHOTOS, Answers, World
from tests.money.letters import wrongs

HISTORIES = int(os.environ.get("KINLINE_HISTORIES", "80"))
BY_ITSELF = "KINLINE_HISTORIES" not in os.environ  # then it goes on until everything happened
ENOUGH = 600  # histories in which every act has surely succeeded once: the rarest happens in one of forty

# One policy everywhere; a word in the letter picks what happens to it.
RULES = [
    {"id": "never", "then": "refuse", "reason": "threat", "why": {"en": "No."}, "when": {"words": ["never"]}},
    {"id": "look", "then": "review", "when": {"words": ["look"]}},
    {"id": "later", "then": "wait", "minutes": 30, "when": {"words": ["later"]}},
    {"id": "at-once", "then": "deliver"},
]
SIDES = (FAMILY, RESIDENT)
ACTS = {  # how often, in proportion
    "send": 30, "deposit": 9, "time": 8, "accept": 9, "decline": 7, "pay": 5, "take_back": 5, "review": 9, "appeal": 5,
    "always": 4, "block": 2, "unblock": 3, "restrict": 1, "allow": 2, "leave": 2, "come": 8, "move": 1, "remove": 3,
    "open": 3, "repeat": 3, "price": 1, "close": 1, "grant": 3, "month": 2, "answer": 8,
    "photos": 8, "paper": 2, "print": 5, "hand_over": 6,
}  # fmt: skip
WORDS = ("now", "now", "later", "look", "look", "never")
LENGTH = 22
Acts = list[tuple[Any, ...]]

# So that what needs several acts in a row happens often: nothing yet; money on one side or both; two letters that the
# reader may pay for; a paid reply; a free week; photos; a letter on paper, handed over; a free one taken back.
_MONEY: Acts = [("deposit", side, who, 220) for side in SIDES for who in (0, 1)]
_PLAIN: Acts = [("send", 0, FAMILY, "now", False, False, False)]
BEGINNINGS: list[Acts] = [
    [],
    [("deposit", RESIDENT, 0, 220), ("deposit", RESIDENT, 1, 220)],
    [("deposit", RESIDENT, 0, 220), *(("send", 0, FAMILY, "now", True, False, False) for _ in range(2))],
    _MONEY,
    [*_MONEY, ("send", 0, FAMILY, "now", False, True, False), ("send", 0, RESIDENT, "now", False, True, False)],
    [("grant", 2)],
    [*_MONEY, ("photos", 0, 2, "look", False), ("paper", 0, True), ("review", 0, "release")],
    [*_MONEY, ("photos", 0, 1, "now", False), ("time", 1)],
    [*_MONEY, ("paper", 0, True), *_PLAIN, ("time", 1), ("print", 0), ("hand_over", 0, 1)],
    [("grant", 2), ("send", 0, FAMILY, "look", False, False, False), ("take_back", 1)],
]


def history(chance: random.Random) -> Acts:
    """Some acts; which letter and which people, by number."""
    pair, letter, who = (lambda: chance.randrange(3)), (lambda: chance.randrange(30)), (lambda: chance.randrange(2))
    side, yes = (lambda: chance.choice(SIDES)), (lambda: chance.random() < 0.5)
    values: dict[str, Callable[[], tuple[Any, ...]]] = {
        "send": lambda: (
            pair(),
            side(),
            chance.choice(WORDS),
            not yes() or yes(),
            chance.random() < 0.25,
            yes(),
        ),
        "deposit": lambda: (side(), who(), chance.choice([50, 100, 220])),
        "review": lambda: (letter(), chance.choice(["release", "release", "refuse", "withhold"])),
        "appeal": lambda: (letter(), side(), chance.choice(["won", "lost", "waits"])),
        "time": lambda: (chance.choice([1, 10, 40]),),
        "always": lambda: (pair(), side(), yes()),
        "remove": lambda: (letter(), side(), yes()),
        "price": lambda: (chance.choice([0, 30, 50]),),
        "grant": lambda: (chance.choice([0, 1, 2]),),
        "month": lambda: (),
        "answer": lambda: (letter(), chance.choice(WORDS)),
        "photos": lambda: (pair(), chance.choice([0, 1, 1, 2]), chance.choice(WORDS), yes()),
        "paper": lambda: (who(), yes() or yes()),
        "print": lambda: (who(),),
        "hand_over": lambda: (letter(), chance.randrange(8)),
    } | dict.fromkeys(["block", "unblock"], lambda: (pair(), side()))
    values |= dict.fromkeys(["restrict", "allow"], lambda: (pair(),))
    values |= dict.fromkeys(["leave", "come", "move", "close"], lambda: (who(),))
    values |= dict.fromkeys(["take_back", "accept", "decline", "pay", "open", "repeat"], lambda: (letter(),))
    names = chance.choices(list(ACTS), list(ACTS.values()), k=LENGTH)
    return [*chance.choice(BEGINNINGS), *((name, *values[name]()) for name in names)]


@pytest.fixture
def world(
    mother: User, stranger: User, resident: Resident, resident_south: Resident, north: Facility, south: Facility,
    now: datetime,
) -> Callable[[], World]:  # fmt: skip
    then = now - timedelta(days=2)
    places, staff = [north, south], {}
    for place in places:
        delivery.set_policy(facility_id=place.pk, rules=RULES, now=then)
        delivery.set_may_refuse(facility_id=place.pk, on=True)
        facilities.change_facility(facility_id=place.pk, changes={"photos_a_letter": PHOTOS})
        staff[place.pk] = (_staff(place, Role.REVIEWER, then), _staff(place, Role.FACILITY_ADMIN, then))
    families, residents = [mother, stranger], [resident, resident_south]
    pairs = [
        Contact.objects.create(user=families[f], resident=residents[r], created_at=then)
        for f, r in ((0, 0), (0, 1), (1, 0))
    ]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")  # tests that commit leave some behind
    return lambda: World(families, residents, pairs, places, staff, now, check)


def _staff(place: Facility, role: Role, now: datetime) -> User:
    name = f"{role}.{place.slug}"
    user = identity.create_staff(
        username=name, email=f"{name}@staff.example", password=PASSWORD, first_name="S", last_name=name, now=now
    )
    identity.grant_role(user_id=user.pk, facility_id=place.pk, role=role, now=now)
    return user


@contextmanager
def undone() -> Iterator[None]:
    block = transaction.atomic()
    block._from_testcase = True  # a story may be told inside, as in any test's own transaction
    with block:
        yield
        transaction.set_rollback(True)


def check() -> None:
    """What a commit would check, and every law."""
    settle()
    assert wrongs() == []


def test_random_histories_of_letters(world: Callable[[], World]) -> None:
    """MON-1, MSG-3, MSG-4, CON-3, CON-4, DEL-5, DEL-6."""
    answers: Answers = Counter()
    payers: Answers = Counter()
    number = 0
    while number < HISTORIES or (BY_ITSELF and number < ENOUGH and unproved(answers, payers)):
        again = f"KINLINE_SEED={SEED + number} KINLINE_HISTORIES=1"
        payers += _one(world, history(random.Random(SEED + number)), answers, again)
        number += 1
    if BY_ITSELF or HISTORIES >= ENOUGH:
        assert unproved(answers, payers) == set()


def unproved(answers: Answers, payers: Answers) -> set[object]:
    """An act that never succeeds proves nothing; nor does what never happened."""
    return {name for name in ACTS if not answers[name, "done"]} | {pair for pair in SEEN if not payers[pair]}


# What surely happened to a letter of each payer, and to what was paid ahead, in that many histories.
SEEN = {
    ("sender", "delivered"), ("recipient", "delivered"), ("agency", "delivered"),
    ("agency", "withdrawn"), ("prepaid", "delivered"),
    ("ahead", "used"), ("ahead", "returned"), ("photo", "delivered"), ("photo", "refused"), ("paper", "handed"),
}  # fmt: skip


def _one(world: Callable[[], World], acts: Acts, answers: Answers, again: str) -> Answers:
    with undone():
        here = world()
        for number, (name, *values) in enumerate(acts):
            try:
                answers[name, here.do(name, *values)] += 1
                check()
            except Exception as problem:
                problem.add_note(f"{again}: after {acts[: number + 1]}")
                raise
        here.end()
        return here.payers()
