"""Two stories that need the same rows never wait for each other in a circle (style.md, habit 4).

Each test makes the one order that could deadlock. A row that is only kept from changing is locked without its key:
others may still point to it (a copy, a letter, a reply), and need not wait with money locked.
"""

import uuid
from datetime import datetime, timedelta
from functools import partial

import pytest
from conftest import AT_ONCE, PASSWORD
from django.db.models import QuerySet

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.core.transaction import story
from kinline.delivery import services as delivery
from kinline.facilities.models import Facility
from kinline.flows import collect
from kinline.flows.close_account import close_account
from kinline.flows.contacts import set_always_accept
from kinline.flows.deliver_message import deliver_due
from kinline.flows.deposit import record_deposit
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.messaging.models import Message
from tests.money.letters import wrongs
from tests.races.steps import crossing, is_deadlock
from tests.races.world import Money, write

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(params=[False, True], ids=["ours", "control"])
def whole_rows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """The control locks rows with their keys, as `select_for_update` does when it is not told otherwise."""
    if request.param:
        real = QuerySet.select_for_update
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **how: real(self, **{**how, "no_key": False}))
    return request.param


def judge(answers: list[object], whole_rows: bool) -> None:
    """The control ends in a deadlock, ours with both answered; either way the database kept what must be."""
    assert wrongs() == []
    if whole_rows:
        assert any(is_deadlock(answer) for answer in answers), answers
    else:
        assert not any(isinstance(answer, Exception) for answer in answers), answers


def delayed(place: Facility, now: datetime) -> None:
    rules = [{"id": "wait", "then": "wait", "minutes": 1}]
    delivery.set_policy(facility_id=place.pk, rules=rules, now=now - timedelta(days=1))


def test_an_account_closes_while_a_letter_is_delivered_to_it(
    mother: User, resident_party: Party, contact: Contact, north: Facility, give: Money, now: datetime,
    whole_rows: bool,
) -> None:  # fmt: skip
    delayed(north, now)
    give(resident_party, 50)
    waiting = write(resident_party, contact, now)().message_id
    later = now + timedelta(hours=1)
    answers = crossing(
        partial(deliver_due, message_id=waiting, now=later), 'INSERT INTO "messaging_mailbox"',
        partial(close_account, mother, password=PASSWORD, now=later),
    )  # fmt: skip
    judge(answers, whole_rows)


def test_a_collect_letter_that_opens_by_itself_and_an_answer_on_the_way(
    mother_party: Party, resident_party: Party, contact: Contact, give: Money, now: datetime, whole_rows: bool
) -> None:
    Contact.objects.filter(pk=contact.pk).update(resident_always_accepts=True)
    give(mother_party, 50)
    write(mother_party, contact, now)()  # so that the place's account is open
    give(resident_party, 100)
    answers = crossing(
        write(mother_party, contact, now, collect=True), "ledger_try_hold_and_capture",
        write(resident_party, contact, now),
    )  # fmt: skip
    judge(answers, whole_rows)


def test_always_accept_is_chosen_while_a_letter_is_sent(
    mother_party: Party, resident_party: Party, contact: Contact, give: Money, now: datetime, whole_rows: bool
) -> None:
    write(mother_party, contact, now, collect=True)()
    give(resident_party, 100)
    answers = crossing(
        partial(set_always_accept, resident_party, contact.pk, True, now), "ledger_try_hold_and_capture",
        write(resident_party, contact, now),
    )  # fmt: skip
    judge(answers, whole_rows)


def test_a_letter_is_delivered_while_its_sender_adds_one_to_it(
    mother_party: Party, contact: Contact, north: Facility, give: Money, now: datetime, whole_rows: bool
) -> None:
    delayed(north, now)
    give(mother_party, 100)
    waiting = write(mother_party, contact, now)().message_id
    answers = crossing(
        partial(deliver_due, message_id=waiting, now=now + timedelta(hours=1)), "ledger_capture",
        write(mother_party, contact, now, reply_to=waiting),
    )  # fmt: skip
    judge(answers, whole_rows)


def test_a_collect_letter_is_accepted_while_another_is_answered(
    mother_party: Party, resident_party: Party, contact: Contact, give: Money, now: datetime, whole_rows: bool
) -> None:
    waiting = write(mother_party, contact, now, collect=True)().message_id
    give(resident_party, 100)
    answers = crossing(
        partial(collect.accept, resident_party, message_id=waiting, now=now), "ledger_try_hold_and_capture",
        write(resident_party, contact, now, reply_to=waiting),
    )  # fmt: skip
    judge(answers, whole_rows)


# The house's accounts: opened before a balance is locked


@pytest.fixture
def offered(
    mother_party: Party, resident_party: Party, contact: Contact, north: Facility, give: Money, now: datetime
) -> int:
    """A collect letter that came after a delay: it waits at a place that has never earned anything."""
    delayed(north, now)
    waiting = write(mother_party, contact, now - timedelta(hours=1), collect=True)().message_id
    deliver_due(message_id=waiting, now=now)
    delivery.set_policy(facility_id=north.pk, rules=AT_ONCE, now=now)
    give(resident_party, 100)
    return waiting


def test_the_first_revenue_of_a_place(resident_party: Party, contact: Contact, offered: int, now: datetime) -> None:
    """One accepts a letter and sends another, as the first ever at a place: both book to a new account."""
    accept = partial(collect.accept, resident_party, message_id=offered, now=now)
    judge(crossing(accept, 'UPDATE "messaging_message"', write(resident_party, contact, now)), whole_rows=False)
    assert Message.objects.filter(state="delivered").count() == 2


@pytest.mark.parametrize("ready", [True, False], ids=["ours", "control"])
def test_the_first_revenue_comes_with_a_deposit(
    resident_party: Party, contact: Contact, offered: int, north: Facility, admin: User, now: datetime, ready: bool
) -> None:
    """A deposit locks the balance before it opens what waits, so a place's accounts are opened with the place."""
    Contact.objects.filter(pk=contact.pk).update(resident_always_accepts=True)
    if ready:
        ledger.open_account(chart.facility_revenue(north.pk), now)
    deposit = partial(
        record_deposit, account=resident_party, amount_cents=100, method="cash", client_key=uuid.uuid4(), now=now,
        recorded_by=admin, facility_id=north.pk,
    )  # fmt: skip
    answers = crossing(deposit, "ledger_try_hold_and_capture", write(resident_party, contact, now))
    judge(answers, whole_rows=not ready)


def test_control_an_account_that_is_opened_after_the_balance_is_locked(
    resident_party: Party, contact: Contact, north: Facility, give: Money, now: datetime
) -> None:
    """The naive order: hold, then capture. Two firsts at one place wait for each other."""
    give(resident_party, 100)

    @story
    def hold_then_capture() -> None:
        lines = [(chart.messages_of(resident_party), 50)]
        hold = ledger.hold(key="naive", purpose="test", lines=lines, now=now)
        ledger.capture(hold_id=hold, to=chart.facility_revenue(north.pk), now=now)

    answers = crossing(hold_then_capture, "ledger_capture", write(resident_party, contact, now))
    assert any(is_deadlock(answer) for answer in answers), answers
