"""Letters that another pays for, at the same moment: what was paid ahead is used once, so is the last of a week.

Each test makes the dangerous order: the first has looked and is about to write when the second comes. The control is
the same stories without their row locks.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from conftest import PASSWORD
from django.db import IntegrityError

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.delivery import services as delivery
from kinline.facilities.models import Facility
from kinline.flows import custody
from kinline.flows.close_account import close_account
from kinline.flows.prepaid import expire_replies
from kinline.flows.take_back import take_back
from kinline.identity.models import User
from kinline.ledger import chart, queries
from kinline.messaging.models import Message, PrepaidReply
from kinline.payments.models import Allowance, AllowanceUse
from kinline.residents.models import Resident
from tests.money.letters import wrongs
from tests.races.steps import crossing, is_deadlock, without_row_locks
from tests.races.world import Money, write

pytestmark = pytest.mark.usefixtures("db")

DAYS = timedelta(days=30)
STORES = 'INSERT INTO "messaging_message"'


@pytest.fixture(params=[False, True], ids=["ours", "control"])
def unlocked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    if request.param:
        without_row_locks(monkeypatch)
    return request.param


@pytest.fixture
def asked(mother_party: Party, contact: Contact, north: Facility, give: Money, now: datetime) -> int:
    """A delivered letter of the mother with a paid reply; from now on letters wait here."""
    give(mother_party, 100)
    message_id = write(mother_party, contact, now - timedelta(hours=1), prepay_reply=True)().message_id
    rules = [{"id": "wait", "then": "wait", "minutes": 30}]
    delivery.set_policy(facility_id=north.pk, rules=rules, now=now - timedelta(minutes=1))
    return message_id


def answer(party: Party, contact: Contact, asked: int, now: datetime) -> Callable[[], Any]:
    return write(party, contact, now, reply_to=asked, collect=True)


def held(party: Party) -> tuple[int, int]:
    found = queries.balance(chart.messages_of(party))
    return found.posted_cents, found.held_cents


def left(party: Party) -> tuple[int, int]:
    """As `held`, with what a closed account gets back of it (MON-6)."""
    posted, reserved = held(party)
    return posted + queries.balance(chart.REFUNDS_PAYABLE).posted_cents, reserved


def test_two_replies_at_once(
    asked: int, mother_party: Party, resident_party: Party, contact: Contact, now: datetime, unlocked: bool
) -> None:
    """MSG-3: one is paid, the other is its writer's."""
    replies = answer(resident_party, contact, asked, now), answer(resident_party, contact, asked, now)
    answers = crossing(replies[0], STORES, replies[1])
    payers = sorted(one.payer for one in answers)
    if unlocked:
        assert payers == ["prepaid", "prepaid"]
        assert wrongs() != []
    else:
        assert payers == ["prepaid", "recipient"]
        assert (wrongs(), held(mother_party)) == ([], (50, 50))


def test_a_reply_as_its_time_ends(
    asked: int, mother_party: Party, resident_party: Party, contact: Contact, now: datetime, unlocked: bool
) -> None:
    """The job has found it due while the reply, a moment before, is being written."""
    PrepaidReply.objects.update(expires_at=now)
    in_time = answer(resident_party, contact, asked, now - timedelta(seconds=1))
    first, _ = crossing(in_time, STORES, partial(expire_replies, now=now))
    if unlocked:
        assert isinstance(first, IntegrityError), "the letter of somebody who was in time is lost"
    else:
        assert (first.payer, wrongs(), held(mother_party)) == ("prepaid", [], (50, 50))


def test_the_time_ends_and_then_a_reply(
    asked: int, mother_party: Party, resident_party: Party, contact: Contact, now: datetime, unlocked: bool
) -> None:
    PrepaidReply.objects.update(expires_at=now)
    in_time = answer(resident_party, contact, asked, now - timedelta(seconds=1))
    _, second = crossing(partial(expire_replies, now=now), "ledger_expire", in_time)
    if unlocked:
        assert wrongs() != []
    else:
        assert (second.payer, wrongs(), held(mother_party)) == ("recipient", [], (50, 0))


Goes = Callable[[], object]


@pytest.fixture(params=["released", "closed"])
def goes(request: pytest.FixtureRequest, mother: User, resident: Resident, now: datetime) -> Goes:
    if request.param == "released":
        return partial(custody.release_resident, staff=None, resident_id=resident.pk, now=now)
    return partial(close_account, mother, password=PASSWORD, now=now)


def test_somebody_goes_while_a_reply_is_taken_back(
    asked: int, mother_party: Party, resident_party: Party, contact: Contact, goes: Goes, now: datetime
) -> None:
    """In either order the money is back, and nobody waits in a circle."""
    pk = answer(resident_party, contact, asked, now)().message_id
    back = partial(take_back, resident_party, message_id=pk, now=now)
    answers = crossing(back, 'UPDATE "messaging_prepaidreply"', goes)
    assert not any(is_deadlock(one) for one in answers), answers
    assert (left(mother_party), PrepaidReply.objects.get().state, wrongs()) == ((50, 0), "returned", [])


def test_somebody_goes_while_its_time_ends(asked: int, mother_party: Party, goes: Goes, now: datetime) -> None:
    PrepaidReply.objects.update(expires_at=now)
    answers = crossing(partial(expire_replies, now=now), "ledger_expire", goes)
    assert not any(isinstance(one, Exception) for one in answers), answers
    assert (left(mother_party), PrepaidReply.objects.get().state, wrongs()) == ((50, 0), "returned", [])


# Allowances


@pytest.fixture
def one_a_week(north: Facility, now: datetime) -> None:
    Allowance.objects.create(facility=north, kind="messages", per_week=1, effective_from=now - DAYS)


def test_the_last_letter_of_the_week_and_two_senders(
    one_a_week: None, mother_party: Party, resident_party: Party, contact: Contact, now: datetime, unlocked: bool
) -> None:
    """MON-8: the agency pays for one, whoever of the two sent it; the other goes its own way."""
    theirs = write(mother_party, contact, now, collect=True), write(resident_party, contact, now, collect=True)
    answers = crossing(theirs[0], STORES, theirs[1])
    payers = sorted(one.payer for one in answers)
    if unlocked:
        assert payers == ["agency", "agency"]
        assert wrongs() != []
    else:
        assert (payers, wrongs()) == (["agency", "recipient"], [])


def test_the_last_letter_of_the_week_for_two_who_write_to_one_resident(
    one_a_week: None, mother_party: Party, contact: Contact, stranger: User, resident: Resident, now: datetime,
    unlocked: bool,
) -> None:  # fmt: skip
    """Counted by the resident, not by the pair."""
    other = Contact.objects.create(user=stranger, resident=resident, created_at=now - DAYS)
    theirs = (
        write(mother_party, contact, now, collect=True),
        write(Party("family", stranger.pk), other, now, collect=True, client_key=uuid.uuid4()),
    )
    payers = sorted(one.payer for one in crossing(theirs[0], STORES, theirs[1]))
    assert payers == (["agency", "agency"] if unlocked else ["agency", "recipient"])
    assert (wrongs() == []) is not unlocked


def test_a_letter_taken_back_as_another_is_sent(
    one_a_week: None, mother_party: Party, resident_party: Party, contact: Contact, north: Facility, now: datetime
) -> None:
    """Whether the use came back in time or not, it is counted once."""
    delivery.set_policy(
        facility_id=north.pk, rules=[{"id": "held", "then": "review"}], now=now - timedelta(minutes=1)
    )  # fmt: skip
    pk = write(mother_party, contact, now)().message_id
    back = partial(take_back, mother_party, message_id=pk, now=now)
    crossing(back, 'UPDATE "messaging_message"', write(resident_party, contact, now, collect=True))
    assert AllowanceUse.objects.filter(returned_at=None).count() <= 1
    assert (Message.objects.get(pk=pk).state, wrongs()) == ("withdrawn", [])
