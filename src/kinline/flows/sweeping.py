"""Steps over many people: each has their own story, or some share one; and one that fails stops no other."""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from django.db import InterfaceError, OperationalError

log = logging.getLogger(__name__)
T = TypeVar("T")


class SweepFailed(Exception):
    """Some of many could not be done; they come again by the clock. The text names counts and classes, no people."""


def each(what: str, items: Iterable[T], act: Callable[[T], object]) -> None:
    """Do `act` with every item; raises SweepFailed at the end if any failed, so that the operator sees it."""
    failed: list[str] = []
    for item in items:
        try:
            act(item)
        except Exception as problem:
            failed.append(type(problem).__name__)
            log.error("%s: one failed (%s)", what, type(problem).__name__)
    if failed:
        raise SweepFailed(f"{what}: {len(failed)} failed ({', '.join(sorted(set(failed)))})")


def together(what: str, items: Sequence[T], act: Callable[[Sequence[T]], object]) -> None:
    """Do `act` with all of them in one story; if one of them is refused, with each alone, and the others are done.

    What could not be done even so is logged. Raises what says that the database is away, or that a lock is not had.
    """
    try:
        act(items)
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:
        if len(items) == 1:
            log.error("%s: one failed (%s)", what, type(problem).__name__)
        else:
            for item in items:
                together(what, [item], act)
