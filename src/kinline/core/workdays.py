"""Days on which an agency works: Monday to Friday, except its holidays. Pure.

Deadlines in working days (DEL-6, KSK-5) are dates in the facility's zone: the whole of the last day still counts.
"""

from collections.abc import Container
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SATURDAY = 5


def is_working_day(day: date, holidays: Container[date]) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays


def add_working_days(day: date, working_days: int, holidays: Container[date]) -> date:
    """The last of `working_days` working days after `day`, which itself never counts. 0 is `day` itself."""
    while working_days > 0:
        day += timedelta(days=1)
        if is_working_day(day, holidays):
            working_days -= 1
    return day


def end_of_day(day: date, time_zone: str) -> datetime:
    """The first moment after `day` in the IANA zone: what is due on `day` is overdue from then on.

    The next midnight is read from the wall clock, so a day of 23 or 25 hours ends when people there say it does.
    """
    return datetime.combine(day + timedelta(days=1), time(0), ZoneInfo(time_zone))
