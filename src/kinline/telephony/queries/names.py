"""Names in residents' own voices: whether one is wanted, its sound, what staff read of them (T6)."""

import hashlib
from datetime import datetime

from django.db.models import Q

from kinline.telephony.models import RecordedName

MOST = 20


def may_say(resident_id: int, *, again: bool) -> bool:
    """Whether a name is wanted of them: there is none, or they wish to say it `again`; never where staff said no."""
    stands = Q(barred=True) if again else Q(barred=True) | Q(removed_at=None)
    return not RecordedName.objects.filter(stands, resident_id=resident_id).exists()


def sound_of(resident_id: int) -> bytes:
    """µ-law; empty: there is none, or it is not any more what was said."""
    found = RecordedName.objects.filter(resident_id=resident_id, removed_at=None).values_list("sound", "sha256").first()
    if found is None:
        return b""
    sound, digest = map(bytes, found)
    return sound if hashlib.sha256(sound).digest() == digest else b""


def of_resident(resident_id: int) -> list[RecordedName]:
    """The newest first, without their sound."""
    rows = RecordedName.objects.defer("sound").select_related("removed_by", "station")
    return list(rows.filter(resident_id=resident_id).order_by("-made_at", "-pk")[:MOST])


def of_people_gone(before: datetime, limit: int) -> list[int]:
    """Residents with a name that counts, who are nowhere in custody and were not since then."""
    rows = RecordedName.objects.filter(removed_at=None).exclude(
        Q(resident__custodies__ended_at=None, resident__custodies__isnull=False)
        | Q(resident__custodies__ended_at__gt=before)
    )
    return list(rows.order_by("resident_id").values_list("resident_id", flat=True)[:limit])
