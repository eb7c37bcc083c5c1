"""Two devices at once, told as people do it: the last credit, and a form that was sent twice."""

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.core.transaction import story
from kinline.facilities.models import Facility
from kinline.flows.deposit import record_deposit
from kinline.flows.send_message import Sent, send
from kinline.identity.models import User
from kinline.ledger import chart, queries
from kinline.messaging.errors import NoCredit
from kinline.messaging.models import Message
from kinline.notices.models import Email
from kinline.payments.models import Deposit
from tests.races.together import together

pytestmark = pytest.mark.usefixtures("db")


def letters(mother_party: Party, contact: Contact, now: datetime, *, collect: bool) -> list[Callable[[], Sent]]:
    return [
        partial(
            send, mother_party, contact_id=contact.pk, subject="", body=f"From device {number}",
            client_key=uuid.uuid4(), collect=collect, now=now,
        )
        for number in range(2)
    ]  # fmt: skip


def test_the_last_credit_and_two_letters(
    contact: Contact, mother_party: Party, money: Callable[[Party, int], None], now: datetime
) -> None:
    """Exactly one is paid; the other is refused, since its sender did not choose collect. Nothing of it is left."""
    story(money)(mother_party, 50)
    answers = together(letters(mother_party, contact, now, collect=False))
    assert sorted(type(answer).__name__ for answer in answers) == [NoCredit.__name__, Sent.__name__]
    assert Message.objects.count() == 1
    assert queries.balance(chart.messages_of(mother_party)) == queries.Balance(0, 0)
    assert queries.replay() == []


def test_the_last_credit_and_two_letters_that_may_go_collect(
    contact: Contact, mother_party: Party, money: Callable[[Party, int], None], now: datetime
) -> None:
    """Exactly one is paid; the other goes collect, as its sender chose."""
    story(money)(mother_party, 50)
    answers = together(letters(mother_party, contact, now, collect=True))
    assert sorted(answer.payer for answer in answers) == ["recipient", "sender"], answers
    assert queries.balance(chart.messages_of(mother_party)) == queries.Balance(0, 0)
    assert queries.totals()[chart.facility_revenue(contact.resident.custodies.get().facility_id)] == 50
    assert queries.replay() == []


def test_a_deposit_that_was_sent_twice(mother_party: Party, admin: User, north: Facility, now: datetime) -> None:
    deposit = partial(
        record_deposit, account=mother_party, amount_cents=1000, method="cash", client_key=uuid.uuid4(), now=now,
        recorded_by=admin, facility_id=north.pk,
    )  # fmt: skip
    answers = together([deposit] * 4)
    assert {answer.pk for answer in answers} == {Deposit.objects.get().pk}, answers
    assert Email.objects.count() == 1
    assert queries.balance(chart.messages_of(mother_party)) == queries.Balance(1000, 0)
    assert queries.replay() == []
