"""The whole way of a card (MON-3, MON-6, MON-7): our flows, the official library, and the stand-in over HTTP.

What is proved in memory elsewhere is proved here against the processor's own shapes: pages, events as they are signed,
a card charged while its owner is away, refunds, disputes, and the list of the day.
"""

import json
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.flows import checkout, refund, top_up
from kinline.flows.finish_checkouts import finish_checkouts
from kinline.flows.processor_event import handle_event
from kinline.flows.reconcile import reconcile_day
from kinline.flows.send_pay_out import send_pay_out
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.ledger import services as books
from kinline.ops.fake_stripe.tests.running import KEY, SECRET, Running, running
from kinline.ops.fake_stripe.webhooks import sign
from kinline.payments import errors
from kinline.payments.models import Checkout, Deposit, Difference, Dispute, PayOut, ProcessorEvent, TopUp
from kinline.payments.models.cards import CheckoutState
from kinline.payments.services import Terms

CLEARING, FEES = chart.processor_clearing("stripe"), chart.processor_fees("stripe")
TERMS = Terms(below_cents=500, amount_cents=1000, month_cap_cents=4000)


@pytest.fixture
def stand_in(tmp_path: Path, settings: Any) -> Iterator[Running]:
    with running(tmp_path, float(int(time.time()))) as found:
        settings.STRIPE_KEY, settings.STRIPE_WEBHOOK_SECRET = KEY, SECRET
        settings.STRIPE_API = settings.STRIPE_PAGE_ORIGIN = found.url
        yield found


@pytest.fixture
def account(mother_party: Party) -> str:
    return chart.messages_of(mother_party)


class Desk:
    """The mother at her browser, and the events that reach our door."""

    def __init__(self, stand_in: Running, mother: User, account: str, now: datetime) -> None:
        self.stand_in, self.mother, self.account, self.now = stand_in, mother, account, now
        self.told: set[str] = set()

    def begin(self, cents: int = 1000, terms: Terms | None = None) -> Checkout:
        return checkout.start(
            self.mother, account=self.account, amount_cents=cents, client_key=uuid.uuid4(), now=self.now, top_up=terms
        )

    def events(self, times: int = 1) -> None:
        """Every event that was not told yet, newest first, `times` each, through the door; then the jobs."""
        for event in self.stand_in.machine.store.of("event"):
            if event["id"] not in self.told:
                self.told.add(event["id"])
                for _ in range(times):
                    self._tell(event)
        for event_id in ProcessorEvent.objects.filter(handled_at=None).values_list("pk", flat=True):
            handle_event(event_id=event_id, now=self.now)

    def _tell(self, event: Any) -> None:
        body = json.dumps(event).encode()
        headers = {"Stripe-Signature": sign(body, SECRET, int(time.time()))}
        answer = Client().post("/webhooks/stripe/", body, content_type="application/json", headers=headers)
        assert answer.status_code == 200, event["type"]

    def act(self, what: str, **typed: str) -> None:
        """What a bank does, on the stand-in's own page."""
        assert self.stand_in.ask("POST", f"/test/{what}", typed).status == 303

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)
        self.stand_in.clock.at += timedelta(**span).total_seconds()


@pytest.fixture
def desk(stand_in: Running, mother: User, account: str, north: Facility, now: datetime) -> Desk:
    return Desk(stand_in, mother, account, now)


def again(begun: Checkout) -> Checkout:
    return Checkout.objects.get(pk=begun.pk)


def test_from_the_button_to_the_balance(desk: Desk, account: str) -> None:
    begun = desk.begin()
    assert desk.stand_in.ask("GET", begun.page_url).status == 200
    left = desk.stand_in.pay(begun.page_url)
    assert left.location.endswith(f"/credits/buy/{begun.pk}/")
    desk.events(times=2)
    assert again(begun).state == CheckoutState.PAID
    assert ledger.totals() == {account: 1000, CLEARING: -1000}
    deposit = Deposit.objects.get()
    assert (deposit.card_label, deposit.payment_ref) == ("Visa 4242", again(begun).payment_ref)


def test_who_comes_back_before_the_event(desk: Desk, mother: User, account: str) -> None:
    begun = desk.begin()
    desk.stand_in.pay(begun.page_url)
    ended = checkout.came_back(mother, begun.pk, desk.now)
    assert ended is not None
    assert ended.state == CheckoutState.PAID
    desk.events()
    assert ledger.balance(account).posted_cents == 1000


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("declined", "generic_decline"), ("insufficient", "insufficient_funds"), ("expired", "expired_card"),
        ("wrong_code", "incorrect_cvc"), ("stolen", "stolen_card"), ("error", "processing_error"),
    ],
)  # fmt: skip
def test_declined_and_then_another_card(desk: Desk, mother: User, card: str, code: str) -> None:
    """Each decline has its own sentence, which `test_amounts` holds."""
    from kinline.payments.wording import CARD_FAILURES

    begun = desk.begin()
    desk.stand_in.pay(begun.page_url, card)
    desk.events()
    checkout.came_back(mother, begun.pk, desk.now)
    assert (again(begun).state, again(begun).failure) == (CheckoutState.OPEN, code)
    assert code in CARD_FAILURES
    assert ledger.totals() == {}
    desk.stand_in.pay(begun.page_url)
    desk.events()
    assert again(begun).state == CheckoutState.PAID


@pytest.mark.parametrize(("outcome", "state", "cents"), [("paid", "paid", 1000), ("failed", "failed", 0)])
def test_a_bank_that_takes_a_day(desk: Desk, account: str, outcome: str, state: str, cents: int) -> None:
    begun = desk.begin()
    desk.stand_in.pay(begun.page_url, "bank")
    desk.events()
    assert (again(begun).state, ledger.totals()) == (CheckoutState.WAITING, {})
    desk.later(days=1)
    desk.act(f"bank/{again(begun).payment_ref}", outcome=outcome)
    finish_checkouts(now=desk.now)
    assert (again(begun).state, ledger.balance(account).posted_cents) == (state, cents)


def test_a_page_that_is_left_open_ends(desk: Desk) -> None:
    begun = desk.begin()
    desk.later(hours=3)
    desk.act(f"expire/{begun.session_ref}")
    finish_checkouts(now=desk.now)
    assert again(begun).state == CheckoutState.EXPIRED


def test_a_page_that_is_given_up_takes_no_card(desk: Desk, mother: User) -> None:
    begun = desk.begin()
    checkout.give_up(mother, begun.pk, desk.now)
    desk.stand_in.pay(begun.page_url)
    desk.events()
    assert (again(begun).state, ledger.totals()) == (CheckoutState.EXPIRED, {})


def test_a_lost_answer_gives_the_same_page_to_the_second_click(
    desk: Desk, mother: User, account: str, stand_in: Running
) -> None:
    key = uuid.uuid4()
    stand_in.switch(answers="lost")
    with pytest.raises(errors.ProcessorDown):
        checkout.start(mother, account=account, amount_cents=1000, client_key=key, now=desk.now)
    stand_in.switch(answers="normal")
    begun = checkout.start(mother, account=account, amount_cents=1000, client_key=key, now=desk.now)
    assert [one["id"] for one in stand_in.machine.store.of("checkout.session")] == [begun.session_ref]


@pytest.mark.parametrize("luck", ["down", "limit", "garbage"])
def test_a_processor_in_trouble(desk: Desk, mother: User, account: str, stand_in: Running, luck: str) -> None:
    begun = desk.begin()
    stand_in.pay(begun.page_url)
    stand_in.switch(answers=luck)
    with pytest.raises(errors.ProcessorDown):
        desk.begin()
    seen = checkout.came_back(mother, begun.pk, desk.now)
    assert seen is not None
    assert seen.state == CheckoutState.OPEN
    desk.later(hours=1)
    finish_checkouts(now=desk.now)
    stand_in.switch(answers="normal")
    desk.later(minutes=10)
    finish_checkouts(now=desk.now)
    assert ledger.balance(account).posted_cents == 1000


@pytest.fixture
def low(desk: Desk, account: str, north: Facility) -> TopUp:
    """A standing order on the ordinary card, and an empty balance."""
    return _low(desk, account, north, "ok")


def _low(desk: Desk, account: str, place: Facility, card: str) -> TopUp:
    begun = desk.begin(terms=TERMS)
    desk.stand_in.pay(begun.page_url, card)
    desk.events()
    books.post(key="spent", kind="test", lines=[(account, -1000), (chart.facility_cash(place.pk), 1000)], now=desk.now)
    return TopUp.objects.get()


def test_a_card_is_charged_while_its_owner_is_away(desk: Desk, low: TopUp, account: str) -> None:
    assert (low.card_label, low.started_at) == ("Visa 4242", desk.now)
    for _ in range(2):
        top_up.top_up_low(now=desk.now)
        desk.events(times=2)
    assert ledger.balance(account).available_cents == 1000
    assert Checkout.objects.filter(by_itself=True, state="paid").count() == 1


def test_a_charge_whose_answer_is_lost_is_made_once(desk: Desk, low: TopUp, account: str, stand_in: Running) -> None:
    stand_in.switch(answers="lost")
    top_up.top_up_low(now=desk.now)
    stand_in.switch(answers="normal")
    desk.later(minutes=5)
    top_up.top_up_low(now=desk.now)
    desk.events()
    assert ledger.balance(account).available_cents == 1000
    assert len(stand_in.machine.store.of("payment_intent")) == 2


def test_a_card_that_does_not_like_it(desk: Desk, account: str, north: Facility) -> None:
    order = _low(desk, account, north, "later_declined")
    top_up.top_up_low(now=desk.now)
    desk.events()
    order.refresh_from_db()
    assert (order.failed_tries, ledger.balance(account).available_cents) == (1, 0)


def test_a_refund_and_a_dispute_and_the_list_of_the_day(desk: Desk, mother: User, account: str, now: datetime) -> None:
    """Three payments; of one a part goes back, one its bank takes back and we win. The day agrees to the cent."""
    paid = []
    for _ in range(3):
        begun = desk.begin()
        desk.stand_in.pay(begun.page_url)
        desk.events()
        paid.append(again(begun).payment_ref)
    refund.ask(user=mother, account=account, amount_cents=400, client_key=uuid.uuid4(), now=desk.now)
    send_pay_out(pay_out_id=PayOut.objects.get().pk, now=desk.now)
    desk.act(f"dispute/{paid[0]}")
    desk.events(times=2)
    dispute = Dispute.objects.get()
    assert (dispute.recovered_cents, dispute.loss_cents, ledger.balance(account).posted_cents) == (1000, 0, 1600)
    desk.act(f"end/{dispute.ref}", outcome="won")
    desk.events(times=2)
    assert (Dispute.objects.get().state, ledger.balance(account).posted_cents) == ("won", 2600)
    day = timezone.localdate(now, timezone.get_default_timezone())
    compared = reconcile_day(day, now=desk.now)
    assert (compared.lines, compared.agree, list(Difference.objects.all())) == (6, 6, [])
    totals = ledger.totals()
    assert (totals[CLEARING] - compared.fee_cents, totals[FEES] + compared.fee_cents) == (-2600, 0)
    assert compared.fee_cents > 0
    assert ledger.replay() == []


def test_every_event_lost_and_the_list_finds_all(desk: Desk, account: str, now: datetime) -> None:
    begun = desk.begin()
    desk.stand_in.pay(begun.page_url)
    payment_ref = desk.stand_in.machine.store.of("payment_intent")[0]["id"]
    desk.act(f"dispute/{payment_ref}")
    Checkout.objects.update(state="expired", ended_at=now)
    compared = reconcile_day(timezone.localdate(now, timezone.get_default_timezone()), now=desk.now)
    assert (compared.lines, compared.agree) == (2, 2)
    assert (Deposit.objects.count(), Dispute.objects.get().recovered_cents) == (1, 1000)
    assert {address: cents for address, cents in ledger.totals().items() if cents} == {
        CLEARING: compared.fee_cents, FEES: -compared.fee_cents,
    }  # fmt: skip
