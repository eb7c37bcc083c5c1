"""Deadlines in working days, as tables (DEL-6, KSK-5)."""

from datetime import UTC, date, datetime

import pytest

from kinline.core.workdays import add_working_days, end_of_day, is_working_day

FRIDAY = date(2026, 11, 20)
THANKSGIVING = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("day", "days", "holidays", "last"),
    [
        (FRIDAY, 0, (), FRIDAY),
        (FRIDAY, 1, (), date(2026, 11, 23)),
        (date(2026, 11, 21), 1, (), date(2026, 11, 23)),  # begun on a Saturday
        (FRIDAY, 5, (), date(2026, 11, 27)),
        (FRIDAY, 5, (THANKSGIVING,), date(2026, 11, 30)),
        (FRIDAY, 5, (THANKSGIVING, date(2026, 11, 27)), date(2026, 12, 1)),
        (FRIDAY, 1, (date(2026, 11, 22),), date(2026, 11, 23)),  # a holiday on a Sunday moves nothing
        (date(2026, 12, 31), 1, (date(2027, 1, 1),), date(2027, 1, 4)),
    ],
)
def test_working_days(day, days, holidays, last):
    assert add_working_days(day, days, frozenset(holidays)) == last


def test_a_working_day():
    assert is_working_day(FRIDAY, frozenset())
    assert not is_working_day(THANKSGIVING, {THANKSGIVING})
    assert not is_working_day(date(2026, 11, 22), frozenset())


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 7, 1), datetime(2026, 7, 2, 4, tzinfo=UTC)),
        (date(2026, 11, 1), datetime(2026, 11, 2, 5, tzinfo=UTC)),  # 25 hours
        (date(2026, 3, 8), datetime(2026, 3, 9, 4, tzinfo=UTC)),  # 23 hours
    ],
)
def test_a_day_ends_at_midnight_there(day, end):
    assert end_of_day(day, "America/New_York") == end
