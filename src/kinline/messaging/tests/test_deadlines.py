"""M2, M4: last days, where the facility is: any zone, holidays, and the days on which clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kinline.core.workdays import end_of_day
from kinline.messaging.rules import decision_due, last_day_to_appeal, late_hours

NEW_YORK, AUCKLAND, PHOENIX, HONOLULU = "America/New_York", "Pacific/Auckland", "America/Phoenix", "Pacific/Honolulu"
THANKSGIVING = frozenset({date(2026, 11, 26), date(2026, 11, 27)})


# Decided at (UTC), days, zone: the last day, and the first moment (UTC) at which it is over.
@pytest.mark.parametrize(
    ("decided", "days", "zone", "last", "over"),
    [
        ("2026-06-01T16:00", 10, NEW_YORK, "2026-06-11", "2026-06-12T04:00"),
        ("2026-06-02T03:59", 10, NEW_YORK, "2026-06-11", "2026-06-12T04:00"),  # still June 1 there
        ("2026-06-02T04:00", 10, NEW_YORK, "2026-06-12", "2026-06-13T04:00"),
        ("2026-02-26T17:00", 10, NEW_YORK, "2026-03-08", "2026-03-09T04:00"),  # the last day has 23 hours
        ("2026-10-22T16:00", 10, NEW_YORK, "2026-11-01", "2026-11-02T05:00"),  # it has 25
        ("2026-10-20T16:00", 20, NEW_YORK, "2026-11-09", "2026-11-10T05:00"),  # clocks changed on the way
        ("2026-06-01T16:00", 10, PHOENIX, "2026-06-11", "2026-06-12T07:00"),
        ("2026-03-01T16:00", 10, PHOENIX, "2026-03-11", "2026-03-12T07:00"),  # no summer time there
        ("2026-06-01T16:00", 10, AUCKLAND, "2026-06-12", "2026-06-12T12:00"),  # June 2 there already
        ("2026-06-02T05:00", 10, HONOLULU, "2026-06-11", "2026-06-12T10:00"),
    ],
)
def test_m2_the_last_day_to_appeal_is_the_facilitys(decided, days, zone, last, over):
    day = last_day_to_appeal(_utc(decided), days, zone)
    assert day == date.fromisoformat(last)
    ends = end_of_day(day, zone)
    assert ends == _utc(over)
    assert (ends - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date() == day


def _utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Filed at (UTC), working days, zone, holidays: the last working day for the answer.
@pytest.mark.parametrize(
    ("filed", "days", "zone", "holidays", "due"),
    [
        ("2026-11-02T15:00", 10, NEW_YORK, frozenset(), "2026-11-16"),  # a Monday
        ("2026-11-06T15:00", 10, NEW_YORK, frozenset(), "2026-11-20"),  # a Friday
        ("2026-11-07T15:00", 10, NEW_YORK, frozenset(), "2026-11-20"),  # a Saturday: counting begins on Monday
        ("2026-11-09T04:30", 10, NEW_YORK, frozenset(), "2026-11-20"),  # Sunday night there
        ("2026-11-16T15:00", 10, NEW_YORK, THANKSGIVING, "2026-12-02"),
        ("2026-11-25T15:00", 1, NEW_YORK, THANKSGIVING, "2026-11-30"),
        ("2026-11-08T12:00", 1, AUCKLAND, frozenset(), "2026-11-10"),  # Monday there
        ("2026-12-31T15:00", 1, NEW_YORK, frozenset({date(2027, 1, 1)}), "2027-01-04"),
    ],
)
def test_m4_an_answer_is_due_in_working_days(filed, days, zone, holidays, due):
    assert decision_due(_utc(filed), days, zone, holidays) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("hours", "mark"), [(0, 0), (23.99, 0), (24, 24), (47.99, 24), (48, 48), (71.99, 48), (72, 72), (10_000, 72)]
)
def test_m8_marks_of_age(hours, mark):
    now = _utc("2026-11-02T06:30")  # the day before had 25 hours: hours count, not days
    assert late_hours(now - timedelta(hours=hours), now) == mark
