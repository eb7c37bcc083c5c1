"""Who may open a page of the family portal, and what becomes of what was typed when they may not (experience.md, 5)."""

import ipaddress
import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeGuard
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import get_user, login, logout
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme

from kinline.core import confidential
from kinline.core.cards import looks_like_card
from kinline.identity.models import Kind, User
from kinline.identity.sessions import SessionStore

View = Callable[..., HttpResponseBase]

KEPT = "kept_form"
KEPT_CHARACTERS = 40_000
KEPT_SECONDS = 3600
SHORT_FIELD = 200  # characters
_NEVER_KEPT = ("password", "csrf", "code", "token", "passkey")
HOME = "/home/"
_BACKEND = "kinline.identity.backends.FaceBackend"


def family_required(view: View) -> View:
    """The page of a signed-in, active family member; anybody else is led to log in and back.

    What a lost session's form held is kept for an hour, in the browser's new session, as
    `request.session["kept_form"] = {"path", "fields"}`; after logging in, the page at `path` gives it back
    (`take_kept`).
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if is_family(request.user):
            return view(request, *args, **kwargs)
        if request.method == "POST":
            keep(request)
            request.session.set_expiry(KEPT_SECONDS)
        return _to_login(request)

    return guarded


def signed_in(request: HttpRequest) -> User | AnonymousUser:
    """Who this session belongs to: read together with the session; what does not verify goes Django's longer way."""
    session = request.session
    owner = session.verified_owner() if isinstance(session, SessionStore) else None
    return owner or get_user(request)


def is_family(user: Any) -> TypeGuard[User]:
    return isinstance(user, User) and user.kind == Kind.FAMILY and user.activated_at is not None


def is_staff(user: Any) -> TypeGuard[User]:
    return (
        isinstance(user, User) and user.kind == Kind.STAFF and user.activated_at is not None and user.stopped_at is None
    )


def person(request: HttpRequest) -> User:
    """The signed-in family member of a page behind `family_required`."""
    user = request.user
    if not is_family(user):
        raise PermissionDenied
    return user


def take_kept(request: HttpRequest) -> dict[str, str]:
    """The fields that were typed at this address before the session was lost; given once. Empty when there are none.

    The browser may be another person's by now: show a kept letter only beside a contact of the one who logged in.
    """
    kept = request.session.get(KEPT)
    if not kept or kept["path"] != request.path:
        return {}
    del request.session[KEPT]
    if "sealed" not in kept:
        return dict(kept["fields"])
    try:
        return dict(json.loads(confidential.unseal(kept["sealed"], _about(request))))
    except confidential.Closed:
        return {}


def keep(request: HttpRequest) -> None:
    """Keep what was typed for the page at this address (`take_kept`); never a password, a code or a card number."""
    left, fields = KEPT_CHARACTERS, {}
    for name, value in request.POST.items():
        if any(word in name.lower() for word in _NEVER_KEPT) or not isinstance(value, str) or _is_card(value):
            continue
        fields[name[:100]] = value[:left]
        left -= len(fields[name[:100]]) + len(name[:100])
        if left <= 0:
            break
    request.session[KEPT] = {"path": request.path} | _sealed(fields, request)


def _sealed(fields: dict[str, str], request: HttpRequest) -> dict[str, Any]:
    """A letter to an attorney may be among what was typed, and a session is a row that is read by others (DEL-7)."""
    if not confidential.can_seal():
        return {"fields": fields}
    return {"sealed": confidential.seal(json.dumps(fields), _about(request))}


def _about(request: HttpRequest) -> str:
    return f"kept:{request.path}"


def _is_card(value: str) -> bool:
    """A card number typed into a short field is not kept, not even until after the log-in (PCI1). A letter is."""
    return len(value) <= SHORT_FIELD and looks_like_card(value)


def _to_login(request: HttpRequest) -> HttpResponse:
    where = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    response = HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': where})}")
    response.status_code = 303 if request.method == "POST" else 302
    return response


def sign_in(request: HttpRequest, user: User) -> None:
    """Begin a new session for `user` in this browser, with what was kept for it."""
    login(request, user, backend=_BACKEND)
    request.session.set_expiry(None)


def sign_out(request: HttpRequest) -> None:
    logout(request)


def safe_next(request: HttpRequest, where: str) -> str:
    """Where to go after logging in: a page of ours, never another site's (ACC-6)."""
    ours = where.startswith("/") and url_has_allowed_host_and_scheme(
        where, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return where if ours and not where.startswith(("/login/", "/logout/", "/staff/", "/kiosk/")) else HOME


def address_of(request: HttpRequest) -> str | None:
    """The address the request came from; behind our own proxy, what that proxy saw."""
    given = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        given = request.headers.get("X-Forwarded-For", given).rsplit(",", 1)[-1].strip()
    try:
        return str(ipaddress.ip_address(given.partition("%")[0]))
    except ValueError:
        return None


def network_of(address: str | None) -> str:
    """What counts as one connection: an IPv4 address, or the /64 that one IPv6 customer has."""
    if address is None:
        return "unknown"
    if ":" in address:
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return address
