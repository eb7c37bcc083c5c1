"""An account of staff that nobody uses is a door that nobody watches: after 90 days it is stopped (rules C6).

Its owner is told two weeks before. Whoever manages staff accounts opens it again (`team.open_sign_in`).
"""

from datetime import datetime, timedelta

from django.conf import settings

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.identity import queries
from kinline.identity import services as identity
from kinline.identity.models import User
from kinline.notices import services as notices

IDLE = timedelta(days=90)
TOLD_BEFORE = timedelta(days=14)


def stop_idle_staff(*, now: datetime) -> None:
    """Every day; each account is a story of its own. The sample's accounts are nobody's, and stay open."""
    if settings.DEMO:
        return
    for user in queries.idle_staff(now - IDLE + TOLD_BEFORE).filter(idle_told_at=None):
        _tell(user_id=user.pk, now=now)
    for user in queries.idle_staff(now - IDLE).filter(idle_told_at__lte=now - TOLD_BEFORE):
        _stop(user_id=user.pk, now=now)


@story
def _tell(*, user_id: int, now: datetime) -> None:
    user = _still(user_id, now - IDLE + TOLD_BEFORE)
    if user is not None and user.idle_told_at is None:
        User.objects.filter(pk=user_id).update(idle_told_at=now)
        notices.mail(to=user.email, kind="staff_idle", now=now, user=user, language=user.language)


@story
def _stop(*, user_id: int, now: datetime) -> None:
    """Unless they have come in since the list was made."""
    user = _still(user_id, now - IDLE)
    if user is not None and identity.stop(user_id=user_id, now=now):
        record("system", "staff.stop", f"staff:{user_id}", now=now)
        notices.mail(to=user.email, kind="staff_stopped", now=now, user=user, language=user.language)


def _still(user_id: int, until: datetime) -> User | None:
    """Locked until the story ends, so that who comes in meanwhile is not stopped."""
    return queries.idle_staff(until).filter(pk=user_id).select_for_update().first()
