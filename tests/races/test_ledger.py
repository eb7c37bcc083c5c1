"""Races for the ledger's money (style.md, habit 13): first the control that loses without the lock, then the lock."""

import random
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import psycopg
import pytest
from django.db import connection

from kinline.core.transaction import story
from kinline.ledger import chart, queries, services
from kinline.ledger.errors import AlreadyCaptured, AlreadyVoided
from tests.races.together import Device, together

NOW = datetime(2026, 3, 8, 12, tzinfo=UTC)
ANN, BOB = chart.family_messages(1), chart.family_messages(2)
CASH, EARNED = chart.facility_cash(1), chart.facility_cash(2)  # revenue asks for a service, and here is none
HOLD = "SELECT ledger_try_hold(%s, 'call', %s::text[], %s::bigint[], now())"
CAPTURE = "SELECT ledger_capture(%s, 'facility:2:cash', NULL, now(), 'call:1')"
VOID = "SELECT ledger_void(%s, now())"

pytestmark = pytest.mark.usefixtures("db")


@story
def fill(address: str, cents: int) -> None:
    services.post(key=str(uuid.uuid4()), kind="deposit", lines=[(address, cents), (CASH, -cents)], now=NOW)


@story
def spend(address: str, cents: int = 50) -> int | None:
    return services.try_hold_and_capture(
        key=str(uuid.uuid4()),
        purpose="call",
        lines=[(address, cents)],
        to=EARNED,
        now=NOW,
        reference="call:1",
    )


@pytest.fixture
def phone() -> Iterator[Device]:
    with Device() as device:
        yield device


@pytest.fixture
def tablet() -> Iterator[Device]:
    with Device() as device:
        yield device


def replace_lock(waits: str, order: str, pause: float = 0.0) -> None:
    """The same check as `ledger_lock`, without its lock or its order. In this test's own database only."""
    with connection.cursor() as cursor:
        cursor.execute(f"""
            CREATE OR REPLACE FUNCTION ledger_lock(p_addresses text[], p_needs bigint[]) RETURNS boolean
            LANGUAGE plpgsql AS $$
            DECLARE
                v_line record;
                v_free bigint;
                v_enough boolean := true;
            BEGIN
                FOR v_line IN SELECT * FROM unnest(p_addresses, p_needs) AS l(address, need) {order} LOOP
                    SELECT b.posted_cents - b.held_cents INTO v_free
                        FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id
                        WHERE a.address = v_line.address {waits};
                    v_enough := v_enough AND v_free >= v_line.need;
                    PERFORM pg_sleep({pause});
                END LOOP;
                RETURN v_enough;
            END $$""")


def last_credit(phone: Device, tablet: Device) -> None:
    """Both devices spend the last credit: the phone first, the tablet before the phone has committed."""
    fill(ANN, 50)
    assert phone.ask(HOLD, "phone", [ANN], [50]) is not None
    tablet.start(HOLD, "tablet", [ANN], [50])
    phone.commit()


def test_control_without_the_lock_the_last_credit_is_spent_twice(phone: Device, tablet: Device) -> None:
    """The control: read, then write. Without our lock, and without the floor behind it, both devices win."""
    replace_lock(waits="", order="")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_balance DROP CONSTRAINT ledger_held_covered")
    last_credit(phone, tablet)
    assert tablet.answer() is not None
    tablet.commit()
    assert queries.balance(ANN) == queries.Balance(50, 100)


def test_without_the_lock_the_floor_still_stands(phone: Device, tablet: Device) -> None:
    """The second line of defence: the database refuses, though not with our refusal's code."""
    replace_lock(waits="", order="")
    last_credit(phone, tablet)
    assert tablet.refusal() == "23514"
    tablet.rollback()
    assert queries.balance(ANN) == queries.Balance(50, 50)


def test_the_last_credit_is_spent_once(phone: Device, tablet: Device) -> None:
    last_credit(phone, tablet)
    assert tablet.answer() is None
    tablet.commit()
    assert queries.balance(ANN) == queries.Balance(50, 50)
    assert queries.replay() == []


def test_the_second_device_wins_when_the_first_gives_up(phone: Device, tablet: Device) -> None:
    fill(ANN, 50)
    phone.ask(HOLD, "phone", [ANN], [50])
    tablet.start(HOLD, "tablet", [ANN], [50])
    phone.rollback()
    assert tablet.answer() is not None
    tablet.commit()
    assert queries.balance(ANN) == queries.Balance(50, 50)


def test_three_credits_and_eight_devices() -> None:
    fill(ANN, 150)
    answers = together([partial(spend, ANN)] * 8)
    assert sum(isinstance(answer, int) for answer in answers) == 3
    assert answers.count(None) == 5
    assert queries.balance(ANN) == queries.Balance(0, 0)
    assert queries.totals()[EARNED] == 150
    assert queries.replay() == []


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [(CAPTURE, VOID, "KL003"), (VOID, CAPTURE, "KL004"), (CAPTURE, CAPTURE, ""), (VOID, VOID, "")],
)
def test_a_hold_ends_once(phone: Device, tablet: Device, first: str, second: str, code: str) -> None:
    """Delivered and taken back at the same moment: the first end counts, the second hears its code (or the same)."""
    fill(ANN, 50)
    hold = phone.ask(HOLD, "letter", [ANN], [50])
    phone.commit()
    answer = phone.ask(first, hold)
    tablet.start(second, hold)
    phone.commit()
    if code:
        assert tablet.refusal() == code
        tablet.rollback()
    else:
        assert tablet.answer() == answer
        tablet.commit()
    assert queries.balance(ANN) == queries.Balance(0 if first == CAPTURE else 50, 0)
    assert queries.replay() == []


def test_an_end_that_is_rolled_back_leaves_the_hold_open(phone: Device, tablet: Device) -> None:
    fill(ANN, 50)
    hold = phone.ask(HOLD, "letter", [ANN], [50])
    phone.commit()
    phone.ask(CAPTURE, hold)
    tablet.start(VOID, hold)
    phone.rollback()
    assert tablet.answer() == 50
    tablet.commit()
    assert queries.balance(ANN) == queries.Balance(50, 0)


def test_capture_and_void_many_times_at_once() -> None:
    rounds = 20
    fill(ANN, 50 * rounds)
    captured = 0
    for number in range(rounds):
        hold = story(services.hold)(key=f"h{number}", purpose="call", lines=[(ANN, 50)], now=NOW)
        ends: list[Callable[[], Any]] = [
            partial(story(services.capture), hold_id=hold, to=EARNED, now=NOW, reference="call:1"),
            partial(story(services.void), hold_id=hold, now=NOW),
        ]
        taken, returned = together(ends)
        assert isinstance(taken, AlreadyVoided) != isinstance(returned, AlreadyCaptured), (taken, returned)
        captured += isinstance(returned, AlreadyCaptured)
    assert queries.balance(ANN) == queries.Balance(50 * (rounds - captured), 0)
    assert queries.replay() == []


def test_one_key_from_two_tabs(phone: Device, tablet: Device) -> None:
    """The second waits for the first and gets its entry; nothing is booked twice."""
    post = "SELECT ledger_post('one', 'deposit', ARRAY['family:1:messages', 'facility:1:cash'], ARRAY[50, -50], now())"
    entry = phone.ask(post)
    tablet.start(post)
    phone.commit()
    assert tablet.answer() == entry
    tablet.commit()
    assert queries.balance(ANN) == queries.Balance(50, 0)


def test_an_account_is_opened_once_by_its_first_users() -> None:
    answers = together([partial(fill, ANN, 10)] * 8)
    assert answers == [None] * 8
    assert queries.balance(ANN) == queries.Balance(80, 0)
    assert queries.replay() == []


# Many accounts at once


def crossing() -> list[Any]:
    """Two holds that name the same two payers in opposite order."""
    fill(ANN, 100)
    fill(BOB, 100)
    hold = partial(story(services.hold), purpose="call", now=NOW)
    return together(
        [
            partial(hold, key="ab", lines=[(ANN, 10), (BOB, 10)]),
            partial(hold, key="ba", lines=[(BOB, 10), (ANN, 10)]),
        ]
    )


def sqlstates(answers: list[Any]) -> list[str | None]:
    return [getattr(answer.__cause__, "sqlstate", None) for answer in answers if isinstance(answer, Exception)]


def test_control_without_the_order_two_payers_deadlock() -> None:
    replace_lock(waits="FOR UPDATE OF b", order="", pause=1.0)  # both have their first, however late one begins
    assert sqlstates(crossing()) == [psycopg.errors.DeadlockDetected.sqlstate]


def test_in_address_order_nobody_deadlocks() -> None:
    replace_lock(waits="FOR UPDATE OF b", order='ORDER BY address COLLATE "C"', pause=0.1)
    assert sqlstates(crossing()) == []
    assert queries.replay() == []


def busy(seed: int, accounts: list[str]) -> None:
    """Holds, captures, voids and deposits over random payers in random order."""
    chance = random.Random(seed)
    for number in range(25):
        payers = chance.sample(accounts, chance.randint(1, 3))
        lines = [(payer, chance.randint(1, 9)) for payer in payers]
        hold = story(services.try_hold)(key=f"{seed}:{number}", purpose="call", lines=lines, now=NOW)
        if hold is not None and chance.random() < 0.8:
            cents = chance.randint(1, sum(cents for _payer, cents in lines))
            end = chance.choice([partial(services.capture, to=EARNED, cents=cents, reference="call:1"), services.void])
            story(end)(hold_id=hold, now=NOW)
        one, other = chance.sample(accounts, 2)
        story(services.post)(key=f"{seed}:{number}", kind="deposit", lines=[(one, 2), (CASH, -3), (other, 1)], now=NOW)


def test_many_payers_in_every_order() -> None:
    """Six threads over six accounts: no deadlock, no lock that is not had, and every law holds."""
    accounts = [chart.family_messages(number) for number in range(1, 7)]
    for account in accounts:
        fill(account, 200)
    seed = random.randrange(2**32)
    print(f"KINLINE_SEED={seed}")
    answers = together([partial(busy, seed + thread, accounts) for thread in range(6)])
    assert answers == [None] * 6
    assert queries.replay() == []
    assert sum(queries.totals().values()) == 0
