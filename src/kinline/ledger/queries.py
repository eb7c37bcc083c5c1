"""Every read of the books. An address is not an actor: who may see an account is asked above, by `payments`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from kinline.ledger import chart, laws
from kinline.ledger.models import Resolution


@dataclass(frozen=True, slots=True)
class Balance:
    """Cents. `posted_cents` is what was booked, `held_cents` what open holds reserve of it."""

    posted_cents: int
    held_cents: int

    @property
    def available_cents(self) -> int:
        return self.posted_cents - self.held_cents


@dataclass(frozen=True, slots=True)
class Line:
    """One posting of an account's history; `balance_cents` is the posted balance after it."""

    entry_id: int
    at: datetime
    kind: str
    reference: str
    cents: int
    balance_cents: int
    corrects_id: int | None


@dataclass(frozen=True, slots=True)
class Month:
    """What a month brought and took, in cents; `month` is its first day. Its lines are the entries after
    `after_entry_id`, up to `last_entry_id`.
    """

    month: date
    opening_cents: int
    in_cents: int
    out_cents: int
    lines: int
    after_entry_id: int
    last_entry_id: int

    @property
    def closing_cents(self) -> int:
        return self.opening_cents + self.in_cents - self.out_cents


@dataclass(frozen=True, slots=True)
class Difference:
    """A law of the books that does not hold, and where: an entry, a hold or an account."""

    law: str
    where: str


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One posting of an entry, beside which account it is of."""

    entry_id: int
    at: datetime
    kind: str
    address: str
    cents: int


_BALANCES = """
    SELECT a.address, b.posted_cents, b.held_cents
    FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id
    WHERE a.address = ANY (%s)
"""

_SUM = """
    SELECT coalesce(sum(p.cents), 0) FROM ledger_account a JOIN ledger_posting p ON p.account_id = a.id
    WHERE a.address = %s
"""

# Reckoned back from today's balance, so that a page costs what is newer than its end, not what lies before it.
_HISTORY = """
    WITH account AS (
        SELECT a.id, coalesce(b.posted_cents, (SELECT sum(cents) FROM ledger_posting WHERE account_id = a.id)) AS today
        FROM ledger_account a LEFT JOIN ledger_balance b ON b.account_id = a.id WHERE a.address = %(address)s
    ), newer AS (
        SELECT coalesce(sum(p.cents), 0) AS cents FROM ledger_posting p
        WHERE p.account_id = (SELECT id FROM account) AND p.entry_id >= %(before)s
    ), lines AS (
        SELECT p.entry_id, p.cents, sum(p.cents) OVER (ORDER BY p.entry_id DESC) - p.cents AS after
        FROM ledger_posting p
        WHERE p.account_id = (SELECT id FROM account) AND p.entry_id < %(before)s
        ORDER BY p.entry_id DESC LIMIT %(limit)s
    )
    SELECT e.id, e.at, e.kind, e.reference, l.cents,
           (account.today - newer.cents - l.after)::bigint, e.corrects_id
    FROM lines l CROSS JOIN account CROSS JOIN newer JOIN ledger_entry e ON e.id = l.entry_id
    ORDER BY e.id DESC
"""
_LATEST = 2**63 - 1

_MONTHS = """
    SELECT month, coalesce(sum(in_cents - out_cents) OVER before, 0)::bigint, in_cents, out_cents, lines,
           coalesce(lag(last_entry_id) OVER (ORDER BY month), 0), last_entry_id
    FROM ledger_month WHERE account_id = (SELECT id FROM ledger_account WHERE address = %s)
    WINDOW before AS (ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ORDER BY month DESC
"""

# Without a balance: the caller knows the one before or after the range. The conditions that are not asked for are NULL.
_LINES = """
    SELECT e.id, e.at, e.kind, e.reference, p.cents, 0, e.corrects_id
    FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
    WHERE p.account_id = (SELECT id FROM ledger_account WHERE address = %(address)s)
        AND p.entry_id > %(after)s AND p.entry_id < %(before)s
        {where}
    ORDER BY p.entry_id {order} LIMIT %(limit)s
"""
_KINDS, _AMONG = "AND e.kind = ANY (%(kinds)s)", "AND p.entry_id = ANY (%(among)s)"

_OF_ENTRIES = """
    SELECT e.id, e.at, e.kind, a.address, p.cents FROM ledger_posting p
    JOIN ledger_entry e ON e.id = p.entry_id JOIN ledger_account a ON a.id = p.account_id
    WHERE e.id = ANY (%s) ORDER BY e.id, p.cents, a.address
"""

_BETWEEN = """
    SELECT coalesce(sum(cents), 0)::bigint FROM ledger_posting
    WHERE account_id = (SELECT id FROM ledger_account WHERE address = %s) AND entry_id >= %s AND entry_id <= %s
"""

_TOTALS = """
    SELECT a.address, sum(p.cents)::bigint FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
    GROUP BY a.address ORDER BY a.address
"""


def balance(address: str) -> Balance:
    """One account. A customer account that was never used is empty; the house's have no holds and are summed."""
    if chart.is_customer(address):
        return balances([address])[address]
    with connection.cursor() as cursor:
        cursor.execute(_SUM, [address])
        row = cursor.fetchone()
    return Balance(int(row[0]), 0)


def balances(addresses: Iterable[str]) -> dict[str, Balance]:
    """Customer accounts, each of the addresses present; one round trip."""
    wanted = [chart.check(address) for address in addresses]
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, [wanted])
        found = {address: Balance(posted, held) for address, posted, held in cursor.fetchall()}
    return {address: found.get(address, Balance(0, 0)) for address in wanted}


def history(address: str, limit: int = 50, before: int | None = None) -> list[Line]:
    """The account's postings, newest first. `before`: only entries with a smaller id (the next page)."""
    with connection.cursor() as cursor:
        place = _LATEST if before is None else before
        cursor.execute(_HISTORY, {"address": chart.check(address), "limit": limit, "before": place})
        return [Line(*row) for row in cursor.fetchall()]


def months(address: str) -> list[Month]:
    """The months in which anything was booked on a customer's account, newest first; one row each."""
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, [chart.check(address)])
        return [Month(*row) for row in cursor.fetchall()]


def month_start(month: date) -> datetime:
    """The moment in which a month begins, by the clock that the months follow."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_month_start(%s)", [month])
        start: datetime = cursor.fetchone()[0]
    return start


def month_of(moment: datetime) -> date:
    """The first day of the month in which a moment lies, by the clock that the months follow."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_month_of(%s)", [moment])
        month: date = cursor.fetchone()[0]
    return month


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines of an account: those of entries between two others (neither of them itself), of kinds, or among known
    entries.
    """

    after: int = 0
    before: int | None = None
    kinds: tuple[str, ...] = ()
    among: tuple[int, ...] | None = None


def lines(address: str, wanted: Wanted, limit: int, *, oldest_first: bool = False) -> list[Line]:
    """Newest first, unless asked otherwise. `balance_cents` is 0: they may have others between them."""
    conditions = {_KINDS: wanted.kinds or None, _AMONG: wanted.among}
    where = " ".join(condition for condition, value in conditions.items() if value is not None)
    values: dict[str, Any] = {
        "address": chart.check(address), "after": wanted.after, "limit": limit,
        "before": _LATEST if wanted.before is None else wanted.before,
        "kinds": list(wanted.kinds), "among": list(wanted.among or ()),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LINES.format(where=where, order="ASC" if oldest_first else "DESC"), values)
        return [Line(*row) for row in cursor.fetchall()]


def entry_lines(entry_ids: Iterable[int]) -> list[EntryLine]:
    """All postings of these entries, entry by entry: what one charge did to the books."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_ENTRIES, [list(entry_ids)])
        return [EntryLine(*row) for row in cursor.fetchall()]


def captured(hold_ids: Iterable[int]) -> list[int]:
    """The entries that these holds ended in; those that gave their money back have none."""
    ends = Resolution.objects.filter(hold_id__in=list(hold_ids), entry_id__isnull=False)
    return list(ends.values_list("entry_id", flat=True))


def sum_between(address: str, first_entry_id: int, last_entry_id: int) -> int:
    """What the entries from one to another (both of them, too) changed an account by, in cents."""
    with connection.cursor() as cursor:
        cursor.execute(_BETWEEN, [chart.check(address), first_entry_id, last_entry_id])
        row = cursor.fetchone()
    return int(row[0])


def totals() -> dict[str, int]:
    """Every account with what its postings sum to, in cents. All of them together are zero."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS)
        return dict(cursor.fetchall())


def replay() -> list[Difference]:
    """Every law of MON-1 asked of every row, in one statement and so of one moment. Empty when the books are right."""
    with connection.cursor() as cursor:
        cursor.execute(laws.STATEMENT)
        return [Difference(law, where) for law, where in cursor.fetchall()]
