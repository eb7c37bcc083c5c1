"""What faces share of HTTP: what came in an address or form, and what is not there."""

from typing import TypeVar

from django.http import Http404, HttpRequest

T = TypeVar("T")


def found(thing: T | None) -> T:
    """The thing, or the page for what is not there. Absent and forbidden look alike (`None` from a query)."""
    if thing is None:
        raise Http404
    return thing


def number(value: str | None) -> int | None:
    """A row's number out of an address or a form; None when it is none."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 19 else None


def by_itself(request: HttpRequest) -> bool:
    """Whether an open page looks again by itself (`live.js`), with no person behind it."""
    return "X-Kinline-Live" in request.headers
