"""Which deposits a balance consists of (MON-6): the newest ones, each less its refunds and disputes. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Put:
    """One deposit. `returned_cents`: what refunds and disputes took of it already."""

    deposit_id: int
    payer_id: int | None
    amount_cents: int
    returned_cents: int

    @property
    def rest_cents(self) -> int:
        return max(0, self.amount_cents - self.returned_cents)


@dataclass(frozen=True, slots=True)
class Part:
    """`cents` of a balance that came with this deposit and are not spent."""

    deposit_id: int
    payer_id: int | None
    cents: int


@dataclass(frozen=True, slots=True)
class Origin:
    """`parts`: newest first, none of zero. `other_cents`: came with no deposit (a correction, goodwill)."""

    parts: tuple[Part, ...]
    other_cents: int

    def of(self, payer_id: int) -> "Origin":
        """Only what this payer put in."""
        return Origin(tuple(part for part in self.parts if part.payer_id == payer_id), 0)

    @property
    def cents(self) -> int:
        return sum(part.cents for part in self.parts) + self.other_cents


def origin(newest_first: Iterable[Put], balance_cents: int) -> Origin:
    """The deposits that a balance of `balance_cents` (zero or more) consists of."""
    left, parts = balance_cents, []
    for put in newest_first:
        taken = min(left, put.rest_cents)
        if taken > 0:
            parts.append(Part(put.deposit_id, put.payer_id, taken))
            left -= taken
    return Origin(tuple(parts), left)


def take(found: Origin, amount_cents: int) -> tuple[Part, ...]:
    """The parts, newest first, that make up `amount_cents` of it; the last one perhaps not whole.

    What is missing at the end came with no deposit: the caller pays it by cheque.
    """
    left, taken = amount_cents, []
    for part in found.parts:
        cents = min(left, part.cents)
        if cents > 0:
            taken.append(Part(part.deposit_id, part.payer_id, cents))
            left -= cents
    return tuple(taken)
