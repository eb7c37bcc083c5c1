"""What the rule "no revenue without a service" (L3, flows migration 0002) costs a letter.

    DATABASE_URL=postgresql://… .venv/bin/python benchmarks/earned.py [seconds a round [rounds]]

The send flow as in send.py, with the rule's trigger and without, in turns on the same tables.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import send
from common import compared, database, ratio, said, throughput

TRIGGER = "ALTER TABLE ledger_posting {} TRIGGER money_is_earned"
TARGET = 0.97


def main(seconds: float = 3.0, rounds: int = 9) -> None:
    with database("kinline_bench_earned"):
        pairs = send.cast()
        figures = compared(
            int(rounds),
            with_rule=measured(pairs, "ENABLE", seconds),
            without=measured(pairs, "DISABLE", seconds),
        )
        said("letters with the rule / without", ratio(figures, "with_rule", "without"), f">= {TARGET}")


def measured(pairs: list[tuple[int, int, int, int]], state: str, seconds: float) -> Callable[[], float]:
    def run() -> float:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(TRIGGER.format(state))
        return throughput(lambda number: send.flow(pairs, number), threads=send.THREADS, seconds=seconds)

    return run


if __name__ == "__main__":
    main(*[float(word) for word in sys.argv[1:3]])
