"""One session cookie a face: a family tab, a staff tab and a kiosk tab of one browser never sign each other out."""

import time
from collections.abc import Callable
from importlib import import_module
from typing import cast

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.http import http_date

from kinline.core import clock
from kinline.identity.access import address_of, signed_in
from kinline.identity.models import User
from kinline.identity.services import sessions
from kinline.identity.sessions import SessionStore

GetResponse = Callable[[HttpRequest], HttpResponse]
_SERVER_ERROR = 500


def cookie_of(path: str) -> str:
    """The session cookie's name for a path: the first prefix of `FACE_COOKIES` that fits."""
    return next(name for prefix, name in settings.FACE_COOKIES.items() if path.startswith(prefix))


class FaceSessionMiddleware:
    """What Django's session middleware does, with the cookie that belongs to the face."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.store: type[SessionStore] = import_module(settings.SESSION_ENGINE).SessionStore

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = cookie_of(request.path)
        session = self.store(request.COOKIES.get(name))
        session.agent, session.address = request.headers.get("User-Agent", "").replace("\0", ""), address_of(request)
        request.session = session
        response = self.get_response(request)
        return _close(request, response, session, name)


def _close(request: HttpRequest, response: HttpResponse, session: SessionStore, name: str) -> HttpResponse:
    """Save what changed; set, renew or take away the cookie."""
    if session.accessed:
        patch_vary_headers(response, ("Cookie",))
    if session.is_empty():
        if name in request.COOKIES:
            response.delete_cookie(name, samesite="Lax")
    elif response.status_code < _SERVER_ERROR:
        if session.modified:
            _save(session)
        if session.modified or (isinstance(session, SessionStore) and session.renewed):
            _set_cookie(response, session, name)
    return response


def _save(session: SessionStore) -> None:
    try:
        session.save()
    except UpdateError:
        raise SessionInterrupted("The session ended while this page was being made.") from None


def _set_cookie(response: HttpResponse, session: SessionStore, name: str) -> None:
    age = session.get_expiry_age()
    response.set_cookie(
        name,
        session.session_key or "",
        max_age=age,
        expires=http_date(time.time() + age),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


class WhoMiddleware(AuthenticationMiddleware):
    """`request.user`, by one statement less than Django's own: session and person are one row."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = cast(User, SimpleLazyObject(lambda: signed_in(request)))


class SignedInMiddleware:
    """The signed-in person's language, and that they were here."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if cookie_of(request.path) not in request.COOKIES or not request.user.is_authenticated:
            return self.get_response(request)
        _note_seen(request)
        language = request.user.language
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers["Content-Language"] = language
        return response


def _note_seen(request: HttpRequest) -> None:
    session, now = request.session, clock.now()
    if isinstance(session, SessionStore) and session.session_key and sessions.is_stale(session.last_seen_at, now):
        sessions.note_seen(session_key=session.session_key, now=now)
        session.renewed = True
