"""The automatic top-up (MON-3): opt-in, within its cap, one charge at a time, an email each time; it ends by itself."""

import contextlib
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.flows import checkout, close_account, custody, disputes, top_up
from kinline.flows.finish_checkouts import finish_checkouts
from kinline.flows.fulfil import settle_payment, settle_session
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.ledger import services as books
from kinline.notices.models import Email
from kinline.payments import errors, queries
from kinline.payments.models import Checkout, Deposit, TopUp
from kinline.payments.models.cards import CheckoutState
from kinline.payments.services import Terms
from kinline.residents.models import Resident
from tests.money.processor import FakeProcessor, Killed

TERMS = Terms(below_cents=500, amount_cents=1000, month_cap_cents=4000)
NOON = datetime(2027, 3, 10, 12, tzinfo=UTC)  # the middle of a month, so that no test crosses one by chance


@pytest.fixture
def account(mother_party: Party) -> str:
    return chart.messages_of(mother_party)


@pytest.fixture
def set_up(processor: FakeProcessor, mother: User, account: str, north: Facility) -> Callable[..., TopUp]:
    """The mother has paid $10.00 and left her card."""
    processor.now = NOON

    def ordered(target: str = account, terms: Terms = TERMS, now: datetime = NOON) -> TopUp:
        begun = checkout.start(
            mother, account=target, amount_cents=terms.amount_cents, client_key=uuid.uuid4(), now=now, top_up=terms
        )
        processor.pay(begun.session_ref)
        settle_session(begun.session_ref, now)
        return TopUp.objects.latest("pk")

    return ordered


@pytest.fixture
def low(set_up: Callable[..., TopUp], account: str, north: Facility) -> TopUp:
    """Set up, and the balance is at $4.00."""
    order = set_up()
    spend(account, 600, north)
    return order


def spend(account: str, cents: int, place: Facility, now: datetime = NOON) -> None:
    """Gone from the balance. Over the counter, for brevity: revenue wants a delivered letter (L3)."""
    lines = [(account, -cents), (chart.facility_cash(place.pk), cents)]
    books.post(key=f"spent:{uuid.uuid4()}", kind="test", lines=lines, now=now)


def spend_all(account: str, place: Facility) -> None:
    left = ledger.balance(account).available_cents
    if left:
        spend(account, left, place)


def charges() -> int:
    return Checkout.objects.filter(by_itself=True).count()


def waiting_jobs(name: str) -> list[dict[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [name])
        return [json.loads(args) for (args,) in cursor.fetchall()]


def mails(kind: str) -> list[Email]:
    return list(Email.objects.filter(kind=kind).order_by("pk"))


# Begun


def test_it_begins_with_the_first_payment(set_up: Callable[..., TopUp], processor: FakeProcessor, mother: User) -> None:
    order = set_up()
    assert (order.started_at, order.card_label) == (NOON, "Visa 4242")
    assert (order.customer_ref != "", order.method_ref != "") == (True, True)
    assert next(iter(processor.pages.values())).keep_card
    assert queries.top_up(mother.pk, order.account) == order


def test_it_does_not_begin_without_one(
    processor: FakeProcessor, mother: User, account: str, north: Facility, now: datetime
) -> None:
    begun = checkout.start(mother, account=account, amount_cents=1000, client_key=uuid.uuid4(), now=now, top_up=TERMS)
    processor.pay(begun.session_ref, "declined")
    settle_session(begun.session_ref, now)
    top_up.top_up_low(now=now)
    assert (queries.top_ups(mother.pk), charges()) == ([], 0)


@pytest.mark.parametrize("terms", [Terms(500, 1000, 999), Terms(500, 0, 1000), Terms(500, -5, 1000)])
def test_terms_that_make_no_sense(
    processor: FakeProcessor, mother: User, account: str, north: Facility, now: datetime, terms: Terms
) -> None:
    with pytest.raises(errors.CapBelowAmount):
        checkout.start(mother, account=account, amount_cents=1000, client_key=uuid.uuid4(), now=now, top_up=terms)
    assert (Checkout.objects.count(), TopUp.objects.count(), processor.calls) == (0, 0, [])


def test_a_new_one_takes_the_place_of_the_old(set_up: Callable[..., TopUp], mother: User) -> None:
    first = set_up()
    second = set_up(terms=Terms(500, 1500, 3000))
    assert waiting_jobs("forget_card") == [{"method_ref": first.method_ref}]
    first.refresh_from_db()
    assert (first.stop_reason, first.method_ref) == ("asked", "")
    assert queries.top_ups(mother.pk) == [second]


# Charged


def test_what_is_low_is_filled_once_and_written_about(
    low: TopUp, processor: FakeProcessor, account: str, mother: User
) -> None:
    for _ in range(3):
        top_up.top_up_low(now=NOON)
    assert ledger.balance(account).available_cents == 1400
    assert (charges(), processor.calls.count("pay_again")) == (1, 1)
    (told,) = mails("top_up_done")
    assert (told.to, told.params["amount_cents"], told.params["card"]) == (mother.email, 1000, "Visa 4242")
    assert (told.params["month_cents"], told.params["cap_cents"]) == (2000, 4000)
    assert Deposit.objects.latest("pk").payer == mother


def test_what_is_not_low_is_left(
    set_up: Callable[..., TopUp], processor: FakeProcessor, account: str, north: Facility
) -> None:
    set_up()
    spend(account, 500, north)
    top_up.top_up_low(now=NOON)
    assert (ledger.balance(account).available_cents, charges()) == (500, 0)


def test_what_a_hold_reserves_counts_as_gone(set_up: Callable[..., TopUp], account: str) -> None:
    set_up()
    books.hold(key="h", purpose="test", lines=[(account, 501)], now=NOON)
    top_up.top_up_low(now=NOON)
    assert ledger.balance(account).posted_cents == 2000


def test_never_above_the_months_cap(low: TopUp, account: str, north: Facility) -> None:
    """$40.00 a month, the first $10.00 by hand: three more, and no fourth before the next month."""
    for _ in range(5):
        spend_all(account, north)
        top_up.top_up_low(now=NOON)
    assert charges() == 3
    assert ledger.balance(account).available_cents == 0
    top_up.top_up_low(now=datetime(2027, 4, 1, 3, 59, tzinfo=UTC))
    assert charges() == 3, "it is still March where the deployment is"
    top_up.top_up_low(now=datetime(2027, 4, 1, 4, 0, tzinfo=UTC))
    assert charges() == 4


def test_setting_it_up_anew_lifts_no_cap(
    low: TopUp, set_up: Callable[..., TopUp], mother: User, account: str, north: Facility
) -> None:
    for _ in range(3):
        spend_all(account, north)
        top_up.top_up_low(now=NOON)
    set_up()
    spend_all(account, north)
    top_up.top_up_low(now=NOON)
    assert charges() == 3


@pytest.mark.parametrize("luck", ["down", "lost", "killed"])
def test_an_answer_that_never_came_is_asked_for_again_and_charged_once(
    low: TopUp, processor: FakeProcessor, account: str, luck: str
) -> None:
    processor.fails("pay_again", luck)
    with contextlib.suppress(Killed):
        top_up.top_up_low(now=NOON)
    assert ledger.balance(account).available_cents == 400
    for minutes in range(1, 6):
        top_up.top_up_low(now=NOON + timedelta(minutes=minutes))
    assert ledger.balance(account).available_cents == 1400
    assert (charges(), len(processor.payments)) == (1, 2)


def test_a_processor_that_is_down_all_day_charges_nobody_the_day_after(
    low: TopUp, processor: FakeProcessor, account: str
) -> None:
    processor.is_down = True
    for hours in range(25):
        top_up.top_up_low(now=NOON + timedelta(hours=hours))
        finish_checkouts(now=NOON + timedelta(hours=hours))
    assert charges() == 1
    processor.is_down = False
    later = NOON + timedelta(hours=25)
    top_up.top_up_low(now=later)
    assert Checkout.objects.filter(by_itself=True).earliest("pk").state == CheckoutState.EXPIRED
    assert (charges(), len(processor.payments)) == (2, 2), "one fresh order, for what is low now"


def test_a_charge_that_ended_here_but_not_there_is_booked(low: TopUp, processor: FakeProcessor, account: str) -> None:
    """Its answer was lost, it was given up after a day; its event comes late. The money is not lost."""
    processor.fails("pay_again", "lost")
    top_up.top_up_low(now=NOON)
    Checkout.objects.filter(by_itself=True).update(state=CheckoutState.EXPIRED, ended_at=NOON)
    paid = [ref for ref, kept in processor.payments.items() if kept.payment.metadata["key"].startswith("checkout:")]
    settle_payment(paid[-1], NOON + timedelta(days=2))
    assert ledger.balance(account).available_cents == 1400


# Declined


def test_three_declines_a_day_apart_end_it(low: TopUp, processor: FakeProcessor, account: str) -> None:
    processor.next_charge = "expired"
    for minutes in range(5):
        top_up.top_up_low(now=NOON + timedelta(minutes=minutes))
    assert charges() == 1, "a card is not charged minute after minute"
    (told,) = mails("top_up_failed")
    assert told.params["why"]["en"].startswith("The card has expired")
    for days in (1, 2, 3, 4):
        top_up.top_up_low(now=NOON + timedelta(days=days, minutes=5))
    assert charges() == 3
    low.refresh_from_db()
    assert (low.stop_reason, low.method_ref) == ("declined", "")
    assert (len(mails("top_up_failed")), len(mails("top_up_stopped"))) == (2, 1)
    assert ledger.balance(account).available_cents == 400


def test_a_card_that_works_again_is_forgiven(
    low: TopUp, processor: FakeProcessor, account: str, north: Facility
) -> None:
    processor.next_charge = "empty"
    top_up.top_up_low(now=NOON)
    processor.next_charge = "ok"
    top_up.top_up_low(now=NOON + timedelta(days=1, minutes=1))
    low.refresh_from_db()
    assert (low.failed_tries, low.try_after, ledger.balance(account).available_cents) == (0, None, 1400)


def test_a_charge_that_the_processor_will_not_begin_counts_as_declined(low: TopUp, processor: FakeProcessor) -> None:
    processor.fails("pay_again", "refused")
    top_up.top_up_low(now=NOON)
    low.refresh_from_db()
    assert (low.failed_tries, Checkout.objects.get(by_itself=True).state) == (1, CheckoutState.FAILED)


# Ended


def test_the_owner_ends_it_and_a_repeat_changes_nothing(low: TopUp, mother: User, stranger: User, account: str) -> None:
    with pytest.raises(errors.NoTopUp):
        top_up.stop(stranger, account, NOON)
    for _ in range(2):
        top_up.stop(mother, account, NOON)
    top_up.top_up_low(now=NOON)
    assert (charges(), queries.top_ups(mother.pk), mails("top_up_stopped")) == (0, [], [])


def test_the_card_of_one_that_ended_is_forgotten_by_the_processor(
    low: TopUp, processor: FakeProcessor, mother: User, account: str
) -> None:
    """After the commit, by a job: a processor that is down stops nobody from ending it, and is asked again."""
    card = low.method_ref
    processor.is_down = True
    top_up.stop(mother, account, NOON)
    assert waiting_jobs("forget_card") == [{"method_ref": card}]
    with pytest.raises(errors.ProcessorDown):
        top_up.forget_card(method_ref=card, now=NOON)
    assert processor.forgotten == set()
    processor.is_down = False
    for _ in range(2):
        top_up.forget_card(method_ref=card, now=NOON)
    assert processor.forgotten == {card}


def test_a_card_that_another_order_charges_is_kept(
    set_up: Callable[..., TopUp], processor: FakeProcessor, mother: User, account: str, contact: Contact
) -> None:
    """Chosen again on the processor's page: two balances, one card."""
    first, other = set_up(), set_up(chart.resident_calls(contact.resident_id))
    TopUp.objects.filter(pk=other.pk).update(method_ref=first.method_ref)
    top_up.stop(mother, account, NOON)
    top_up.forget_card(method_ref=first.method_ref, now=NOON)
    assert processor.forgotten == set()
    top_up.stop(mother, other.account, NOON)
    top_up.forget_card(method_ref=first.method_ref, now=NOON)
    assert processor.forgotten == {first.method_ref}


def test_the_owner_changes_it(low: TopUp, mother: User, stranger: User, account: str) -> None:
    with pytest.raises(errors.NoTopUp):
        top_up.change(stranger, account, Terms(500, 2000, 4000), NOON)
    with pytest.raises(errors.CapBelowAmount):
        top_up.change(mother, account, Terms(500, 2000, 1000), NOON)
    top_up.change(mother, account, Terms(300, 2000, 4000), NOON)
    top_up.top_up_low(now=NOON)
    assert charges() == 0, "$4.00 is not below $3.00"


def test_a_dispute_ends_all_of_its_payers(low: TopUp, processor: FakeProcessor, mother: User) -> None:
    deposit = Deposit.objects.get()
    disputes.look(ref=processor.disputes(deposit.payment_ref), now=NOON)
    top_up.top_up_low(now=NOON)
    low.refresh_from_db()
    assert (low.stop_reason, charges()) == ("dispute", 0)
    assert len(mails("top_up_stopped")) == 1


@pytest.mark.parametrize(("end", "may"), [("", False), ("lost", False), ("won", True)])
def test_no_card_is_kept_for_who_disputed(
    low: TopUp, set_up: Callable[..., TopUp], processor: FakeProcessor, mother: User, account: str, end: str, may: bool
) -> None:
    """L7: the card that we could charge ourselves is blocked; paying by hand goes on."""
    ref = processor.disputes(Deposit.objects.get().payment_ref)
    disputes.look(ref=ref, now=NOON)
    if end:
        processor.decides(ref, end)
        disputes.look(ref=ref, now=NOON)
    checkout.start(mother, account=account, amount_cents=1000, client_key=uuid.uuid4(), now=NOON)
    if may:
        assert set_up().started_at == NOON
        return
    before = Checkout.objects.count(), TopUp.objects.count(), len(processor.sessions)
    with pytest.raises(errors.CardNotKept):
        set_up()
    assert (Checkout.objects.count(), TopUp.objects.count(), len(processor.sessions)) == before


def test_closing_the_account_ends_it(low: TopUp, processor: FakeProcessor, mother: User) -> None:
    close_account._close(mother.pk, NOON)
    processor.calls.clear()
    top_up.top_up_low(now=NOON)
    low.refresh_from_db()
    assert (low.stop_reason, low.method_ref, charges(), processor.calls) == ("closed", "", 0, [])


def test_a_release_ends_what_filled_the_residents_balance(
    set_up: Callable[..., TopUp], contact: Contact, resident: Resident, north: Facility, mother: User
) -> None:
    calls = chart.resident_calls(resident.pk)
    order = set_up(calls)
    spend(calls, 600, north)
    custody.release_resident(staff=None, resident_id=resident.pk, now=NOON)
    top_up.top_up_low(now=NOON + timedelta(minutes=1))
    order.refresh_from_db()
    assert (order.stop_reason, charges()) == ("closed", 0)
    assert len(mails("top_up_stopped")) == 1
