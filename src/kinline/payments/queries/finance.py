"""Money as finance staff see it: what came in and went out by day and place, what is owed to whom, and the journal.

Every question begins with the facilities of whoever asks (STF-1). What belongs to no facility, such as cards and the
credits of families, is for those whose facilities are all there are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from kinline.design.documents.csv import amount
from kinline.facilities import queries as facilities
from kinline.payments.queries.agency import PAYMENT

# What an entry of each kind is for whoever counts money; other kinds move it from one pocket to another.
IN_KINDS = ("deposit", PAYMENT)
OUT_KINDS = ("pay_out", "pay_out_back", "dispute", "dispute_won", "loss_recovered", "remitted", "fee")

# Where a line of the books stands in the general ledger. `%` stands for the middle of the address.
_GENERAL = """
    CASE
        WHEN a.address ~ '^family:.*:messages$' THEN 'liability:family-credits'
        WHEN a.address ~ '^resident:.*:messages$' THEN 'liability:resident-credits'
        WHEN a.address ~ '^number:.*:prepaid$' THEN 'liability:prepaid-numbers'
        WHEN a.address ~ '^resident:.*:calls$' THEN 'liability:pin-debit'
        WHEN a.address = 'refunds:payable' THEN 'liability:refunds-payable'
        WHEN a.address ~ '^unclaimed:' THEN 'liability:' || a.address
        WHEN a.address = 'tax:payable' THEN 'liability:tax'
        WHEN a.address ~ '^facility:.*:cash$' THEN 'asset:cash:' || split_part(a.address, ':', 2)
        WHEN a.address ~ '^processor:.*:fees$' THEN 'expense:processor:' || split_part(a.address, ':', 2)
        WHEN a.address ~ '^processor:' THEN 'asset:clearing:' || split_part(a.address, ':', 2)
        WHEN a.address = 'bank' THEN 'asset:bank'
        WHEN a.address ~ '^agency:' THEN 'asset:receivable:agency:' || split_part(a.address, ':', 2)
        WHEN a.address ~ '^facility:.*:revenue$' THEN 'revenue:' || split_part(a.address, ':', 2)
        WHEN a.address ~ '^additive:' THEN 'liability:' || a.address
        WHEN a.address = 'loss:disputes' THEN 'expense:disputes'
        WHEN a.address = 'goodwill' THEN 'expense:goodwill'
        ELSE 'unknown:' || a.address
    END
"""


def sees_all(facility_ids: Sequence[int]) -> bool:
    """Whether these are all places there are: then also money of no place may be shown."""
    return {place.pk for place in facilities.public_facilities()} <= set(facility_ids)


# In and out, by day and place


@dataclass(frozen=True, slots=True)
class DayRow:
    """Cents of one day at one place. `facility_id` None: cards and bank, which belong to no place.

    `in_cents`: deposits, and what agencies paid. `out_cents`: pay-outs and what banks took back. `earned_cents`:
    delivered letters and calls.
    """

    day: date
    facility_id: int | None
    in_cents: int
    out_cents: int
    earned_cents: int


_DAYS = """
    SELECT (e.at AT TIME ZONE %(zone)s)::date AS day,
        CASE WHEN a.address LIKE 'facility:%%' THEN split_part(a.address, ':', 2)::bigint END AS place,
        coalesce(-sum(p.cents) FILTER (WHERE NOT r.revenue AND e.kind = ANY (%(ins)s)), 0)::bigint,
        coalesce(sum(p.cents) FILTER (WHERE NOT r.revenue AND e.kind = ANY (%(outs)s)), 0)::bigint,
        coalesce(sum(p.cents) FILTER (WHERE r.revenue), 0)::bigint
    FROM ledger_account a
    JOIN LATERAL (SELECT a.address LIKE 'facility:%%:revenue' AS revenue) r ON true
    JOIN ledger_posting p ON p.account_id = a.id
    JOIN ledger_entry e ON e.id = p.entry_id
    WHERE e.at >= %(first)s AND e.at < %(until)s AND (
        a.address = ANY (%(addresses)s)
        OR (%(whole)s AND (a.address LIKE 'processor:%%:clearing' OR a.address = 'bank'))
    )
    GROUP BY 1, 2
    HAVING sum(p.cents) FILTER (WHERE r.revenue OR e.kind = ANY (%(ins)s) OR e.kind = ANY (%(outs)s)) IS NOT NULL
    ORDER BY 1 DESC, 2 NULLS LAST
"""


def by_day(facility_ids: Sequence[int], first: date, last: date, zone: str) -> list[DayRow]:
    """Days from `first` to `last` in that time zone, newest first; a day on which nothing moved has no row."""
    begin, end = _span(first, last, zone)
    asked: dict[str, Any] = {
        "zone": zone, "first": begin, "until": end, "addresses": _addresses(facility_ids, "cash", "revenue"),
        "whole": sees_all(facility_ids), "ins": list(IN_KINDS), "outs": list(OUT_KINDS),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, asked)
        return [DayRow(*row) for row in cursor.fetchall()]


def _addresses(facility_ids: Sequence[int], *kinds: str) -> list[str]:
    return [f"facility:{pk}:{kind}" for pk in facility_ids for kind in kinds]


def _span(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """The first moment of the first day, and of the day after the last. A day may have 23 or 25 hours."""
    place = ZoneInfo(zone)
    return datetime.combine(first, time.min, place), datetime.combine(last + timedelta(days=1), time.min, place)


# Owed and held


@dataclass(frozen=True, slots=True)
class Liability:
    """What is owed of one kind, in cents; `held_cents` of it is reserved by letters that wait or calls that run."""

    kind: str
    owed_cents: int
    held_cents: int
    accounts: int


_WHERE_HELD = """
    SELECT DISTINCT ON (c.resident_id) c.resident_id, c.facility_id FROM residents_custody c
    ORDER BY c.resident_id, c.ended_at DESC NULLS FIRST, c.started_at DESC
"""

_LIABILITIES = f"""
    WITH place AS ({_WHERE_HELD})
    SELECT kind, sum(posted)::bigint, sum(held)::bigint, count(*) FILTER (WHERE posted > 0) FROM (
        SELECT {_GENERAL} AS kind, b.posted_cents AS posted, b.held_cents AS held
        FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id
        WHERE %(whole)s OR (a.address LIKE 'resident:%%' AND split_part(a.address, ':', 2)::bigint IN (
            SELECT resident_id FROM place WHERE facility_id = ANY (%(ids)s)))
    ) customers GROUP BY kind ORDER BY kind
"""  # noqa: S608  (pieces of our own)

_HOUSE = f"""
    SELECT {_GENERAL} AS kind, sum(p.cents)::bigint FROM ledger_account a
    JOIN ledger_posting p ON p.account_id = a.id
    WHERE NOT a.customer AND {_GENERAL} LIKE 'liability:%%' GROUP BY 1 ORDER BY 1
"""  # noqa: S608

_OWED_HERE = """
    SELECT coalesce(sum(amount_cents), 0)::bigint, count(*) FROM payments_payout
    WHERE facility_id = ANY (%s) AND state IN ('waiting', 'sent', 'returned')
"""


def liabilities(facility_ids: Sequence[int]) -> list[Liability]:
    """What is owed, by kind. Of some places only: money of the residents who are there, or were there last."""
    whole = sees_all(facility_ids)
    with connection.cursor() as cursor:
        cursor.execute(_LIABILITIES, {"whole": whole, "ids": list(facility_ids)})
        found = [Liability(*row) for row in cursor.fetchall()]
        if whole:
            cursor.execute(_HOUSE)
            return [*found, *(Liability(kind, cents, 0, 0) for kind, cents in cursor.fetchall() if cents)]
        cursor.execute(_OWED_HERE, [list(facility_ids)])
        cents, count = cursor.fetchone()
    return [*found, Liability("liability:refunds-payable", cents, 0, count)] if cents else found


def general_accounts(addresses: Sequence[str]) -> dict[str, str]:
    """Where each address of the chart stands in the general ledger."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT a.address, {_GENERAL} FROM unnest(%s::text[]) a (address)", [list(addresses)])  # noqa: S608
        return dict(cursor.fetchall())


def cash_at(facility_ids: Sequence[int]) -> dict[int, int]:
    """Cents in the till of each place: what the lobby took and did not pay out or bank."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT split_part(a.address, ':', 2)::bigint, -sum(p.cents)::bigint FROM ledger_account a "
            "JOIN ledger_posting p ON p.account_id = a.id WHERE a.address = ANY (%s) GROUP BY 1",
            [_addresses(facility_ids, "cash")],
        )
        return dict(cursor.fetchall())


# The general ledger's journal of a day


@dataclass(frozen=True, slots=True)
class JournalLine:
    """All postings of one kind of entry to one account of the general ledger on one day. Cents."""

    kind: str
    account: str
    debit_cents: int
    credit_cents: int
    entries: int


# An entry is of a place when it touches the place's own accounts, or money of a resident who is (or was last) there.
_JOURNAL = f"""
    WITH place AS ({_WHERE_HELD}), day AS (
        SELECT e.id, e.kind FROM ledger_entry e WHERE e.at >= %(first)s AND e.at < %(until)s AND (
            %(whole)s OR EXISTS (
                SELECT FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
                WHERE p.entry_id = e.id AND (
                    a.address = ANY (%(addresses)s)
                    OR (a.address LIKE 'resident:%%' AND split_part(a.address, ':', 2)::bigint IN (
                        SELECT resident_id FROM place WHERE facility_id = ANY (%(ids)s))))))
    )
    SELECT day.kind, {_GENERAL} AS account,
        coalesce(-sum(p.cents) FILTER (WHERE p.cents < 0), 0)::bigint,
        coalesce(sum(p.cents) FILTER (WHERE p.cents > 0), 0)::bigint, count(*)
    FROM day JOIN ledger_posting p ON p.entry_id = day.id JOIN ledger_account a ON a.id = p.account_id
    GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608


def journal(facility_ids: Sequence[int], day: date, zone: str) -> list[JournalLine]:
    """The day's entries by kind and account, whole entries only: debits equal credits. Names nobody."""
    begin, end = _span(day, day, zone)
    asked: dict[str, Any] = {
        "first": begin, "until": end, "whole": sees_all(facility_ids), "ids": list(facility_ids),
        "addresses": [*_addresses(facility_ids, "cash", "revenue"), *(f"additive:{pk}" for pk in facility_ids)],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_JOURNAL, asked)
        return [JournalLine(*row) for row in cursor.fetchall()]


def journal_file(lines: Sequence[JournalLine], day: date) -> Iterator[Sequence[str]]:
    """The rows of the export; the last is the control: both sums, which are equal."""
    debit, credit = sum(one.debit_cents for one in lines), sum(one.credit_cents for one in lines)
    total = JournalLine("total", "", debit, credit, sum(one.entries for one in lines))
    for one in (*lines, total):
        cents = amount(one.debit_cents), amount(one.credit_cents)
        yield day.isoformat(), one.kind, one.account, *cents, str(one.entries)


HEADINGS = ("day", "kind", "account", "debit", "credit", "lines")
