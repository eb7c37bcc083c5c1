"""May this call be placed, who pays, for how long: one decision, with every reason (TEL-1, TEL-3, TEL-4, TEL-7). Pure.

Facts in, a `Decision` out. Limits combine as *the most restrictive wins*: of the facility, the unit, the resident and
the number (T8). Recording is the other way round: *any off wins*. A hotline asks for nothing (REC3). All reasons are
kept; the caller hears the first, so `_checks` goes from who calls to what it costs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from kinline.telephony.dialling import Dialled, PlaceKind
from kinline.telephony.rating import FREE, WARNING_SECONDS, Rate, cost, paid_seconds

PayerKind = Literal["prepaid_collect", "pin_debit"]
CallType = Literal["prepaid_collect", "pin_debit", "allowance", "courtesy", "hotline", "free"]
LEAST_SECONDS: Final = 60  # a call that could not last a minute is not begun (TEL-3)
LONGEST_SECONDS: Final = 4 * 3600  # whatever is set: no call holds money and a line for a day
RELAY_FACTOR: Final = 2  # relay conversations take longer (F30)
NEVER: Final = datetime.max.replace(tzinfo=UTC)  # when lines close that are always open
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """When calls are allowed: weekdays (0 Monday … 6 Sunday), local wall time; `closes` may be after midnight."""

    days: frozenset[int]
    opens: time
    closes: time

    @property
    def crosses(self) -> bool:
        return self.closes <= self.opens


@dataclass(frozen=True, slots=True)
class Limits:
    """What one of facility, unit, resident or number allows; None or empty: it says nothing. `seconds`: of one call."""

    seconds: int | None = None
    hours: tuple[Hours, ...] = ()
    calls_a_day: int | None = None
    seconds_a_day: int | None = None
    seconds_a_week: int | None = None
    seconds_a_month: int | None = None
    pause_seconds: int = 0
    record: bool = True


@dataclass(frozen=True, slots=True)
class Used:
    """What the resident has used of the quotas: of the facility's day, week and month. `ended_at`: of the last call."""

    calls_today: int = 0
    seconds_today: int = 0
    seconds_this_week: int = 0
    seconds_this_month: int = 0
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """A closed line: `lockdown`, `blackout`, `suspended`, `restricted`, `contact_blocked`. `until`: None while nobody
    has said.
    """

    code: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. `identified`: the PIN was right, or the facility asks for none. `calling`: in another call now."""

    identified: bool
    in_custody: bool
    calling: bool = False
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """What is known of the number. `approved`: on the caller's list; None: the facility keeps no such lists.

    `blocked`: by whom, of `number`, `prefix`, `facility`, `called_party`. `relay`: of a TTY or relay service (TEL-11).
    """

    dialled: Dialled
    approved: bool | None = None
    blocked: tuple[str, ...] = ()
    hotline: bool = False
    privileged: bool = False
    relay: bool = False
    courtesy_left: bool = False


@dataclass(frozen=True, slots=True)
class Purse:
    """Money that could pay: what is free of it, and what other calls have set aside, in cents."""

    kind: PayerKind
    available: int
    in_calls: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a decision depends on. `limits`: of facility, unit, resident and number, in any order.

    `rate`: None where no plan has a price for that place. `purses`: in the order in which they are tried.
    `allowance_seconds`: what the agency pays for, first (MON-8). `courtesy_seconds`: of the first call to a number
    without money (TEL-13). `now`: aware.
    """

    now: datetime
    time_zone: str
    offered: bool
    caller: Caller
    number: Number
    rate: Rate | None
    places: frozenset[PlaceKind] = frozenset({"domestic", "territory"})
    limits: tuple[Limits, ...] = ()
    used: Used = Used()
    stops: tuple[Stop, ...] = ()
    purses: tuple[Purse, ...] = ()
    allowance_seconds: int = 0
    courtesy_seconds: int = 0
    quota_for_privileged: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not: a stable code, spoken and shown; `until` where it ends by itself."""

    code: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """`reasons` empty: the call may be placed, `seconds` long from acceptance, with `hold_cents` set aside.

    `allowance_seconds`: of these, how many the agency pays for, first. `warn_at`: seconds from acceptance; None: the
    call is too short for a warning.
    """

    reasons: tuple[Reason, ...]
    call_type: CallType = "free"
    payer: PayerKind | None = None
    rate: Rate = FREE
    seconds: int = 0
    hold_cents: int = 0
    allowance_seconds: int = 0
    record: bool = False

    @property
    def allowed(self) -> bool:
        return not self.reasons

    @property
    def warn_at(self) -> int | None:
        return self.seconds - WARNING_SECONDS if self.seconds > WARNING_SECONDS else None


def decide(facts: Facts) -> Decision:
    """The call as it may be placed, or every reason why not."""
    if facts.number.hotline:  # REC3: no PIN, no list, no hours, no balance, never recorded
        return Decision((), "hotline", seconds=LONGEST_SECONDS)
    reasons = tuple(_checks(facts))
    longest = _longest(facts)
    if reasons or facts.rate is None:
        return Decision(reasons or (Reason("no_rate"),))
    paid = _paid(facts, FREE if facts.number.relay else facts.rate, longest)
    return _recorded(paid, facts)


def _recorded(decision: Decision, facts: Facts) -> Decision:
    """TEL-7, T8: any "do not record" wins. A refused call is not recorded either."""
    on = decision.allowed and not facts.number.privileged and bool(facts.limits)
    return replace(decision, record=on and all(one.record for one in facts.limits))


def _checks(facts: Facts) -> Iterator[Reason]:
    yield from _of_caller(facts)
    yield from _of_number(facts)
    yield from _of_time(facts)
    yield from _of_quota(facts)


def _of_caller(facts: Facts) -> Iterator[Reason]:
    if not facts.offered:
        yield Reason("not_offered")
    if facts.caller.locked:
        yield Reason("pin_locked")
    elif not facts.caller.identified:
        yield Reason("wrong_pin")
    elif not facts.caller.in_custody:
        yield Reason("not_in_custody")
    if facts.caller.calling:
        yield Reason("already_calling")


def _of_number(facts: Facts) -> Iterator[Reason]:
    number = facts.number
    if number.dialled.code:
        yield Reason(number.dialled.code)
    elif number.dialled.place and number.dialled.place.kind not in facts.places:
        yield Reason("place_not_allowed")
    for who in number.blocked:
        yield Reason("blocked_by_called_party" if who == "called_party" else "blocked_number")
    if number.approved is False and not number.privileged:
        yield Reason("not_on_list")


def _of_time(facts: Facts) -> Iterator[Reason]:
    for stop in facts.stops:
        yield Reason(stop.code, stop.until)
    if open_until(facts.limits, facts.now, facts.time_zone) is None:
        yield Reason("closed_hours")


def _of_quota(facts: Facts) -> Iterator[Reason]:
    if facts.number.privileged and not facts.quota_for_privileged:  # M14
        return
    used = facts.used
    again = pause_until(facts.limits, used)
    if again is not None and facts.now < again:
        yield Reason("too_soon", again)
    calls = least(one.calls_a_day for one in facts.limits)
    left = _quota_seconds(facts)
    if (calls is not None and used.calls_today >= calls) or (left is not None and left < LEAST_SECONDS):
        yield Reason("quota_used")


def _quota_seconds(facts: Facts) -> int | None:
    """Seconds that the quotas leave, by the strictest; None: none is set."""
    limits, used = facts.limits, facts.used
    pairs = (
        (least(one.seconds_a_day for one in limits), used.seconds_today),
        (least(one.seconds_a_week for one in limits), used.seconds_this_week),
        (least(one.seconds_a_month for one in limits), used.seconds_this_month),
    )
    return least(None if most is None else max(0, most - spent) for most, spent in pairs)


def _longest(facts: Facts) -> int:
    """The length before money: the shortest of all limits, quotas and the time until lines close (TEL-4)."""
    seconds = least(one.seconds for one in facts.limits)
    if seconds is not None and facts.number.relay:
        seconds *= RELAY_FACTOR
    private = facts.number.privileged and not facts.quota_for_privileged
    closes = open_until(facts.limits, facts.now, facts.time_zone) or facts.now
    left = None if closes == NEVER else int((closes - facts.now).total_seconds())
    return least((seconds, None if private else _quota_seconds(facts), left, LONGEST_SECONDS)) or 0


def _paid(facts: Facts, rate: Rate, longest: int) -> Decision:
    """Who pays, for how long: the agency, then the first purse that has a minute; else a short call as a courtesy."""
    if rate.is_free:
        return Decision((), "free", rate=rate, seconds=longest)
    given = min(max(0, facts.allowance_seconds), longest)
    purses = [one for one in facts.purses if one.available > 0 and _lasts(one.available, rate, given) >= LEAST_SECONDS]
    if given == longest or (given >= LEAST_SECONDS and not purses):
        return Decision((), "allowance", rate=rate, seconds=given, allowance_seconds=given)
    if purses:
        first = purses[0]
        seconds = min(longest, _lasts(first.available, rate, given))
        hold = min(first.available, cost(longest, rate) - cost(given, rate))
        payer = first.kind if hold > 0 else None  # less than a cent: nothing is set aside, and nobody pays
        return Decision((), first.kind if payer or not given else "allowance", payer, rate, seconds, hold, given)
    return _unpaid(facts, rate, longest, given)


def _unpaid(facts: Facts, rate: Rate, longest: int, given: int) -> Decision:
    if any(_lasts(one.available + one.in_calls, rate, given) >= LEAST_SECONDS for one in facts.purses):
        return Decision((Reason("money_in_use"),))
    courtesy = min(facts.courtesy_seconds, longest)
    if courtesy > 0 and facts.number.courtesy_left and any(one.kind == "prepaid_collect" for one in facts.purses):
        return Decision((), "courtesy", seconds=courtesy)
    return Decision((Reason("no_money"),))


def _lasts(cents: int, rate: Rate, given: int) -> int:
    return given + (paid_seconds(cents, rate) or 0)


def least(values: Iterable[int | None]) -> int | None:
    """The most restrictive of what several limits say (T8); None: none of them says anything."""
    return min((value for value in values if value is not None), default=None)


def pause_until(limits: Iterable[Limits], used: Used) -> datetime | None:
    """When the pause after the last call is over, by the longest that is set; None: there was no call."""
    pause = max((one.pause_seconds for one in limits), default=0)
    return used.ended_at + timedelta(seconds=pause) if used.ended_at is not None else None


def opens_at(limits: Iterable[Limits], now: datetime, time_zone: str) -> datetime | None:
    """The next moment at which lines are open by all hours; None: not within a week."""
    every = tuple(limits)
    begins = {opens for one in every for opens, _closes in _spans(one.hours, now, time_zone) if opens > now}
    return next((at for at in sorted(begins) if open_until(every, at, time_zone) is not None), None)


def open_until(limits: Iterable[Limits], now: datetime, time_zone: str) -> datetime | None:
    """When the lines close next, for whom all these limits count; None: they are closed now. Never: the end of time."""
    ends = [_open_until(one.hours, now, time_zone) for one in limits if one.hours]
    if any(end is None for end in ends):
        return None
    return min((end for end in ends if end), default=NEVER)


def _open_until(hours: tuple[Hours, ...], now: datetime, time_zone: str) -> datetime | None:
    """The end of the open time that holds `now`, joined with those that begin before it ends, for at most a week."""
    spans = sorted(_spans(hours, now, time_zone))
    end: datetime | None = None
    for opens, closes in spans:
        if opens <= (end or now) < closes:
            end = closes
    return end


def _spans(hours: tuple[Hours, ...], now: datetime, time_zone: str) -> Iterator[tuple[datetime, datetime]]:
    """Open times around `now` in UTC. They are wall time: when a clock changes, an hour longer or shorter."""
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    for offset in range(-1, 8):
        day = today + offset * _DAY
        for one in hours:
            if day.weekday() in one.days:
                last = day + _DAY if one.crosses else day
                opens = datetime.combine(day, one.opens, zone).astimezone(UTC)
                yield opens, datetime.combine(last, one.closes, zone).astimezone(UTC)
