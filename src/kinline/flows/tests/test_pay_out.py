"""MON-6, MON-7: a refund reaches its card once, whatever breaks; a card that cannot, and what finance pays."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection

from kinline.core.parties import FAMILY, Party
from kinline.facilities.models import Facility
from kinline.flows import disputes, pay_out, send_pay_out
from kinline.flows.refund import ask, ask_resident
from kinline.flows.tests.refunding import Cards, by_card, in_cash
from kinline.identity import services as identity
from kinline.identity.models import Role, User
from kinline.identity.permissions import NotPermitted
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.notices.models import Email, Notice
from kinline.payments import errors
from kinline.payments.models import Deposit, Dispute, PayOut, Refund
from kinline.payments.processors import Disputed, DisputeState
from kinline.payments.queries import pay_outs as lists
from kinline.payments.queries import refunds as queries
from kinline.residents.models import Resident

STRIPE = chart.processor_clearing("stripe")


@pytest.fixture
def account(mother: User) -> str:
    return chart.family_messages(mother.pk)


@pytest.fixture
def finance(north: Facility, long_ago: datetime) -> User:
    return staff("finance", Role.FINANCE, north, long_ago)


def staff(name: str, role: Role, place: Facility, now: datetime) -> User:
    user = identity.create_staff(
        username=name, email=f"{name}@staff.example", password="a long sample password", first_name="Staff",
        last_name="Finance", now=now,
    )  # fmt: skip
    identity.grant_role(user_id=user.pk, facility_id=place.pk, role=role, now=now)
    return user


@pytest.fixture
def to_card(mother: User, account: str, now: datetime) -> PayOut:
    """$6.00 of a $10.00 deposit wait to go back to its card."""
    by_card(account, 1000, mother, now - timedelta(days=1))
    return ask(user=mother, account=account, amount_cents=600, client_key=uuid.uuid4(), now=now).pay_outs.get()


@pytest.fixture
def cheque(mother: User, account: str, north: Facility, now: datetime) -> PayOut:
    """$7.00 of lobby cash wait to go back by cheque."""
    User.objects.filter(pk=mother.pk).update(address_line1="1 Sample St", city="Sample", region="NY", postal_code="1")
    in_cash(account, 700, now - timedelta(days=3), north.pk)
    return ask(user=mother, account=account, amount_cents=700, client_key=uuid.uuid4(), now=now).pay_outs.get()


def again(one: PayOut) -> PayOut:
    return PayOut.objects.get(pk=one.pk)


def send(one: PayOut, now: datetime) -> None:
    send_pay_out.send_pay_out(pay_out_id=one.pk, now=now)


def queued() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (args->>'pay_out_id')::int FROM procrastinate_jobs WHERE task_name = 'send_pay_out'")
        return [row[0] for row in cursor.fetchall()]


# To the card


def test_it_is_sent_once_booked_once_and_said(to_card: PayOut, cards: Cards, account: str, now: datetime) -> None:
    assert queued() == [to_card.pk]
    for _again in range(3):
        send(to_card, now)
    paid = again(to_card)
    assert (paid.state, paid.processor_ref, paid.ended_at) == ("paid", "re_0", now)
    assert list(cards.by_key) == [f"pay_out:{to_card.pk}"]
    assert (cards.given_cents, ledger.balance(chart.REFUNDS_PAYABLE).posted_cents) == (600, 0)
    assert ledger.totals() == {account: 400, STRIPE: -400, chart.REFUNDS_PAYABLE: 0}
    assert ledger.replay() == []
    assert Email.objects.filter(kind="refund_sent").count() == Notice.objects.filter(kind="refund_sent").count() == 1


def test_a_lost_answer_and_a_dead_worker_send_it_once(to_card: PayOut, cards: Cards, now: datetime) -> None:
    cards.answers = "lost"
    with pytest.raises(errors.ProcessorDown):
        send(to_card, now)
    assert (again(to_card).state, again(to_card).entry_id) == ("sent", None)
    assert ledger.balance(chart.REFUNDS_PAYABLE).posted_cents == 600
    cards.answers = "paid"
    later = now + timedelta(hours=30)
    send_pay_out.sweep_pay_outs(now=later)
    assert queued() == [to_card.pk, to_card.pk]
    send(to_card, later)
    assert (again(to_card).state, cards.given_cents) == ("paid", 600)


def test_while_the_processor_is_down_nothing_is_lost(to_card: PayOut, cards: Cards, now: datetime) -> None:
    cards.answers = "down"
    for _again in range(3):
        with pytest.raises(errors.ProcessorDown):
            send(to_card, now)
    assert (cards.by_key, again(to_card).state) == ({}, "sent")
    cards.answers = "paid"
    send(to_card, now)
    assert again(to_card).state == "paid"


def test_a_bank_that_takes_days_is_asked_again(to_card: PayOut, cards: Cards, now: datetime) -> None:
    cards.answers = "waiting"
    send(to_card, now)
    waits = again(to_card)
    assert (waits.state, waits.processor_ref, waits.entry_id) == ("sent", "re_0", None)
    send_pay_out.sweep_pay_outs(now=now + timedelta(hours=2))
    assert queued() == [to_card.pk]
    send_pay_out.ask_sent_pay_outs(now=now + timedelta(hours=2))
    assert queued() == [to_card.pk] * 2
    cards.becomes("re_0", "paid")
    send_pay_out.refund_changed(processor_ref="re_0", now=now + timedelta(days=2))
    send_pay_out.refund_changed(processor_ref="re_0", now=now + timedelta(days=2))
    send_pay_out.refund_changed(processor_ref="re_of_others", now=now)
    assert (again(to_card).state, ledger.balance(STRIPE).posted_cents) == ("paid", -400)


@pytest.mark.parametrize("how", ["refused", "ended"])
def test_a_card_that_cannot_take_it_becomes_a_cheque(
    to_card: PayOut,
    cards: Cards,
    mother: User,
    account: str,
    now: datetime,
    how: str,
) -> None:
    cards.answers, cards.failure = "failed", "refused" if how == "refused" else "expired_or_canceled_card"
    send(to_card, now)
    send(to_card, now)
    failed, instead = PayOut.objects.order_by("pk")
    assert (failed.state, failed.replaced_by, failed.ended_at) == ("failed", instead, now)
    assert (instead.way, instead.state, instead.amount_cents) == ("cheque", "waiting", 600)
    assert (instead.deposit, instead.payee_name) == (failed.deposit, "Marta Sample")
    assert ledger.totals() == {account: 400, STRIPE: -1000, chart.REFUNDS_PAYABLE: 600}
    assert queries.origin_of(account).parts[0].cents == 400
    shown = queries.refunds_of(Party(FAMILY, mother.pk))[0]
    assert (shown.cents, [one.state for one in shown.pay_outs]) == (600, ["failed", "waiting"])
    assert Email.objects.filter(kind="refund_card_failed").count() == 1


def test_a_refund_that_fails_after_it_was_paid(to_card: PayOut, cards: Cards, account: str, now: datetime) -> None:
    send(to_card, now)
    cards.becomes("re_0", "failed", "lost_or_stolen_card")
    for _again in range(2):
        send_pay_out.refund_changed(processor_ref="re_0", now=now + timedelta(days=4))
    assert [one.state for one in PayOut.objects.order_by("pk")] == ["failed", "waiting"]
    assert ledger.totals() == {account: 400, STRIPE: -1000, chart.REFUNDS_PAYABLE: 600}
    assert ledger.replay() == []


# A bank asks for the payment back


def dispute(deposit: Deposit, cents: int, state: DisputeState, now: datetime) -> None:
    disputes.told(Disputed("dp_1", deposit.payment_ref, cents, "usd", state, "fraudulent"), now)


def test_while_a_bank_asks_nothing_is_sent_and_what_it_wins_is_not_paid_twice(
    to_card: PayOut,
    cards: Cards,
    account: str,
    now: datetime,
) -> None:
    assert to_card.deposit
    dispute(to_card.deposit, 1000, "open", now)
    assert ledger.totals()[chart.LOSS_DISPUTES] == -600
    send(to_card, now)
    assert (cards.by_key, again(to_card).state) == ({}, "waiting")
    dispute(to_card.deposit, 1000, "lost", now + timedelta(days=9))
    assert again(to_card).state == "recalled"
    row = Dispute.objects.get()
    assert (row.recovered_cents, row.loss_cents) == (1000, 0)
    assert ledger.totals() == {account: 0, STRIPE: 0, chart.REFUNDS_PAYABLE: 0, chart.LOSS_DISPUTES: 0}
    assert ledger.replay() == []
    send_pay_out.sweep_pay_outs(now=now + timedelta(days=10))
    assert cards.by_key == {}


def test_what_the_bank_does_not_win_is_sent(to_card: PayOut, cards: Cards, account: str, now: datetime) -> None:
    assert to_card.deposit
    dispute(to_card.deposit, 1000, "open", now)
    dispute(to_card.deposit, 1000, "won", now + timedelta(days=9))
    send(to_card, now + timedelta(days=9))
    assert (again(to_card).state, cards.given_cents) == ("paid", 600)
    assert ledger.totals() == {account: 400, STRIPE: -400, chart.REFUNDS_PAYABLE: 0, chart.LOSS_DISPUTES: 0}


def test_a_refund_that_fails_over_a_lost_dispute_is_recalled_by_the_sweep(
    to_card: PayOut,
    cards: Cards,
    account: str,
    now: datetime,
) -> None:
    assert to_card.deposit
    cards.answers = "waiting"
    send(to_card, now)
    dispute(to_card.deposit, 1000, "open", now)
    dispute(to_card.deposit, 1000, "lost", now)
    assert (again(to_card).state, Dispute.objects.get().loss_cents) == ("sent", 600)
    cards.becomes("re_0", "failed", "charge_for_pending_refund_disputed")
    send_pay_out.refund_changed(processor_ref="re_0", now=now)
    instead = again(to_card).replaced_by
    assert instead
    with pytest.raises(errors.UnderDispute):
        pay_out.settle(staff=None, pay_out_id=instead.pk, reference="1", now=now)
    send_pay_out.sweep_pay_outs(now=now)
    assert (again(instead).state, ledger.totals()[chart.LOSS_DISPUTES]) == ("recalled", 0)
    assert ledger.replay() == []


# By finance


def test_finance_pays_a_cheque_once(
    cheque: PayOut, finance: User, account: str, north: Facility, now: datetime
) -> None:
    [row] = lists.pay_outs([north.pk])
    assert (row.payee_name, row.payee_address, row.amount_cents, row.cause) == (
        "Marta Sample", "1 Sample St\nSample, NY 1", 700, "asked",
    )  # fmt: skip
    for _again in range(2):
        pay_out.settle(staff=finance, pay_out_id=cheque.pk, reference=" 1001 ", now=now)
    paid = again(cheque)
    assert (paid.state, paid.reference, paid.settled_by, paid.ended_at) == ("paid", "1001", finance, now)
    assert ledger.totals() == {
        account: 0, chart.facility_cash(north.pk): -700, chart.REFUNDS_PAYABLE: 0, chart.BANK: 700,
    }  # fmt: skip
    assert lists.pay_outs([north.pk]) == []
    assert Email.objects.filter(kind="refund_paid").count() == 1
    with pytest.raises(errors.WrongPayOutState):
        pay_out.settle(staff=finance, pay_out_id=cheque.pk, reference="1002", now=now)


def test_a_cheque_that_came_back_is_owed_again_and_sent_to_a_new_address(
    cheque: PayOut, finance: User, north: Facility, now: datetime
) -> None:
    pay_out.settle(staff=finance, pay_out_id=cheque.pk, reference="1001", now=now)
    for _again in range(2):
        pay_out.returned(staff=finance, pay_out_id=cheque.pk, now=now)
    assert (again(cheque).state, ledger.balance(chart.REFUNDS_PAYABLE).posted_cents) == ("returned", 700)
    assert [row.id for row in lists.unclaimed([north.pk])] == [cheque.pk]
    with pytest.raises(errors.AddressNeeded):
        pay_out.new_address(staff=finance, pay_out_id=cheque.pk, name="M", address="  ", now=now)
    anew = pay_out.new_address(
        staff=finance, pay_out_id=cheque.pk, name="Marta S", address="9 New", region="fl", now=now
    )
    assert (anew.state, anew.payee_address, anew.payee_region, anew.deposit) == (
        "waiting",
        "9 New",
        "FL",
        cheque.deposit,
    )
    assert again(cheque).replaced_by == anew
    with pytest.raises(errors.WrongPayOutState):
        pay_out.new_address(staff=finance, pay_out_id=cheque.pk, name="Marta S", address="9 New", now=now)
    pay_out.settle(staff=finance, pay_out_id=anew.pk, reference="1002", now=now)
    assert ledger.totals()[chart.BANK] == 700
    assert ledger.replay() == []
    refund = Refund.objects.get()
    assert sum(one.amount_cents for one in refund.pay_outs.filter(replaced_by=None)) == refund.amount_cents


def test_cash_of_the_place_and_a_residents_ways(
    resident: Resident, mother: User, finance: User, north: Facility, now: datetime
) -> None:
    mine = chart.resident_calls(resident.pk)
    by_card(mine, 900, mother, now)
    asked = ask_resident(resident_id=resident.pk, account=mine, amount_cents=900, client_key=uuid.uuid4(), now=now)
    one = asked.pay_outs.get()
    with pytest.raises(errors.WrongWay):
        pay_out.settle(staff=finance, pay_out_id=one.pk, reference="1", way="card", now=now)
    with pytest.raises(errors.ReferenceNeeded):
        pay_out.settle(staff=finance, pay_out_id=one.pk, reference=" ", way="release_card", now=now)
    pay_out.settle(staff=finance, pay_out_id=one.pk, reference="", way="cash", now=now)
    assert (again(one).way, again(one).state) == ("cash", "paid")
    assert ledger.totals()[chart.facility_cash(north.pk)] == 900
    with pytest.raises(errors.WrongPayOutState):
        pay_out.returned(staff=finance, pay_out_id=one.pk, now=now)


def test_family_money_goes_to_no_trust_account(cheque: PayOut, finance: User, now: datetime) -> None:
    with pytest.raises(errors.WrongWay):
        pay_out.settle(staff=finance, pay_out_id=cheque.pk, reference="1", way="trust", now=now)
    assert again(cheque).state == "waiting"


@pytest.mark.parametrize("who", ["reviewer", "elsewhere", "payee"])
def test_nobody_else_pays(
    who: str, cheque: PayOut, officer: User, mother: User, south: Facility, north: Facility, long_ago: datetime,
    now: datetime,
) -> None:  # fmt: skip
    other = officer
    if who == "elsewhere":
        other = staff("finance.south", Role.FINANCE, south, long_ago)
        assert lists.pay_out([south.pk], cheque.pk) is None
    if who == "payee":
        other = staff("mother.staff", Role.FINANCE, north, long_ago)
        User.objects.filter(pk=other.pk).update(email=mother.email)
        other.refresh_from_db()
    before = ledger.totals()
    for act in (
        lambda: pay_out.settle(staff=other, pay_out_id=cheque.pk, reference="1", now=now),
        lambda: pay_out.returned(staff=other, pay_out_id=cheque.pk, now=now),
        lambda: pay_out.new_address(staff=other, pay_out_id=cheque.pk, name="x", address="y", now=now),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert (again(cheque).state, again(cheque).payee_address, ledger.totals()) == (
        "waiting",
        cheque.payee_address,
        before,
    )


def test_a_pay_out_of_no_place_is_the_operators(mother: User, account: str, now: datetime, finance: User) -> None:
    by_card(account, 100, mother, now)
    one = ask(user=mother, account=account, amount_cents=100, client_key=uuid.uuid4(), now=now).pay_outs.get()
    PayOut.objects.filter(pk=one.pk).update(way="cheque", facility=None)
    with pytest.raises(NotPermitted):
        pay_out.settle(staff=finance, pay_out_id=one.pk, reference="1", now=now)
    assert [row.id for row in lists.pay_outs(None)] == [one.pk]
    pay_out.settle(staff=None, pay_out_id=one.pk, reference="1", now=now)
    assert again(one).state == "paid"
