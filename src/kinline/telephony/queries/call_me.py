"""Notes "please call me": a resident's open ones, and those that somebody left (TEL-13)."""

from datetime import datetime, timedelta
from typing import Final

from kinline.telephony.models import CallMe

SHOWN: Final = timedelta(days=30)


def waiting(resident_id: int, now: datetime) -> list[CallMe]:
    """What this resident has not put away, newest first; with who left each. After thirty days nobody waits."""
    rows = CallMe.objects.select_related("user").filter(resident_id=resident_id, seen_at=None)
    return list(rows.filter(left_at__gt=now - SHOWN).order_by("-left_at", "-pk"))


def of_resident(resident_id: int, note_id: int) -> CallMe | None:
    return CallMe.objects.filter(pk=note_id, resident_id=resident_id).first()


def how_many(resident_id: int, now: datetime) -> int:
    return CallMe.objects.filter(resident_id=resident_id, seen_at=None, left_at__gt=now - SHOWN).count()


def left_by(user_id: int, resident_id: int, now: datetime) -> list[CallMe]:
    """What this person left for a resident, newest first."""
    rows = CallMe.objects.filter(user_id=user_id, resident_id=resident_id, left_at__gt=now - SHOWN)
    return list(rows.order_by("-left_at", "-pk"))
