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
