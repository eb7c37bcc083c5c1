"""How an act is answered in every face: 303 to the page that shows what came of it.

What came of it is one sentence on that page (`design.flash`).
"""

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseRedirectBase
from django.urls import reverse

from kinline.core.errors import Refusal
from kinline.design import flash


class SeeOther(HttpResponseRedirectBase):
    """After a POST, whatever the browser's reload or back button does, the act is not repeated."""

    status_code = 303


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
