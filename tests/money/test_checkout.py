"""Paying by card (MON-3, MON-4, MON-7): begun once, booked once, whatever is repeated, lost, late or not as asked."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from kinline.contacts.models import Contact
from kinline.core.errors import Refusal
from kinline.core.models import AuditEvent
from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.flows import checkout, close_account, custody, proof
from kinline.flows.finish_checkouts import finish_checkouts
from kinline.flows.fulfil import settle_payment, settle_session
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.notices.models import Email, Notice
from kinline.payments import errors, queries
from kinline.payments.models import Checkout, Deposit, Difference, PayOut, Refund
from kinline.payments.models.cards import CheckoutState
from kinline.payments.models.refunds import PayOutState
from kinline.residents.models import Resident
from tests.money.processor import FakeProcessor, Killed

KEY = uuid.UUID("0b1f8a52-6d1e-4a53-9d5c-3c3a6b1f0007")
CLEARING = chart.processor_clearing("stripe")
Begin = Callable[..., Checkout]


@pytest.fixture
def begin(processor: FakeProcessor, mother: User, mother_party: Party, north: Facility, now: datetime) -> Begin:
    """$25.00 for the mother's own credits, unless told otherwise."""
    usual: dict[str, Any] = {
        "account": chart.messages_of(mother_party), "amount_cents": 2500, "client_key": KEY, "now": now,
    }  # fmt: skip
    return lambda user=mother, **other: checkout.start(user, **usual | other)


def everything() -> tuple[Any, ...]:
    rows = Checkout, Deposit, Email, Notice, AuditEvent, Difference, Refund
    return (*(row.objects.count() for row in rows), ledger.totals())


def refused(refusal: type[Refusal], act: Callable[[], Any]) -> None:
    before = everything()
    with pytest.raises(refusal):
        act()
    assert everything() == before


def again(begun: Checkout) -> Checkout:
    return Checkout.objects.get(pk=begun.pk)


# Beginning


def test_a_page_for_what_was_asked(begin: Begin, processor: FakeProcessor, mother: User, now: datetime) -> None:
    begun = begin()
    assert (begun.state, begun.page_url) == (CheckoutState.OPEN, f"https://pay.example/{begun.session_ref}")
    page = processor.pages[begun.session_ref]
    assert (page.amount_cents, page.email, page.keep_card) == (2500, mother.email, False)
    assert page.words == "Kinline message credits"
    assert page.success_url.endswith(f"/credits/buy/{begun.pk}/")
    assert page.expires_at is not None
    assert timedelta(minutes=30) < page.expires_at - now < timedelta(hours=24)
    assert ledger.totals() == {}, "nothing is booked before it is paid"


def test_the_page_is_in_the_payers_language_and_names_nobody(
    begin: Begin, processor: FakeProcessor, mother: User, contact: Contact, resident: Resident
) -> None:
    User.objects.filter(pk=mother.pk).update(language="es")
    mother.refresh_from_db()
    begun = begin(mother, account=chart.resident_calls(resident.pk))
    page = processor.pages[begun.session_ref]
    assert (page.language, page.words) == ("es", "Llamadas de Kinline (PIN Debit)")


def test_a_repeated_click_gives_the_same_page(begin: Begin, processor: FakeProcessor, now: datetime) -> None:
    first = begin()
    second = begin(now=now + timedelta(minutes=5))
    assert (second.pk, second.page_url) == (first.pk, first.page_url)
    assert len(processor.sessions) == 1
    assert Checkout.objects.count() == 1


@pytest.mark.parametrize("luck", ["down", "lost", "killed"])
def test_an_answer_that_never_came_is_had_by_trying_again(begin: Begin, processor: FakeProcessor, luck: str) -> None:
    """The page may have been made: the second try, with the same key, is given that one and no other."""
    processor.fails("create_page", luck)
    with pytest.raises((errors.ProcessorDown, Killed)):
        begin()
    assert Checkout.objects.get().state == CheckoutState.NEW
    begun = begin()
    assert begun.state == CheckoutState.OPEN
    assert list(processor.sessions) == [begun.session_ref]


def test_a_page_that_nobody_ever_saw_ends(begin: Begin, processor: FakeProcessor, now: datetime) -> None:
    processor.fails("create_page", "lost")
    with pytest.raises(errors.ProcessorDown):
        begin()
    finish_checkouts(now=now + timedelta(minutes=30))
    assert Checkout.objects.get().state == CheckoutState.NEW
    finish_checkouts(now=now + timedelta(minutes=61))
    assert Checkout.objects.get().state == CheckoutState.EXPIRED


def test_a_page_that_the_processor_will_not_make(begin: Begin, processor: FakeProcessor) -> None:
    processor.fails("create_page", "refused")
    with pytest.raises(errors.ProcessorRefused):
        begin()
    assert (Checkout.objects.get().state, Checkout.objects.get().failure) == (CheckoutState.FAILED, "refused")


@pytest.mark.parametrize("other", [{"amount_cents": 2501}, {"account": "family:999:messages"}])
def test_the_same_key_for_something_else(begin: Begin, other: dict[str, Any]) -> None:
    begin()
    refused(errors.KeyReused, lambda: begin(**other))


def test_the_key_of_somebody_else(begin: Begin, stranger: User) -> None:
    begin()
    refused(errors.KeyReused, lambda: begin(stranger))


@pytest.mark.parametrize(
    ("cents", "refusal"),
    [
        (-2500, errors.CardAmountTooSmall),
        (0, errors.CardAmountTooSmall),
        (49, errors.AmountTooSmall),
        (50, None),
        (50_000, None),
        (50_001, errors.AmountTooLarge),
        (10**9, errors.AmountTooLarge),
    ],
)
def test_how_much(begin: Begin, processor: FakeProcessor, cents: int, refusal: type[Refusal] | None) -> None:
    if refusal is None:
        assert begin(amount_cents=cents).amount_cents == cents
    else:
        refused(refusal, lambda: begin(amount_cents=cents))
        assert processor.calls == []


def test_only_what_is_on_ones_own_list(
    begin: Begin, processor: FakeProcessor, stranger: User, resident: Resident, outsider: Resident, officer: User
) -> None:
    """MON-4, and no account but one's own: absent and forbidden are told alike."""
    for account in (
        chart.family_messages(stranger.pk), chart.resident_messages(outsider.pk), chart.resident_calls(resident.pk),
        chart.number_prepaid("+18135550142"), "family:1:slush", "bank", "facility:1:revenue",
    ):  # fmt: skip
        refused(errors.NoSuchBalance, lambda account=account: begin(account=account))
    refused(errors.NoSuchBalance, lambda: begin(officer))
    assert processor.calls == []


def test_a_place_that_does_not_allow_it_says_what_to_use(
    begin: Begin, processor: FakeProcessor, contact: Contact, resident: Resident, north: Facility
) -> None:
    """MON-4."""
    Facility.objects.update(pin_debit=False)
    with pytest.raises(errors.NotTakenHere, match="prepaid number"):
        begin(account=chart.resident_calls(resident.pk))
    Facility.objects.update(resident_deposits=False)
    with pytest.raises(errors.NotTakenHere, match="Add credits for yourself"):
        begin(account=chart.resident_messages(resident.pk))
    assert (Checkout.objects.count(), processor.calls) == (0, [])


def test_who_tries_cards_is_stopped(begin: Begin, processor: FakeProcessor, now: datetime) -> None:
    for _ in range(checkout.PAGES_PER_HOUR):
        begin(client_key=uuid.uuid4())
    refused(errors.TooManyPages, lambda: begin(client_key=uuid.uuid4()))
    assert len(processor.sessions) == checkout.PAGES_PER_HOUR
    assert begin(client_key=uuid.uuid4(), now=now + timedelta(hours=2)).state == CheckoutState.OPEN


# Paying


def test_what_is_paid_is_added_whole(
    begin: Begin, processor: FakeProcessor, mother: User, mother_party: Party, now: datetime
) -> None:
    """MON-2, MON-3: $25.00 in is $25.00 of balance; a receipt; nothing of the card but what its owner knows it by."""
    begun = begin()
    payment = processor.pay(begun.session_ref)
    ended = checkout.came_back(mother, begun.pk, now)
    assert ended is not None
    assert ended.state == CheckoutState.PAID
    assert ledger.totals() == {chart.messages_of(mother_party): 2500, CLEARING: -2500}
    deposit = Deposit.objects.get()
    assert (deposit.method, deposit.payer, deposit.payment_ref) == ("card", mother, payment.ref)
    assert deposit.card_label == "Visa 4242"
    assert ended.deposit == deposit
    assert [mail.kind for mail in Email.objects.all()] == ["receipt"]
    assert proof.differences() == []


def test_however_often_and_in_whatever_order_it_is_heard_of(
    begin: Begin, processor: FakeProcessor, mother: User, now: datetime
) -> None:
    """MON-7: the page, the payment, who comes back and the job, twice each, book it once."""
    begun = begin()
    payment = processor.pay(begun.session_ref)
    settle_payment(payment.ref, now)
    once = everything()
    for _ in range(2):
        settle_session(begun.session_ref, now)
        settle_payment(payment.ref, now)
        checkout.came_back(mother, begun.pk, now)
        begin()
        finish_checkouts(now=now + timedelta(days=1))
    assert everything() == once
    assert Deposit.objects.count() == 1


def test_a_declined_card_leaves_the_page_open(
    begin: Begin, processor: FakeProcessor, mother: User, now: datetime
) -> None:
    begun = begin()
    declined = processor.pay(begun.session_ref, "empty")
    checkout.came_back(mother, begun.pk, now)
    settle_payment(declined.ref, now)
    assert (again(begun).state, again(begun).failure) == (CheckoutState.OPEN, "insufficient_funds")
    assert ledger.totals() == {}
    processor.pay(begun.session_ref)
    checkout.came_back(mother, begun.pk, now)
    assert (again(begun).state, again(begun).failure) == (CheckoutState.PAID, "")


def test_a_bank_that_confirms_a_day_later(
    begin: Begin, processor: FakeProcessor, mother: User, mother_party: Party, now: datetime
) -> None:
    begun = begin()
    payment = processor.pay(begun.session_ref, "bank")
    checkout.came_back(mother, begun.pk, now)
    assert again(begun).state == CheckoutState.WAITING
    assert ledger.totals() == {}
    processor.confirm(payment.ref)
    finish_checkouts(now=now + timedelta(days=1))
    assert again(begun).state == CheckoutState.PAID
    assert ledger.balance(chart.messages_of(mother_party)).available_cents == 2500


def test_a_bank_that_says_no_a_day_later_and_who_left_is_written_to(
    begin: Begin, processor: FakeProcessor, mother: User, now: datetime
) -> None:
    begun = begin()
    payment = processor.pay(begun.session_ref, "bank")
    checkout.came_back(mother, begun.pk, now)
    processor.confirm(payment.ref, failure="insufficient_funds")
    for _ in range(2):
        settle_payment(payment.ref, now + timedelta(days=1))
    assert (again(begun).state, again(begun).failure) == (CheckoutState.FAILED, "insufficient_funds")
    assert ledger.totals() == {}
    told = Email.objects.get()
    assert (told.to, told.kind, told.params["amount_cents"]) == (mother.email, "card_payment_failed", 2500)
    assert told.params["why"]["es"].startswith("No hay suficiente dinero")
    assert Notice.objects.get().kind == "card_payment_failed"


def test_a_page_that_is_given_up_cannot_be_paid(
    begin: Begin, processor: FakeProcessor, mother: User, now: datetime
) -> None:
    begun = begin()
    ended = checkout.give_up(mother, begun.pk, now)
    assert ended is not None
    assert ended.state == CheckoutState.EXPIRED
    assert processor.sessions[begun.session_ref].state == "expired"


def test_giving_up_what_is_paid_already_books_it(
    begin: Begin, processor: FakeProcessor, mother: User, now: datetime
) -> None:
    begun = begin()
    processor.pay(begun.session_ref)
    ended = checkout.give_up(mother, begun.pk, now)
    assert ended is not None
    assert ended.state == CheckoutState.PAID


def test_paid_after_it_was_thought_over(
    begin: Begin, processor: FakeProcessor, mother_party: Party, now: datetime
) -> None:
    """A payment that succeeds after the page was closed here: the processor's word counts."""
    begun = begin()
    Checkout.objects.update(state=CheckoutState.EXPIRED, ended_at=now)
    payment = processor.pay(begun.session_ref)
    settle_payment(payment.ref, now)
    assert again(begun).state == CheckoutState.PAID
    assert ledger.balance(chart.messages_of(mother_party)).available_cents == 2500


def test_an_older_word_after_a_newer_changes_nothing(begin: Begin, processor: FakeProcessor, now: datetime) -> None:
    from kinline.flows.fulfil import conclude

    begun = begin()
    payment = processor.pay(begun.session_ref)
    settle_session(begun.session_ref, now)
    once = everything()
    for stand in ("open", "waiting", "failed", "expired"):
        conclude(begun.pk, stand=stand, payment=None, now=now)
        conclude(begun.pk, stand=stand, payment=payment, now=now, failure="late")
    assert everything() == once
    assert again(begun).state == CheckoutState.PAID


# Bad luck


@pytest.mark.parametrize("name", ["page", "payment"])
@pytest.mark.parametrize("luck", ["down", "lost", "killed"])
def test_a_worker_that_ends_between_the_answer_and_our_entry(
    begin: Begin, processor: FakeProcessor, mother_party: Party, now: datetime, name: str, luck: str
) -> None:
    begun = begin()
    processor.pay(begun.session_ref)
    processor.fails(name, luck)
    with pytest.raises((errors.ProcessorDown, Killed)):
        settle_session(begun.session_ref, now)
    assert (again(begun).state, ledger.totals()) == (CheckoutState.OPEN, {})
    finish_checkouts(now=now + timedelta(minutes=10))
    assert ledger.balance(chart.messages_of(mother_party)).available_cents == 2500


def test_a_page_whose_name_was_lost_here_is_found_by_its_key(
    begin: Begin, processor: FakeProcessor, mother_party: Party, now: datetime
) -> None:
    """Killed after the page was made: its payer cannot have seen it, but if it is paid all the same it is booked."""
    processor.fails("create_page", "killed")
    with pytest.raises(Killed):
        begin()
    (session_ref,) = processor.sessions
    payment = processor.pay(session_ref)
    settle_session(session_ref, now)
    settle_payment(payment.ref, now)
    assert ledger.totals() == {chart.messages_of(mother_party): 2500, CLEARING: -2500}


def test_a_processor_that_is_down_for_an_hour(
    begin: Begin, processor: FakeProcessor, mother: User, stranger: User, mother_party: Party, now: datetime
) -> None:
    """Who comes back sees the page as it was; when it is up again all is found, without anybody's help."""
    mine, theirs = (
        begin(),
        begin(stranger, account=chart.family_messages(stranger.pk), client_key=uuid.uuid4(), amount_cents=500),
    )
    for one in (mine, theirs):
        processor.pay(one.session_ref)
    processor.is_down = True
    seen = checkout.came_back(mother, mine.pk, now)
    assert seen is not None
    assert seen.state == CheckoutState.OPEN
    for minutes in range(5, 60, 5):
        finish_checkouts(now=now + timedelta(minutes=minutes))
    assert ledger.totals() == {}
    processor.is_down = False
    finish_checkouts(now=now + timedelta(hours=1, minutes=5))
    assert {one.state for one in Checkout.objects.all()} == {CheckoutState.PAID}
    assert ledger.totals()[CLEARING] == -3000


def test_one_that_the_processor_does_not_know_holds_up_no_other(
    begin: Begin, processor: FakeProcessor, now: datetime
) -> None:
    lost, kept = begin(), begin(client_key=uuid.uuid4())
    del processor.sessions[lost.session_ref]
    processor.pay(kept.session_ref)
    finish_checkouts(now=now + timedelta(minutes=10))
    assert again(kept).state == CheckoutState.PAID


def test_the_processor_is_not_asked_all_the_time(begin: Begin, processor: FakeProcessor, now: datetime) -> None:
    begun = begin()
    processor.pay(begun.session_ref, "bank")
    settle_session(begun.session_ref, now)
    processor.calls.clear()
    for minutes in range(5, 125, 5):
        finish_checkouts(now=now + timedelta(minutes=minutes))
    assert processor.calls.count("page") == 2, "a bank takes days: once an hour will do"


@pytest.mark.parametrize(
    ("paid", "what"),
    [({"cents": 2499}, "wrong_amount"), ({"cents": 99_999}, "wrong_amount"), ({"currency": "eur"}, "wrong_currency")],
)
def test_what_was_not_asked_for_is_shown_and_never_booked(
    begin: Begin, processor: FakeProcessor, mother: User, now: datetime, paid: dict[str, Any], what: str
) -> None:
    begun = begin()
    payment = processor.pay(begun.session_ref, **paid)
    for _ in range(2):
        settle_payment(payment.ref, now)
        checkout.came_back(mother, begun.pk, now)
    assert (ledger.totals(), Deposit.objects.count()) == ({}, 0)
    found = Difference.objects.get()
    assert (found.ref, found.kind, found.ours_cents, found.theirs_cents) == (
        payment.ref, what, 2500, payment.amount_cents,
    )  # fmt: skip
    assert (again(begun).state, again(begun).failure) == (CheckoutState.FAILED, what)
    assert Email.objects.get().params["why"]["en"].startswith("The payment came in another amount or currency")


def test_a_second_payment_for_one_intention_is_shown(
    begin: Begin, processor: FakeProcessor, mother_party: Party, now: datetime
) -> None:
    """It should never be; if the processor says that it is, its money is in sight."""
    begun = begin()
    processor.pay(begun.session_ref)
    settle_session(begun.session_ref, now)
    second = processor._charged(2500, dict(processor.sessions[begun.session_ref].metadata), "ok", "", "pm")
    for _ in range(2):
        settle_payment(second.ref, now)
    found = Difference.objects.get()
    assert (found.ref, found.kind, found.theirs_cents) == (second.ref, "missing_here", 2500)
    assert ledger.totals() == {chart.messages_of(mother_party): 2500, CLEARING: -2500}


def test_an_account_that_was_closed_meanwhile_gets_its_money_back(
    begin: Begin, processor: FakeProcessor, mother: User, mother_party: Party, now: datetime
) -> None:
    """It is booked, because the processor has it, and goes back to the card that paid by itself."""
    begun = begin()
    payment = processor.pay(begun.session_ref, "bank")
    checkout.came_back(mother, begun.pk, now)
    close_account._close(mother.pk, now)
    processor.confirm(payment.ref)
    for _ in range(2):
        finish_checkouts(now=now + timedelta(days=1))
        settle_payment(payment.ref, now + timedelta(days=1))
    assert again(begun).state == CheckoutState.PAID
    assert ledger.totals() == {
        chart.messages_of(mother_party): 0, CLEARING: -2500, chart.REFUNDS_PAYABLE: 2500
    }  # fmt: skip
    pay_out = PayOut.objects.get()
    assert (pay_out.way, pay_out.amount_cents, pay_out.state, pay_out.deposit) == (
        "card", 2500, PayOutState.WAITING, Deposit.objects.get(),
    )  # fmt: skip


def test_a_gift_to_somebody_who_was_released_meanwhile_goes_back_to_its_giver(
    begin: Begin, processor: FakeProcessor, mother: User, contact: Contact, resident: Resident, now: datetime
) -> None:
    begun = begin(account=chart.resident_calls(resident.pk))
    payment = processor.pay(begun.session_ref, "bank")
    checkout.came_back(mother, begun.pk, now)
    custody.release_resident(staff=None, resident_id=resident.pk, now=now)
    processor.confirm(payment.ref)
    settle_payment(payment.ref, now + timedelta(days=1))
    pay_out = PayOut.objects.get()
    assert (pay_out.user, pay_out.resident, pay_out.way, pay_out.amount_cents) == (mother, None, "card", 2500)
    assert ledger.balance(chart.resident_calls(resident.pk)).posted_cents == 0
    assert Email.objects.filter(kind="payment_sent_back", to=mother.email).count() == 1
    assert not Email.objects.filter(kind="receipt").exists(), "nothing was added to anybody"


def test_nobody_else_sees_or_touches_it(begin: Begin, processor: FakeProcessor, stranger: User, now: datetime) -> None:
    begun = begin()
    processor.calls.clear()
    assert checkout.came_back(stranger, begun.pk, now) is None
    assert checkout.give_up(stranger, begun.pk, now) is None
    assert queries.checkout(stranger.pk, begun.pk) is None
    assert queries.checkouts(stranger.pk) == []
    assert processor.calls == []


def test_a_payment_of_another_shop_on_the_same_account_is_none_of_ours(
    processor: FakeProcessor, north: Facility, now: datetime
) -> None:
    other = processor._charged(900, {"key": "order-7"}, "ok", "", "pm_other")
    bare = processor._charged(900, {}, "ok", "", "pm_other")
    assert settle_payment(other.ref, now) is None
    assert settle_payment(bare.ref, now) is None
    assert ledger.totals() == {}
