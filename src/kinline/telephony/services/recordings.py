"""Verbs of recordings: kept, quarantined, held, purged (REC1, REC4, M12, M13). The files are the flows'."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef

from kinline.core.transaction import verb
from kinline.identity.models import User
from kinline.telephony.models import Call, KnownNumber, Recording, RecordingPurge
from kinline.telephony.staff_errors import NoRecording, NotToBeRecorded, RecordingHeld, RecordingNotHeld

ROUNDED: Final = timedelta(seconds=1)


@verb
def keep(call: Call, *, file: str, sha256: bytes, seconds: int, begun_at: datetime) -> Recording:
    """What was recorded of a locked call, once. raises NotToBeRecorded: of a hotline, of a privileged number, of a call
    that was not to be recorded, and of anything from before acceptance (REC1). A switch reckons the beginning from the
    end and the length, so a moment before acceptance is acceptance itself.
    """
    private = call.facts.get("privileged") or call.call_type == "hotline"
    if private or not call.record or call.accepted_at is None or begun_at < call.accepted_at - ROUNDED:
        raise NotToBeRecorded
    begun_at = max(begun_at, call.accepted_at)
    kept, _new = Recording.objects.get_or_create(
        call=call, defaults={"file": file, "sha256": sha256, "seconds": seconds, "begun_at": begun_at}
    )
    return kept


@verb
def quarantine(now: datetime) -> list[Recording]:
    """Recordings of numbers that are privileged by now (M13), marked; those that are newly so."""
    privileged = KnownNumber.objects.filter(
        agency_id=OuterRef("call__facility__agency_id"), number=OuterRef("call__number"), privileged_since__isnull=False
    )
    rows = Recording.objects.select_for_update(of=("self",), no_key=True).select_related("call")
    found = list(rows.filter(Exists(privileged), quarantined_at=None, purged_at=None))
    Recording.objects.filter(pk__in=[one.pk for one in found]).update(quarantined_at=now)
    return found


@verb
def locked(facility_id: int, call_id: int) -> Recording:
    """raises NoRecording: none, purged, or of elsewhere."""
    rows = Recording.objects.select_for_update(of=("self",), no_key=True).select_related("call__facility")
    found = rows.filter(call_id=call_id, call__facility_id=facility_id, call__record=True, purged_at=None).first()
    if found is None:
        raise NoRecording
    return found


@verb
def hold(recording: Recording, *, reason: str, by: User, now: datetime) -> None:
    """No purge takes it until the hold is lifted. raises RecordingHeld."""
    if recording.held_at is not None:
        raise RecordingHeld
    recording.held_at, recording.held_by, recording.held_reason = now, by, reason
    recording.save(update_fields=["held_at", "held_by", "held_reason"])


@verb
def lift(recording: Recording) -> None:
    """raises RecordingNotHeld."""
    if recording.held_at is None:
        raise RecordingNotHeld
    recording.held_at, recording.held_by, recording.held_reason = None, None, ""
    recording.save(update_fields=["held_at", "held_by", "held_reason"])


@verb
def due(facility_id: int, *, before: datetime, spared: Sequence[int], limit: int) -> list[Recording]:
    """Recordings of a place that are older than it keeps them, held by nobody; `spared`: residents of whom a court
    holds everything. Locked until the story ends.
    """
    rows = Recording.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).select_related("call")
    rows = rows.filter(call__facility_id=facility_id, purged_at=None, held_at=None, begun_at__lt=before)
    return list(rows.exclude(call__resident_id__in=spared).order_by("begun_at", "pk")[:limit])


@verb
def purged(
    gone: Sequence[Recording], *, facility_id: int, days: int, before: datetime, now: datetime
) -> RecordingPurge:
    """The certificate of recordings whose files are destroyed."""
    digest = hashlib.sha256(b"".join(bytes(one.sha256) for one in sorted(gone, key=lambda one: one.call_id)))
    certificate = RecordingPurge.objects.create(
        facility_id=facility_id, days=days, begun_before=before, count=len(gone),
        first_begun_at=min(one.begun_at for one in gone), last_begun_at=max(one.begun_at for one in gone),
        digest=digest.digest(), at=now,
    )  # fmt: skip
    Recording.objects.filter(pk__in=[one.pk for one in gone]).update(purged_at=now, purge=certificate)
    return certificate
