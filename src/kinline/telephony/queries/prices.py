"""What calls cost at a place, for everybody to read (MON-9, F22): the plan that counts, the one that comes, the law's
cap, and on which terms."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from kinline.facilities.models import Facility
from kinline.telephony.caps import Cap, in_force
from kinline.telephony.dialling import Place
from kinline.telephony.models import CallLimits, RatePlan, TelephoneSettings, Termination
from kinline.telephony.queries import plans
from kinline.telephony.queries.authority import settings_of, usual
from kinline.telephony.queries.plans import Ground
from kinline.telephony.rating import Rate, cost, paid_seconds
from kinline.telephony.rules import Hours

EXAMPLE_SECONDS: Final = 15 * 60


@dataclass(frozen=True, slots=True)
class Prices:
    """A place's prices since a moment. `rates`: by kind and country; no country: the rest of the kind."""

    since: datetime
    rates: Mapping[tuple[str, str], Rate]

    def of(self, place: Place) -> Rate | None:
        return self.rates.get((place.kind, place.country)) or self.rates.get((place.kind, ""))


@dataclass(frozen=True, slots=True)
class Offer:
    """How a place telephones, and for how much; `prices` None: nobody has set any."""

    setting: TelephoneSettings
    prices: Prices | None

    def rate_to(self, place: Place) -> Rate | None:
        """None: that place is not called from here."""
        return self.prices.of(place) if self.prices and place.kind in self.setting.places else None

    def minutes(self, cents: int, place: Place) -> int | None:
        """Whole minutes that `cents` buy; None: as many as one likes, or none at any price (`rate_to`)."""
        rate = self.rate_to(place)
        seconds = paid_seconds(cents, rate) if rate else None
        return None if seconds is None else seconds // 60


def offers(places: Collection[Facility], now: datetime) -> dict[int, Offer]:
    """By facility. Three statements, however many."""
    ids = [place.pk for place in places]
    rows = RatePlan.objects.filter(facility_id__in=ids, effective_from__lte=now)
    newest = rows.order_by("facility_id", "-effective_from").distinct("facility_id").prefetch_related("rates")
    prices = {plan.facility_id: _prices(plan) for plan in newest}
    known = TelephoneSettings.objects.in_bulk(ids)
    return {place.pk: Offer(known.get(place.pk) or usual(place), prices.get(place.pk)) for place in places}


def _prices(plan: RatePlan) -> Prices:
    return Prices(plan.effective_from, {(one.kind, one.country): one.rate for one in plans.prices_of(plan)})


@dataclass(frozen=True, slots=True)
class Terms:
    """All that everybody may know of calls at a place. `coming`: the next plan that is set. `cap`: the lowest row of
    law that counts today for a place of this kind and size (`ground`). `abroad_micro`: what it costs to end a call in a
    country, which comes on top of the cap there (F5).
    """

    offer: Offer
    coming: Prices | None
    ground: Ground
    cap: Cap | None
    longest_seconds: int | None
    hours: tuple[Hours, ...]
    abroad_micro: Mapping[str, int]


def terms(place: Facility, now: datetime) -> Terms:
    setting, today = settings_of(place), plans.day_at(place, now)
    current, coming = plans.plan_at(place.pk, now), plans.next_plan(place.pk, now)
    here = plans.ground(place, today)
    limits = CallLimits.objects.filter(facility=place, unit=None, resident=None, number="").first()
    return Terms(
        offer=Offer(setting, _prices(current) if current else None),
        coming=_prices(coming) if coming else None,
        ground=here,
        cap=_cap(place, here, today),
        longest_seconds=limits.seconds if limits else None,
        hours=_hours(limits) if limits else (),
        abroad_micro=_abroad(today),
    )


def _cap(place: Facility, here: Ground, today: date) -> Cap | None:
    """The lowest that is in force: of the country, the state, the contract (F4)."""
    return min(in_force(plans.caps_of(place, here.tier), today), key=lambda one: one.micro, default=None)


def _hours(limits: CallLimits) -> tuple[Hours, ...]:
    rows = limits.hours.order_by("opens", "pk")
    return tuple(Hours(frozenset(map(int, row.days)), row.opens, row.closes) for row in rows)


def _abroad(today: date) -> dict[str, int]:
    rows = Termination.objects.filter(since__lte=today).order_by("country", "-since").distinct("country")
    return dict(rows.values_list("country", "micro"))


def example_cents(rate: Rate) -> int:
    """What fifteen minutes cost (MON-9)."""
    return cost(EXAMPLE_SECONDS, rate)
