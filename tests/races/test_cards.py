"""Races of payments by card (MON-3, MON-7), led by the hand; each with what happens when nothing guards it."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection

from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.flows import checkout, close_account, disputes, top_up
from kinline.flows.fulfil import settle_payment, settle_session
from kinline.identity.models import User
from kinline.ledger import chart, queries
from kinline.ledger import services as ledger
from kinline.notices.models import Email
from kinline.payments.models import Checkout, Deposit, Dispute, PayOut, TopUp
from kinline.payments.services import Terms
from tests.money.processor import FakeProcessor
from tests.races.steps import crossing, without_row_locks
from tests.races.together import together

pytestmark = pytest.mark.usefixtures("db")

CLEARING = chart.processor_clearing("stripe")
TERMS = Terms(below_cents=500, amount_cents=1000, month_cap_cents=9000)


@pytest.fixture
def processor(monkeypatch: pytest.MonkeyPatch, now: datetime) -> FakeProcessor:
    return FakeProcessor(now=now).install(monkeypatch)


@pytest.fixture
def account(mother_party: Party) -> str:
    return chart.messages_of(mother_party)


@pytest.fixture
def begun(processor: FakeProcessor, mother: User, account: str, north: Facility, now: datetime) -> Checkout:
    return checkout.start(mother, account=account, amount_cents=2500, client_key=uuid.uuid4(), now=now)


@pytest.fixture
def low(processor: FakeProcessor, mother: User, account: str, north: Facility, now: datetime) -> TopUp:
    """A standing order whose balance is empty."""
    first = checkout.start(
        mother,
        account=account,
        amount_cents=1000,
        client_key=uuid.uuid4(),
        now=now - timedelta(minutes=1),
        top_up=TERMS,
    )
    processor.pay(first.session_ref)
    settle_session(first.session_ref, now)
    lines = [(account, -1000), (chart.facility_cash(north.pk), 1000)]
    ledger.post(key="spent", kind="test", lines=lines, now=now)
    return TopUp.objects.get()


def failures(answers: list[Any]) -> list[Exception]:
    return [answer for answer in answers if isinstance(answer, Exception)]


def test_two_clicks_make_one_page(
    processor: FakeProcessor, mother: User, account: str, north: Facility, now: datetime
) -> None:
    start = partial(checkout.start, mother, account=account, amount_cents=2500, now=now)
    key = uuid.uuid4()
    answers = together([partial(start, client_key=key)] * 4)
    assert failures(answers) == []
    assert {answer.page_url for answer in answers} == {f"https://pay.example/{next(iter(processor.sessions))}"}
    assert (Checkout.objects.count(), len(processor.sessions)) == (1, 1)
    together([partial(start, client_key=uuid.uuid4()) for _ in range(2)])
    assert len(processor.sessions) == 3, "without the same key they are two payments"


def test_everybody_hears_of_it_at_once(
    processor: FakeProcessor, begun: Checkout, mother: User, account: str, now: datetime
) -> None:
    """Two events, who comes back, and a job: one deposit, one receipt."""
    payment = processor.pay(begun.session_ref)
    answers = together([
        partial(settle_session, begun.session_ref, now), partial(settle_payment, payment.ref, now),
        partial(checkout.came_back, mother, begun.pk, now), partial(settle_session, begun.session_ref, now),
    ])  # fmt: skip
    assert failures(answers) == []
    assert queries.totals() == {account: 2500, CLEARING: -2500}
    assert (Deposit.objects.count(), Email.objects.filter(kind="receipt").count()) == (1, 1)


# Two sweeps


def _no_rule() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_top_up_at_a_time")


def two_sweeps(now: datetime) -> list[Any]:
    """The first stops where it orders; the second goes as far as it can; then the first goes on."""
    sweep = partial(top_up.top_up_low, now=now)
    return crossing(sweep, 'INSERT INTO "payments_checkout"', sweep)


def charged(processor: FakeProcessor) -> int:
    return sum(1 for kept in processor.payments.values() if kept.payment.state == "paid") - 1


def test_two_sweeps_charge_once(low: TopUp, processor: FakeProcessor, account: str, now: datetime) -> None:
    assert failures(two_sweeps(now)) == []
    assert (charged(processor), queries.balance(account).available_cents) == (1, 1000)
    assert Email.objects.filter(kind="top_up_done").count() == 1


def test_two_sweeps_without_lock_or_rule_charge_twice(
    low: TopUp, processor: FakeProcessor, account: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: what both guards are there for."""
    without_row_locks(monkeypatch)
    _no_rule()
    two_sweeps(now)
    assert (charged(processor), queries.balance(account).available_cents) == (2, 2000)


def test_the_databases_rule_alone_is_enough(
    low: TopUp, processor: FakeProcessor, account: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the second sweep's charge is not answered yet, there is no second order, lock or not."""
    without_row_locks(monkeypatch)
    processor.fails("pay_again", "lost")
    answers = two_sweeps(now)
    assert [type(answer) for answer in failures(answers)] == [IntegrityError]
    assert charged(processor) == 1


def test_a_charge_and_its_event_write_once(low: TopUp, processor: FakeProcessor, account: str, now: datetime) -> None:
    """The answer and the event of one charge, at once."""
    processor.fails("pay_again", "lost")
    top_up.top_up_low(now=now)
    (ref,) = [ref for ref, kept in processor.payments.items() if kept.payment.ref != Deposit.objects.get().payment_ref]
    later = now + timedelta(minutes=5)
    answers = together([
        partial(top_up.top_up_low, now=later), partial(settle_payment, ref, later), partial(settle_payment, ref, later)
    ])  # fmt: skip
    assert failures(answers) == []
    assert queries.balance(account).available_cents == 1000
    assert Email.objects.filter(kind="top_up_done").count() == 1


# Disputes


def test_a_dispute_that_is_told_twice_at_once(
    processor: FakeProcessor, begun: Checkout, account: str, now: datetime
) -> None:
    payment = processor.pay(begun.session_ref)
    settle_session(begun.session_ref, now)
    ref = processor.disputes(payment.ref)
    assert failures(together([partial(disputes.look, ref=ref, now=now)] * 3)) == []
    assert (Dispute.objects.get().recovered_cents, queries.totals()) == (2500, {account: 0, CLEARING: 0})


@pytest.mark.parametrize("first", ["dispute", "letter"])
def test_a_dispute_and_somebody_who_spends(
    processor: FakeProcessor, begun: Checkout, account: str, now: datetime, first: str
) -> None:
    """Whoever has the balance's lock first has the money; the other finds what is left of it."""
    payment = processor.pay(begun.session_ref)
    settle_session(begun.session_ref, now)
    ref = processor.disputes(payment.ref)
    hold = partial(ledger.try_hold, key="h", purpose="test", lines=[(account, 2000)], now=now)
    look: Callable[[], Any] = partial(disputes.look, ref=ref, now=now)
    if first == "dispute":
        _looked, held = crossing(look, 'INSERT INTO "payments_dispute"', hold)
        assert (held, Dispute.objects.get().recovered_cents) == (None, 2500)
    else:
        assert hold() is not None
        look()
        assert Dispute.objects.get().recovered_cents == 500
    assert queries.replay() == []


# Closing


@pytest.mark.parametrize("first", ["payment", "closing"])
def test_a_payment_and_the_end_of_its_account(
    processor: FakeProcessor, begun: Checkout, mother: User, account: str, now: datetime, first: str
) -> None:
    """In either order the money is on its way back, and nothing is left on a balance that nobody can reach."""
    processor.pay(begun.session_ref)
    settle: Callable[[], Any] = partial(settle_session, begun.session_ref, now)
    close: Callable[[], Any] = partial(close_account._close, mother.pk, now)
    answers = (
        crossing(settle, 'INSERT INTO "payments_deposit"', close)
        if first == "payment"
        else crossing(close, 'UPDATE "identity_user"', settle)
    )
    assert failures(answers) == []
    assert queries.totals() == {account: 0, CLEARING: -2500, chart.REFUNDS_PAYABLE: 2500}
    assert sum(PayOut.objects.values_list("amount_cents", flat=True)) == 2500


def test_a_dispute_that_is_won_and_the_end_of_its_account(
    processor: FakeProcessor, begun: Checkout, mother: User, account: str, now: datetime
) -> None:
    """Both want the account's row and its balance, in one order: neither waits for the other in a circle."""
    payment = processor.pay(begun.session_ref)
    settle_session(begun.session_ref, now)
    ref = processor.disputes(payment.ref)
    disputes.look(ref=ref, now=now)
    processor.decides(ref, "won")
    close: Callable[[], Any] = partial(close_account._close, mother.pk, now)
    answers = crossing(partial(disputes.look, ref=ref, now=now), 'UPDATE "payments_dispute"', close)
    assert failures(answers) == []
    totals = queries.totals()
    assert (totals[account], totals[CLEARING], totals[chart.REFUNDS_PAYABLE]) == (0, -2500, 2500)
