"""Money as integer cents: how it is written, and what a balance pays. Pure."""

from dataclasses import dataclass


def dollars(cents: int) -> str:
    """`1234` → `$12.34`; `-5` → `−$0.05`. Never rounds: cents are whole."""
    sign = "−" if cents < 0 else ""
    return f"{sign}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def short(cents: int) -> str:
    """How a price is said on a button: `50` → `50¢`, `100` → `$1`, `150` → `$1.50`."""
    if 0 < cents < 100:
        return f"{cents}¢"
    return dollars(cents).removesuffix(".00")


def credits_in(cents: int, price_cents: int) -> int:
    """How many messages of `price_cents` the balance pays. A price of zero needs no credit: 0."""
    return cents // price_cents if price_cents > 0 else 0


@dataclass(frozen=True, slots=True)
class Purse:
    """A price beside the money there is for it, before and after (experience.md 3). `held_cents`: set aside already."""

    price_cents: int
    available_cents: int
    held_cents: int = 0

    @property
    def is_free(self) -> bool:
        return self.price_cents == 0

    @property
    def can_pay(self) -> bool:
        return self.available_cents >= self.price_cents

    @property
    def is_last(self) -> bool:
        """The balance pays this one and no other: another device could spend it meanwhile."""
        return self.can_pay and self.available_cents < 2 * self.price_cents

    @property
    def after_cents(self) -> int:
        return max(0, self.available_cents - self.price_cents)

    @property
    def credits(self) -> int:
        return credits_in(self.available_cents, self.price_cents)

    @property
    def credits_after(self) -> int:
        return credits_in(self.after_cents, self.price_cents)
