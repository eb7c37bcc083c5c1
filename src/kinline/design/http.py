"""What faces share of HTTP."""

from typing import TypeVar

from django.http import Http404

T = TypeVar("T")


def found(thing: T | None) -> T:
    """The thing, or the page for what is not there. Absent and forbidden look alike (`None` from a query)."""
    if thing is None:
        raise Http404
    return thing
