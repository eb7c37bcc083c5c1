"""When a letter may go: after every wait, inside all hours, by the clocks of the place. Pure."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kinline.delivery.rules.facts import Rule

_MOST_ROUNDS = 60  # opening times of two rules meet within days or never


def earliest(now: datetime, zone: ZoneInfo, rules: list[Rule]) -> datetime | None:
    """The first moment after every wait that lies inside all hours; None if the hours have no common moment."""
    at = now + timedelta(minutes=max((rule.minutes for rule in rules), default=0))
    hours = [rule for rule in rules if rule.then == "hours"]
    for _ in range(_MOST_ROUNDS):
        later = max((_next_open(at, zone, rule) for rule in hours), default=at)
        if later == at:
            return at.astimezone(UTC)
        at = later
    return None


def _next_open(at: datetime, zone: ZoneInfo, rule: Rule) -> datetime:
    """`at` itself if the wall clock there stands inside the hours, else the next moment at which they begin."""
    local = at.astimezone(zone)
    if _inside(local.time(), rule):
        return at
    return min(moment for moment in _openings(local.date(), zone, rule.opens) if moment > at)


def _inside(wall: time, rule: Rule) -> bool:
    if rule.opens < rule.closes:
        return rule.opens <= wall < rule.closes
    return wall >= rule.opens or wall < rule.closes


def _openings(day: date, zone: ZoneInfo, opens: time) -> Iterator[datetime]:
    """Moments at which the wall clock shows `opens` on this and the next days.

    Where clocks go back it may show it twice; where they go forward never, and then the moment that far into the day.
    """
    for offset in range(3):
        for twice in (0, 1):
            yield datetime.combine(day + timedelta(days=offset), opens, zone).replace(fold=twice).astimezone(UTC)
