"""Prices of calls in lines that staff read and type: dollars a minute, exactly."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kinline.telephony.caps import Cap, Tier, in_force
from kinline.telephony.queries import plans as queries
from kinline.telephony.queries.plans import Priced
from kinline.telephony.rating import in_dollars
from kinline.telephony.staff_wording import PLACES

if TYPE_CHECKING:
    from kinline.facilities.models import Facility


@dataclass(frozen=True, slots=True)
class Line:
    what: str
    price: str
    share: str


@dataclass(frozen=True, slots=True)
class Change:
    """A price before and after; empty: not called."""

    what: str
    before: str
    after: str


def _what(one: Priced) -> str:
    return one.country or str(PLACES.get(one.kind, one.kind))


def line_of(one: Priced) -> Line:
    return Line(_what(one), in_dollars(one.rate.total), in_dollars(one.rate.additive) if one.rate.additive else "")


def changes(before: Sequence[Priced], after: Sequence[Priced]) -> list[Change]:
    """Every place that had a price or gets one."""
    old = {(one.kind, one.country): one for one in before}
    new = {(one.kind, one.country): one for one in after}
    return [
        Change(_what(new.get(key) or old[key]), _total(old.get(key)), _total(new.get(key))) for key in {**new, **old}
    ]


def _total(one: Priced | None) -> str:
    return in_dollars(one.rate.total) if one else ""


def typed(prices: Iterable[Priced]) -> dict[str, str]:
    """A plan as the form has it, to begin from."""
    found: dict[str, str] = {}
    lines: list[str] = []
    for one in prices:
        total, share = (in_dollars(micro).removeprefix("$") for micro in (one.rate.total, one.rate.additive))
        if one.country:
            lines.append(f"{one.country} {total} {share}" if one.rate.additive else f"{one.country} {total}")
        else:
            found[f"price_{one.kind}"] = total
            found[f"share_{one.kind}"] = share if one.rate.additive else ""
    return found | {"countries": "\n".join(lines)}


@dataclass(frozen=True, slots=True)
class Law:
    """A row of law or contract. `counts`: on the day that was asked for."""

    cap: Cap
    most: str
    counts: bool


def law_rows(place: "Facility", tier: Tier, day: date) -> list[Law]:
    rows = queries.caps_of(place, tier)
    counting = in_force(rows, day)
    return [Law(cap, in_dollars(cap.micro), cap in counting) for cap in rows]
