"""Decisions about money, without a database or a clock: the week of an allowance (MON-8), what becomes of money that
nobody uses (MON-6) or claims (E3). Pure.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
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


def idle_step(
    active_at: datetime,
    reminded: Mapping[int, datetime],
    now: datetime,
    *,
    inactive_days: int,
    reminder_days: Sequence[int],
) -> int | None:
    """What a balance unused since `active_at` needs now (MON-6, F16, F17): a reminder of this many days before; 0: it
    goes back; None: nothing yet. `reminder_days`: falling, such as 60 and 30. `reminded`: which was told, and when.

    A reminder that left late moves all that follows: nobody has less time than it says.
    """
    due = active_at + timedelta(days=inactive_days)
    for days in reminder_days:
        told = reminded.get(days)
        if told is None:
            return days if now >= due - timedelta(days=days) else None
        due = max(due, told + timedelta(days=days))
    return 0 if now >= due else None


def months_after(moment: datetime, months: int) -> datetime:
    """The same day so many months later, or the last day of that month."""
    count = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(count, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def unclaimed_step(
    interest_at: datetime,
    noticed_at: datetime | None,
    now: datetime,
    *,
    months: int,
    notice_days: int,
    needs_notice: bool,
) -> str:
    """What money that could not be returned needs now (E3): a `letter` to its owner, its `state` (falls to it), or "".

    `interest_at`: its owner's last sign of interest. A letter that left late moves the end: nobody has less time.
    """
    falls = months_after(interest_at, months)
    if needs_notice:
        if noticed_at is None:
            return "letter" if now >= falls - timedelta(days=notice_days) else ""
        falls = max(falls, noticed_at + timedelta(days=notice_days))
    return "state" if now >= falls else ""
