"""One sentence for the next page: "Your letter is on its way."

It travels in a short-lived signed cookie, one a face, so it needs no session and no table: a shared kiosk that is
signed out keeps nothing. Never put private words (a name, a line of a letter) in one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from kinline.design.http import by_itself

Tone = Literal["good", "warn", "bad"]
MAX_AGE_SECONDS = 60
SALT = "kinline.flash"
_OWN_COOKIE = ("kiosk", "staff")


@dataclass(frozen=True, slots=True)
class Flash:
    text: str
    tone: Tone


def say(request: HttpRequest, text: object, tone: Tone = "good") -> None:
    """Show `text` on the next page that this face answers with, once."""
    _box(request).unsaid.append(Flash(str(text), tone))


def take(request: HttpRequest) -> list[Flash]:
    """What is to be shown now; shown once. Called by the base page.

    An open page that only looks whether something changed (`live.js`) shows none of it, so it takes none: it could be
    another tab's, and that tab's sentence is waited for by a person.
    """
    if by_itself(request):
        return []
    box = _box(request)
    box.shown = True
    told, box.unsaid = [*box.brought, *box.unsaid], []
    box.brought = []
    return told


@dataclass(slots=True)
class _Box:
    brought: list[Flash]
    unsaid: list[Flash]
    shown: bool = False


def _face(path: str) -> str:
    first = path.split("/", 2)[1] if "/" in path else ""
    return first if first in _OWN_COOKIE else ""


def _cookie(path: str) -> tuple[str, str]:
    """Name and path of the cookie for the face that `path` belongs to."""
    face = _face(path)
    return (f"kinline_flash_{face}", f"/{face}/") if face else ("kinline_flash", "/")


def _box(request: HttpRequest) -> _Box:
    box = getattr(request, "_kinline_flash", None)
    if not isinstance(box, _Box):
        box = _Box(_read(request.COOKIES.get(_cookie(request.path)[0], "")), [])
        request._kinline_flash = box  # type: ignore[attr-defined]  # Django's own way to hang things on a request
    return box


def _read(value: str) -> list[Flash]:
    """The flashes in a cookie; an old, forged or broken one is no flash, not an error."""
    try:
        pairs = signing.loads(value, salt=SALT, max_age=MAX_AGE_SECONDS) if value else []
        return [Flash(str(text), tone) for text, tone in pairs]
    except (signing.BadSignature, TypeError, ValueError):
        return []


class FlashMiddleware:
    """Writes what was said and not yet shown; takes away what was shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        box = getattr(request, "_kinline_flash", None)
        if isinstance(box, _Box):
            _write(request, response, box)
        return response


def _write(request: HttpRequest, response: HttpResponse, box: _Box) -> None:
    name, path = _cookie(request.path)
    if box.unsaid:
        left = [*box.brought, *box.unsaid]
        response.set_cookie(
            name,
            signing.dumps([(f.text, f.tone) for f in left], salt=SALT, compress=True),
            max_age=MAX_AGE_SECONDS,
            path=path,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    elif box.shown and name in request.COOKIES:
        response.delete_cookie(name, path=path, samesite="Lax")
