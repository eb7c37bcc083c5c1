"""MON-6, L8, ACC-7: money whose owner left: by release, or by closing the account."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.flows import closing_refund, custody, disputes, pay_out
from kinline.flows.close_account import close_account
from kinline.flows.decide_review import refuse
from kinline.flows.release_refund import refund_release, sweep_released
from kinline.flows.roster import import_roster
from kinline.flows.send_message import send
from kinline.flows.tests.refunding import by_card, in_cash
from kinline.identity.models import Closure, User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.notices.models import Email
from kinline.payments.models import PayOut, PrepaidNumber, Refund
from kinline.payments.processors import Disputed
from kinline.payments.queries.refunds import comes_back_at_closing
from kinline.residents.models import Custody, Resident
from kinline.residents.roster import parse

PASSWORD = "a long sample password"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PHONE = "+18135550142"
NUMBER = chart.number_prepaid(PHONE)


# Release


@pytest.fixture
def wallet(resident: Resident, mother: User, now: datetime) -> str:
    """$5.00 of message credits and $9.00 of PIN Debit that his mother gave, days ago."""
    by_card(chart.resident_calls(resident.pk), 900, mother, now - 5 * DAY)
    by_card(chart.resident_messages(resident.pk), 500, mother, now - 5 * DAY)
    return chart.resident_messages(resident.pk)


def release(resident: Resident, now: datetime) -> int:
    stay = Custody.objects.get(resident=resident, ended_at=None)
    custody.release_resident(staff=None, resident_id=resident.pk, now=now)
    return stay.pk


def armed() -> list[tuple[int, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (args->>'custody_id')::int, scheduled_at FROM procrastinate_jobs "
            "WHERE task_name = 'refund_release' ORDER BY id"
        )
        return cursor.fetchall()


def owed() -> list[tuple[str, int, int | None]]:
    return list(PayOut.objects.order_by("refund__account").values_list("refund__account", "amount_cents", "user_id"))


def test_three_days_after_release_all_of_it_is_on_the_pay_out_list(
    resident: Resident, wallet: str, north: Facility, now: datetime
) -> None:
    stay = release(resident, now)
    assert armed() == [(stay, now + 72 * HOUR)]
    refund_release(custody_id=stay, now=now + 72 * HOUR - timedelta(seconds=1))
    sweep_released(now=now + 71 * HOUR)
    assert Refund.objects.count() == 0
    for _again in range(2):
        refund_release(custody_id=stay, now=now + 72 * HOUR)
    assert owed() == [(chart.resident_calls(resident.pk), 900, None), (wallet, 500, None)]
    assert {(one.way, one.state, one.facility_id, one.payee_region) for one in PayOut.objects.all()} == {
        ("release_card", "waiting", north.pk, "NY")
    }
    assert {one.cause for one in Refund.objects.all()} == {"release"}
    assert ledger.balance(chart.REFUNDS_PAYABLE).posted_cents == 1400
    assert ledger.replay() == []


def test_a_release_by_roster_arms_the_same_job(resident: Resident, wallet: str, now: datetime) -> None:
    stay = Custody.objects.get(resident=resident)
    rows, faults = parse(b"number,first_name,last_name,facility,status\n1001,Daniel,Sample,,released\n")
    assert faults == []
    import_roster(rows, staff=None, agency_id=resident.agency_id, now=now)
    assert armed() == [(stay.pk, now + 72 * HOUR)]


def test_who_is_back_within_three_days_keeps_everything(
    resident: Resident, wallet: str, north: Facility, now: datetime
) -> None:
    stay = release(resident, now)
    custody.book_resident(
        staff=None, facility_id=north.pk, number=resident.number, first_name="D", last_name="S", now=now + 40 * HOUR
    )
    refund_release(custody_id=stay, now=now + 72 * HOUR)
    sweep_released(now=now + 400 * HOUR)
    assert (Refund.objects.count(), ledger.balance(wallet).posted_cents) == (0, 500)


def test_released_again_the_three_days_begin_anew(
    resident: Resident, wallet: str, north: Facility, now: datetime
) -> None:
    first = release(resident, now)
    custody.book_resident(
        staff=None, facility_id=north.pk, number=resident.number, first_name="D", last_name="S", now=now + 40 * HOUR
    )
    second = release(resident, now + 50 * HOUR)
    refund_release(custody_id=first, now=now + 72 * HOUR)
    assert Refund.objects.count() == 0
    refund_release(custody_id=second, now=now + 122 * HOUR)
    assert Refund.objects.count() == 2


def test_a_transfer_is_no_release(resident: Resident, wallet: str, south: Facility, now: datetime) -> None:
    custody.transfer_resident(staff=None, resident_id=resident.pk, facility_id=south.pk, now=now)
    sweep_released(now=now + 30 * DAY)
    assert (armed(), Refund.objects.count()) == ([], 0)


def test_what_a_letter_reserves_waits_until_it_is_decided(
    resident: Resident, resident_party: Party, wallet: str, contact: Contact, supervisor: User, north: Facility,
    now: datetime,
) -> None:  # fmt: skip
    """CON-4: letters in review stay with the facility; their price follows when they are refused."""
    from kinline.delivery import services as delivery

    delivery.set_policy(facility_id=north.pk, rules=[{"id": "held", "then": "review"}], now=now - DAY)
    sent = send(
        resident_party, contact_id=contact.pk, subject="", body="x", client_key=uuid.uuid4(), collect=False, now=now
    )
    stay, due = release(resident, now), now + 72 * HOUR
    refund_release(custody_id=stay, now=due)
    assert owed() == [(chart.resident_calls(resident.pk), 900, None)]
    assert armed()[-1] == (stay, due + HOUR)
    refuse(staff=supervisor, message_id=sent.message_id, reason_code="threat", explanation="No.", now=due + DAY)
    sweep_released(now=due + DAY)
    assert owed()[1:] == [(wallet, 500, None)]
    assert ledger.replay() == []


# Closing


@pytest.fixture
def account(mother: User) -> str:
    return chart.family_messages(mother.pk)


@pytest.fixture
def number(db: None, long_ago: datetime) -> PrepaidNumber:
    return PrepaidNumber.objects.create(number=PHONE, created_at=long_ago)


def close(user: User, now: datetime) -> None:
    close_account(User.objects.get(pk=user.pk), password=PASSWORD, now=now)


def test_closing_gives_back_credits_and_ones_part_of_numbers_but_no_gift(
    mother: User, stranger: User, account: str, resident: Resident, number: PrepaidNumber, now: datetime
) -> None:
    User.objects.filter(pk=mother.pk).update(address_line1="1 Sample St", city="Sample", region="NY", postal_code="1")
    by_card(account, 1000, mother, now - DAY)
    in_cash(account, 300, now - DAY, Facility.objects.get().pk)
    by_card(NUMBER, 400, stranger, now - DAY)
    by_card(NUMBER, 250, mother, now - DAY)
    by_card(chart.resident_calls(resident.pk), 900, mother, now - DAY)
    assert comes_back_at_closing(mother.pk) == 1550
    close(mother, now)
    paid = list(PayOut.objects.order_by("pk").values_list("refund__account", "way", "amount_cents", "user_id"))
    assert paid == [
        (account, "cheque", 300, mother.pk), (account, "card", 1000, mother.pk), (NUMBER, "card", 250, mother.pk),
    ]  # fmt: skip
    cheque = PayOut.objects.get(way="cheque")
    assert (cheque.payee_name, cheque.payee_region) == ("Marta Sample", "NY")
    assert ledger.balance(NUMBER).posted_cents == 400
    assert ledger.balance(chart.resident_calls(resident.pk)).posted_cents == 900
    closure = Closure.objects.get()
    assert (closure.owed_cents, closure.payee_name, closure.paid_at) == (1550, "Marta Sample", None)
    assert Email.objects.get(kind="account_closed").params["owed_cents"] == 1550
    assert ledger.replay() == []


def test_who_held_a_number_gives_it_back_and_holds_it_no_more(
    mother: User, stranger: User, number: PrepaidNumber, now: datetime
) -> None:
    number.holder, number.proved_at, number.proved_by = mother, now, "code"
    number.save()
    by_card(NUMBER, 400, stranger, now - DAY)
    assert comes_back_at_closing(mother.pk) == 0
    close(mother, now)
    assert owed() == [(NUMBER, 400, stranger.pk)]
    assert Email.objects.get(kind="refund_of_others").user == stranger
    number.refresh_from_db()
    assert (number.holder, number.proved_at) == (None, None)
    assert Closure.objects.get().owed_cents == 0


def test_what_comes_to_a_closed_account_later_is_given_back_too(mother: User, account: str, now: datetime) -> None:
    deposit = by_card(account, 1000, mother, now - DAY)
    ref = deposit.payment_ref
    disputes.told(Disputed("dp_1", ref, 1000, "usd", "open", "fraudulent"), now)
    close(mother, now)
    assert Refund.objects.count() == 0
    disputes.told(Disputed("dp_1", ref, 1000, "usd", "won", "fraudulent"), now + 60 * DAY)
    closing_refund.sweep_closed(now=now + 60 * DAY)
    assert owed() == [(account, 1000, mother.pk)]
    assert (PayOut.objects.get().way, ledger.balance(account).posted_cents) == ("card", 0)


def test_money_that_lies_on_a_closed_account_is_swept(
    mother: User, mother_party: Party, account: str, money: Callable[[Party, int], None], now: datetime
) -> None:
    by_card(account, 50, mother, now - DAY)
    close(mother, now)
    money(mother_party, 70)
    for _again in range(2):
        closing_refund.sweep_closed(now=now + DAY)
    assert [cents for _account, cents, _user in owed()] == [50, 70]
    assert ledger.balance(account).posted_cents == 0
    cheque = PayOut.objects.get(way="cheque")
    assert (cheque.payee_name, cheque.refund.asked_by) == ("Marta Sample", "system")


def test_a_payees_words_go_when_no_payment_can_come_back(
    mother: User, account: str, north: Facility, now: datetime
) -> None:
    in_cash(account, 300, now - DAY, north.pk)
    close(mother, now)
    cheque = PayOut.objects.get()
    pay_out.settle(staff=None, pay_out_id=cheque.pk, reference="1", now=now + DAY)
    closing_refund.sweep_closed(now=now + 2 * DAY)
    assert (Closure.objects.get().paid_at, Closure.objects.get().payee_name) == (now + 2 * DAY, "Marta Sample")
    closing_refund.sweep_closed(now=now + 181 * DAY)
    assert PayOut.objects.get().payee_name == "Marta Sample"
    closing_refund.sweep_closed(now=now + 183 * DAY)
    assert (Closure.objects.get().payee_name, Closure.objects.get().payee_email) == ("", "")
    assert (PayOut.objects.get().payee_name, PayOut.objects.get().payee_address) == ("", "")


def test_an_unpaid_closure_keeps_its_payee(mother: User, account: str, north: Facility, now: datetime) -> None:
    in_cash(account, 300, now - DAY, north.pk)
    close(mother, now)
    closing_refund.sweep_closed(now=now + 900 * DAY)
    assert (Closure.objects.get().paid_at, Closure.objects.get().payee_name) == (None, "Marta Sample")
    assert PayOut.objects.get().payee_name == "Marta Sample"


def test_what_a_closed_payer_put_into_a_number_that_nobody_holds_any_more(
    mother: User, stranger: User, number: PrepaidNumber, now: datetime
) -> None:
    number.holder, number.proved_at, number.proved_by = stranger, now, "code"
    number.save()
    by_card(NUMBER, 400, mother, now - DAY)
    by_card(NUMBER, 100, stranger, now - DAY)
    close(mother, now)
    closing_refund.sweep_closed(now=now + DAY)
    assert owed() == []
    PrepaidNumber.objects.update(holder=None, proved_at=None)
    for _again in range(2):
        closing_refund.sweep_closed(now=now + 2 * DAY)
    assert owed() == [(NUMBER, 400, mother.pk)]
    assert ledger.balance(NUMBER).posted_cents == 100
