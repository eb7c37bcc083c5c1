"""The worker of the random histories: its jobs, its death, and what the operator's command says after it."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.core.management import call_command
from django.db import connection

from tests.money.processor import Killed


class Death:
    """Ends the process at statement number `at` of whatever it does: what was open is rolled back."""

    def __init__(self, at: int) -> None:
        self.at, self.seen = at, 0

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):  # the outer test's own frame
            self.seen += 1
            if self.seen == self.at:
                raise Killed
        return execute(sql, *rest)


def verify() -> str:
    """What the operator's command says; it raises CommandError when a law is broken."""
    out = io.StringIO()
    call_command("ledger", "verify", stdout=out)
    return out.getvalue()


def due(now: datetime) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Jobs, one by one, since one may queue another."""
    seen: set[int] = set()
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, task_name, args FROM procrastinate_jobs WHERE (scheduled_at IS NULL OR scheduled_at <= %s)"
                " AND id <> ALL (%s) AND task_name <> 'send_email' ORDER BY id LIMIT 1",
                [now, list(seen)],
            )
            row = cursor.fetchone()
        if row is None:
            return
        seen.add(row[0])
        yield row[0], row[1], json.loads(row[2])


def put_off(row_id: int, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = %s WHERE id = %s", [at, row_id])


def done(row_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [row_id])
