"""Stories and verbs. A story is one durable transaction; a verb joins the one that is open."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
R = TypeVar("R")


def story(function: Callable[P, R]) -> Callable[P, R]:
    """Exactly one transaction, committed when it returns; a story inside a story raises RuntimeError.

    The lock timeout is the connection's (settings), so that a story costs no extra round trip.
    """

    @wraps(function)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(durable=True):
            return function(*args, **kwargs)

    return told


def verb(function: Callable[P, R]) -> Callable[P, R]:
    """Joins the open transaction, or opens one. No savepoint: a refusal ends the whole story."""

    @wraps(function)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(savepoint=False):
            return function(*args, **kwargs)

    return done
