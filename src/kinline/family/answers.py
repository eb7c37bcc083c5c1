"""How a family page answers: a page, or 303 to the page that shows what came of it.

What happened is said at the top of the next page (`design.flash`). The button beside it, the next step after a
refusal or the undo, is in the address: `?no=no_credit`, `?undo=restore&ids=4-7`. So nothing is stored.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from kinline.core.errors import Refusal
from kinline.core.parties import FAMILY, Party
from kinline.design import flash
from kinline.family.next_steps import next_step
from kinline.identity.access import person
from kinline.messaging.queries import counts


class SeeOther(HttpResponseRedirectBase):
    """After a POST, whatever the browser's reload or back button does, the act is not repeated."""

    status_code = 303


def me(request: HttpRequest) -> Party:
    """The signed-in family member as the actor of every query and flow."""
    return Party(FAMILY, person(request).pk)


def page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """Render, with the next step after what was said, if there is one, and the counter of unread letters."""
    context["next_step"] = next_step(request.GET.get("no", ""))
    context.setdefault("unread", SimpleLazyObject(lambda: counts(me(request)).unread))
    return render(request, f"family/{template}", context, status=status)


def see_other(name: str, *args: object, **query: object) -> SeeOther:
    """303 to the page `name`; the parts of `query` that are empty are left out."""
    where, asked = reverse(name, args=args), {key: value for key, value in query.items() if value}
    return SeeOther(f"{where}?{urlencode(asked)}" if asked else where)


def attempt(request: HttpRequest, act: Callable[[], object], done: object) -> str:
    """Do `act` and say `done`, or say the refusal. Returns the refusal's code, or nothing when it was done."""
    try:
        act()
    except Refusal as no:
        flash.say(request, no, "bad")
        return no.code
    flash.say(request, done)
    return ""
