"""Races led by the hand: an act that stops in the middle, while another goes as far as it can.

A race that only begins at one moment may end well by luck. Here the dangerous order is made: without the lock it
loses every time, with it nobody can get into it.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.models import QuerySet

from kinline.residents import services as residents

PATIENCE = 60.0


FIRST_WRITE = "first write"
_WRITES = ("INSERT", "UPDATE", "DELETE", "SELECT LEDGER_", "SELECT MESSAGE_ID, STATE, PAYER FROM SEND_LETTER")


def _is_write(sql: str) -> bool:
    return sql.lstrip().upper().startswith(_WRITES)


class Stopped:
    """An act on a connection of its own that stops before its first statement that contains `before`.

    FIRST_WRITE: before the first statement that changes something, so after it has read and decided.
    """

    def __init__(self, act: Callable[[], Any], before: str) -> None:
        self._act, self._before = act, before
        self._there, self._go = threading.Event(), threading.Event()
        self._pool = ThreadPoolExecutor(1)
        self.pid = 0
        self._future: Future[Any] = self._pool.submit(self._run)

    def _run(self) -> Any:
        try:
            connection.ensure_connection()
            self.pid = connection.connection.info.backend_pid
            with connection.execute_wrapper(self._wait):
                return self._act()
        except Exception as error:
            return error
        finally:
            connection.close()

    def _wait(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not self._there.is_set() and self._is_there(str(sql)):
            self._there.set()
            assert self._go.wait(PATIENCE)
        return execute(sql, params, many, context)

    def _is_there(self, sql: str) -> bool:
        if self._before == FIRST_WRITE:
            return _is_write(sql)
        return bool(self._before) and self._before in sql

    def reaches(self) -> "Stopped":
        """Waits until the act stands before that statement."""
        until = time.monotonic() + PATIENCE
        while not self._there.wait(0.01):
            assert not self._future.done(), f"it never came there: {self._future.result()!r}"
            assert time.monotonic() < until
        return self

    def blocks(self) -> "Stopped":
        """Waits until the act waits for somebody's lock, or is done."""
        until = time.monotonic() + PATIENCE
        while not self._future.done() and not self._is_blocked():
            assert time.monotonic() < until
            time.sleep(0.005)
        return self

    def _is_blocked(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s", [self.pid])
            row = cursor.fetchone()
        return bool(row and row[0])

    @property
    def done(self) -> bool:
        return self._future.done()

    def goes_on(self) -> "Stopped":
        self._go.set()
        return self

    def answer(self) -> Any:
        """What it returned, or the exception it raised."""
        self._go.set()
        return self._future.result(PATIENCE)

    def close(self) -> None:
        self._go.set()
        self._pool.shutdown(wait=True)


@contextlib.contextmanager
def stopped(act: Callable[[], Any], before: str = "") -> Iterator[Stopped]:
    one = Stopped(act, before)
    try:
        yield one
    finally:
        one.close()


def crossing(first: Callable[[], Any], before: str, second: Callable[[], Any]) -> list[Any]:
    """The first act stops before a statement; the second runs until it waits or is done; then the first goes on."""
    with stopped(first, before) as one:
        one.reaches()
        with stopped(second) as other:
            other.blocks()
            return [one.answer(), other.answer()]


def without_row_locks(patch: pytest.MonkeyPatch) -> None:
    """The naive version of every story: read, then write."""
    patch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    patch.setattr(residents, "lock", lambda **_resident: None)


def is_deadlock(answer: Any) -> bool:
    return isinstance(getattr(answer, "__cause__", None), psycopg.errors.DeadlockDetected)
