"""Money that goes back, killed between any two statements (MON-6, MON-7); then done again.

As in `test_cards_dying`: every law holds over what is left, and doing it again ends as if nobody had died. What a
processor did before the death it does not do again.
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
from conftest import PASSWORD

from kinline.facilities.models import Facility
from kinline.flows import custody, inactivity, pay_out, proof, send_pay_out, unclaimed
from kinline.flows.close_account import close_account
from kinline.flows.refund import ask, ask_resident, undo_gift
from kinline.flows.release_refund import refund_released
from kinline.flows.tests.refunding import Cards, by_card, in_cash
from kinline.identity import services as identity
from kinline.identity.models import Closure, User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.notices.models import Email, Notice
from kinline.payments import processors
from kinline.payments.models import PayOut, Refund, Reminder
from kinline.payments.queries import dormant
from kinline.residents import services as residents
from kinline.residents.models import Resident
from tests.faults.dying import dies_at_every_step

pytestmark = [
    pytest.mark.usefixtures("db"),
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
DAY = timedelta(days=1)
Act = Callable[[], Any]


@dataclass
class Owner:
    """A family member with $10.00 by card and $5.00 in cash, and a resident to whom they gave $7.00."""

    user: User
    resident: Resident
    cards: Cards
    place: Facility
    now: datetime

    @property
    def account(self) -> str:
        return chart.family_messages(self.user.pk)

    @property
    def wallet(self) -> str:
        return chart.resident_calls(self.resident.pk)

    def asked(self, cents: int = 1200) -> Act:
        return partial(
            ask, user=self.user, account=self.account, amount_cents=cents, client_key=uuid.uuid4(), now=self.now
        )

    def of_resident(self) -> Act:
        return partial(
            ask_resident, resident_id=self.resident.pk, account=self.wallet, amount_cents=300,
            client_key=uuid.uuid4(), now=self.now,
        )  # fmt: skip

    def gift(self) -> Act:
        gift = by_card(self.wallet, 100, self.user, self.now)
        return partial(undo_gift, user=self.user, deposit_id=gift.pk, client_key=uuid.uuid4(), now=self.now)

    def one(self, way: str) -> PayOut:
        return PayOut.objects.get(user=self.user, way=way, replaced_by=None)

    def sent(self, answers: str = "paid") -> Act:
        self.asked(800)()
        self.cards.answers, self.cards.failure = answers, "declined" if answers == "failed" else ""
        return partial(send_pay_out.send_pay_out, pay_out_id=self.one("card").pk, now=self.now)

    def failed_later(self) -> Act:
        self.sent()()
        ref = self.one("card").processor_ref
        self.cards.becomes(ref, "failed", "expired_or_canceled_card")
        return partial(send_pay_out.refund_changed, processor_ref=ref, now=self.now + DAY)

    def settled(self) -> Act:
        self.asked(1500)()
        return partial(pay_out.settle, staff=None, pay_out_id=self.one("cheque").pk, reference="1", now=self.now)

    def returned(self) -> Act:
        self.settled()()
        return partial(pay_out.returned, staff=None, pay_out_id=self.one("cheque").pk, now=self.now)

    def falls(self) -> Act:
        self.returned()()
        return partial(unclaimed.look_after, pay_out_id=self.one("cheque").pk, now=self.now + 40 * 365 * DAY)

    def remitted(self) -> Act:
        self.falls()()
        return partial(unclaimed.remit, staff=None, pay_out_id=self.one("cheque").pk, reference="x", now=self.now)

    def released(self) -> Act:
        custody.release_resident(staff=None, resident_id=self.resident.pk, now=self.now - 4 * DAY)
        return partial(refund_released, resident_id=self.resident.pk, now=self.now)

    def closed(self) -> Act:
        return partial(close_account, self.user, password=PASSWORD, now=self.now)

    def unused(self, *reminded: int) -> Act:
        for days in reminded:
            self._night(days)
        return partial(self._night, (120, 150, 180)[len(reminded)])

    def _night(self, days: int) -> None:
        moment = self.now + days * DAY
        idle = [one for one in dormant.idle(moment) if one.account == self.account]
        for one in idle:
            inactivity._look_after(one, moment)

    def trace(self) -> tuple[object, ...]:
        """What there is of this person's money, without ids."""
        own = {"user_id": self.user.pk}
        accounts = [self.account, self.wallet]
        refunds = Refund.objects.filter(account__in=accounts)
        return (
            Counter(refunds.values_list("cause", "amount_cents")),
            Counter(PayOut.objects.filter(refund__in=refunds).values_list("way", "state", "amount_cents")),
            Counter(Email.objects.filter(**own).values_list("kind", flat=True)),
            Counter(Notice.objects.filter(**own).values_list("kind", flat=True)),
            Counter(Notice.objects.filter(resident=self.resident).values_list("kind", flat=True)),
            Counter(Reminder.objects.filter(account__in=accounts).values_list("days_left", flat=True)),
            Counter(Closure.objects.filter(**own).values_list("owed_cents", flat=True)),
            sum(one.amount_cents for one in self.cards.by_key.values() if one.payment_ref in self._payments()),
            [ledger.balance(account) for account in accounts],
        )

    def _payments(self) -> set[str]:
        return set(self.user.deposits.exclude(payment_ref="").values_list("payment_ref", flat=True))


STORIES: dict[str, Callable[[Owner], Act]] = {
    "asked": Owner.asked,
    "asked by a resident": Owner.of_resident,
    "a gift taken back": Owner.gift,
    "sent to the card": Owner.sent,
    "a bank that takes days": partial(Owner.sent, answers="waiting"),
    "a card that cannot": partial(Owner.sent, answers="failed"),
    "failed after it was paid": Owner.failed_later,
    "settled": Owner.settled,
    "returned": Owner.returned,
    "fallen to a state": Owner.falls,
    "remitted": Owner.remitted,
    "released": Owner.released,
    "closed": Owner.closed,
    "reminded": Owner.unused,
    "unused": lambda owner: owner.unused(120, 150),
}


@pytest.fixture
def owners(monkeypatch: pytest.MonkeyPatch, north: Facility, long_ago: datetime, now: datetime) -> Iterator[Owner]:
    cards = Cards()
    monkeypatch.setattr(processors, "refund", cards.refund)
    monkeypatch.setattr(processors, "refund_state", cards.refund_state)
    return (_owner(number, cards, north, long_ago, now) for number in itertools.count(1))


def _owner(number: int, cards: Cards, place: Facility, long_ago: datetime, now: datetime) -> Owner:
    name = f"owner{number}"
    user = identity.create_family_user(
        username=name, email=f"{name}@family.example", password=PASSWORD, first_name="Pat", last_name="Sample",
        now=long_ago, activated=True, address_line1="1 Sample St", city="Sample", region="NY", postal_code="1",
    )  # fmt: skip
    held = residents.create(
        agency_id=place.agency_id, number=f"D{number}", first_name="Dan", last_name="Sample", now=long_ago
    )
    residents.book(resident_id=held.pk, facility_id=place.pk, now=long_ago)
    cards.answers, cards.failure = "paid", ""
    owner = Owner(user, held, cards, place, now)
    in_cash(owner.account, 500, now - 3 * DAY, place.pk)
    by_card(owner.account, 1000, user, now - 2 * DAY)
    by_card(owner.wallet, 700, user, now - 2 * DAY)
    return owner


def again(name: str, owner: Owner, act: Act) -> None:
    """Whoever closed an account cannot prove who they are a second time: it is done if it is done."""
    if name != "closed" or User.objects.filter(pk=owner.user.pk, closed_at=None).exists():
        act()


def wrongs() -> list[ledger.Difference]:
    """Deposits by card have no payment page behind them here."""
    return ledger.replay() + [one for one in proof.differences() if one.law != "cards"]


@pytest.mark.parametrize("name", STORIES)
def test_dead_at_every_step(owners: Iterator[Owner], name: str) -> None:
    dies_at_every_step(owners, STORIES[name], wrongs, again=partial(again, name))
    assert sum(ledger.totals().values()) == 0
