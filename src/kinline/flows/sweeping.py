"""Steps of what runs by the clock over many people: each has their own story, and one that fails stops no other."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

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
