"""Whose page it is, and what its counters say: the two questions of a stream to the database. Run in threads."""

from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings
from django.db import close_old_connections
from django.http import HttpRequest

from kinline.core import clock
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.identity.access import is_family, signed_in
from kinline.identity.sessions import SessionStore
from kinline.ledger import chart
from kinline.ledger.queries import balance
from kinline.messaging.queries import counts
from kinline.notices.queries import unread_count
from kinline.residents.queries import session as sitting

FAMILY_PATH = "/events"
KIOSK_PATH = "/kiosk/events"
PATHS = {FAMILY_PATH, KIOSK_PATH}


def cookie_for(path: str, header: str) -> str:
    """The session key that this path goes by: a family tab and a kiosk tab of one browser stay apart."""
    try:
        cookies = SimpleCookie(header)
    except CookieError:
        return ""
    name = settings.KIOSK_SESSION_COOKIE if path == KIOSK_PATH else settings.FACE_COOKIES["/"]
    return cookies[name].value if name in cookies else ""


def party_of(path: str, key: str) -> Party | None:
    """Who is signed in with this key now, if anybody. Touches nothing: an open page is no activity."""
    if not key:
        return None
    try:
        return _resident(key) if path == KIOSK_PATH else _family(key)
    finally:
        close_old_connections()


def counters(party: Party) -> dict[str, Any]:
    """Unread letters, letters waiting for one's credit, unread notices, money for messages (integer cents)."""
    try:
        numbers = counts(party)
        return {
            "unread": numbers.unread,
            "collect": numbers.collect_waiting,
            "drafts": numbers.drafts,
            "notices": unread_count(party, clock.now()),
            "available_cents": balance(chart.messages_of(party)).available_cents,
        }
    finally:
        close_old_connections()


def _family(key: str) -> Party | None:
    """As the page itself would see it: verified that the password has not changed since."""
    request = HttpRequest()
    request.session = SessionStore(key)
    user = signed_in(request)
    return Party(FAMILY, user.pk) if is_family(user) else None


def _resident(key: str) -> Party | None:
    found = sitting(key, clock.now())
    return Party(RESIDENT, found.resident_id) if found is not None else None
