"""How a kiosk page answers: a page, or 303 to the page that shows what came of it.

What came of a POST is one sentence on the next page (`design.flash`); it never holds a name or a letter's words.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import render
from django.urls import reverse

from kinline.core.errors import Refusal
from kinline.design import flash


class SeeOther(HttpResponseRedirectBase):
    """After a POST: back and reload do not repeat the act."""

    status_code = 303


def page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, f"kiosk/{template}", context, status=status)


def see_other(name: str, *args: object, **query: object) -> SeeOther:
    where = reverse(name, args=args)
    return SeeOther(f"{where}?{urlencode(query)}" if query else where)


def attempt(request: HttpRequest, act: Callable[[], object], done: object) -> bool:
    """Do `act`; say `done` on the next page, or the refusal. True when it was done."""
    try:
        act()
    except Refusal as no:
        flash.say(request, no, "bad")
        return False
    if done:
        flash.say(request, done)
    return True
