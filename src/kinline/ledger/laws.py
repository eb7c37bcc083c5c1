"""The laws of the books (MON-1): a name, what it says, and a query that answers where it is broken.

The database refuses to break them; this is the proof that it did, from the rows alone. `guards` asks whether the
refusing triggers still stand. All queries are one statement, so that they see one moment while money moves.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class Law(NamedTuple):
    says: str
    broken: str


def together(laws: Mapping[str, Law]) -> str:
    """All of them as one statement that answers name and place. The names are ours, not anybody's input."""
    return " UNION ALL ".join(
        f"SELECT '{name}', place FROM ({law.broken}) AS {name}(place)"  # noqa: S608
        for name, law in laws.items()
    )


LAWS: Final[Mapping[str, Law]] = MappingProxyType(
    {
        "balanced": Law(
            "every entry has all its postings, and they sum to zero",
            """
            SELECT 'entry ' || e.id FROM ledger_entry e LEFT JOIN ledger_posting p ON p.entry_id = e.id
            GROUP BY e.id HAVING count(p.entry_id) <> e.lines OR coalesce(sum(p.cents), 0) <> 0
            """,
        ),
        "total": Law(
            "all accounts together are zero",
            "SELECT 'sum ' || sum(cents) FROM ledger_posting HAVING sum(cents) <> 0",
        ),
        "orphans": Law(
            "every posting and hold line has its entry or hold, and its account",
            """
            SELECT 'posting of entry ' || p.entry_id FROM ledger_posting p
            WHERE NOT EXISTS (SELECT FROM ledger_entry e WHERE e.id = p.entry_id)
                OR NOT EXISTS (SELECT FROM ledger_account a WHERE a.id = p.account_id)
            UNION ALL
            SELECT 'line of hold ' || l.hold_id FROM ledger_holdline l
            WHERE NOT EXISTS (SELECT FROM ledger_hold h WHERE h.id = l.hold_id)
                OR NOT EXISTS (SELECT FROM ledger_account a WHERE a.id = l.account_id)
            """,
        ),
        "chart": Law(
            "every account is in the chart; customers have a balance row, the house has none",
            """
            SELECT a.address FROM ledger_account a LEFT JOIN ledger_balance b ON b.account_id = a.id
            WHERE a.customer IS DISTINCT FROM ledger_is_customer(a.address) OR a.customer <> (b.account_id IS NOT NULL)
            """,
        ),
        "posted": Law(
            "each balance is what its postings sum to",
            """
            SELECT a.address FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id
            LEFT JOIN (SELECT account_id, sum(cents) AS cents FROM ledger_posting GROUP BY account_id) p
                ON p.account_id = b.account_id
            WHERE b.posted_cents <> coalesce(p.cents, 0)
            """,
        ),
        "held": Law(
            "what is set aside of each balance is what its open holds sum to",
            """
            SELECT a.address FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id
            LEFT JOIN (
                SELECT l.account_id, sum(l.cents) AS cents FROM ledger_holdline l
                WHERE NOT EXISTS (SELECT FROM ledger_resolution r WHERE r.hold_id = l.hold_id)
                GROUP BY l.account_id
            ) h ON h.account_id = b.account_id
            WHERE b.held_cents <> coalesce(h.cents, 0)
            """,
        ),
        "months": Law(
            "each month of an account is what was booked in it, and no posting is in none",
            """
            SELECT a.address || ' ' || coalesce(m.month::text, 'after the last month')
            FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id
            LEFT JOIN LATERAL (
                SELECT month, in_cents, out_cents, lines, last_entry_id,
                       coalesce(lag(last_entry_id) OVER (ORDER BY month), 0) AS before
                FROM ledger_month WHERE account_id = b.account_id
                UNION ALL
                SELECT NULL, 0, 0, 0, 9223372036854775807, coalesce(max(last_entry_id), 0)
                FROM ledger_month WHERE account_id = b.account_id
            ) m ON true
            WHERE (m.in_cents, m.out_cents, m.lines) <> (
                SELECT coalesce(sum(greatest(cents, 0)), 0), coalesce(sum(greatest(-cents, 0)), 0), count(*)
                FROM ledger_posting WHERE account_id = b.account_id AND entry_id > m.before
                    AND entry_id <= m.last_entry_id)
            """,
        ),
        "floor": Law(
            "no customer is below zero, and nothing is set aside that is not there",
            """
            SELECT a.address FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id
            WHERE b.posted_cents < 0 OR b.held_cents < 0 OR b.held_cents > b.posted_cents
            """,
        ),
        "holds": Law(
            "every hold has all its lines, and they sum to it",
            """
            SELECT 'hold ' || h.id FROM ledger_hold h LEFT JOIN ledger_holdline l ON l.hold_id = h.id
            GROUP BY h.id HAVING count(l.hold_id) <> h.lines OR coalesce(sum(l.cents), 0) <> h.cents
            """,
        ),
        "captures": Law(
            "a capture took from its lines in their order, never more than was held, and nothing else",
            """
            SELECT 'hold ' || r.hold_id FROM ledger_resolution r
            JOIN (
                SELECT hold_id, account_id, cents,
                    coalesce(sum(cents) OVER (PARTITION BY hold_id ORDER BY line
                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
                FROM ledger_holdline
            ) l ON l.hold_id = r.hold_id
            LEFT JOIN ledger_posting p ON p.entry_id = r.entry_id AND p.account_id = l.account_id
            WHERE r.kind = 'capture' AND coalesce(-p.cents, 0) <> least(l.cents, greatest(r.cents - l.before, 0))
            UNION
            SELECT 'hold ' || r.hold_id FROM ledger_resolution r JOIN ledger_hold h ON h.id = r.hold_id
            LEFT JOIN ledger_posting p ON p.entry_id = r.entry_id AND p.cents > 0
            WHERE r.kind = 'capture' AND (p.cents IS DISTINCT FROM r.cents OR r.cents > h.cents)
            """,
        ),
        "ends": Law(
            "only a captured hold has an entry, and that entry is its own",
            """
            SELECT 'entry ' || e.id FROM ledger_entry e LEFT JOIN ledger_resolution r ON r.entry_id = e.id
            WHERE (e.key LIKE 'capture:%') <> (r.hold_id IS NOT NULL)
                OR (r.hold_id IS NOT NULL AND e.key <> 'capture:' || r.hold_id)
            """,
        ),
        "corrections": Law(
            "a correction names an entry that was there before",
            "SELECT 'entry ' || id FROM ledger_entry WHERE corrects_id >= id",
        ),
        "guards": Law(
            "what refuses in the database stands",
            """
            SELECT 'trigger ' || name FROM unnest(ARRAY[
                'ledger_account_insert_only', 'ledger_entry_insert_only', 'ledger_posting_insert_only',
                'ledger_hold_insert_only', 'ledger_holdline_insert_only', 'ledger_resolution_insert_only',
                'ledger_account_opening', 'ledger_account_opened', 'ledger_balance_guard', 'ledger_posting_added',
                'ledger_hold_line_added', 'ledger_hold_ended', 'ledger_entry_balances', 'ledger_month_guard'
            ]) AS name
            WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgname = name AND t.tgenabled IN ('O', 'A'))
            UNION ALL
            SELECT 'constraint ' || name FROM unnest(ARRAY[
                'ledger_balance_floor', 'ledger_held_floor', 'ledger_held_covered', 'ledger_resolution_whole'
            ]) AS name
            WHERE NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = name AND c.convalidated)
            """,
        ),
    }
)

STATEMENT: Final = together(LAWS)
