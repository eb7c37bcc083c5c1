"""P4: ledger entries a second with a guarded balance, against django-hordak's transfer; and many revenue accounts.

    DATABASE_URL=postgresql://… .venv/bin/python benchmarks/ledger.py [seconds a round [rounds]]

Each entry takes 50 cents from one of 40 customers who have 500 entries each, durable, 4 connections. `guarded`: our
plain entry, refused below zero. `hordak`: django-hordak's transfer, which asks no balance; `hordak_guarded`: with the
balance asked under a lock, which is what refusing below zero takes there. `disk`: one row and its commit, which nothing
that is durable can pass. `charge_one`, `charge_many`: hold and capture in one call, as a letter has it, into the
account of one facility or of forty: if a row of it were hot, one would be slower. It is that of its cash, which is
summed as revenue is; revenue asks for a letter or a call, and what that costs is benchmarks/earned.py.
"""

from __future__ import annotations

import itertools
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from common import Actor, compared, database, empty_database, ratio, said, throughput

THREADS = 4
CUSTOMERS = 40
ENTRIES = 500
PRICE = 50


def main(seconds: float = 3.0, rounds: float = 9) -> None:
    with empty_database("kinline_bench_hordak") as theirs, database("kinline_bench_ledger") as ours:
        customers = fill()
        free, asked = Actor(theirs, "hordak:transfer", str(ENTRIES)), Actor(theirs, "hordak:guarded", str(ENTRIES))

        def rate(work: Callable[[int], Callable[[], None]]) -> Callable[[], float]:
            return lambda: throughput(work, threads=THREADS, seconds=seconds)

        try:
            figures = compared(
                int(rounds),
                guarded=rate(lambda n: guarded(customers, n)),
                hordak=lambda: free.rate(THREADS, seconds),
                hordak_guarded=lambda: asked.rate(THREADS, seconds),
                disk=rate(lambda n: disk(ours, n)),
                charge_one=rate(lambda n: charge(customers, n, 1)),
                charge_many=rate(lambda n: charge(customers, n, CUSTOMERS)),
            )
        finally:
            free.close()
            asked.close()
        said("guarded entry / django-hordak's guarded", ratio(figures, "guarded", "hordak_guarded"), ">= 5 (P4)")
        said("guarded entry / django-hordak's transfer", ratio(figures, "guarded", "hordak"), ">= 5 (P4)")
        said("guarded entry / one row and its commit", ratio(figures, "guarded", "disk"), "at most 1")
        said("one revenue account / forty", ratio(figures, "charge_one", "charge_many"), ">= 0.9 (P4)")


def fill() -> list[str]:
    """The customers' accounts with 500 deposits each; every account of the house; a table for `disk`."""
    from django.db import connection

    from kinline.ledger import chart
    from kinline.ledger import services as ledger

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_disk (id bigserial PRIMARY KEY, thread int)")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    customers = [chart.family_messages(number) for number in range(1, CUSTOMERS + 1)]
    for facility in range(1, CUSTOMERS + 1):
        ledger.open_account(chart.facility_cash(facility), now)
    ledger.open_account(chart.REFUNDS_PAYABLE, now)
    lines = [(f"fill:{n}:{address}", address, PRICE * 20_000) for address in customers for n in range(ENTRIES)]
    ledger.post_many(kind="deposit", source=chart.facility_cash(1), lines=lines, now=now)
    return customers


def disk(url: str, number: int) -> Callable[[], None]:
    import psycopg

    connection = psycopg.connect(url, autocommit=True)

    def act() -> None:
        connection.execute("INSERT INTO bench_disk (thread) VALUES (%s)", [number])

    return act


def guarded(customers: list[str], number: int) -> Callable[[], None]:
    from kinline.core.transaction import story
    from kinline.ledger import chart
    from kinline.ledger import services as ledger

    mine = itertools.cycle(customers[number::THREADS])
    post = story(ledger.post)

    def act() -> None:
        lines = [(next(mine), -PRICE), (chart.REFUNDS_PAYABLE, PRICE)]
        post(key=str(uuid.uuid4()), kind="refund", lines=lines, now=datetime.now(UTC))

    return act


def charge(customers: list[str], number: int, facilities: int) -> Callable[[], None]:
    from kinline.core.transaction import story
    from kinline.ledger import chart
    from kinline.ledger import services as ledger

    mine = itertools.cycle(customers[number::THREADS])
    places = itertools.cycle([chart.facility_cash(1 + (number + n) % facilities) for n in range(facilities)])
    take = story(ledger.hold_and_capture)

    def act() -> None:
        take(
            key=str(uuid.uuid4()), purpose="call", lines=[(next(mine), PRICE)], to=next(places),
            now=datetime.now(UTC), reference="call:1",
        )  # fmt: skip

    return act


if __name__ == "__main__":
    main(*[float(word) for word in sys.argv[1:3]])
