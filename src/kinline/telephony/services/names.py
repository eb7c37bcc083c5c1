"""Verbs of names in residents' own voices: kept, taken away, wanted again (T6)."""

import hashlib
from datetime import datetime
from typing import Final

from kinline.core.transaction import verb
from kinline.identity.models import User
from kinline.residents.models import Resident
from kinline.telephony.errors import NoName, NotAName
from kinline.telephony.models import RecordedName
from kinline.telephony.queries.names import may_say

MOST_BYTES: Final = 5 * 8000  # of µ-law: a second more than is listened for


@verb
def keep(*, resident_id: int, station_id: int | None, sound: bytes, now: datetime) -> RecordedName:
    """In the place of the one before, of which nothing stays. raises NotAName: empty, too long, or staff said no."""
    if not sound or len(sound) > MOST_BYTES:
        raise NotAName
    Resident.objects.select_for_update(no_key=True).get(pk=resident_id)
    if not may_say(resident_id, again=True):
        raise NotAName
    _forget(resident_id, now)
    return RecordedName.objects.create(
        resident_id=resident_id, station_id=station_id, sound=sound, sha256=hashlib.sha256(sound).digest(), made_at=now
    )


@verb
def forget(*, resident_id: int, now: datetime) -> int:
    """Its resident is gone; how many went."""
    return _forget(resident_id, now)


def _forget(resident_id: int, now: datetime) -> int:
    return RecordedName.objects.filter(resident_id=resident_id, removed_at=None).update(removed_at=now, sound=b"")


@verb
def take_away(*, resident_id: int, by: User, reason: str, bar: bool, now: datetime) -> RecordedName:
    """Nobody hears it any more. `bar`: nor is another wanted. raises NoName."""
    row = RecordedName.objects.select_for_update().filter(resident_id=resident_id, removed_at=None).first()
    if row is None:
        raise NoName
    row.sound, row.removed_at, row.removed_by, row.reason, row.barred = b"", now, by, reason, bar
    row.save(update_fields=["sound", "removed_at", "removed_by", "reason", "barred"])
    return row


@verb
def allow(*, resident_id: int) -> bool:
    """Another is wanted again; False: it was."""
    return bool(RecordedName.objects.filter(resident_id=resident_id, barred=True).update(barred=False))
