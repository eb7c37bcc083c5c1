"""The pages for what went wrong. They say what happened and where to go; none needs the database."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from kinline.core.cards import looks_like_card

# Never shown again and never sent again by a page: what a person would not want on the screen.
_SECRET = ("password", "pin", "code", "token", "csrf")
_CARD_FIELD = 200  # nobody types a card's number into a letter, but a letter may hold a long number
_SHOWN_CHARACTERS = 60  # shorter values travel hidden; longer ones are text that somebody wrote
# Their own base pages have the way out, and the countdown of a kiosk, which an error page there needs as well.
_BASES = {"/kiosk/": "kiosk/base.html", "/staff/": "staff/base.html"}


def _base(request: HttpRequest) -> str:
    return next((base for path, base in _BASES.items() if request.path.startswith(path)), "design/base.html")


def _page(request: HttpRequest, status: HTTPStatus, title: str, lines: list[str]) -> HttpResponse:
    context = {"base": _base(request), "title": title, "lines": lines, "home": _home(request)}
    return render(request, "design/error.html", context, status=status)


def _home(request: HttpRequest) -> str:
    return next((f"/{name}/" for name in ("kiosk", "staff") if request.path.startswith(f"/{name}/")), "/")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    lines = [_("Something in the address or the form did not arrive whole. Nothing was sent and nothing was charged.")]
    return _page(request, HTTPStatus.BAD_REQUEST, _("We could not read that"), lines)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    lines = [_("This page is not open to this sign-in. Nothing was changed.")]
    return _page(request, HTTPStatus.FORBIDDEN, _("You cannot open this page"), lines)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    lines = [
        _("The address may be mistyped, or what was here has been removed."),
        _("If you came from a link in an email, open it again, or sign in and look under Letters."),
    ]
    return _page(request, HTTPStatus.NOT_FOUND, _("There is no page here"), lines)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: no session, no person, no query can fail a second time."""
    lines = [
        _("This is our fault, not yours. Please try again in a few minutes."),
        _("If you were sending a letter: it is sent once or not at all. Look under Letters before you send again."),
    ]
    context = {"base": _base(request), "title": _("Something went wrong here"), "lines": lines, "home": _home(request)}
    return HttpResponse(render_to_string("design/error.html", context), status=HTTPStatus.INTERNAL_SERVER_ERROR)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or in two tabs. What was typed is given back; secrets are not.

    It can be sent again with one button only if the browser itself says that it came from one of our own pages:
    otherwise another site could use this page to have its own form sent.

    A script's request gets no page: the new token in it would be another one than the page gets that follows at once.
    """
    if request.headers.get("Sec-Fetch-Mode", "navigate") not in {"navigate", "nested-navigate"}:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    typed = [(name, one) for name, values in request.POST.lists() for one in values if not _is_secret(name, one)]
    context: dict[str, Any] = {
        "base": _base(request),
        "home": _home(request),
        "written": [(name, value) for name, value in typed if len(value) > _SHOWN_CHARACTERS or "\n" in value],
        "typed": typed if _from_our_page(request) else [],
        "again": request.get_full_path(),
    }
    return render(request, "design/csrf.html", context, status=HTTPStatus.FORBIDDEN)


def _is_secret(name: str, value: str) -> bool:
    """By its name, or because a card number was typed into a wrong field (PCI1)."""
    return any(word in name.lower() for word in _SECRET) or (len(value) <= _CARD_FIELD and looks_like_card(value))


def _from_our_page(request: HttpRequest) -> bool:
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Sec-Fetch-Site") == "same-origin" or request.headers.get("Origin") == own
