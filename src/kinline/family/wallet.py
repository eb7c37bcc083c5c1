"""What a family member has, in credits and in dollars, for a page to show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kinline.contacts.queries import ContactView
from kinline.core.money import credits_in
from kinline.core.parties import Party
from kinline.facilities import queries as facilities
from kinline.ledger import chart
from kinline.ledger import queries as ledger


@dataclass(frozen=True, slots=True)
class Wallet:
    """`price_cents`: of one message where the person writes; None when their people's prices differ."""

    available_cents: int
    held_cents: int
    price_cents: int | None

    @property
    def credits(self) -> int | None:
        """Messages that the balance pays; None when a number would not be true for all of the person's people."""
        return credits_in(self.available_cents, self.price_cents) if self.price_cents else None

    @property
    def is_free(self) -> bool:
        return self.price_cents == 0


def wallet(party: Party, people: Iterable[ContactView], now: datetime) -> Wallet:
    """The balance of `party`, counted in the price that their people share (before the first one: the only price)."""
    balance = ledger.balance(chart.messages_of(party))
    prices = {person.price_cents for person in people} or {price.message_cents for price in facilities.prices(now)}
    return Wallet(balance.available_cents, balance.held_cents, prices.pop() if len(prices) == 1 else None)


@dataclass(frozen=True, slots=True)
class Fare:
    """What one letter to one person costs the writer, before and after (MSG-2, experience.md 3)."""

    price_cents: int
    available_cents: int

    @property
    def is_free(self) -> bool:
        return self.price_cents == 0

    @property
    def can_pay(self) -> bool:
        return self.available_cents >= self.price_cents

    @property
    def is_last(self) -> bool:
        """The balance pays this letter and no other: another device could spend it meanwhile."""
        return self.can_pay and self.available_cents < 2 * self.price_cents

    @property
    def credits(self) -> int:
        return credits_in(self.available_cents, self.price_cents)

    @property
    def credits_after(self) -> int:
        return credits_in(self.after_cents, self.price_cents)

    @property
    def after_cents(self) -> int:
        return self.available_cents - self.price_cents


def fare(party: Party, price_cents: int) -> Fare:
    """The price of one letter beside the money that `party` has for it."""
    return Fare(price_cents, ledger.balance(chart.messages_of(party)).available_cents)
