"""Books for tests: short names for accounts, and a picture of every row, to assert that nothing happened."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from kinline.ledger import chart, queries, services
from kinline.ledger.errors import LedgerRefusal

# Random histories begin with this one; whoever looks for faults asks for others. Without it always the same: whether
# a change may land is no matter of luck, and what failed once fails again.
SEED = int(os.environ.get("KINLINE_SEED", "20261101"))
NOON = datetime(2026, 3, 8, 12, tzinfo=UTC)
TABLES = ("account", "balance", "entry", "posting", "hold", "holdline", "resolution")
ACCOUNTS = {
    "ann": chart.family_messages(1),
    "bob": chart.family_messages(2),
    "ray": chart.resident_messages(1),
    "fund": chart.agency_funding(1),
    "cash": chart.facility_cash(1),
    "earned": chart.facility_cash(2),
    "payable": chart.REFUNDS_PAYABLE,
}
CUSTOMERS = ("ann", "bob", "ray")

Picture = dict[str, list[tuple[object, ...]]]


def picture() -> Picture:
    """Every row of the ledger."""
    rows: Picture = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM ledger_{table} ORDER BY 1, 2")
            rows[table] = cursor.fetchall()
    return rows


def settle() -> None:
    """What the database checks at a commit, now: a test's transaction never commits."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def balance(name: str) -> tuple[int, int]:
    """Posted and held cents of a customer."""
    found = queries.balance(ACCOUNTS[name])
    return found.posted_cents, found.held_cents


class Books:
    """Acts on the ledger by words, a minute apart: `hold h1 ann=50`.

    What is captured goes over another place's counter: revenue asks for a letter or a call (flows migration 0004), and
    here is none.
    """

    def __init__(self) -> None:
        self.now = NOON
        self.holds: dict[str, int] = {}
        self.entries: dict[str, int] = {}

    def act(self, words: str) -> str:
        """`ok`, `same` (a repeat: no row was added), `none` (not enough money) or the code of the refusal."""
        before = picture()
        self.now += timedelta(minutes=1)
        verb, key, *rest = words.split()
        try:
            with transaction.atomic():
                answer = getattr(self, f"_{verb}")(key, rest)
                settle()
        except LedgerRefusal as refusal:
            assert picture() == before, f"{words!r} was refused and yet changed something"
            return refusal.code
        after = picture()
        if answer is None:
            # The house's account may have been opened on the way: that is before any lock, and no money.
            assert after | {"account": before["account"]} == before, f"{words!r} answered none and changed something"
            return "none"
        return "same" if after == before else "ok"

    def _lines(self, words: Iterable[str]) -> list[tuple[str, int]]:
        pairs = (word.split("=") for word in words)
        return [(ACCOUNTS[name], int(cents)) for name, cents in pairs]

    def _post(self, key: str, words: list[str]) -> int:
        corrects = self.entries[words.pop()[1:]] if words[-1].startswith("^") else None
        self.entries[key] = services.post(
            key=key, kind="test", lines=self._lines(words), now=self.now, corrects=corrects
        )
        return self.entries[key]

    def _hold(self, key: str, words: list[str]) -> int:
        self.holds[key] = services.hold(key=key, purpose="call", lines=self._lines(words), now=self.now)
        return self.holds[key]

    def _tryhold(self, key: str, words: list[str]) -> int | None:
        found = services.try_hold(key=key, purpose="call", lines=self._lines(words), now=self.now)
        if found is not None:
            self.holds[key] = found
        return found

    def _atonce(self, key: str, words: list[str]) -> int:
        self.holds[key] = services.hold_and_capture(
            key=key, purpose="call", lines=self._lines(words), to=ACCOUNTS["earned"], now=self.now, reference="call:1"
        )
        return self.holds[key]

    def _tryatonce(self, key: str, words: list[str]) -> int | None:
        found = services.try_hold_and_capture(
            key=key, purpose="call", lines=self._lines(words), to=ACCOUNTS["earned"], now=self.now, reference="call:1"
        )
        if found is not None:
            self.holds[key] = found
        return found

    def _capture(self, key: str, words: list[str]) -> int:
        cents = int(words[0]) if words and words[0].lstrip("-").isdigit() else None
        to = words[-1] if words and words[-1] in ACCOUNTS else "earned"
        return services.capture(
            hold_id=self.holds.get(key, 0), to=ACCOUNTS[to], cents=cents, now=self.now, reference="call:1"
        )

    def _void(self, key: str, _words: list[str]) -> int:
        return services.void(hold_id=self.holds.get(key, 0), now=self.now)

    def _expire(self, key: str, _words: list[str]) -> int:
        return services.expire(hold_id=self.holds.get(key, 0), now=self.now)
