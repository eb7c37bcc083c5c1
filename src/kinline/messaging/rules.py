"""A letter's status and way (MSG-6), what its sender may still do, and deadlines of appeals (DEL-6, M2, M4). Pure."""

import hashlib
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from kinline.core.workdays import add_working_days

UNDO_DAYS = 30
# REC4: days that a facility keeps its record where it has not said otherwise. Of privileged letters it keeps nothing.
DEFAULT_DAYS = {"letter": 730, "refused": 730, "privileged": 0}
LATE_HOURS = (72, 48, 24)  # M8: what a review should take, when somebody is told, when everybody above is


def certified(letters: Iterable[tuple[int, datetime, int]]) -> bytes:
    """SHA-256 over the letters that a certificate names, by number: a line each of number, moment sent, length.

    All three outlive the words, so the certificate can be proved for ever; nothing of it tells what was written.
    """
    lines = (f"{pk} {sent_at.astimezone(UTC).isoformat()} {length}\n" for pk, sent_at, length in sorted(letters))
    return hashlib.sha256("".join(lines).encode()).digest()


def late_hours(since: datetime, now: datetime) -> int:
    """The longest of 24, 48 and 72 hours that a letter has waited for a person; 0 before the first (M8)."""
    return next((hours for hours in LATE_HOURS if now - since >= timedelta(hours=hours)), 0)


def last_day_to_appeal(decided_at: datetime, days: int, time_zone: str) -> date:
    """The `days`-th calendar day after the decision, where the facility is; this is what people are told.

    The day of the decision does not count, so nobody gets less than `days` whole days.
    """
    return decided_at.astimezone(ZoneInfo(time_zone)).date() + timedelta(days=days)


def decision_due(filed_at: datetime, working_days: int, time_zone: str, holidays: Container[date]) -> date:
    """The last of `working_days` working days (Monday to Friday, no holiday) after the day of filing, where it is."""
    return add_working_days(filed_at.astimezone(ZoneInfo(time_zone)).date(), working_days, holidays)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the status of a message depends on. Aware times. `scheduled` without `deliver_at`: held."""

    state: str
    payer: str
    price_cents: int
    sent_at: datetime
    deliver_at: datetime | None = None
    delivered_at: datetime | None = None
    opened_at: datetime | None = None
    ended_at: datetime | None = None
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a letter's way: `code` picks the sentence, `at` when it happened (None: not yet), `done`."""

    code: str
    at: datetime | None
    done: bool


def shown_state(state: str) -> str:
    """The state as the two may know it: a refusal withheld for a suspected crime looks like a long review (M5)."""
    return "review" if state == "withheld" else state


def status_code(facts: Facts) -> str:
    """MSG-6: the state, told apart where a sender would ask: opened, only delivered, held by an emergency (STF-8)."""
    if facts.state == "scheduled" and facts.deliver_at is None:
        return "held"
    return "opened" if facts.state == "delivered" and facts.opened_at else shown_state(facts.state)


_ENDS = {"refused", "withdrawn", "declined", "returned"}


def steps(facts: Facts) -> tuple[Step, ...]:
    """A letter's way so far and what comes next, in order."""
    way = [Step("sent_held" if facts.payer == "sender" and facts.price_cents else "sent", facts.sent_at, True)]
    if facts.reviewed or facts.state == "review":
        way.append(Step("review", facts.sent_at, True))
    if facts.state == "scheduled":
        way.append(Step("scheduled" if facts.deliver_at else "held", facts.deliver_at, False))
    if facts.state in _ENDS:
        return (*way, Step(facts.state, facts.ended_at, True))
    if facts.state == "collect":
        way.append(Step("collect", None, False))
    if facts.state == "paper":
        way.append(Step("paper", None, False))
    way.append(_delivered(facts))
    if facts.opened_at:
        way.append(Step("opened", facts.opened_at, True))
    return tuple(way)


def _delivered(facts: Facts) -> Step:
    paid = facts.payer == "sender" and facts.price_cents > 0
    return Step("delivered_paid" if paid else "delivered", facts.delivered_at, facts.delivered_at is not None)


def has_ended(state: str) -> bool:
    """It will not be delivered any more, and nobody pays for it."""
    return state in _ENDS


def may_take_back(state: str) -> bool:
    """Until it is delivered, the sender may take a letter back (MSG-4); also one that only looks like in review."""
    return shown_state(state) in {"review", "scheduled", "collect", "paper"}


def may_pay(state: str) -> bool:
    """The sender may pay for a letter that waits for, or was declined by, the recipient (MSG-3)."""
    return state in {"collect", "declined"}
