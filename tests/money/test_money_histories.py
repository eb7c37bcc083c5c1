"""Random histories of money (quality.md R3): everybody acts in any order with any luck, and every law holds always.

Cards, cash, files, letters, calls, refunds, pay-outs, disputes, releases, closures, months gone by; the processor down,
its answer lost, the worker killed between that answer and our entry or at any statement, events doubled and reordered.
After each act: the books are right and agree with what they are about (`flows.proof`). At the end faults stop and time
goes on: nothing is lost, doubled or stuck, and our books and the processor's are one.

`KINLINE_HISTORIES` sets how many (without it: until every act has succeeded once); `KINLINE_SEED` begins with that one,
and a failure names its own.
"""

import os
import random
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from kinline.contacts.models import Contact
from kinline.core.parties import FAMILY, RESIDENT
from kinline.delivery import services as delivery
from kinline.facilities.models import Facility
from kinline.flows import end_call, numbers
from kinline.identity import services as identity
from kinline.identity.models import Role, User
from kinline.residents.models import Resident
from tests.calls import line as telephones
from tests.money.books import SEED
from tests.money.money_world import CLOCK, NUMBERS, WORD, World
from tests.money.processor import FUNCTIONS, FakeProcessor
from tests.money.test_letter_histories import undone

HISTORIES = int(os.environ.get("KINLINE_HISTORIES", "25"))
BY_ITSELF = "KINLINE_HISTORIES" not in os.environ  # then it goes on until every act succeeded
ENOUGH = 200  # histories in which every act has surely succeeded once
LENGTH = 30
RULES = [{"id": "look", "then": "review", "when": {"words": [WORD]}}, {"id": "at-once", "then": "deliver"}]

ACTS = {  # how often, in a hundred or so
    "lobby": 5, "gift": 4, "file": 2, "buy": 9, "pay": 12, "confirm": 3, "back": 6, "give_up": 2, "charges": 1,
    "stop_top_up": 1, "write": 8, "decide": 2, "take_back": 2, "call": 6, "moment": 3, "alive": 2, "hang_up": 3,
    "boots": 1, "minutes": 1, "refund": 8,
    "inside": 3, "undo": 2, "settle": 3, "returned": 2, "address": 2, "remit": 1, "dispute": 4, "bank_decides": 4,
    "refunds_wait": 2, "refund_ends": 3, "payout": 1, "luck": 6, "down": 2, "hear": 9, "list": 2, "prove": 2,
    "grant": 1, "agency_pays": 1, "leave": 3, "come": 6, "close": 1, "time": 9, "clock": 5,
}  # fmt: skip
Acts = list[tuple[Any, ...]]
Answers = Counter[tuple[str, str]]


def history(chance: random.Random) -> Acts:
    """Thirty acts; which page, person or balance, by number. One in five meets a death at some statement."""
    cents, any_one = (lambda: chance.choice([50, 75, 100, 250, 1000])), (lambda: chance.randrange(40))
    key, yes = (lambda: uuid.UUID(int=chance.getrandbits(128), version=4)), (lambda: chance.random() < 0.5)
    values: dict[str, Callable[[], tuple[Any, ...]]] = {
        "lobby": lambda: (any_one(), cents(), key()),
        "gift": lambda: (any_one(), any_one(), cents(), key()),
        "file": lambda: (any_one(), cents(), key()),
        "buy": lambda: (any_one(), any_one(), chance.choice([100, 250, 1000]), key(), chance.random() < 0.3),
        "pay": lambda: (any_one(), chance.choice(["ok", "ok", "ok", "ok", "bank", "no_refunds", "declined"])),
        "confirm": lambda: (any_one(), chance.choice(["", "", "insufficient_funds"])),
        "charges": lambda: (chance.choice(["ok", "declined", "bank"]),),
        "grant": lambda: (chance.choice([0, 1, 5]),),
        "agency_pays": lambda: (cents(), key()),
        "write": lambda: (any_one(), chance.choice([FAMILY, RESIDENT]), chance.choice(["now", WORD]), yes(), key()),
        "decide": lambda: (any_one(), yes()),
        "call": lambda: (any_one(), key()),
        "moment": lambda: (any_one(), chance.choice(["dialling", "answered", "accepted", "warned"])),
        "alive": lambda: (any_one(), chance.choice([5, 61, 400])),
        "hang_up": lambda: (any_one(), chance.choice([0, 5, 61, 300, 5000])),
        "minutes": lambda: (chance.choice([0, 2, 10]),),
        "refund": lambda: (any_one(), any_one(), chance.choice([0, cents()]), key()),
        "inside": lambda: (any_one(), yes(), cents(), key()),
        "undo": lambda: (any_one(), key()),
        "settle": lambda: (any_one(), chance.choice([None, None, "cash"])),
        "dispute": lambda: (any_one(), chance.choice([100, 100, 40])),
        "bank_decides": lambda: (any_one(), chance.choice(["won", "lost"])),
        "refunds_wait": lambda: (yes(),),
        "refund_ends": lambda: (any_one(), chance.choice(["", "declined"])),
        "payout": lambda: (chance.choice([30, 100]),),
        "luck": lambda: (chance.choice(FUNCTIONS), chance.choice(["down", "lost", "killed"])),
        "down": lambda: (chance.random() < 0.4,),
        "hear": lambda: (any_one(), chance.random() < 0.2),
        "time": lambda: (chance.choice([1, 10, 90, 60 * 26, 60 * 24 * 4, 60 * 24 * 130]),),
        "clock": lambda: (chance.choice(CLOCK),),
    }  # fmt: skip
    values |= dict.fromkeys(["list", "prove"], lambda: (any_one(), any_one()))
    names = chance.choices(list(ACTS), list(ACTS.values()), k=LENGTH)
    acts = [(name, *values.get(name, lambda: (any_one(),))()) for name in names]
    for thread in chance.sample(threads(chance, key), 2):
        for place, act in zip(
            sorted(chance.choices(range(len(acts)), k=len(thread)), reverse=True), reversed(thread), strict=True
        ):
            acts.insert(place, act)
    unlucky = [(chance.randrange(1, 30) if chance.random() < 0.2 else 0, *act) for act in acts]
    return [*((0, *act) for act in beginning(chance, key)), *unlucky, *((0, *act) for act in ending(chance))]


def threads(chance: random.Random, key: Callable[[], uuid.UUID]) -> list[Acts]:
    """What belongs together and would seldom meet by chance. Other acts come between."""
    payer, cents, number = chance.randrange(2), chance.choice([50, 100]), chance.randrange(40)
    cash: Acts = [("lobby", payer, 250, key()), ("refund", payer, 0, cents, key()), ("settle", number, None)]
    card: Acts = [("buy", payer, payer, 1000, key(), True), ("pay", 0, "ok"), ("hear", 0, False)]
    return [
        [("write", number, FAMILY, WORD, False, key()), ("decide", number, chance.random() < 0.5)],
        [
            ("lobby", 3 + 2 * (number % 2), 250, key()),
            ("call", number, key()),
            ("moment", 0, "accepted"),
            ("hang_up", 0, chance.choice([0, 61, 300])),
        ],
        [("lobby", 6, 250, key()), ("call", number, key()), ("alive", 0, 61), ("boots", number)],
        [*cash, ("returned", number), ("address", number)],
        [*card, ("refunds_wait", True), ("refund", payer, 0, cents, key()), ("time", 10), ("refund_ends", 0, "")],
        [*card, ("charges", "ok"), ("stop_top_up", number)],
    ]


def ending(chance: random.Random) -> Acts:
    """One in ten: nobody comes for years, what is left belongs to a state, and is sent there (L8)."""
    years: Acts = [("time", 60 * 24 * days) for days in (130, 130, 400, 800, 800)]
    return [*years, ("remit", chance.randrange(40))] if chance.random() < 0.1 else []


def beginning(chance: random.Random, key: Callable[[], uuid.UUID]) -> Acts:
    """Three of four begin with money: cards that paid, gifts, cash, numbers; one of four with nothing."""
    if chance.random() < 0.25:
        return []
    bought: Acts = []
    for payer, account in chance.sample([(0, 0), (1, 1), (0, 2), (1, 3), (0, 6), (0, 7)], 3):
        terms = account == payer and chance.random() < 0.5
        card = chance.choice(["ok", "ok", "ok", "bank", "no_refunds"])
        bought += [("buy", payer, account, chance.choice([250, 1000]), key(), terms), ("pay", 0, card)]
        bought += [chance.choice([("hear", 0, False), ("back", chance.randrange(3)), ("time", 5)])]
    given: Acts = [("gift", n, chance.randrange(2), 250, key()) for n in chance.sample(range(8), 2)]
    return [*bought, *given, *([("prove", 0, 0)] if chance.random() < 0.5 else [])]


@pytest.fixture
def world(
    mother: User, stranger: User, resident: Resident, resident_south: Resident, north: Facility, south: Facility,
    now: datetime, monkeypatch: pytest.MonkeyPatch, settings: Any,
) -> Callable[[], World]:  # fmt: skip
    settings.STRIPE_WEBHOOK_SECRET = "whsec_sample"
    then = now - timedelta(days=2)
    desk = identity.create_staff(
        username="desk", email="desk@staff.example", password="a long sample password", first_name="S",
        last_name="Desk", now=then,
    )  # fmt: skip
    for place in (north, south):
        delivery.set_policy(facility_id=place.pk, rules=RULES, now=then)
        identity.grant_role(user_id=desk.pk, facility_id=place.pk, role=Role.FACILITY_ADMIN, now=then)
        identity.grant_role(user_id=desk.pk, facility_id=place.pk, role=Role.FINANCE, now=then)
    families, residents = [mother, stranger], [resident, resident_south]
    pairs = [Contact.objects.create(user=f, resident=r, created_at=then) for f in families for r in residents]
    for number, user in zip(NUMBERS, families, strict=True):
        numbers.list_number(user, number=number, now=then)
    phones = {place.pk: telephones.place(place, now, then) for place in (north, south)}
    monkeypatch.setattr(end_call, "BACK_FOR", timedelta(0))  # of the database, which may have begun just now
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")  # tests that commit leave some behind

    frame = _Frame()
    monkeypatch.setattr("kinline.core.transaction.transaction", frame)

    def begin() -> World:
        frame.base = len(connection.savepoint_ids)
        processor = FakeProcessor(now=now).install(monkeypatch)
        return World(families, residents, pairs, north, desk, processor, now, phones)

    return begin


class _Frame:
    """In place of `django.db.transaction`: a verb that no story surrounds is its own transaction, also in a test's."""

    def __init__(self) -> None:
        self.base = 0

    def atomic(self, savepoint: bool = True, durable: bool = False) -> Any:
        outside = len(connection.savepoint_ids) <= self.base
        return transaction.atomic(savepoint=savepoint or outside, durable=durable)


# A death leaves cursors open, as it does: nobody closes them.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_random_histories_of_money(world: Callable[[], World]) -> None:
    """MON-1 to MON-7, L3 to L8."""
    answers: Answers = Counter()
    number = 0
    while number < HISTORIES or (BY_ITSELF and number < ENOUGH and unproved(answers)):
        again = f"KINLINE_SEED={SEED + number} KINLINE_HISTORIES=1"
        _one(world, history(random.Random(SEED + number)), answers, again)
        number += 1
    print(f"{number} histories from KINLINE_SEED={SEED}, {sum(answers.values())} acts, "
          f"{sum(count for (_, said), count in answers.items() if said == 'killed')} deaths")  # fmt: skip
    if BY_ITSELF or HISTORIES >= ENOUGH:
        assert unproved(answers) == set()


def unproved(answers: Answers) -> set[str]:
    """An act that never succeeds proves nothing."""
    return {name for name in ACTS if not answers[name, "done"]}


def _one(world: Callable[[], World], acts: Acts, answers: Answers, again: str) -> None:
    with undone():
        here, done = world(), []
        try:
            for dies_at, name, *values in acts:
                done.append((dies_at, name, *values))
                said = here.do(name, *values, dies_at=dies_at)
                answers[name, said] += 1
                while said == "killed":
                    here.check()
                    # Whoever it was tries again; but time does not pass twice: the worker is started again.
                    said = here.do("night") if name == "time" else here.do(name, *values)
                    answers[name, said] += 1
                here.check()
            here.end()
        except Exception as problem:
            problem.add_note(f"{again}: after {done}")
            raise
