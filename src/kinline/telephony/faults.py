"""A call that our side lost costs nothing (TEL-14): by which ends, and what of a price goes back to whom. Pure.

Its record first says what the seconds to the last sign of life cost (TEL-6); a correction of it, in the same story,
gives all of that back. So both are written down, and nobody has to ask.
"""

from dataclasses import dataclass
from typing import Final

# The switch died, was stopped, or failed in the call; the media server died; the way outside broke; staff ended the
# call since something did not work. Not `media_lost`: a telephone that falls silent is no fault of ours, nor is a cut
# by hand that has another reason; and a cut at a sign of forwarding (`forwarded`) costs nothing in the first place.
OURS: Final = frozenset(
    {"switch_lost", "switch_crash", "switch_failed", "switch_stopped", "media_failed", "gateway_error", "technical"}
)


def ours(reason: str) -> bool:
    """Whether a conversation that ended for this reason is given back by itself."""
    return reason in OURS


@dataclass(frozen=True, slots=True)
class Price:
    """Cents of a record: base, the facility's share and taxes make it up; `agency` is what the agency paid of it."""

    base: int
    additive: int
    tax: int
    agency: int

    @property
    def cents(self) -> int:
        return self.base + self.additive + self.tax

    @property
    def own(self) -> int:
        """Paid by a balance."""
        return self.cents - self.agency


def part(price: Price, back: int) -> Price:
    """What `back` cents of a price (0 to all of it) consist of.

    A balance gets its money first: the agency's was the first that was taken (MON-8). Share and taxes go back in
    proportion, rounded down, as far as the base bears the rest.
    """
    if not 0 <= back <= price.cents:
        raise ValueError(f"{back} of {price.cents} cents")
    if back == 0:
        return Price(0, 0, 0, 0)
    additive, tax = price.additive * back // price.cents, price.tax * back // price.cents
    base = min(price.base, back - additive - tax)
    additive = min(price.additive, back - base - tax)
    return Price(base, additive, back - base - additive, back - min(back, price.own))
