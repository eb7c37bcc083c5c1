"""Every read of the books. An address is not an actor: who may see an account is asked above, by `payments`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from kinline.ledger import chart, laws


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
class Difference:
    """A law of the books that does not hold, and where: an entry, a hold or an account."""

    law: str
    where: str


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
