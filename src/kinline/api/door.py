"""The door of switches (TEL-10): a token of one switch in the header, a small JSON body, problem details for a "no".

What is sent may hold a PIN: nothing of a body is ever logged or repeated in an answer.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from kinline.core import clock
from kinline.telephony.queries import switches

if TYPE_CHECKING:
    from kinline.telephony.models import Switch

LIMIT_BYTES: Final = 65_536  # a heartbeat of a thousand calls
Body = Mapping[str, Any]
View = Callable[..., HttpResponse]


class Problem(Exception):
    """A "no" to a program: `code` is stable, `detail` a sentence that repeats nothing of what was sent."""

    def __init__(self, status: HTTPStatus, code: str, detail: str) -> None:
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail

    def answer(self) -> HttpResponse:
        """RFC 9457."""
        body = {
            "type": "about:blank", "title": self.status.phrase, "status": self.status.value, "detail": self.detail,
            "code": self.code,
        }  # fmt: skip
        found = JsonResponse(body, status=self.status, content_type="application/problem+json")
        if self.status == HTTPStatus.UNAUTHORIZED:
            found.headers["WWW-Authenticate"] = "Bearer"
        if self.status == HTTPStatus.SERVICE_UNAVAILABLE:
            found.headers["Retry-After"] = "1"
        return found


def unknown(what: str) -> Problem:
    """Absent, and of another switch: the same."""
    return Problem(HTTPStatus.NOT_FOUND, f"no_{what}", f"This switch has no such {what}.")


def by_switch(view: Callable[..., dict[str, Any]]) -> View:
    """`view(switch, body, now, **parts)` answers what becomes JSON, or raises `Problem`. POST only."""

    @wraps(view)
    def opened(request: HttpRequest, **parts: Any) -> HttpResponse:
        try:
            switch = _switch(request)
            if request.method != "POST":
                raise Problem(HTTPStatus.METHOD_NOT_ALLOWED, "post_only", "Use POST.")
            return JsonResponse(view(switch, _body(request), clock.now(), **parts))
        except Problem as problem:
            return problem.answer()
        except OperationalError:  # the database is away or does not come to it: the same may be asked again
            return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "try_later", "Ask the same again in a moment.").answer()

    return never_cache(csrf_exempt(opened))  # no browser and no session: the token proves who asks


def _switch(request: HttpRequest) -> "Switch":
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    found = switches.by_token(token.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise Problem(HTTPStatus.UNAUTHORIZED, "no_switch", "Send a switch's token: Authorization: Bearer <token>.")
    return found


def _body(request: HttpRequest) -> Body:
    try:
        sent = request.read(LIMIT_BYTES + 1)
    except UnreadablePostError:
        raise _unreadable() from None
    if len(sent) > LIMIT_BYTES:
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_long", f"At most {LIMIT_BYTES} bytes.")
    try:
        found = json.loads(sent or b"{}")
    except (ValueError, RecursionError):
        raise _unreadable() from None
    if not isinstance(found, dict):
        raise _unreadable()
    return found


def _unreadable() -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, "unreadable", "The body is not a JSON object.")


def _wrong(name: str, want: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, "wrong_field", f"{name}: {want}")


# Fields of a body, each read once and strictly


def text(body: Body, name: str, *, most: int, needed: bool = False) -> str:
    """At most so many characters, none of them a control character; empty when it is not there and not `needed`."""
    found = body.get(name, "")
    if not isinstance(found, str) or len(found) > most or not found.isprintable():
        raise _wrong(name, f"a string of at most {most} characters.")
    if needed and not found:
        raise _wrong(name, "is missing.")
    return found


def whole(body: Body, name: str, *, most: int, default: int | None = None) -> int:
    """A whole number from 0; `default` None: it must be there."""
    found = body.get(name, default)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found <= most:
        raise _wrong(name, f"a whole number from 0 to {most}.")
    return found


def one_of(body: Body, name: str, choices: Mapping[str, str], default: str = "") -> str:
    found = body.get(name, default)
    if not isinstance(found, str) or found not in choices:
        raise _wrong(name, f"one of {', '.join(choices)}.")
    return choices[found]


def key(body: Body, name: str) -> UUID:
    try:
        return UUID(text(body, name, most=36, needed=True))
    except ValueError:
        raise _wrong(name, "a UUID.") from None


def moment(body: Body, name: str, default: datetime) -> datetime:
    """RFC 3339, with its offset; `default` when it is not there."""
    found = text(body, name, most=40)
    if not found:
        return default
    try:
        at = datetime.fromisoformat(found)
        if at.tzinfo is None:
            raise ValueError
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _wrong(name, "a moment with its offset, such as 2026-11-23T14:00:00Z.") from None


def rows(body: Body, name: str, *, most: int) -> list[Body]:
    found = body.get(name, [])
    if not isinstance(found, list) or len(found) > most or not all(isinstance(one, dict) for one in found):
        raise _wrong(name, f"a list of at most {most} objects.")
    return found
