"""Two ways to race: `together` starts threads at one moment; `Device` is one connection that is led step by step."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Any

import psycopg
from django.db import connection

PATIENCE = 60.0


def together(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each act answered or raised, all started at once, each on a connection of its own."""
    gate = threading.Barrier(len(acts), timeout=PATIENCE)

    def run(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            gate.wait()
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def meeting(number: int) -> Callable[[], None]:
    """A place that each of so many comes to and waits at until all are there; whom a lock keeps away, not for long.

    What happens after it, without a lock, happens when all have read: however slow the machine is.
    """
    gate = threading.Barrier(number, timeout=2.0)

    def meet() -> None:
        with suppress(threading.BrokenBarrierError):
            gate.wait()

    return meet


class Device:
    """One connection in one transaction. `start` sends a statement without waiting; `answer` waits for it."""

    def __init__(self) -> None:
        parameters = connection.get_connection_params()
        for unwanted in ("cursor_factory", "context", "prepare_threshold"):
            parameters.pop(unwanted, None)
        self._connection = psycopg.connect(**parameters)
        self._pool = ThreadPoolExecutor(1)
        self._pending: Future[Any] | None = None

    def __enter__(self) -> "Device":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._pool.shutdown(wait=True)
        self._connection.close()

    def ask(self, statement: str, *values: Any) -> Any:
        row = self._connection.execute(statement, values).fetchone()
        return row[0] if row else None

    def do(self, statement: str) -> None:
        self._connection.execute(statement)

    def start(self, statement: str, *values: Any) -> None:
        """Sends it, and returns when the database makes it wait for somebody's lock."""
        pid = self._connection.info.backend_pid
        self._pending = self._pool.submit(self.ask, statement, *values)
        until = time.monotonic() + PATIENCE
        while not _waits(pid):
            assert not self._pending.done(), f"it did not wait: {self._pending.exception() or self._pending.result()}"
            assert time.monotonic() < until
            time.sleep(0.002)

    def answer(self) -> Any:
        assert self._pending is not None
        return self._pending.result(PATIENCE)

    def refusal(self) -> str:
        """The SQLSTATE with which the pending statement was refused."""
        assert self._pending is not None
        error = self._pending.exception(PATIENCE)
        assert isinstance(error, psycopg.Error), error
        return error.sqlstate or ""

    def commit(self) -> None:
        self._connection.commit()

    def rollback(self) -> None:
        self._connection.rollback()


def _waits(pid: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s", [pid])
        return bool(cursor.fetchone()[0])
