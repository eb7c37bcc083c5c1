"""TEL-9, STF-7, F31: reports of calls, each row right to the cent; the law's figures with where each comes from."""

from calendar import isleap
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from kinline.core.audit import record
from kinline.identity.models import Role
from kinline.residents import services as residents
from kinline.staff.tests.calling import NUMBER, lines_of
from kinline.telephony.models import CallRate, NumberBlock, Population, RatePlan

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(member, staff_client, north):
    return staff_client(member(Role.AGENCY_ADMIN, north))


@pytest.fixture
def day(lines, resident, north, now):
    """Three calls in which they talked, one that was busy, one refused; one to a hotline."""
    hour = timedelta(hours=2)
    lines.over(resident, ago=hour)
    lines.over(resident, ago=hour, call_type="pin_debit", agency_cents=5)
    lines.over(resident, ago=hour, number="+12125550199", jurisdiction="intrastate")
    lines.over(resident, ago=hour, result="busy")
    lines.over(resident, ago=hour, result="no_money", call_type="refused", reasons=["no_money", "closed_hours"])
    lines.over(None, ago=hour, call_type="hotline", number="+18005550100", recording="hotline", result="busy")
    return lines


def rows(client, name, query=""):
    answer = client.get(f"/staff/reports/{name}.csv{query}")
    return b"".join(answer.streaming_content).decode("utf-8-sig").strip().split("\r\n")[1:]


def test_by_day(desk, day):
    (row,) = rows(desk, "calls")
    assert row.split(",")[1:] == ["5", "1", "1", "3", "75 %", "3", "0.33", "0.06"]


def test_by_hour_of_the_place(desk, day, now, north):
    (row,) = rows(desk, "call-hours")
    assert row.split(",")[1:] == ["5", "1", "1", "3", "75 %", "3", "0.33", "0.06"]


def test_by_unit_and_telephone(desk, day):
    (row,) = rows(desk, "call-telephones")
    assert row.split(",")[:4] == ["A", "West wall", "5", "1"]


def test_how_they_ended(desk, day):
    assert rows(desk, "call-results") == [
        "The caller hung up,no,3,60 %,caller_hung_up",
        "Busy,no,1,20 %,busy",
        "No money for a minute,yes,1,20 %,no_money",
    ]
    assert rows(desk, "call-results", "?only=refused") == ["No money for a minute,yes,1,100 %,no_money"]
    assert rows(desk, "call-results", "?only=unanswered") == ["Busy,no,1,100 %,busy"]


def test_money_by_how_it_was_paid(desk, day):
    assert rows(desk, "call-money") == [
        "resident's money,1,1,0.11,0.09,0.02,0.05",
        "prepaid number,2,2,0.22,0.18,0.04,0.00",
    ]


def test_one_number_of_several_residents(desk, day, resident, north, now, long_ago):
    other = residents.create(agency_id=north.agency_id, number="2001", first_name="Nora", last_name="Two", now=long_ago)
    assert rows(desk, "numbers", "?only=several") == []
    day.over(other)
    (row,) = rows(desk, "numbers", "?only=several")
    assert row.startswith(f"{NUMBER},2,5,3,3,")
    assert row.endswith(",1001 Daniel Sample; 2001 Nora Two")
    assert len(rows(desk, "numbers")) == 2


def test_residents_by_how_many_numbers_they_called(desk, day):
    assert rows(desk, "callers") == ["1001,Daniel Sample,2,5,3,3"]


def test_signs_of_a_third_party(desk, day, resident):
    assert rows(desk, "call-signs") == []
    day.over(resident, signs=["key:b", "transfer"])
    (row,) = rows(desk, "call-signs")
    assert row.endswith(f',1001,Daniel Sample,{NUMBER},"key:b, transfer",The caller hung up')


def test_tries_of_people_who_are_not_here(desk, north, south, now):
    for place in (north, north, south):
        record("system", "pin.not_in_custody", "station:1", now=now, facility_id=place.pk)
    (row,) = rows(desk, "call-strangers")
    assert row.split(",")[1:] == ["2", "1"]


def test_blocked_numbers(desk, north, south, now, admin):
    blocks = [
        {"facility": north, "number": "+1900", "is_prefix": True, "by": "fraud", "note": "=Sample.", "made_by": admin},
        {"facility": south, "number": "+12125550111", "by": "facility", "note": "South."},
        {"facility": None, "number": "+12125550122", "by": "called_party", "note": "By a key."},
        {"facility": north, "number": "+12125550133", "by": "facility", "note": "Lifted.", "lifted_at": now},
    ]
    for one in blocks:
        NumberBlock.objects.create(made_at=now, **one)
    found = rows(desk, "blocked-numbers")
    assert [row.split(",")[0] for row in found] == ["+12125550122", "+1900"]
    assert found[0].startswith("+12125550122,no,Who is called,")
    assert found[1].startswith('+1900,yes,"This facility, for fraud",')
    assert found[0].endswith(",,")
    assert found[1].endswith(",'=Sample.")
    assert len(rows(desk, "blocked-numbers", "?only=fraud")) == 1


def test_complaints_by_form(desk):
    assert rows(desk, "complaints") == []


def fcc(client, year):
    cells = [row.split(",") for row in rows(client, "fcc", f"?only={year}")]
    return {row[1]: row[2] for row in cells}, {row[1]: row[-1] for row in cells}


def test_f31_each_figure_of_a_year_and_where_it_comes_from(desk, day, north, now, long_ago):
    year = (now - timedelta(hours=2)).astimezone(ZoneInfo(north.time_zone)).year
    days = 366 if isleap(year) else 365
    Population.objects.create(facility=north, year=year, person_days=days * 99 + 1, counted_at=now)
    plan = RatePlan.objects.create(facility=north, effective_from=long_ago, made_at=long_ago)
    CallRate.objects.create(plan=plan, kind="domestic", base_micro=90_000, additive_micro=20_000)
    figures, sources = fcc(desk, year)
    assert figures["Dollars a minute: United States"] == "0.11"
    assert figures["Completed calls: between states"] == "2"
    assert figures["Completed calls: within the state"] == "1"
    assert figures["Completed calls: international"] == "0"
    assert figures["Minutes charged: between states"] == "2.03"
    assert figures["Charged for the service: between states"] == "0.18"
    assert figures["The facility's share: between states"] == "0.04"
    assert figures["Ancillary charges"] == "0.00"
    assert figures["Site commissions"] == "0.00"
    assert figures["Completed calls by TTY or relay"] == "0"
    assert figures["People on an average day"] == "100"
    assert all(sources.values())


def test_f31_without_a_count_nobody_is_invented(desk, day, now):
    figures, _sources = fcc(desk, now.year)
    assert figures["People on an average day"] == ""


@pytest.mark.parametrize("place", ["south", "far"])
def test_other_places_see_none_of_it(place, day, request, member, staff_client):
    client = staff_client(member(Role.AGENCY_ADMIN, request.getfixturevalue(place)))
    for name in ("calls", "call-hours", "call-telephones", "call-results", "call-money", "numbers", "callers"):
        assert rows(client, name) == [], name


def test_a_call_of_another_place_counts_there_alone(desk, day, south, resident_south, now):
    lines_of(south, now, "south").over(resident_south)
    assert rows(desk, "calls")[0].split(",")[1] == "5"


def test_the_dashboard_draws_them_and_is_coarse_for_who_may_not_see_single_ones(desk, day, member, staff_client, north):
    def row(client):
        answer = client.get("/staff/figures/calls.csv")
        return b"".join(answer.streaming_content).decode("utf-8-sig").strip().split("\r\n")[1].split(",")[1:]

    assert row(desk) == ["3", "1", "1"]
    assert row(staff_client(member(Role.FINANCE, north))) == ["<5", "<5", "<5"]
    assert desk.get("/staff/figures/calls.svg").content.count(b"<rect") == 4
    assert "Calls by day, and what became of them" in desk.get("/staff/figures/").content.decode()
