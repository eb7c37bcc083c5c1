"""What a place's letters come to, in numbers alone: for dashboards and reports (STF-5, STF-7).

One set of letters answers every question about some days: those that were sent on them, and what became of each since.
So the figures of one page agree with each other, and each costs what those days hold, not what the place ever had.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days of a place by its own clock, `first` to `last`."""

    facility_id: int
    first: date
    last: date
    zone: str

    def values(self) -> dict[str, Any]:
        """For a statement. A day may have 23 or 25 hours."""
        at = ZoneInfo(self.zone)
        begin = datetime.combine(self.first, time.min, at)
        end = datetime.combine(self.last + timedelta(days=1), time.min, at)
        return {"facility": self.facility_id, "begin": begin, "end": end, "zone": self.zone}

    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


_OF_THESE_DAYS = "m.facility_id = %(facility)s AND m.sent_at >= %(begin)s AND m.sent_at < %(end)s"
_DAY = "(m.sent_at AT TIME ZONE %(zone)s)::date"


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Letters of one day (None: of all), by where they are now. `refused`: not delivered by decision, `withheld` of
    them without a notice; `ended`: taken back, payment declined, or returned."""

    day: date | None
    sent: int = 0
    delivered: int = 0
    waiting: int = 0
    refused: int = 0
    withheld: int = 0
    ended: int = 0


_OUTCOMES = f"""
    SELECT {_DAY}, count(*),
        count(*) FILTER (WHERE m.state = 'delivered'),
        count(*) FILTER (WHERE m.state IN ('review', 'scheduled', 'collect', 'paper')),
        count(*) FILTER (WHERE m.state IN ('refused', 'withheld')),
        count(*) FILTER (WHERE m.state = 'withheld'),
        count(*) FILTER (WHERE m.state IN ('withdrawn', 'declined', 'returned'))
    FROM messaging_message m WHERE {_OF_THESE_DAYS}
    GROUP BY GROUPING SETS ((1), ()) ORDER BY 1 NULLS FIRST
"""  # noqa: S608 (constants)


def outcomes(span: Span) -> tuple[Outcomes, list[Outcomes]]:
    """All together, and by day; a day without a letter has no row."""
    total, *days = [Outcomes(*row) for row in _rows(_OUTCOMES, span.values())]
    return total, days


@dataclass(frozen=True, slots=True)
class Decided:
    """How long held letters of one day (None: of all) waited for a person's decision; None where nobody decided."""

    day: date | None
    count: int = 0
    median: timedelta | None = None
    ninth: timedelta | None = None  # nine of ten were decided within that


_DECIDED = f"""
    SELECT {_DAY}, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY r.decided_at - r.since),
        percentile_cont(0.9) WITHIN GROUP (ORDER BY r.decided_at - r.since)
    FROM messaging_message m JOIN messaging_review r ON r.message_id = m.id
    WHERE {_OF_THESE_DAYS} AND r.decision IN ('release', 'refuse') AND r.decided_by_id IS NOT NULL
    GROUP BY GROUPING SETS ((1), ()) ORDER BY 1 NULLS FIRST
"""  # noqa: S608 (constants)


def decided(span: Span) -> tuple[Decided, list[Decided]]:
    """By persons only: what a rule refuses by itself does not wait."""
    total, *days = [Decided(*row) for row in _rows(_DECIDED, span.values())]
    return total, days


@dataclass(frozen=True, slots=True)
class Reason:
    """How often one reason of a place's list was given; `by_rule` of them without a person (DEL-1)."""

    text: str
    text_es: str
    count: int
    by_rule: int


_REASONS = f"""
    SELECT x.text, x.text_es, count(*), count(*) FILTER (WHERE r.decided_by_id IS NULL)
    FROM messaging_message m JOIN messaging_review r ON r.message_id = m.id
    JOIN facilities_refusalreason x ON x.id = r.reason_id
    WHERE {_OF_THESE_DAYS} AND r.decision = 'refuse' GROUP BY x.id ORDER BY count(*) DESC, x.code
"""  # noqa: S608 (constants)


def reasons(span: Span) -> list[Reason]:
    """Of refusals, also those that an appeal undid; the most frequent first."""
    return [Reason(*row) for row in _rows(_REASONS, span.values())]


_GIVEN = f"""
    SELECT r.reason_id, count(*) FROM messaging_message m JOIN messaging_review r ON r.message_id = m.id
    WHERE {_OF_THESE_DAYS} AND r.decision = 'refuse' GROUP BY r.reason_id
"""  # noqa: S608 (constants)


def times_given(span: Span) -> dict[int, int]:
    """How many letters of these days each reason refused, by its id; also those that an appeal let through."""
    return dict(_rows(_GIVEN, span.values()))


@dataclass(frozen=True, slots=True)
class Appealed:
    """Appeals of one side about letters of these days. `open`: nobody has decided; `late`: past the last day."""

    side: str
    filed: int
    won: int
    lost: int
    open: int
    late: int


_APPEALS = f"""
    SELECT a.side, count(*), count(*) FILTER (WHERE a.outcome = 'won'), count(*) FILTER (WHERE a.outcome = 'lost'),
        count(*) FILTER (WHERE a.outcome = ''),
        count(*) FILTER (WHERE a.outcome = '' AND a.due_on < %(today)s)
    FROM messaging_message m JOIN messaging_review r ON r.message_id = m.id
    JOIN messaging_appeal a ON a.review_id = r.id
    WHERE {_OF_THESE_DAYS} GROUP BY a.side ORDER BY a.side
"""  # noqa: S608 (constants)


def appealed(span: Span, now: datetime) -> list[Appealed]:
    """A side that filed none has no row."""
    today = now.astimezone(ZoneInfo(span.zone)).date()
    return [Appealed(*row) for row in _rows(_APPEALS, span.values() | {"today": today})]


# The marks at which somebody is told (M8), as bins of what waits at this moment
_WAITING = """
    SELECT count(*) FILTER (WHERE r.since > %(now)s - interval '24 hours'),
        count(*) FILTER (WHERE r.since <= %(now)s - interval '24 hours' AND r.since > %(now)s - interval '48 hours'),
        count(*) FILTER (WHERE r.since <= %(now)s - interval '48 hours' AND r.since > %(now)s - interval '72 hours'),
        count(*) FILTER (WHERE r.since <= %(now)s - interval '72 hours')
    FROM messaging_review r JOIN messaging_message m ON m.id = r.message_id
    WHERE r.facility_id = %(facility)s AND r.decision = '' AND m.state = 'review'
"""


def waiting(facility_id: int, now: datetime) -> tuple[int, int, int, int]:
    """Letters that wait for a person now: less than 24 hours, up to 48, up to 72, longer."""
    (row,) = _rows(_WAITING, {"facility": facility_id, "now": now})
    return row[0], row[1], row[2], row[3]


@dataclass(frozen=True, slots=True)
class Decision:
    """One refusal and what came of it: no names, no words (STF-7: what an ombudsperson may see).

    `by_rule`: nobody decided. `side` and what follows: of an appeal against it, if there is one.
    """

    letter: int
    sender: str
    since: datetime
    decided_at: datetime
    reason: str
    reason_es: str
    by_rule: bool
    withheld: bool
    side: str
    filed_at: datetime | None
    due_on: date | None
    outcome: str
    answered_at: datetime | None


_DECISIONS = f"""
    SELECT m.id, m.sender, r.since, r.decided_at, x.text, x.text_es, r.decided_by_id IS NULL,
        r.withheld_by_id IS NOT NULL, coalesce(a.side, ''), a.filed_at, a.due_on, coalesce(a.outcome, ''), a.decided_at
    FROM messaging_message m JOIN messaging_review r ON r.message_id = m.id
    JOIN facilities_refusalreason x ON x.id = r.reason_id
    LEFT JOIN messaging_appeal a ON a.review_id = r.id
    WHERE {_OF_THESE_DAYS} AND r.decision = 'refuse'
        AND (%(only)s = '' OR (%(only)s = 'appealed' AND a.id IS NOT NULL)
             OR (%(only)s IN ('won', 'lost') AND a.outcome = %(only)s) OR (%(only)s = 'open' AND a.outcome = ''))
    ORDER BY r.decided_at DESC, m.id DESC, a.side LIMIT %(limit)s
"""  # noqa: S608 (constants)


def decisions(span: Span, *, only: str = "", limit: int) -> list[Decision]:
    """Refusals, the newest first; a letter that both sides appealed has two rows. `only`: `appealed`, `won`, `lost`,
    `open`."""
    return [Decision(*row) for row in _rows(_DECISIONS, span.values() | {"only": only, "limit": limit})]


@dataclass(frozen=True, slots=True)
class Pair:
    """Letters of one resident and one family member on these days."""

    number: str
    resident: str
    family: str
    from_family: int
    from_resident: int
    held: int
    refused: int
    last: datetime


_PAIRS = f"""
    SELECT p.number, btrim(p.first_name || ' ' || p.last_name), btrim(u.first_name || ' ' || u.last_name), f.*
    FROM (
        SELECT m.contact_id, count(*) FILTER (WHERE m.sender = 'family') AS from_family,
            count(*) FILTER (WHERE m.sender = 'resident') AS from_resident, count(r.id) AS held,
            count(*) FILTER (WHERE m.state IN ('refused', 'withheld')) AS refused, max(m.sent_at) AS last
        FROM messaging_message m JOIN contacts_contact c ON c.id = m.contact_id AND c.kind <> 'privileged'
        LEFT JOIN messaging_review r ON r.message_id = m.id
        WHERE {_OF_THESE_DAYS} GROUP BY m.contact_id
        HAVING %(only)s = '' OR (%(only)s = 'held' AND count(r.id) > 0)
            OR (%(only)s = 'refused' AND count(*) FILTER (WHERE m.state IN ('refused', 'withheld')) > 0)
        ORDER BY count(*) DESC, m.contact_id LIMIT %(limit)s
    ) f JOIN contacts_contact c ON c.id = f.contact_id
    JOIN residents_resident p ON p.id = c.resident_id JOIN identity_user u ON u.id = c.user_id
    ORDER BY f.from_family + f.from_resident DESC, f.contact_id
"""  # noqa: S608 (constants)


def pairs(span: Span, *, only: str = "", limit: int) -> list[Pair]:
    """Who writes with whom, the most letters first; nothing of lawyers and the like (DEL-7). `only`: `held` or
    `refused`: with at least one such."""
    rows = _rows(_PAIRS, span.values() | {"only": only, "limit": limit})
    return [Pair(*row[:3], *row[4:]) for row in rows]


def _rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
