"""The week of an allowance is the place's own (MON-8), through every change of its clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.payments.rules import week_ends, week_of

MONDAY, SUNDAY = 0, 6
NY = "America/New_York"

WEEKS = [
    # A moment, the place, on which day its weeks begin, the first day of the week that it is in.
    ("2026-11-23T12:00+00:00", NY, MONDAY, "2026-11-23"),
    ("2026-11-23T04:59+00:00", NY, MONDAY, "2026-11-16"),  # still Sunday there
    ("2026-11-23T05:00+00:00", NY, MONDAY, "2026-11-23"),
    ("2026-11-22T05:00+00:00", NY, SUNDAY, "2026-11-22"),
    ("2026-11-28T23:00+00:00", NY, SUNDAY, "2026-11-22"),
    ("2026-11-25T12:00+00:00", NY, 2, "2026-11-25"),
    ("2026-11-24T12:00+00:00", NY, 2, "2026-11-18"),
    ("2026-11-23T04:00+00:00", "Pacific/Honolulu", MONDAY, "2026-11-16"),
    ("2026-11-22T11:00+00:00", "Pacific/Auckland", MONDAY, "2026-11-23"),  # the next day already
    ("2026-01-01T12:00+00:00", "UTC", MONDAY, "2025-12-29"),  # over the end of a year
    # The night of a change: 2026-03-08 has no 02:30 in New York, 2026-11-01 has 01:30 twice.
    ("2026-03-08T06:59+00:00", NY, SUNDAY, "2026-03-08"),
    ("2026-03-08T04:59+00:00", NY, SUNDAY, "2026-03-01"),
    ("2026-11-01T05:30+00:00", NY, SUNDAY, "2026-11-01"),
    ("2026-11-01T06:30+00:00", NY, SUNDAY, "2026-11-01"),
    ("2026-11-01T03:59+00:00", NY, SUNDAY, "2026-10-25"),
]


@pytest.mark.parametrize(("at", "zone", "starts", "first"), WEEKS)
def test_weeks(at: str, zone: str, starts: int, first: str) -> None:
    assert week_of(datetime.fromisoformat(at), zone, starts) == date.fromisoformat(first)


ENDS = [
    ("2026-11-16", NY, "2026-11-23T05:00+00:00", 168),
    ("2026-03-02", NY, "2026-03-09T04:00+00:00", 167),  # the clocks went forward
    ("2026-10-26", NY, "2026-11-02T05:00+00:00", 169),  # and back
    ("2026-08-30", "America/Santiago", "2026-09-06T04:00+00:00", 168),  # that Sunday has no midnight there
]


@pytest.mark.parametrize(("first", "zone", "end", "hours"), ENDS)
def test_ends(first: str, zone: str, end: str, hours: int) -> None:
    week = date.fromisoformat(first)
    found = week_ends(week, zone)
    assert found == datetime.fromisoformat(end)
    assert found - week_ends(week - timedelta(days=7), zone) == timedelta(hours=hours)


ZONES = st.sampled_from([NY, "UTC", "America/Santiago", "Pacific/Apia", "Africa/Cairo", "Australia/Lord_Howe"])


MOMENTS = st.datetimes(
    datetime.fromisoformat("2005-01-01"), datetime.fromisoformat("2045-01-01"), timezones=st.just(UTC)
)


@given(at=MOMENTS, zone=ZONES, starts=st.integers(0, 6))
def test_every_moment_is_in_one_week(at: datetime, zone: str, starts: int) -> None:
    """It begins on the right day, not in the future; the next week begins where it ends, after the moment."""
    week = week_of(at, zone, starts)
    assert week.weekday() == starts
    assert 0 <= (at.astimezone(ZoneInfo(zone)).date() - week).days < 7
    end = week_ends(week, zone)
    assert at < end
    assert week_of(end, zone, starts) == week + timedelta(days=7)
    assert week_of(end - timedelta(microseconds=1), zone, starts) == week
