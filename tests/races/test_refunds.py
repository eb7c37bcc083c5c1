"""Money that goes back, asked for twice or spent at the same moment. Each race is led by the hand, beside its control.

The ledger's own guard keeps every balance above zero; the lock of a refund keeps its deposits right as well: what goes
to a card is never more than came from it.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from kinline.contacts.models import Contact
from kinline.core.errors import Refusal
from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.flows import custody, give_back, refund, release_refund, send_pay_out
from kinline.flows.refund import ask
from kinline.flows.send_message import send
from kinline.flows.tests.refunding import by_card
from kinline.identity.models import User
from kinline.ledger import chart, queries
from kinline.notices.models import Email
from kinline.payments.models import Deposit, PayOut, Refund
from kinline.payments.processors import RefundAnswer
from kinline.residents.models import Resident
from tests.races.steps import FIRST_WRITE, crossing, without_row_locks
from tests.races.together import together

pytestmark = pytest.mark.usefixtures("db")
BOTH = pytest.mark.parametrize("locked", [True, False], ids=["locked", "control"])
DAY = timedelta(days=1)


@pytest.fixture
def account(mother: User) -> str:
    return chart.family_messages(mother.pk)


def unlocked(patch: pytest.MonkeyPatch) -> None:
    """The naive refund: look what is there, then take it."""
    for module in (refund, release_refund):
        patch.setattr(module, "lock", lambda _accounts, _now: None)
    without_row_locks(patch)


def asks(mother: User, account: str, cents: int, now: datetime) -> Callable[[], Any]:
    return partial(ask, user=mother, account=account, amount_cents=cents, client_key=uuid.uuid4(), now=now)


def over_given() -> list[int]:
    """Deposits of which more goes back than came."""
    return [
        deposit.pk
        for deposit in Deposit.objects.all()
        if sum(deposit.pay_outs.values_list("amount_cents", flat=True)) > deposit.amount_cents
    ]


@BOTH
def test_two_refunds_at_once_take_each_deposit_once(
    locked: bool, mother: User, account: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_card(account, 1000, mother, now - 2 * DAY)
    newest = by_card(account, 500, mother, now - DAY)
    if not locked:
        unlocked(monkeypatch)
    first, second = (asks(mother, account, 400, now) for _ in range(2))
    answers = crossing(first, 'INSERT INTO "payments_refund"', second)
    assert [type(answer) for answer in answers] == [Refund, Refund], answers
    assert queries.balance(account).posted_cents == 700
    assert over_given() == ([] if locked else [newest.pk])
    assert queries.replay() == []


def test_two_refunds_of_everything(mother: User, account: str, now: datetime) -> None:
    by_card(account, 1000, mother, now - DAY)
    answers = together([asks(mother, account, 1000, now) for _ in range(3)])
    codes = sorted(one.code if isinstance(one, Refusal) else "" for one in answers)
    assert codes == ["", "nothing_to_refund", "nothing_to_refund"], answers
    assert (PayOut.objects.get().amount_cents, queries.balance(account).posted_cents) == (1000, 0)


def test_the_same_form_sent_four_times(mother: User, account: str, now: datetime) -> None:
    by_card(account, 1000, mother, now - DAY)
    answers = together([asks(mother, account, 300, now)] * 4)
    assert {answer.pk for answer in answers} == {Refund.objects.get().pk}, answers
    assert Email.objects.filter(kind="refund_asked").count() == 1
    assert queries.balance(account).posted_cents == 700


@BOTH
def test_a_refund_of_everything_and_a_letter(
    locked: bool, mother: User, mother_party: Party, account: str, contact: Contact, now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The letter was first: the refund says what is left. Without the lock it only falls over the ledger's guard."""
    by_card(account, 100, mother, now - DAY)
    if not locked:
        unlocked(monkeypatch)
    letter = partial(
        send, mother_party, contact_id=contact.pk, subject="", body="x", client_key=uuid.uuid4(), collect=False, now=now
    )
    stop = "ledger_lock" if locked else "SELECT ledger_post"
    refused, sent = crossing(asks(mother, account, 100, now), stop, letter)
    assert sent.payer == "sender"
    assert isinstance(refused, Refusal)
    assert refused.code == ("refund_too_large" if locked else "insufficient_funds")
    assert ("$0.50" in str(refused)) == locked
    assert (Refund.objects.count(), queries.balance(account).posted_cents) == (0, 50)
    assert queries.replay() == []


def test_a_letter_and_a_refund_of_everything(
    mother: User, mother_party: Party, account: str, contact: Contact, now: datetime
) -> None:
    """The refund was first: the letter hears that there is no credit, and is not sent."""
    by_card(account, 100, mother, now - DAY)
    letter = partial(
        send, mother_party, contact_id=contact.pk, subject="", body="x", client_key=uuid.uuid4(), collect=False, now=now
    )
    given, refused = crossing(asks(mother, account, 100, now), 'INSERT INTO "payments_refund"', letter)
    assert isinstance(given, Refund)
    assert refused.code == "no_credit"
    assert queries.balance(account) == queries.Balance(0, 0)


@BOTH
def test_somebody_comes_back_while_their_money_is_about_to_leave(
    locked: bool, resident: Resident, mother: User, north: Facility, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MON-6: a booking that was first keeps the money where it is."""
    account = chart.resident_messages(resident.pk)
    by_card(account, 500, mother, now - 9 * DAY)
    custody.release_resident(staff=None, resident_id=resident.pk, now=now - 4 * DAY)
    if not locked:
        unlocked(monkeypatch)
    booking = partial(
        custody.book_resident, staff=None, facility_id=north.pk, number=resident.number, first_name="D",
        last_name="S", now=now,
    )  # fmt: skip
    paying = partial(release_refund.refund_released, resident_id=resident.pk, now=now)
    _booked, (refunds, _held) = crossing(booking, 'INSERT INTO "residents_custody"', paying)
    assert (len(refunds), queries.balance(account).posted_cents) == ((0, 500) if locked else (1, 0))


@BOTH
def test_two_workers_hear_the_same_answer(
    locked: bool, mother: User, account: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_card(account, 300, mother, now - DAY)
    pay_out = asks(mother, account, 300, now)().pay_outs.get()
    PayOut.objects.filter(pk=pay_out.pk).update(state="sent")
    if not locked:
        without_row_locks(monkeypatch)
    heard = partial(
        send_pay_out.answered, pay_out_id=pay_out.pk, answer=RefundAnswer("re_1", "paid", "", "", 300), now=now
    )
    crossing(heard, FIRST_WRITE, heard)
    assert Email.objects.filter(kind="refund_sent").count() == (1 if locked else 2)
    assert queries.totals()[chart.REFUNDS_PAYABLE] == 0


def test_the_lock_is_there_to_be_patched() -> None:
    """The controls above would prove nothing if a flow called it by another name."""
    assert refund.lock is release_refund.lock is give_back.lock
