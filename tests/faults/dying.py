"""A process that dies in the middle of a story, at a place one can count to.

Between any two statements, and between the last one and its commit: the server sees only that the connection broke,
which is all that a kill -9 lets it see. `python -m tests.faults.dying` dies for real, by SIGKILL.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from django.db import Error, connection


class Dead(BaseException):
    """Not an Exception: nobody on the way out may catch it and clean up."""


class _Counter:
    """Counts statements and commits of this connection; at number `last` the process ends instead."""

    def __init__(self, last: int, end: Callable[[], None]) -> None:
        self.seen, self._last, self._end = 0, last, end

    def __call__(self, execute: Callable[..., Any], *statement: Any) -> Any:
        self._count()
        return execute(*statement)

    def _count(self) -> None:
        self.seen += 1
        if self.seen == self._last:
            self._end()

    def commit(self, real: Callable[[], None]) -> Callable[[], None]:
        def counted() -> None:
            self._count()
            real()

        return counted


def run(act: Callable[[], Any], last: int, end: Callable[[], None]) -> tuple[Any, int]:
    """What `act` answered and how many steps it took, unless step `last` ends it."""
    connection.ensure_connection()
    counter = _Counter(last, end)
    connection._commit = counter.commit(connection._commit)
    try:
        with connection.execute_wrapper(counter):
            return act(), counter.seen
    finally:
        del connection._commit


def _break() -> None:
    """The connection is gone without a word, and whoever used it knows nothing more."""
    connection.connection.pgconn.finish()
    raise Dead


def dies_at(act: Callable[[], Any], last: int) -> bool:
    """Runs `act` on a connection of its own that breaks at step `last`. False if it ended before that step came."""
    died = []

    def end() -> None:
        died.append(last)
        _break()

    def there() -> None:
        try:
            run(act, last, end)
        except (Dead, Error):  # the way out meets the broken connection as well
            if not died:
                raise
        finally:
            connection.close()

    thread = threading.Thread(target=there)
    thread.start()
    thread.join()
    return bool(died)


def steps_of(act: Callable[[], Any]) -> int:
    """Runs `act` to its end; how many steps it has."""
    return run(act, 0, _break)[1]


def dies_at_every_step(
    actors: Iterator[Any],
    story: Callable[[Any], Callable[[], Any]],
    wrongs: Callable[[], list[Any]],
    again: Callable[[Any, Callable[[], Any]], Any] = lambda _actor, act: act(),
) -> None:
    """A new actor for each step of the story, who dies there and does it `again`: nothing is wrong in between, and what
    there is to see in the end (`trace`) is what one sees who lived. `story`: prepares an actor; what they then do.
    """
    whole = next(actors)
    steps = steps_of(story(whole))
    assert steps >= 4, "no story is that short: the steps are not counted"
    for step in range(1, steps + 1):
        actor = next(actors)
        act = story(actor)
        assert dies_at(act, step), f"it has fewer steps than before: {step} of {steps}"
        assert wrongs() == [], f"after step {step} of {steps}"
        again(actor, act)
        assert actor.trace() == whole.trace(), f"not made whole after step {step} of {steps}"


if __name__ == "__main__":
    import django

    django.setup()
    from django.utils import timezone

    from kinline.ops.handlers import HANDLERS

    job, message_id, step = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    run(
        lambda: HANDLERS[job](message_id=message_id, now=timezone.now()), step,
        lambda: os.kill(os.getpid(), signal.SIGKILL),
    )  # fmt: skip
