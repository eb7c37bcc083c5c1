"""Prices of calls at a place: refused above the law, from a moment on, never changed (TEL-5, F1 to F4)."""

from collections.abc import Sequence
from datetime import date, datetime

from kinline.contacts import queries as contacts
from kinline.core.audit import record
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.core.transaction import story
from kinline.facilities import queries as facilities
from kinline.facilities.models import Facility
from kinline.flows.authority import Actor, require
from kinline.identity.permissions import Permission
from kinline.notices import services as notices
from kinline.residents import queries as residents
from kinline.telephony.caps import Above
from kinline.telephony.queries import plans as queries
from kinline.telephony.queries.plans import Priced
from kinline.telephony.rating import in_dollars
from kinline.telephony.services import plans
from kinline.telephony.staff_errors import BadYear, PlanInPast, RateAboveCap
from kinline.telephony.staff_wording import PLACES


def check(place: Facility, prices: Sequence[Priced], effective_from: datetime, now: datetime) -> None:
    """raises PlanInPast; RateAboveCap, with the strictest row that a price breaks from that day on until another plan
    takes its place.
    """
    if effective_from < now:
        raise PlanInPast
    after = queries.next_plan(place.pk, effective_from)
    until = queries.day_at(place, after.effective_from) if after else None
    since = queries.day_at(place, effective_from)
    over = queries.broken(place, prices, since, max(until, _next(since)) if until else None)
    if over:
        raise _refusal(*min(over, key=lambda pair: pair[1].most - pair[0].rate.total))


def _next(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _refusal(price: Priced, above: Above) -> RateAboveCap:
    return RateAboveCap(
        what=price.country or str(PLACES[price.kind]),
        rate=in_dollars(price.rate.total),
        most=in_dollars(above.most),
        law=f"{above.cap.jurisdiction}, {above.cap.tier}, {above.cap.since.isoformat()}",
        source=above.cap.source,
    )


@story
def set_plan(
    *, staff: Actor, facility_id: int, effective_from: datetime, prices: Sequence[Priced], now: datetime
) -> int:
    """The plan's id. Residents of the place and their families are told. A call in progress keeps its price (F26).

    raises NotPermitted, PlanInPast, PlanMomentTaken, RateAboveCap.
    """
    actor = require(staff, facility_id, Permission.EDIT_PRICES, now)
    place = facilities.facilities_by_id([facility_id])[0]
    check(place, prices, effective_from, now)
    plan = plans.set_plan(facility_id=facility_id, effective_from=effective_from, prices=prices, by=staff, now=now)
    record(
        actor, "rates.set", f"rate_plan:{plan.pk}", now=now, facility_id=facility_id,
        effective_from=effective_from.isoformat(),
        micro={f"{one.kind}{one.country and ':' + one.country}": one.rate.total for one in prices},
    )  # fmt: skip
    _tell(place, prices, effective_from, now)
    return plan.pk


def _tell(place: Facility, prices: Sequence[Priced], effective_from: datetime, now: datetime) -> None:
    at_home = next((one for one in prices if one.kind == "domestic" and not one.country), prices[0])
    params = {
        "facility_name": place.name, "from_at": effective_from.isoformat(), "rate": in_dollars(at_home.rate.total),
    }  # fmt: skip
    inside = [Party(RESIDENT, one) for one in residents.in_custody_at(place.pk)]
    outside = [Party(FAMILY, one) for one in contacts.families_of_place(place.pk)]
    notices.tell_many(((party, params) for party in (*inside, *outside)), "call_rates", now)


@story
def count_people(*, staff: Actor, facility_id: int, year: int, person_days: int, now: datetime) -> None:
    """How many were held in a year that is over, day by day added up (F2): it sets the tier from the May after it.

    raises NotPermitted, BadYear.
    """
    actor = require(staff, facility_id, Permission.EDIT_PRICES, now)
    place = facilities.facilities_by_id([facility_id])[0]
    if not 2000 <= year < queries.day_at(place, now).year:
        raise BadYear
    plans.count_people(facility_id=facility_id, year=year, person_days=person_days, by=staff, now=now)
    record(
        actor, "people.count", f"facility:{facility_id}", now=now, facility_id=facility_id, year=year,
        person_days=person_days,
    )  # fmt: skip
