"""Decisions about money, without a database or a clock: the week of an allowance (MON-8). Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def week_of(moment: datetime, time_zone: str, week_starts: int) -> date:
    """The first day of the week that `moment` is in at a place; `week_starts`: 0 Monday … 6 Sunday (MON-8).

    Days are the place's own calendar days, so a week in which the clocks change is an hour shorter or longer.
    """
    day = moment.astimezone(ZoneInfo(time_zone)).date()
    return day - timedelta(days=(day.weekday() - week_starts) % 7)


def week_ends(week: date, time_zone: str) -> datetime:
    """When the week that begins on `week` is over: the first moment of the next one at the place."""
    local = datetime.combine(week + timedelta(days=7), time.min, ZoneInfo(time_zone))
    return local.astimezone(UTC)
