"""Ending sessions, and noting that one is used (ACC-7)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.crypto import salted_hmac

from kinline.core.transaction import verb
from kinline.identity.models import Session

SEEN_EVERY = timedelta(minutes=5)


@verb
def note_seen(*, session_key: str, now: datetime) -> None:
    """The session is in use, so it lives on. One write in five minutes is enough: see `is_stale`."""
    lives_until = now + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    Session.objects.filter(pk=session_key).update(last_seen_at=now, expire_date=lives_until)


def is_stale(last_seen_at: datetime | None, now: datetime) -> bool:
    return last_seen_at is not None and now - last_seen_at >= SEEN_EVERY


@verb
def end_sessions(*, user_id: int, keep: str | None = None) -> int:
    """End every session of the person, but for the one with the key `keep`. Returns how many ended."""
    return Session.objects.filter(user_id=user_id).exclude(pk=keep or "").delete()[0]


@verb
def end_session(*, user_id: int, handle: str) -> bool:
    """End one of the person's own sessions; false when it is not theirs or over already."""
    keys = Session.objects.filter(user_id=user_id).values_list("pk", flat=True)
    key = next((key for key in keys if session_handle(key) == handle), None)
    return key is not None and Session.objects.filter(pk=key).delete()[0] == 1


def session_handle(session_key: str) -> str:
    """What names a session in a form without being its key."""
    return salted_hmac("kinline.session-handle", session_key, algorithm="sha256").hexdigest()[:24]
