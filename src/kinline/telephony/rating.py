"""What a call costs, and how long a balance lasts (TEL-4, TEL-5). Pure: whole micro-dollars and seconds, no float.

A rate is micro-dollars a minute: $0.11 a minute is 110,000. Used seconds are whole ones, counted from acceptance, the
one that has begun not among them; the price is rounded down to the cent once, at the end (`rules.md` F10). So no call
costs more than its rate times its time, whatever its length, and there is no charge for the connection (F8).
"""

from dataclasses import dataclass
from typing import Final

MICRO_A_CENT: Final = 10_000
_MICRO_MINUTES_A_CENT: Final = 60 * MICRO_A_CENT  # seconds times micro-dollars a minute, for one cent
MOST_ADDITIVE_MICRO: Final = 20_000  # a minute: 47 CFR 64.6015 as of 2026-04-06 (F3)
WARNING_SECONDS: Final = 60  # before the end, to both sides (TEL-4)


@dataclass(frozen=True, slots=True)
class Rate:
    """What a minute costs, in micro-dollars: `base` is the service, `additive` the facility's share, itemised (F23).

    Both are at least zero.
    """

    base: int
    additive: int = 0

    def __post_init__(self) -> None:
        if self.base < 0 or self.additive < 0:
            raise ValueError("a rate is not below zero")

    @property
    def total(self) -> int:
        return self.base + self.additive

    @property
    def is_free(self) -> bool:
        return self.total == 0


FREE: Final = Rate(0)


@dataclass(frozen=True, slots=True)
class Charge:
    """The price of a call in cents: `base` is earned by the service, `additive` is owed to the facility."""

    base: int
    additive: int

    @property
    def cents(self) -> int:
        return self.base + self.additive


def used_seconds(milliseconds: int) -> int:
    """Whole seconds of a conversation; a clock that went backwards counts as none."""
    return max(0, milliseconds) // 1000


def cost(seconds: int, rate: Rate) -> int:
    """Cents for so many seconds, rounded down once."""
    return seconds * rate.total // _MICRO_MINUTES_A_CENT


def charge(seconds: int, rate: Rate, held_cents: int) -> Charge:
    """What is taken at the end: never more than was set aside. The facility's share is rounded down, too."""
    cents = min(cost(seconds, rate), held_cents)
    additive = min(seconds * rate.additive // _MICRO_MINUTES_A_CENT, cents)
    return Charge(cents - additive, additive)


def paid_seconds(cents: int, rate: Rate) -> int | None:
    """How long `cents` last in whole seconds; None: for ever, the call is free (T9)."""
    if rate.is_free:
        return None
    return cents * _MICRO_MINUTES_A_CENT // rate.total


def minute_cents(rate: Rate) -> int:
    """The least balance with which a call begins: one minute's price in whole cents.

    Rounded up, since what pays for 59 seconds would be cut before the minute that TEL-3 promises.
    """
    return -(-rate.total // MICRO_A_CENT)


def in_dollars(micro: int) -> str:
    """`110000` → `$0.11`; `115000` → `$0.115`: as few digits behind the point as say it all, at least two."""
    whole, rest = divmod(micro, 1_000_000)
    digits = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"${whole:,}.{digits}"
