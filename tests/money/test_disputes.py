"""Disputes (MON-7, L7): only what that payer has unspent of that payment; the rest is our loss, nobody else's."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.flows import checkout, close_account, disputes, refund
from kinline.flows.fulfil import settle_session
from kinline.flows.reconcile import reconcile
from kinline.flows.send_pay_out import send_pay_out
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.ledger import services as books
from kinline.notices.models import Email, Notice
from kinline.payments.models import Deposit, Difference, Dispute, PayOut
from kinline.payments.models.refunds import PayOutState
from kinline.payments.processors import Disputed
from kinline.residents.models import Resident
from tests.money.processor import FakeProcessor

CLEARING = chart.processor_clearing("stripe")
Pays = Callable[..., Deposit]


@pytest.fixture
def pays(processor: FakeProcessor, north: Facility, now: datetime) -> Pays:
    """`pays(user, account, cents)`: by card, and booked."""

    def paid(user: User, account: str, cents: int, at: datetime = now) -> Deposit:
        begun = checkout.start(user, account=account, amount_cents=cents, client_key=uuid.uuid4(), now=at)
        processor.pay(begun.session_ref)
        settle_session(begun.session_ref, at)
        return Deposit.objects.latest("pk")

    return paid


@pytest.fixture
def account(mother_party: Party) -> str:
    return chart.messages_of(mother_party)


def spend(account: str, cents: int, place: Facility, now: datetime) -> None:
    """Gone from the balance. Over the counter, for brevity: revenue wants a delivered letter (L3)."""
    lines = [(account, -cents), (chart.facility_cash(place.pk), cents)]
    books.post(key=f"spent:{uuid.uuid4()}", kind="test", lines=lines, now=now)


def look(ref: str, now: datetime, times: int = 2) -> Dispute:
    for _ in range(times):
        disputes.look(ref=ref, now=now)
    return Dispute.objects.get(ref=ref)


@pytest.mark.parametrize(
    ("spent", "recovered", "loss"),
    [(0, 2500, 0), (1000, 1500, 1000), (2500, 0, 2500)],
)
def test_unspent_is_taken_back_and_the_rest_is_a_loss(
    pays: Pays, processor: FakeProcessor, mother: User, account: str, north: Facility, now: datetime,
    spent: int, recovered: int, loss: int,
) -> None:  # fmt: skip
    deposit = pays(mother, account, 2500)
    if spent:
        spend(account, spent, north, now)
    dispute = look(processor.disputes(deposit.payment_ref), now)
    assert (dispute.recovered_cents, dispute.loss_cents, dispute.state) == (recovered, loss, "open")
    totals = ledger.totals()
    assert totals[account] == 2500 - spent - recovered
    assert totals[CLEARING] == 0
    assert totals.get(chart.LOSS_DISPUTES, 0) == -loss
    assert Email.objects.filter(kind="dispute_opened", to=mother.email).count() == 1


def test_what_a_hold_reserves_is_not_taken(
    pays: Pays, processor: FakeProcessor, mother: User, account: str, north: Facility, now: datetime
) -> None:
    deposit = pays(mother, account, 2500)
    hold = books.hold(key="h", purpose="test", lines=[(account, 2000)], now=now)
    dispute = look(processor.disputes(deposit.payment_ref), now)
    assert (dispute.recovered_cents, dispute.loss_cents) == (500, 2000)
    books.capture(hold_id=hold, to=chart.facility_cash(north.pk), now=now)
    assert ledger.balance(account).posted_cents == 0


def test_nobody_elses_money_is_touched(
    pays: Pays, processor: FakeProcessor, mother: User, stranger: User, resident: Resident, contact: Contact,
    north: Facility, long_ago: datetime, now: datetime,
) -> None:  # fmt: skip
    """Two gave to the same resident. The older gift is spent first; its dispute takes nothing of the newer one."""
    Contact.objects.create(user=stranger, resident=resident, relation="uncle", created_at=long_ago)
    gifts = chart.resident_messages(resident.pk)
    old = pays(mother, gifts, 1000, now - timedelta(days=1))
    pays(stranger, gifts, 1000)
    spend(gifts, 1500, north, now)
    dispute = look(processor.disputes(old.payment_ref), now)
    assert (dispute.recovered_cents, dispute.loss_cents) == (0, 1000)
    assert ledger.balance(gifts).available_cents == 500, "what is left is the stranger's gift"
    assert Notice.objects.filter(resident=resident, kind="dispute_opened").count() == 1
    assert not Email.objects.filter(to=stranger.email, kind="dispute_opened").exists()


def test_another_balance_of_the_same_payer_is_not_reachable(
    pays: Pays, processor: FakeProcessor, mother: User, account: str, resident: Resident, contact: Contact,
    north: Facility, now: datetime,
) -> None:  # fmt: skip
    gift = pays(mother, chart.resident_calls(resident.pk), 1000)
    pays(mother, account, 1000)
    spend(chart.resident_calls(resident.pk), 1000, north, now)
    dispute = look(processor.disputes(gift.payment_ref), now)
    assert (dispute.recovered_cents, dispute.loss_cents) == (0, 1000)
    assert ledger.balance(account).available_cents == 1000


def test_an_inquiry_takes_nothing(
    pays: Pays, processor: FakeProcessor, mother: User, account: str, now: datetime
) -> None:
    deposit = pays(mother, account, 2500)
    disputes.look(ref=processor.disputes(deposit.payment_ref, inquiry=True), now=now)
    assert Dispute.objects.count() == 0
    assert ledger.balance(account).available_cents == 2500


@pytest.mark.parametrize("spent", [0, 1000, 2500])
def test_won_all_of_it_comes_back(
    pays: Pays, processor: FakeProcessor, mother: User, account: str, north: Facility, now: datetime, spent: int
) -> None:
    deposit = pays(mother, account, 2500)
    if spent:
        spend(account, spent, north, now)
    before = ledger.totals()
    ref = processor.disputes(deposit.payment_ref)
    look(ref, now)
    processor.decides(ref, "won")
    assert look(ref, now + timedelta(days=30)).state == "won"
    after = ledger.totals()
    assert {**after, chart.LOSS_DISPUTES: after.pop(chart.LOSS_DISPUTES, 0)} == {**before, chart.LOSS_DISPUTES: 0}
    assert Email.objects.filter(kind="dispute_won").count() == 1


@pytest.mark.parametrize("end", ["won", "lost"])
def test_first_heard_of_when_it_is_over(
    pays: Pays, processor: FakeProcessor, mother: User, account: str, now: datetime, end: str
) -> None:
    deposit = pays(mother, account, 2500)
    ref = processor.disputes(deposit.payment_ref)
    processor.decides(ref, end)
    dispute = look(ref, now)
    assert (dispute.state, dispute.recovered_cents) == (end, 2500)
    assert ledger.balance(account).available_cents == (2500 if end == "won" else 0)


def test_an_older_word_after_the_end_changes_nothing(
    pays: Pays, processor: FakeProcessor, mother: User, account: str, now: datetime
) -> None:
    deposit = pays(mother, account, 2500)
    ref = processor.disputes(deposit.payment_ref)
    early = processor.disputed[ref]
    processor.decides(ref, "won")
    look(ref, now)
    once = ledger.totals()
    for state in ("open", "lost", "won"):
        disputes.told(Disputed(ref, early.payment_ref, early.amount_cents, "usd", state, ""), now)
    assert (ledger.totals(), Dispute.objects.get().state) == (once, "won")


def test_what_a_refund_took_is_not_taken_again(
    pays: Pays, processor: FakeProcessor, mother: User, account: str, now: datetime
) -> None:
    """$10.00 of $25.00 went back to the card; then the bank asks for all of it: $15.00 is there, $10.00 a loss."""
    deposit = pays(mother, account, 2500)
    refund.ask(user=mother, account=account, amount_cents=1000, client_key=uuid.uuid4(), now=now)
    send_pay_out(pay_out_id=PayOut.objects.get().pk, now=now)
    dispute = look(processor.disputes(deposit.payment_ref), now)
    assert (dispute.recovered_cents, dispute.loss_cents) == (1500, 1000)
    assert ledger.totals()[account] == 0


def test_a_refund_that_still_waits_is_recalled_when_the_bank_has_won(
    pays: Pays, processor: FakeProcessor, mother: User, account: str, now: datetime
) -> None:
    """MON-6 and MON-7 together: the same money does not leave twice."""
    deposit = pays(mother, account, 2500)
    refund.ask(user=mother, account=account, amount_cents=2500, client_key=uuid.uuid4(), now=now)
    ref = processor.disputes(deposit.payment_ref)
    assert look(ref, now).loss_cents == 2500
    send_pay_out(pay_out_id=PayOut.objects.get().pk, now=now)
    assert PayOut.objects.get().state == PayOutState.WAITING
    processor.decides(ref, "lost")
    dispute = look(ref, now)
    assert (dispute.state, dispute.loss_cents, PayOut.objects.get().state) == ("lost", 0, PayOutState.RECALLED)
    assert {address: cents for address, cents in ledger.totals().items() if cents} == {}


def test_two_disputes_of_one_payment_take_it_once(
    pays: Pays, processor: FakeProcessor, mother: User, account: str, now: datetime
) -> None:
    deposit = pays(mother, account, 2500)
    first = look(processor.disputes(deposit.payment_ref, 2000), now)
    second = look(processor.disputes(deposit.payment_ref, 2000), now)
    assert (first.recovered_cents, second.recovered_cents, second.loss_cents) == (2000, 500, 1500)
    assert ledger.balance(account).posted_cents == 0


def test_of_a_payment_that_nobody_told_us_of(
    processor: FakeProcessor, mother: User, account: str, north: Facility, now: datetime
) -> None:
    """The dispute's event came first: the payment is booked, then taken back."""
    begun = checkout.start(mother, account=account, amount_cents=2500, client_key=uuid.uuid4(), now=now)
    payment = processor.pay(begun.session_ref)
    dispute = look(processor.disputes(payment.ref), now)
    assert dispute.recovered_cents == 2500
    assert {address: cents for address, cents in ledger.totals().items() if cents} == {}


@pytest.mark.parametrize("end", ["lost", "won"])
def test_an_end_that_nobody_told_us_is_found_by_night(
    processor: FakeProcessor, pays: Pays, mother: User, account: str, now: datetime, end: str
) -> None:
    """The event is lost, and a lost dispute moves nothing on the processor's list: the nightly job asks for it."""
    deposit = pays(mother, account, 2500)
    ref = processor.disputes(deposit.payment_ref)
    disputes.look(ref=ref, now=now)
    processor.decides(ref, end)
    reconcile(now=now + timedelta(days=9))
    assert Dispute.objects.get().state == end


def test_of_a_payment_that_is_none_of_ours(processor: FakeProcessor, north: Facility, now: datetime) -> None:
    other = processor._charged(900, {}, "ok", "", "pm_other")
    disputes.look(ref=processor.disputes(other.ref), now=now)
    assert (Dispute.objects.count(), ledger.totals()) == (0, {})


def test_in_another_currency_it_is_shown(
    pays: Pays, processor: FakeProcessor, mother: User, account: str, now: datetime
) -> None:
    deposit = pays(mother, account, 2500)
    disputes.told(Disputed("du_x", deposit.payment_ref, 2300, "eur", "open", ""), now)
    assert (Difference.objects.get().kind, Dispute.objects.count()) == ("wrong_currency", 0)
    assert ledger.balance(account).posted_cents == 2500


def test_won_after_the_account_was_closed_goes_on_to_the_payer(
    pays: Pays, processor: FakeProcessor, mother: User, account: str, now: datetime
) -> None:
    deposit = pays(mother, account, 2500)
    ref = processor.disputes(deposit.payment_ref)
    look(ref, now)
    close_account._close(mother.pk, now)
    processor.decides(ref, "won")
    look(ref, now + timedelta(days=30))
    totals = ledger.totals()
    assert (totals[account], totals[CLEARING], totals[chart.REFUNDS_PAYABLE]) == (0, -2500, 2500)
    assert (PayOut.objects.get().amount_cents, PayOut.objects.get().way) == (2500, "card")
