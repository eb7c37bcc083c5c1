"""Prices of a place, the law's most for it, and the tier that sets it (TEL-5, F1 to F5)."""

from calendar import isleap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, cast
from zoneinfo import ZoneInfo

from kinline.facilities.models import Facility
from kinline.telephony.caps import FEDERAL, Above, Cap, Holds, Tier, above, average_daily_population, tier_of
from kinline.telephony.models import Population, RateCap, RatePlan, Termination
from kinline.telephony.queries.authority import settings_of
from kinline.telephony.rating import Rate

COUNTED_UNTIL: Final = (4, 30)  # F2: a year's people set the tier from the May after it


@dataclass(frozen=True, slots=True)
class Priced:
    """What a minute costs in one kind of places, or in one country of it."""

    kind: str
    country: str
    rate: Rate


@dataclass(frozen=True, slots=True)
class Ground:
    """What the law's most depends on at a place. `people`: of an average day of `year`; None: nobody has counted.

    Then the strictest tier counts, as nobody is to pay for what we do not know.
    """

    tier: Tier
    holds: Holds
    year: int | None
    people: int | None


def ground(facility: Facility, day: date) -> Ground:
    holds = cast("Holds", settings_of(facility).holds)
    row = Population.objects.filter(facility_id=facility.pk, year__lte=newest_year(day)).order_by("-year").first()
    return ground_of(holds, *((row.year, row.person_days) if row else (None, 0)))


def newest_year(day: date) -> int:
    """The last year whose people count on a day."""
    return day.year - 1 if (day.month, day.day) > COUNTED_UNTIL else day.year - 2


def ground_of(holds: Holds, year: int | None, person_days: int) -> Ground:
    """`year`: the newest that was counted; None: nobody has."""
    if year is None:
        return Ground("prison" if holds == "prison" else "large", holds, None, None)
    people = average_daily_population(person_days, 366 if isleap(year) else 365)
    return Ground(tier_of(holds, people), holds, year, people)


def tier_said(found: Ground) -> str:
    """The tier of a place as the record of a call says it (F32); nothing where nobody has counted."""
    return found.tier if found.people is not None or found.holds == "prison" else ""


def caps_of(facility: Facility, tier: Tier) -> list[Cap]:
    """Every row of law or contract that may count at a place, oldest first."""
    rows = RateCap.objects.filter(tier=tier, jurisdiction__in=jurisdictions(facility)).order_by("since", "jurisdiction")
    return [Cap(row.jurisdiction, tier, row.micro, row.since, row.until, row.source, row.status) for row in rows]


def jurisdictions(facility: Facility) -> list[str]:
    return [FEDERAL, f"{FEDERAL}-{facility.region}", f"contract:{facility.pk}"]


def broken(facility: Facility, prices: Iterable[Priced], since: date, until: date | None) -> list[tuple[Priced, Above]]:
    """Prices that the law forbids on some day of these, each with the row that does."""
    at = ground(facility, since)
    caps, on_top = caps_of(facility, at.tier), settings_of(facility).additive_on_top
    found = []
    for one in prices:
        over = above(
            one.rate, caps, tier=at.tier, jurisdictions=jurisdictions(facility), since=since, until=until,
            abroad_micro=abroad(one.country, since), additive_on_top=on_top,
        )  # fmt: skip
        if over is not None:
            found.append((one, over))
    return found


def abroad(country: str, day: date) -> int:
    """What it costs on average to end a call there (F5); 0 where nobody has said."""
    if not country:
        return 0
    row = Termination.objects.filter(country=country, since__lte=day).order_by("-since").first()
    return row.micro if row else 0


def plans(facility_id: int) -> list[RatePlan]:
    """All plans, the newest first."""
    rows = RatePlan.objects.filter(facility_id=facility_id).select_related("made_by").prefetch_related("rates")
    return list(rows.order_by("-effective_from"))


def plan_at(facility_id: int, at: datetime) -> RatePlan | None:
    rows = RatePlan.objects.filter(facility_id=facility_id, effective_from__lte=at).prefetch_related("rates")
    return rows.order_by("-effective_from").first()


def next_plan(facility_id: int, after: datetime) -> RatePlan | None:
    rows = RatePlan.objects.filter(facility_id=facility_id, effective_from__gt=after)
    return rows.order_by("effective_from").first()


def prices_of(plan: RatePlan) -> list[Priced]:
    rows = sorted(plan.rates.all(), key=lambda row: row.pk)
    return [Priced(row.kind, row.country, Rate(row.base_micro, row.additive_micro)) for row in rows]


def populations(facility_id: int) -> list[Population]:
    return list(Population.objects.filter(facility_id=facility_id).select_related("counted_by").order_by("-year"))


def day_at(facility: Facility, at: datetime) -> date:
    return at.astimezone(ZoneInfo(facility.time_zone)).date()
