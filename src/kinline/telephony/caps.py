"""The legal caps on a rate, and what a plan must not exceed (`rules.md` F1 to F5). Pure.

Caps are data: rows with a jurisdiction, a tier, dates and a source, shipped with the program and kept by the operator.
The lowest row that is in force counts; a state's or a contract's may lie below the federal one (F4).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from kinline.telephony.rating import MOST_ADDITIVE_MICRO, Rate

Tier = Literal["prison", "large", "medium", "small", "very_small", "extremely_small"]
Holds = Literal["prison", "jail"]
FEDERAL: Final = "US"
_DAY: Final = timedelta(days=1)
# Jails by people held a day, averaged over a year: the least of each tier (47 CFR 64.6000, as of 2026-04-06).
_JAILS: Final[tuple[tuple[int, Tier], ...]] = (
    (1000, "large"),
    (350, "medium"),
    (100, "small"),
    (50, "very_small"),
    (0, "extremely_small"),
)


@dataclass(frozen=True, slots=True)
class Cap:
    """`micro`: micro-dollars a minute. `until`: the first day on which it no longer counts; None: open.

    `status`: how sure we are of it: P primary text read, S secondary source, M from memory (`rules.md`).
    """

    jurisdiction: str
    tier: Tier
    micro: int
    since: date
    until: date | None
    source: str
    status: str

    def counts_between(self, since: date, until: date | None) -> bool:
        return (until is None or self.since < until) and (self.until is None or since < self.until)


def in_force(caps: Iterable[Cap], day: date) -> list[Cap]:
    """Rows that count on a day."""
    return [one for one in caps if one.counts_between(day, day + _DAY)]


@dataclass(frozen=True, slots=True)
class Above:
    """A rate that the law forbids: what it may be at most, in micro-dollars a minute, by which row, from which day."""

    cap: Cap
    most: int
    since: date


def tier_of(holds: Holds, people: int) -> Tier:
    """The tier of a facility that holds so many people on an average day (F2); a prison has one whatever its size."""
    if holds == "prison":
        return "prison"
    return next(tier for least, tier in _JAILS if people >= least)


def average_daily_population(people_days: int, days: int) -> int:
    """People held each day of a year, added up, by the days of that year (F2).

    A part of a person counts as one: between two tiers that is the lower cap, so nobody pays for our rounding.
    """
    return -(-people_days // days)


def highest(cap: Cap, rate: Rate, *, abroad_micro: int, additive_on_top: bool) -> int:
    """What `rate` may come to under `cap`. `abroad_micro`: mean cost of ending a call in that country (F5), else 0.

    The cap is read as all there is; `additive_on_top` reads it as the rate without the facility's share: an open
    question of law.
    """
    share = min(rate.additive, MOST_ADDITIVE_MICRO) if additive_on_top else 0
    return cap.micro + abroad_micro + share


def above(
    rate: Rate,
    caps: Iterable[Cap],
    *,
    tier: Tier,
    jurisdictions: Iterable[str],
    since: date,
    until: date | None,
    abroad_micro: int = 0,
    additive_on_top: bool = False,
) -> Above | None:
    """The strictest cap that `rate` breaks on some day from `since` to before `until`; None: it is lawful throughout.

    `jurisdictions`: the federal one and those of the place, as `US`, `US-FL`, `contract:12`.
    """
    here = set(jurisdictions)
    broken = [
        Above(cap, most, max(cap.since, since))
        for cap in caps
        if cap.tier == tier and cap.jurisdiction in here and cap.counts_between(since, until)
        if rate.total > (most := highest(cap, rate, abroad_micro=abroad_micro, additive_on_top=additive_on_top))
    ]
    return min(broken, key=lambda one: (one.most, one.since), default=None)
