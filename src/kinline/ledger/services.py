"""The verbs that move money. Only flows call them; each is one SQL function and one round trip.

`lines`: (address, cents) pairs. Cents are signed in `post` (above zero: into the account) and above zero in a hold.
Each raises refusals of `errors`; a repeat with the same key (or the same end of a hold) changes nothing and gives the
first answer. `now` is aware.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from kinline.core.transaction import verb
from kinline.ledger import chart
from kinline.ledger.errors import refusals

Lines = Sequence[tuple[str, int]]


def _ask(sql: str, parameters: list[Any]) -> Any:
    with refusals(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row = cursor.fetchone()
    return row[0] if row else None


def _columns(lines: Lines) -> tuple[list[str], list[int]]:
    """Checked against the chart here too: a wrong address is a mistake of ours and should not reach the database."""
    return [chart.check(address) for address, _ in lines], [cents for _, cents in lines]


@verb
def open_account(address: str, now: datetime) -> None:
    """Open an account before its first use. For the house's: a story that has locked a balance and opens one then
    could wait in a circle with another that opens the same and wants that balance.
    """
    _ask("SELECT ledger_open(%s, %s)", [chart.check(address), now])


@verb
def post(*, key: str, kind: str, lines: Lines, now: datetime, reference: str = "", corrects: int | None = None) -> int:
    """Write one entry whose lines sum to zero; its id. Raises InsufficientFunds, KeyReused, Unbalanced."""
    addresses, cents = _columns(lines)
    entry: int = _ask(
        "SELECT ledger_post(%s, %s, %s::text[], %s::bigint[], %s, %s, %s)",
        [key, kind, addresses, cents, now, reference, corrects],
    )
    return entry


@verb
def lock(addresses: Sequence[str]) -> None:
    """Until the story ends, nobody else moves or holds money of these customers; what one then reads of it stays true.

    Together, so that they are locked in one order; before the check that needs it.
    """
    checked = [chart.check(address) for address in addresses]
    _ask("SELECT ledger_lock(%s::text[], %s::bigint[])", [checked, [0] * len(checked)])


_POST_MANY = """
    SELECT array_agg(entry ORDER BY place) FROM (
        SELECT place, ledger_post(key, %s, ARRAY[%s, address], ARRAY[-cents, cents], %s) AS entry FROM (
            SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[]) WITH ORDINALITY AS l(key, address, cents, place)
            ORDER BY address COLLATE "C", place
        ) AS in_order
    ) AS posted
"""


@verb
def post_many(*, kind: str, source: str, lines: Sequence[tuple[str, str, int]], now: datetime) -> list[int]:
    """Write an entry for each (key, address, cents): the cents into `address` from the house's account `source`.

    The entries' ids in the lines' order; the balances are locked in theirs. Raises as `post`; then none is written.
    """
    if not lines:
        return []
    keys, addresses, cents = zip(*lines, strict=True)
    checked = [chart.check(address) for address in addresses]
    values = [kind, chart.check(source), now, list(keys), checked, list(cents)]
    entries: list[int] = _ask(_POST_MANY, values)
    return entries


@verb
def hold(*, key: str, purpose: str, lines: Lines, now: datetime) -> int:
    """Set money aside, in the lines' order; the hold's id. Raises InsufficientFunds, KeyReused, NotHoldable."""
    addresses, cents = _columns(lines)
    found: int = _ask("SELECT ledger_hold(%s, %s, %s::text[], %s::bigint[], %s)", [key, purpose, addresses, cents, now])
    return found


@verb
def try_hold(*, key: str, purpose: str, lines: Lines, now: datetime) -> int | None:
    """As `hold`; None, and nothing was moved, when the money is not there."""
    addresses, cents = _columns(lines)
    found: int | None = _ask(
        "SELECT ledger_try_hold(%s, %s, %s::text[], %s::bigint[], %s)", [key, purpose, addresses, cents, now]
    )
    return found


@verb
def capture(*, hold_id: int, to: str, cents: int | None = None, now: datetime, reference: str = "") -> int:
    """Take the held money (all, or `cents`; the rest goes back) into `to`, which is no customer's; the entry's id.

    Raises AlreadyCaptured (by another capture), AlreadyVoided, AlreadyExpired, ExceedsHold, NoSuchHold.
    """
    entry: int = _ask(
        "SELECT ledger_capture(%s, %s, %s::bigint, %s, %s)", [hold_id, chart.check(to), cents, now, reference]
    )
    return entry


@verb
def void(*, hold_id: int, now: datetime) -> int:
    """Give the held money back; how many cents. Raises AlreadyCaptured, AlreadyExpired, NoSuchHold."""
    cents: int = _ask("SELECT ledger_void(%s, %s)", [hold_id, now])
    return cents


@verb
def expire(*, hold_id: int, now: datetime) -> int:
    """Give the held money back because its time is over; how many cents. Message holds never expire (MSG-4)."""
    cents: int = _ask("SELECT ledger_expire(%s, %s)", [hold_id, now])
    return cents


@verb
def hold_and_capture(*, key: str, purpose: str, lines: Lines, to: str, now: datetime, reference: str = "") -> int:
    """Hold and capture in one call, for what is used in the moment it is paid; the hold's id.

    Raises InsufficientFunds, KeyReused, NotHoldable.
    """
    addresses, cents = _columns(lines)
    found: int = _ask(
        "SELECT ledger_hold_and_capture(%s, %s, %s::text[], %s::bigint[], %s, %s, %s)",
        [key, purpose, addresses, cents, chart.check(to), now, reference],
    )
    return found


@verb
def try_hold_and_capture(
    *, key: str, purpose: str, lines: Lines, to: str, now: datetime, reference: str = ""
) -> int | None:
    """As `hold_and_capture`; None, and nothing was moved, when the money is not there."""
    addresses, cents = _columns(lines)
    found: int | None = _ask(
        "SELECT ledger_try_hold_and_capture(%s, %s, %s::text[], %s::bigint[], %s, %s, %s)",
        [key, purpose, addresses, cents, chart.check(to), now, reference],
    )
    return found
