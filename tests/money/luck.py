"""What the random histories pick from, and their worker: its jobs, its death, the operator's command after it."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.core.management import call_command
from django.db import connection

from kinline.core.errors import Refusal
from tests.money.processor import FakeProcessor, Killed


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


# Picking what an act is about


def open_pages(processor: FakeProcessor) -> list[str]:
    return [ref for ref, session in processor.sessions.items() if session.state == "open"]


def pick(things: list[Any], number: int) -> Any:
    if not things:
        raise Refusal
    return things[number % len(things)]


def row(rows: Any, number: int) -> Any:
    return pick(list(rows.order_by("pk")), number)
