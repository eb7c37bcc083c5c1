"""Calls to a number, for whoever proved that it is theirs (TEL-8): when, how long, at what price, how it ended.

Only reads: payments know whose the number is, contacts know the names, telephony the calls. A caller is named only to
somebody whose contact they are; and a call of before the number was theirs is not theirs to read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext

from kinline.contacts import queries as contacts
from kinline.core.parties import FAMILY, Party
from kinline.design.documents import csv
from kinline.payments import statement_wording
from kinline.payments.queries import numbers
from kinline.payments.queries.numbers import NumberView
from kinline.telephony import history_wording as words
from kinline.telephony.queries import family
from kinline.telephony.queries.family import PAGE, CallLine

# A number that is given up rests at least so long before somebody else gets it (47 CFR 52.15(f)), so no call in these
# days before the proof was anybody else's.
BEFORE_PROOF: Final = timedelta(days=45)
TOGETHER: Final = 500  # calls of a file that are read at once


@dataclass(frozen=True, slots=True)
class Told:
    """A call in words. `who`: the caller's name, empty for somebody who is no contact of the reader's."""

    line: CallLine
    who: str
    ended: str
    paid: str
    lasted: str
    back: str


@dataclass(frozen=True, slots=True)
class History:
    """`since`: from when on calls are shown. `next`: the cursor of the next page, or None on the last."""

    number: NumberView
    since: datetime
    rows: list[Told]
    next: int | None


def of_number(
    user_id: int, listed_id: int, now: datetime, before: int | None = None, size: int = PAGE
) -> History | None:
    """None: it is not on this person's page, or nobody knows yet that it is theirs."""
    one = numbers.number(user_id, listed_id, now)
    if one is None or one.proved_at is None:
        return None
    since = one.proved_at - BEFORE_PROOF
    found = family.calls_to(one.number, since=since, before=before, size=size)
    return History(one, since, _told(found.rows, _names(user_id, now) if found.rows else {}), found.next)


def _names(user_id: int, now: datetime) -> dict[int, str]:
    return {one.resident_id: one.other_name for one in contacts.contacts_of(Party(FAMILY, user_id), now)}


def _told(lines: Iterable[CallLine], names: dict[int, str]) -> list[Told]:
    return [
        Told(
            line,
            names.get(line.resident_id or 0, ""),
            words.how_it_ended(line),
            words.who_paid(line),
            statement_wording.duration(line.seconds) if line.accepted else "",
            words.given_back(line),
        )
        for line in lines
    ]


def whole(user_id: int, one: NumberView, now: datetime) -> Iterator[Told]:
    """Every call to a number that is theirs, newest first, however many: for a file."""
    if one.proved_at is None:
        return
    names, before = _names(user_id, now), None
    while True:
        found = family.calls_to(one.number, since=one.proved_at - BEFORE_PROOF, before=before, size=TOGETHER)
        yield from _told(found.rows, names)
        if found.next is None:
            return
        before = found.next


def as_csv(user_id: int, one: NumberView, now: datetime) -> Iterator[str]:
    header = [
        gettext("Day and time"), gettext("Who called"), gettext("Facility"), gettext("Seconds"),
        gettext("Price in dollars"), gettext("Of it the facility's share"), gettext("Who paid"),
        gettext("How it ended"), gettext("Given back in dollars"),
    ]  # fmt: skip
    return csv.lines(header, (_row(told) for told in whole(user_id, one, now)))


def _row(told: Told) -> list[object]:
    line = told.line
    return [
        line.at.astimezone(timezone.get_current_timezone()).isoformat(sep=" ", timespec="seconds"),
        told.who, line.facility_name, line.seconds, csv.amount(line.cents), csv.amount(line.share_cents),
        told.paid, told.ended, csv.amount(line.back_cents),
    ]  # fmt: skip
