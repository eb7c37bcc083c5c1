"""A payment by card killed between any two statements (MON-7): begun, booked, topped up, disputed; then done again.

As in `test_dying`: what is left is what was before, or one of the story's whole steps (an intention whose page is not
kept yet, an order that is not charged yet); every law holds over it; and doing it again ends as if nobody had died.
"""

import itertools
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from kinline.facilities.models import Facility
from kinline.flows import checkout, disputes, processor_event, top_up
from kinline.flows.finish_checkouts import finish_checkouts
from kinline.flows.fulfil import settle_session
from kinline.identity import services as identity
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.ledger import services as books
from kinline.notices.models import Email, Notice
from kinline.payments.models import Checkout, Deposit, Dispute, ProcessorEvent, TopUp
from kinline.payments.services import Terms
from tests.faults.dying import dies_at_every_step
from tests.money.processor import FakeProcessor, signed

pytestmark = [
    pytest.mark.usefixtures("db"),
    pytest.mark.slow,
    # A cursor of the connection that broke under it cannot be closed any more.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

TERMS = Terms(below_cents=500, amount_cents=1000, month_cap_cents=9000)
SECRET = "whsec_of_tests"
Act = Callable[[], Any]


@dataclass
class Payer:
    """One family member with a payment of their own, and what happens to it."""

    user: User
    processor: FakeProcessor
    place: Facility
    now: datetime

    @property
    def account(self) -> str:
        return chart.family_messages(self.user.pk)

    def begin(self, terms: Terms | None = None) -> Checkout:
        return checkout.start(
            self.user, account=self.account, amount_cents=1000, client_key=uuid.uuid4(), now=self.now, top_up=terms
        )

    def start(self) -> Act:
        return partial(
            checkout.start, self.user, account=self.account, amount_cents=1000, client_key=uuid.uuid4(), now=self.now,
            top_up=TERMS,
        )  # fmt: skip

    def settle(self, card: str = "ok", terms: Terms | None = None, cents: int | None = None) -> Act:
        begun = self.begin(terms)
        self.processor.pay(begun.session_ref, card, cents=cents)
        return partial(settle_session, begun.session_ref, self.now)

    def confirmed(self, failure: str) -> Act:
        begun = self.begin()
        payment = self.processor.pay(begun.session_ref, "bank")
        settle_session(begun.session_ref, self.now)
        self.processor.confirm(payment.ref, failure)
        return partial(settle_session, begun.session_ref, self.now)

    def closed(self) -> Act:
        act = self.settle()
        User.objects.filter(pk=self.user.pk).update(closed_at=self.now)
        return act

    def job(self) -> Act:
        self.settle()
        return self._rounds

    def _rounds(self) -> None:
        for minutes in (10, 25):  # the second asks for what the first did not come to
            finish_checkouts(now=self.now + timedelta(minutes=minutes))

    def topped_up(self, card: str = "ok") -> Act:
        self.settle(terms=TERMS)()
        lines = [(self.account, -1000), (chart.facility_cash(self.place.pk), 1000)]
        books.post(key=f"spent:{self.user.pk}", kind="test", lines=lines, now=self.now)
        self.processor.next_charge = card
        return self._swept

    def _swept(self) -> None:
        for minutes in (0, 5):  # the second finds what the first left
            top_up.top_up_low(now=self.now + timedelta(minutes=minutes))

    def disputed(self, end: str = "") -> Act:
        self.settle(terms=TERMS)()
        ref = self.processor.disputes(Deposit.objects.latest("pk").payment_ref)
        if end:
            disputes.look(ref=ref, now=self.now)
            self.processor.decides(ref, end)
        return partial(disputes.look, ref=ref, now=self.now)

    def told(self) -> Act:
        self.settle()
        event = self.processor.events[-1]
        return partial(self._received, *signed(event, SECRET, self.now))

    def _received(self, body: bytes, signature: str) -> None:
        processor_event.receive(body, signature, self.now)
        for event_id in ProcessorEvent.objects.filter(handled_at=None).values_list("pk", flat=True):
            processor_event.handle_event(event_id=event_id, now=self.now)

    def trace(self) -> tuple[object, ...]:
        """What there is of this person's money, without ids."""
        mine = {"user_id": self.user.pk}
        return (
            Counter(Checkout.objects.filter(payer=self.user).values_list("state", "failure", "by_itself")),
            Counter(Deposit.objects.filter(payer=self.user).values_list("amount_cents", flat=True)),
            Counter(
                Dispute.objects.filter(deposit__payer=self.user).values_list("state", "recovered_cents", "loss_cents")
            ),
            Counter(TopUp.objects.filter(**mine).values_list("stop_reason", "failed_tries", "card_label")),
            Counter(Email.objects.filter(**mine).values_list("kind", flat=True)),
            Counter(Notice.objects.filter(**mine).values_list("kind", flat=True)),
            ledger.balance(self.account),
        )


STORIES: dict[str, Callable[[Payer], Act]] = {
    "start": Payer.start,
    "booked": Payer.settle,
    "booked with a standing order": partial(Payer.settle, terms=TERMS),
    "not as asked": partial(Payer.settle, cents=999),
    "declined on the page": partial(Payer.settle, card="empty"),
    "a bank said no": partial(Payer.confirmed, failure="insufficient_funds"),
    "a bank said yes": partial(Payer.confirmed, failure=""),
    "account closed": Payer.closed,
    "by the job": Payer.job,
    "by an event": Payer.told,
    "topped up": Payer.topped_up,
    "top-up declined": partial(Payer.topped_up, card="expired"),
    "disputed": Payer.disputed,
    "dispute won": partial(Payer.disputed, end="won"),
    "dispute lost": partial(Payer.disputed, end="lost"),
}


@pytest.fixture
def payers(
    monkeypatch: pytest.MonkeyPatch, settings: Any, north: Facility, long_ago: datetime, now: datetime
) -> Iterator[Payer]:
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    return (_payer(number, monkeypatch, north, long_ago, now) for number in itertools.count(1))


def _payer(number: int, patch: pytest.MonkeyPatch, north: Facility, long_ago: datetime, now: datetime) -> Payer:
    name = f"payer{number}"
    user = identity.create_family_user(
        username=name, email=f"{name}@family.example", password="a long sample password", first_name="Pat",
        last_name="Sample", now=long_ago, activated=True,
    )  # fmt: skip
    return Payer(user, FakeProcessor(now=now, name=f"p{number}").install(patch), north, now)


@pytest.mark.parametrize("name", STORIES)
def test_dead_at_every_step(payers: Iterator[Payer], name: str) -> None:
    dies_at_every_step(payers, STORIES[name], ledger.replay)
    clearing = ledger.totals().get(chart.processor_clearing("stripe"), 0)
    assert sum(ledger.totals().values()) == 0, clearing
