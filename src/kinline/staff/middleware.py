"""The one gate of the staff face: default deny (STF-1)."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.urls import reverse
from django.utils import timezone

from kinline.core import clock
from kinline.design.answers import SeeOther
from kinline.identity import access
from kinline.staff import desk
from kinline.staff.answers import page
from kinline.staff.pages import ALWAYS, DOORS, TABLE


class _Found(HttpResponseRedirectBase):
    status_code = 302


class StaffMiddleware:
    """Below /staff/: who sits there, in the place's time. What `pages.TABLE` does not list is closed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/staff/"):
            return self.get_response(request)
        at = desk.take(request, clock.now())
        request.desk = at  # type: ignore[attr-defined]  # Django's own way to hang things on a request
        with timezone.override(at.place.time_zone if at and at.place else None):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        if not request.path.startswith("/staff/"):
            return None
        name = request.resolver_match.url_name if request.resolver_match else None
        if name in DOORS:
            return None
        at: desk.Desk | None = request.desk  # type: ignore[attr-defined]  # set above
        if at is None:
            return _first(request, "staff_login")
        if name in ALWAYS:
            return None
        return _first(request, "staff_unlock") if at.locked else _checked(request, at, name or "")


def _checked(request: HttpRequest, at: desk.Desk, name: str) -> HttpResponse | None:
    entry = TABLE.get(name)
    if entry is None or not at.may(entry.permission):
        if name == "staff":
            return None  # says that there is no role, and how to leave
        # Also for a page that was open when the role ended: it says so, and that nothing was done.
        return page(request, "closed", status=HTTPStatus.FORBIDDEN)
    if entry.fresh and request.method == "POST" and not at.fresh:
        return _first(request, "staff_confirm")
    return None


def _first(request: HttpRequest, name: str) -> HttpResponse:
    """To another page first, and back; what was typed is kept for then (experience.md, 5)."""
    if request.method == "POST":
        access.keep(request)
    where = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    answer = SeeOther if request.method == "POST" else _Found
    return answer(f"{reverse(name)}?{urlencode({'next': where})}")
