"""Counting tries, exactly: a count and its row are one step under a lock of the key (ACC-6)."""

from datetime import datetime

from django.db import connection
from django.utils.crypto import salted_hmac

from kinline.core.transaction import verb
from kinline.identity.limits import LIMITS
from kinline.identity.models import Attempt, SignInLock


@verb
def take(kind: str, who: object, now: datetime) -> bool:
    """Count one try of `kind` by `who`; false, and nothing counted, when the limit of `limits.LIMITS` is reached."""
    hold(kind, who)
    if paused_until(kind, who, now):
        return False
    add(kind, who, now)
    return True


def hold(kind: str, who: object) -> None:
    """Until the transaction ends, nobody else counts this key. Two tries at once stand in line."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(_key(kind, who)[:8], "big", signed=True)])


def paused_until(kind: str, who: object, now: datetime) -> datetime | None:
    """When the next try is allowed, if the limit is reached: when the oldest of the last tries leaves the window."""
    limit = LIMITS[kind]
    recent = Attempt.objects.filter(key=_key(kind, who), at__gt=now - limit.window).order_by("-at")
    times = list(recent.values_list("at", flat=True)[: limit.times])
    return times[-1] + limit.window if len(times) == limit.times else None


def locked(kind: str, who: object) -> bool:
    """Whether `add_or_lock` locked it, and nobody has opened it since."""
    return SignInLock.objects.filter(key=_key(kind, who)).exists()


def add_or_lock(kind: str, who: object, user_id: int | None, now: datetime) -> bool:
    """Count a wrong try of what is not locked; true when it was the last: locked from now on (rules C3)."""
    add(kind, who, now)
    if paused_until(kind, who, now) is None:
        return False
    return SignInLock.objects.get_or_create(key=_key(kind, who), defaults={"user_id": user_id, "at": now})[1]


def open_again(kind: str, who: object) -> bool:
    """The lock ends, and the wrong tries before it count no more. False if there was none."""
    forget(kind, who)
    return SignInLock.objects.filter(key=_key(kind, who)).delete()[0] > 0


def count(kind: str, who: object, now: datetime) -> int:
    return Attempt.objects.filter(key=_key(kind, who), at__gt=now - LIMITS[kind].window).count()


def add(kind: str, who: object, now: datetime) -> None:
    Attempt.objects.create(key=_key(kind, who), at=now)


def forget(kind: str, who: object) -> None:
    """The right password, or a new one: the wrong tries before it count no more."""
    Attempt.objects.filter(key=_key(kind, who)).delete()


def _key(kind: str, who: object) -> bytes:
    """A digest: the table must not become a list of who was searched for, or from where."""
    return salted_hmac("kinline.attempt", f"{kind}:{who}", algorithm="sha256").digest()
