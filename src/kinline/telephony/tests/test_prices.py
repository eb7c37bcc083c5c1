"""What everybody may read of a place's prices, in how many statements (MON-9, F1, F2, F4, F5, F22)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from tests.calls.line import Line

from kinline.facilities.models import Facility
from kinline.telephony import countries
from kinline.telephony.dialling import Place
from kinline.telephony.models import (
    CallLimits,
    CallRate,
    LineHours,
    Population,
    RateCap,
    RatePlan,
    TelephoneSettings,
    Termination,
)
from kinline.telephony.queries import family, prices
from kinline.telephony.rating import Rate
from kinline.telephony.rules import Hours

HERE, THERE = Place("domestic", "US", "FL"), Place("international", "MX")


def test_what_a_balance_buys(line: Line, north: Facility) -> None:
    offer = prices.offers([north], line.now)[north.pk]
    assert offer.rate_to(HERE) == Rate(90_000, 20_000)
    assert [offer.minutes(cents, HERE) for cents in (0, 10, 11, 1000)] == [0, 0, 1, 90]
    assert offer.rate_to(THERE) is None


def test_a_country_with_a_price_of_its_own(line: Line, north: Facility) -> None:
    TelephoneSettings.objects.update(places=["domestic", "international"])
    plan = RatePlan.objects.create(facility=north, effective_from=line.now, made_at=line.now)
    for country, micro in (("", 300_000), ("MX", 50_000)):
        CallRate.objects.create(plan=plan, kind="international", country=country, base_micro=micro)
    offer = prices.offers([north], line.now)[north.pk]
    assert offer.rate_to(THERE) == Rate(50_000)
    assert offer.rate_to(Place("international", "FR")) == Rate(300_000)
    assert offer.rate_to(HERE) is None, "the newest plan alone counts"


def test_free_calls_have_no_number_of_minutes(line: Line, north: Facility) -> None:
    plan = RatePlan.objects.create(facility=north, effective_from=line.now, made_at=line.now)
    CallRate.objects.create(plan=plan, kind="domestic", base_micro=0)
    offer = prices.offers([north], line.now)[north.pk]
    rate = offer.rate_to(HERE)
    assert rate is not None
    assert (rate.is_free, offer.minutes(100, HERE)) == (True, None)


def test_a_price_that_comes_is_not_the_price_now(line: Line, north: Facility) -> None:
    later = line.now + timedelta(days=3)
    plan = RatePlan.objects.create(facility=north, effective_from=later, made_at=line.now)
    CallRate.objects.create(plan=plan, kind="domestic", base_micro=10_000)
    found = prices.terms(north, line.now)
    assert found.offer.prices is not None
    assert found.coming is not None
    assert found.offer.prices.of(HERE) == Rate(90_000, 20_000)
    assert (found.coming.since, found.coming.of(HERE)) == (later, Rate(10_000))


@pytest.mark.parametrize(("people", "micro"), [(49, 190_000), (50, 150_000), (350, 120_000), (1000, 100_000)])
def test_f1_the_cap_is_that_of_the_tier(north: Facility, people: int, micro: int) -> None:
    at = datetime(2026, 6, 1, 12, tzinfo=UTC)
    Population.objects.create(facility=north, year=2025, person_days=people * 365, counted_at=at)
    found = prices.terms(north, at)
    assert found.cap is not None
    assert (found.ground.people, found.cap.micro) == (people, micro)


def test_f4_the_lowest_row_in_force_counts(north: Facility) -> None:
    at = datetime(2026, 6, 1, 12, tzinfo=UTC)
    for since, until, micro in ((date(2026, 1, 1), None, 70_000), (date(2025, 1, 1), date(2026, 1, 1), 10_000)):
        RateCap.objects.create(
            jurisdiction="US-NY", tier="large", micro=micro, since=since, until=until,
            source="https://law.example/", status="S",
        )  # fmt: skip
    found = prices.terms(north, at)
    assert found.cap is not None
    assert (found.cap.jurisdiction, found.cap.micro) == ("US-NY", 70_000)
    before = prices.terms(north, datetime(2026, 4, 5, 12, tzinfo=UTC))
    assert before.cap is not None
    assert before.cap.micro == 70_000


def test_hours_limits_and_costs_abroad(line: Line, north: Facility) -> None:
    limits = CallLimits.objects.get()
    LineHours.objects.create(limits=limits, days="01234", opens=time(8), closes=time(22))
    Termination.objects.create(country="MX", micro=9_000, since=date(2020, 1, 1))
    Termination.objects.create(country="MX", micro=8_000, since=date(2021, 1, 1))
    found = prices.terms(north, line.now)
    assert (found.longest_seconds, found.abroad_micro) == (900, {"MX": 8_000})
    assert found.hours == (Hours(frozenset(range(5)), time(8), time(22)),)


def test_many_places_cost_as_many_statements_as_one(
    line: Line, north: Facility, south: Facility, far: Facility, django_assert_num_queries: Any
) -> None:
    for places in ([north], [north, south, far]):
        with django_assert_num_queries(3):
            prices.offers(places, line.now)


def test_reads_of_a_family_are_one_statement_each(line: Line, django_assert_num_queries: Any) -> None:
    for numbers in ({"+18135550142"}, {f"+1813555010{n}" for n in range(9)}):
        with django_assert_num_queries(1):
            family.own_blocks(numbers)
    with django_assert_num_queries(1):
        assert family.charged([1, 2, 3]) == {}
    with django_assert_num_queries(0):
        assert (family.own_blocks([]), family.charged([])) == (set(), {})


def test_a_country_has_a_name_or_its_codes() -> None:
    assert (countries.name("MX"), countries.name("QA"), countries.name("001")) == ("Mexico", "QA (+974)", "001")
