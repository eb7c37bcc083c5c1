"""What the resident has, and what a letter costs here: shown before anything is paid (experience.md 3)."""

from dataclasses import dataclass

from kinline.core.money import credits_in
from kinline.facilities import queries as facilities
from kinline.kiosk.seat import Seated
from kinline.ledger import chart
from kinline.ledger import queries as ledger


@dataclass(frozen=True, slots=True)
class Purse:
    """`price_cents`: of one letter; `cents`: to be spent now; `held_cents`: set aside for letters on their way."""

    price_cents: int
    cents: int
    held_cents: int

    @property
    def enough(self) -> bool:
        return self.cents >= self.price_cents

    @property
    def letters(self) -> int:
        return credits_in(self.cents, self.price_cents)

    @property
    def cents_after(self) -> int:
        return max(0, self.cents - self.price_cents)

    @property
    def letters_after(self) -> int:
        return credits_in(self.cents_after, self.price_cents)


def purse(request: Seated, price_cents: int | None = None) -> Purse:
    """`price_cents`: a letter's pinned price; without it, today's."""
    if price_cents is None:
        price_cents = facilities.message_price_cents(request.kiosk.facility.agency_id, request.now)
    balance = ledger.balance(chart.messages_of(request.party))
    return Purse(price_cents, balance.available_cents, balance.held_cents)
