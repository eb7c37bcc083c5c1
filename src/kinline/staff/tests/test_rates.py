"""TEL-5, F1 to F5: prices from a moment on, refused above the law with its cap and source, never changed."""

from calendar import isleap
from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from kinline.core.models import AuditEvent
from kinline.identity.models import Role
from kinline.notices.models import Notice
from kinline.telephony.dialling import Place
from kinline.telephony.models import CallRate, Population, RateCap, RatePlan, TelephoneSettings, Termination
from kinline.telephony.queries import authority, plans

pytestmark = pytest.mark.django_db
RATES, NEW, PEOPLE = "/staff/rates/", "/staff/rates/new/", "/staff/rates/people/"


@pytest.fixture(autouse=True)
def _law(db):
    """The caps that the program ships with, also in a database that an earlier test has emptied."""
    if not RateCap.objects.exists():
        import_module("kinline.telephony.migrations.0002_kept").ship_caps(apps, None)


@pytest.fixture
def desk(staff_client, member, north):
    return staff_client(member(Role.AGENCY_ADMIN, north))


def text(answer):
    return answer.content.decode()


def typed(now, **more):
    begins = (now + timedelta(days=40)).strftime("%Y-%m-%dT%H:00")
    return {"price_domestic": "0.10", "share_domestic": "0.02", "effective_from": begins, "act": "check", **more}


def count(north, people, year=None):
    """So many on each day of a year and of the next."""
    first = year or datetime.now(UTC).year - 2
    for one in (first, first + 1):
        days = 366 if isleap(one) else 365
        Population.objects.create(facility=north, year=one, person_days=people * days, counted_at=north.created_at)


def test_no_prices_yet(desk):
    page = text(desk.get(RATES))
    assert "No prices are set." in page
    assert "Nobody has counted yet how many people are held here." in page
    assert "$0.10" in page  # the strictest of the law's rows, with its source
    assert "prisonpolicy.org" in page


def test_a_draft_is_checked_and_sets_nothing(desk, now):
    answer = desk.post(NEW, typed(now))
    assert "Draft: nothing is set yet" in text(answer)
    assert not RatePlan.objects.exists()
    assert not AuditEvent.objects.filter(act="rates.set").exists()


def test_a_checked_draft_is_there_again_until_it_is_set_or_thrown_away(desk, now, north):
    desk.post(NEW, typed(now, price_domestic="0.09", countries=""))
    page = text(desk.get(NEW))
    assert 'value="0.09"' in page
    assert "This is your draft." in page
    desk.post(NEW, {"act": "drop"})
    page = text(desk.get(NEW))
    assert 'value="0.09"' not in page
    assert "This is your draft." not in page
    desk.post(NEW, typed(now, price_domestic="0.09"))
    desk.post(NEW, typed(now, price_domestic="0.09", act="set"))
    assert "This is your draft." not in text(desk.get(NEW))


def test_prices_count_from_their_moment_and_everybody_is_told(desk, now, north, resident, contact):
    answer = desk.post(NEW, typed(now, act="set", countries="MX 0.09\nes, 0.1, 0.01", price_canada="0.08"))
    assert answer["Location"] == RATES
    plan = RatePlan.objects.get()
    rows = {(one.kind, one.country): (one.base_micro, one.additive_micro) for one in plan.rates.all()}
    assert rows == {
        ("domestic", ""): (80_000, 20_000), ("canada", ""): (80_000, 0), ("international", "MX"): (90_000, 0),
        ("international", "ES"): (90_000, 10_000),
    }  # fmt: skip
    at_home = Place("domestic", "US", "NY")
    assert authority.rate(north.pk, at_home, now) is None
    assert authority.rate(north.pk, at_home, plan.effective_from).total == 100_000
    told = Notice.objects.filter(kind="call_rates")
    assert told.count() == 2  # Daniel and his mother
    assert told.first().params["rate"] == "$0.10"
    row = AuditEvent.objects.get(act="rates.set")
    assert row.detail["micro"]["domestic"] == 100_000
    assert "later" in text(desk.get(RATES))


@pytest.mark.parametrize(
    ("people", "price", "lawful"),
    [
        (49, "0.19", True), (49, "0.191", False), (50, "0.15", True), (50, "0.16", False), (99, "0.15", True),
        (100, "0.13", True), (100, "0.15", False), (349, "0.13", True), (350, "0.12", True), (350, "0.13", False),
        (999, "0.12", True), (1000, "0.10", True), (1000, "0.100001", False), (None, "0.10", True),
        (None, "0.11", False),
    ],
)  # fmt: skip
def test_f1_above_the_law_nothing_is_set_and_the_cap_and_its_source_are_named(desk, now, north, people, price, lawful):
    if people is not None:
        count(north, people)
    answer = desk.post(NEW, typed(now, act="set", price_domestic=price, share_domestic=""))
    assert RatePlan.objects.exists() is lawful
    if not lawful:
        page = text(answer)
        assert "more than the law allows" in page
        assert "prisonpolicy.org" in page
        assert f'value="{price}"' in page
        assert not Notice.objects.filter(kind="call_rates").exists()


def test_f4_the_lowest_of_state_and_contract_counts(desk, now, north):
    RateCap.objects.create(
        jurisdiction="US-NY", tier="large", micro=50_000, since=date(2026, 1, 1), source="https://ny.example/law",
        status="M",
    )  # fmt: skip
    page = text(desk.post(NEW, typed(now, price_domestic="0.06", share_domestic="")))
    assert "ny.example" in page
    assert "$0.05" in page


def test_f1_a_later_cap_counts_from_its_day(desk, now, north):
    RateCap.objects.create(
        jurisdiction="US", tier="large", micro=70_000, since=(now + timedelta(days=400)).date(),
        source="https://law.example/next", status="P",
    )  # fmt: skip
    assert "law.example" in text(desk.post(NEW, typed(now, price_domestic="0.08", share_domestic="")))


def test_f5_abroad_the_cost_of_ending_a_call_comes_on_top(desk, now, north):
    Termination.objects.create(country="MX", micro=40_000, since=date(2026, 1, 1))
    assert "Draft:" in text(desk.post(NEW, typed(now, countries="MX 0.14")))
    assert "more than the law allows" in text(desk.post(NEW, typed(now, countries="MX 0.141")))
    assert "more than the law allows" in text(desk.post(NEW, typed(now, countries="ES 0.14")))


def test_a_prison_has_its_own_tier(desk, now, north):
    TelephoneSettings.objects.create(facility=north, holds="prison", payers=["pin_debit"], places=["domestic"])
    assert "Draft:" in text(desk.post(NEW, typed(now, price_domestic="0.11")))
    assert "more than the law allows" in text(desk.post(NEW, typed(now, price_domestic="0.111")))


@pytest.mark.parametrize(
    "wrong",
    [{"price_domestic": ""}, {"price_domestic": "-1"}, {"price_domestic": "abc"}, {"price_domestic": "1e9"},
     {"price_domestic": "0.0000001"}, {"price_domestic": "NaN"}, {"share_domestic": "0.03"},
     {"share_domestic": "0.02", "price_domestic": "0.01"}, {"share_canada": "0.01"}, {"countries": "nonsense"},
     {"countries": "US 0.05"}, {"countries": "MX 0.05\nMX 0.06"}, {"countries": "MX 0.01 0.02"},
     {"effective_from": ""}, {"effective_from": "x"}, {"effective_from": "2020-01-01T00:00"}],
)  # fmt: skip
def test_what_cannot_be_a_price_is_kept_and_sets_nothing(desk, now, wrong):
    answer = desk.post(NEW, typed(now, act="set", **wrong))
    assert answer.status_code == 200
    assert 'id="errors"' in text(answer)
    assert not RatePlan.objects.exists()


def test_a_free_place_is_one(desk, now, north):
    desk.post(NEW, typed(now, act="set", price_domestic="0", share_domestic=""))
    assert CallRate.objects.get().base_micro == 0


def test_prices_that_are_set_are_never_changed(desk, now, north):
    desk.post(NEW, typed(now, act="set"))
    with pytest.raises(IntegrityError), transaction.atomic():
        CallRate.objects.update(base_micro=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        RatePlan.objects.all().delete()
    again = desk.post(NEW, typed(now, act="set", price_domestic="0.05"))
    assert "Other prices begin at that moment already." in text(again)
    assert CallRate.objects.get().base_micro == 80_000


def test_f2_people_of_a_year_set_the_tier_from_may(north, now):
    count(north, 40, 2024)  # and 2025
    Population.objects.filter(year=2025).update(person_days=2000 * 365)
    assert plans.ground(north, date(2026, 4, 30)).people == 40
    assert (plans.ground(north, date(2026, 5, 1)).people, plans.ground(north, date(2026, 5, 1)).tier) == (2000, "large")


def test_people_are_counted_once_a_year(desk, north, now):
    year = now.year - 1
    assert desk.post(PEOPLE, {"year": year, "person_days": "36500"})["Location"] == RATES
    desk.post(PEOPLE, {"year": year, "person_days": "73000"})
    assert Population.objects.get().person_days == 73_000
    assert AuditEvent.objects.filter(act="people.count").count() == 2
    for wrong in ({"year": now.year}, {"year": 1999}, {"person_days": "-1"}, {"person_days": ""}, {"year": "x"}):
        answer = desk.post(PEOPLE, {"year": year, "person_days": "1", **wrong})
        assert 'id="errors"' in text(answer)
    assert Population.objects.get().person_days == 73_000


def test_prices_that_became_unlawful_are_shown_so(desk, now, north, long_ago):
    plan = RatePlan.objects.create(facility=north, effective_from=long_ago, made_at=long_ago)
    CallRate.objects.create(plan=plan, kind="domestic", base_micro=300_000)
    assert "is above the law from" in text(desk.get(RATES))


@pytest.mark.parametrize("role", [Role.FACILITY_ADMIN, Role.FINANCE, Role.AUDITOR])
def test_who_reads_prices_sets_none(role, member, staff_client, north, now):
    client = staff_client(member(role, north))
    page = text(client.get(RATES))
    assert NEW not in page
    assert client.post(NEW, typed(now, act="set")).status_code == 403
    assert client.post(PEOPLE, {"year": now.year - 1, "person_days": "1"}).status_code == 403
    assert not RatePlan.objects.exists()
