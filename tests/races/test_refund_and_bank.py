"""A refund and the payer's bank want the same money; a deposit and the end of its account; one file twice at once.

Led by the hand, each beside the control that loses; `flows.proof` judges what is left.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from kinline.facilities.models import Facility
from kinline.flows import close_account, disputes, give_back, proof, refund, sent_back
from kinline.flows.deposit import record_deposit
from kinline.flows.deposit_file import Imported, import_deposits
from kinline.flows.refund import ask
from kinline.flows.tests.refunding import by_card
from kinline.identity.models import User
from kinline.ledger import chart, queries
from kinline.payments.models import Deposit, DepositFile, Dispute, Refund
from kinline.payments.processors import Disputed
from kinline.residents.models import Resident
from tests.races.steps import crossing, without_row_locks

pytestmark = pytest.mark.usefixtures("db")
BOTH = pytest.mark.parametrize("locked", [True, False], ids=["locked", "control"])
DAY = timedelta(days=1)
Act = Callable[[], Any]


@pytest.fixture
def account(mother: User) -> str:
    return chart.family_messages(mother.pk)


def unlocked(patch: pytest.MonkeyPatch) -> None:
    for module in (refund, disputes, sent_back):
        patch.setattr(module, "lock", lambda _accounts, _now: None)
    without_row_locks(patch)


def broken() -> set[str]:
    """The laws that do not hold. These deposits came without a page, so that one law is not asked."""
    assert queries.replay() == []
    return {one.law for one in proof.differences()} - {"cards"}


@pytest.fixture
def two(mother: User, account: str, now: datetime) -> Deposit:
    """Two payments by card; the newest, of $5.00, is what the bank asks back and what a refund begins with."""
    by_card(account, 1000, mother, now - 2 * DAY)
    return by_card(account, 500, mother, now - DAY)


@pytest.fixture
def back(mother: User, account: str, two: Deposit, now: datetime) -> Act:
    return partial(ask, user=mother, account=account, amount_cents=500, client_key=uuid.uuid4(), now=now)


@pytest.fixture
def bank(two: Deposit, now: datetime) -> Act:
    return partial(disputes.told, Disputed("du_1", two.payment_ref, 500, "usd", "open", "fraudulent"), now)


@BOTH
def test_a_refund_and_then_its_dispute(
    locked: bool, back: Act, bank: Act, account: str, two: Deposit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is on its way back already is the house's loss, not taken from the other payment's money a second time."""
    if not locked:
        unlocked(monkeypatch)
    given, _told = crossing(back, 'INSERT INTO "payments_refund"', bank)
    assert isinstance(given, Refund), given
    dispute = Dispute.objects.get()
    if locked:
        assert (dispute.recovered_cents, dispute.loss_cents) == (0, 500)
        assert queries.balance(account).posted_cents == 1000
        assert broken() == set()
    else:
        assert dispute.recovered_cents == 500
        assert "given_back" in broken()


@BOTH
def test_a_dispute_and_then_a_refund(
    locked: bool, back: Act, bank: Act, account: str, two: Deposit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the bank has taken goes to no card: the refund is of the other payment."""
    if not locked:
        unlocked(monkeypatch)
    _told, given = crossing(bank, 'INSERT INTO "payments_dispute"', back)
    assert isinstance(given, Refund), given
    went = given.pay_outs.get().deposit_id
    assert queries.balance(account).posted_cents == 500
    assert (went == two.pk) == (not locked)
    assert broken() == (set() if locked else {"given_back"})


@BOTH
@pytest.mark.parametrize("first", ["deposit", "closing"])
def test_cash_and_the_end_of_its_account(
    locked: bool, first: str, mother: User, account: str, admin: User, north: Facility, now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Either the money is refunded with the rest, or it is not taken: none is left where nobody can reach it."""
    if not locked:
        without_row_locks(monkeypatch)
    cash = partial(
        record_deposit, account=account, amount_cents=700, method="cash", client_key=uuid.uuid4(), now=now,
        recorded_by=admin, facility_id=north.pk,
    )  # fmt: skip
    close = partial(close_account._close, mother.pk, now)
    if first == "deposit":
        crossing(cash, 'INSERT INTO "payments_deposit"', close)
    else:
        crossing(close, 'INSERT INTO "identity_closure"', cash)
    assert User.objects.get(pk=mother.pk).closed_at is not None
    assert (queries.balance(account).posted_cents == 0) == locked
    assert broken() == set()


def test_one_file_twice_at_once(admin: User, north: Facility, resident: Resident, now: datetime) -> None:
    """The second waits, and finds that it is taken in."""
    content = b"account,amount,reference\nresident:1001,5.00,K-1\ntotal,5.00,1\n"
    take = partial(import_deposits, content, name="day.csv", staff=admin, facility_id=north.pk, now=now)
    first, second = crossing(take, 'INSERT INTO "payments_deposit"', take)
    assert isinstance(first, Imported), first
    assert (first.again, second.again, second.file_id) == (False, True, first.file_id)
    assert (Deposit.objects.count(), DepositFile.objects.count()) == (1, 1)
    assert broken() == set()


def test_one_line_in_two_files_at_once(admin: User, north: Facility, resident: Resident, now: datetime) -> None:
    """The same reference in another file: the second says so, and takes nothing in."""
    content = b"account,amount,reference\nresident:1001,5.00,K-1\ntotal,5.00,1\n"
    take = partial(import_deposits, name="day.csv", staff=admin, facility_id=north.pk, now=now)
    first, second = crossing(
        partial(take, content), 'INSERT INTO "payments_deposit"', partial(take, content.replace(b",5.00", b",5"))
    )
    assert isinstance(first, Imported), first
    assert [(fault.line, fault.code) for fault in second.faults] == [(2, "known")]
    assert Deposit.objects.count() == 1


def test_control_two_files_at_once_without_the_lock(
    admin: User, north: Facility, resident: Resident, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without waiting for each other both read that the line is new; then only the rules of the tables are left."""
    without_row_locks(monkeypatch)
    content = b"account,amount,reference\nresident:1001,5.00,K-1\ntotal,5.00,1\n"
    take = partial(import_deposits, name="day.csv", staff=admin, facility_id=north.pk, now=now)
    answers = crossing(
        partial(take, content), 'INSERT INTO "payments_deposit"', partial(take, content.replace(b",5.00", b",5"))
    )
    assert any(isinstance(answer, Exception) for answer in answers), answers
    assert Deposit.objects.count() == 1


def test_the_lock_is_there_to_be_patched() -> None:
    assert refund.lock is disputes.lock is sent_back.lock is give_back.lock
