"""Calls as a resident reads them: each number with its price and state, each call with how it ended, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kinline.payments.services.numbers import shown
from kinline.payments.statement_wording import duration
from kinline.telephony import hours_wording
from kinline.telephony import resident_wording as words
from kinline.telephony.queries.prices import example_cents
from kinline.telephony.queries.resident import CallLine, Lines, Listed
from kinline.telephony.rating import Rate, in_dollars
from kinline.telephony.rules import Stop


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the list. `problems`: what keeps it from being called, besides a missing yes."""

    one: Listed
    shown: str
    minute: str
    example_cents: int
    is_free: bool
    problems: list[str]


def number(one: Listed) -> Number:
    rate = None if one.relay else one.rate
    return Number(
        one=one,
        shown=shown(one.number),
        minute=in_dollars(rate.total) if rate else "",
        example_cents=example_cents(rate) if rate else 0,
        is_free=one.relay or _is_free(rate),
        problems=[words.cannot_be_called(code) for code in one.why_not],
    )


def _is_free(rate: Rate | None) -> bool:
    return rate is not None and rate.is_free


@dataclass(frozen=True, slots=True)
class Called:
    """A call. `ended`: sentences; the first is the main one."""

    line: CallLine
    shown: str
    lasted: str
    ended: list[str]
    paid: str
    back: str


def called(line: CallLine) -> Called:
    return Called(
        line=line,
        shown=shown(line.number) if line.number else "",
        lasted=duration(line.seconds) if line.accepted else "",
        ended=words.how_it_ended(line),
        paid=words.who_paid(line),
        back=words.given_back(line),
    )


def left(lines: Lines) -> list[str]:
    """What quotas leave: a sentence for each that there is."""
    told = [
        (lines.today_seconds, _("Today you can still talk %(time)s.")),
        (lines.week_seconds, _("This week you can still talk %(time)s.")),
        (lines.month_seconds, _("This month you can still talk %(time)s.")),
    ]
    said = [text % {"time": minutes(seconds)} for seconds, text in told if seconds is not None]
    if lines.calls is not None:
        n = lines.calls
        said.append(
            ngettext("Today you can make %(n)s more call.", "Today you can make %(n)s more calls.", n) % {"n": n}
        )
    return said


def minutes(seconds: int) -> str:
    """Whole minutes: what is less than one begins no call."""
    n = seconds // 60
    return ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}


def hours(lines: Lines) -> list[list[str]]:
    """Of each limit that has hours: all of them must be open."""
    return [hours_wording.sentences(some) for some in lines.hours]


def stop_rows(stops: Iterable[Stop]) -> list[tuple[str, datetime | None]]:
    return [(words.stopped(one.code), one.until) for one in stops]
