"""Moments of the sample's past, in its own time zone."""

from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kinline.core.errors import Refusal

ZONE = "America/New_York"
OPENED_DAYS = 60
done_before = suppress(Refusal)  # a step of an earlier, interrupted build: it is refused the second time


def ago(now: datetime, days: int, clock: str) -> datetime:
    """`clock` o'clock in the jail, `days` days before `now`; at least one day, so it has always passed."""
    day = now.astimezone(ZoneInfo(ZONE)).date() - timedelta(days=days)
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(ZONE)).astimezone(UTC)
