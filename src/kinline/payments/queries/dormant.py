"""Whose money waits for an owner who is gone: released residents, closed accounts, balances nobody uses (MON-6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from kinline.payments.models import Reminder


@dataclass(frozen=True, slots=True)
class Idle:
    """A balance and when somebody last did something with it. `reminded`: days before → when, since then."""

    account: str
    active_at: datetime
    reminded: dict[int, datetime]


_RELEASED = """
    SELECT DISTINCT split_part(a.address, ':', 2)::bigint
    FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id
    WHERE b.posted_cents > b.held_cents AND a.address LIKE 'resident:%%' AND NOT EXISTS (
        SELECT FROM residents_custody c
        WHERE c.resident_id = split_part(a.address, ':', 2)::bigint AND (c.ended_at IS NULL OR c.ended_at > %s))
    ORDER BY 1
"""

_CLOSED = """
    SELECT u.id FROM identity_user u
    JOIN ledger_account a ON a.address = 'family:' || u.id || ':messages'
    JOIN ledger_balance b ON b.account_id = a.id
    WHERE u.closed_at IS NOT NULL AND b.posted_cents > b.held_cents
    UNION
    SELECT u.id FROM payments_prepaidnumber n JOIN identity_user u ON u.id = n.holder_id
    WHERE u.closed_at IS NOT NULL
    UNION
    SELECT u.id FROM identity_user u
    JOIN payments_deposit d ON d.payer_id = u.id AND d.account LIKE 'number:%%'
    JOIN payments_prepaidnumber n ON n.number = split_part(d.account, ':', 2)
    JOIN ledger_account a ON a.address = d.account JOIN ledger_balance b ON b.account_id = a.id
    WHERE n.holder_id IS NULL AND u.closed_at IS NOT NULL AND b.posted_cents > b.held_cents
    ORDER BY 1
"""

# A letter or a call that is being paid is a use, so its hold counts, too; what is booked counts when it is booked.
_IDLE = """
    SELECT address, active_at FROM (
        SELECT a.address, greatest(
            (SELECT e.at FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
             WHERE p.account_id = a.id ORDER BY p.entry_id DESC LIMIT 1),
            (SELECT max(h.at) FROM ledger_holdline l JOIN ledger_hold h ON h.id = l.hold_id WHERE l.account_id = a.id),
            (SELECT max(k.at) FROM payments_keep k WHERE k.account = a.address)
        ) AS active_at
        FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id
        WHERE b.posted_cents > 0 AND (a.address LIKE 'family:%%' OR a.address LIKE 'number:%%')
            AND (%(one)s = '' OR a.address = %(one)s)
    ) AS used
    WHERE active_at <= %(since)s ORDER BY address
"""

# Logging in concerns one's own balance, the numbers one proved, and the unproved ones one paid into.
INTEREST = """
    WITH who AS (
        SELECT * FROM unnest(%(ids)s::bigint[], %(ats)s::timestamptz[]) AS w(id, at)
    ), concerns AS (
        SELECT 'family:' || who.id || ':messages' AS account, who.id, who.at FROM who
        UNION ALL
        SELECT 'number:' || n.number || ':prepaid', who.id, who.at
        FROM who JOIN payments_prepaidnumber n ON n.holder_id = who.id
        UNION ALL
        SELECT DISTINCT d.account, who.id, who.at
        FROM who JOIN payments_deposit d ON d.payer_id = who.id AND d.account LIKE 'number:%%'
        JOIN payments_prepaidnumber n ON n.number = split_part(d.account, ':', 2)
        WHERE n.holder_id IS NULL
    )
    INSERT INTO payments_keep (account, by, at)
    SELECT c.account, 'family:' || max(c.id), max(c.at)
    FROM concerns c JOIN ledger_account a ON a.address = c.account JOIN ledger_balance b ON b.account_id = a.id
    WHERE b.posted_cents > 0
    GROUP BY c.account
    HAVING NOT EXISTS (
        SELECT FROM payments_keep k
        WHERE k.account = c.account AND k.at > max(c.at) - make_interval(secs => %(unless_seconds)s))
"""


def released(since: datetime) -> list[int]:
    """Residents with free money who have been in no custody since `since`, by id."""
    return [row[0] for row in _rows(_RELEASED, [since])]


def closed() -> list[int]:
    """Closed accounts that have free money after all, still hold a number, or may have some in one nobody proved."""
    return [row[0] for row in _rows(_CLOSED, [])]


def idle(since: datetime) -> list[Idle]:
    """Balances of families and numbers that nobody used, filled or asked about since `since`, with what was said."""
    found: list[tuple[str, datetime]] = _rows(_IDLE, {"since": since, "one": ""})
    told = Reminder.objects.filter(account__in=[account for account, _at in found])
    reminded: dict[tuple[str, datetime], dict[int, datetime]] = {}
    for one in told:
        reminded.setdefault((one.account, one.active_at), {})[one.days_left] = one.at
    return [Idle(account, at, reminded.get((account, at), {})) for account, at in found]


def is_idle(account: str, since: datetime) -> bool:
    """Whether nobody has used, filled or asked about this balance since."""
    return bool(_rows(_IDLE, {"since": since, "one": account}))


def _rows(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
