"""Recordings of calls: kept, played with a purpose, held by a court, purged (REC1 to REC5, M12, M13).

A file lies below `settings.RECORDINGS`, named by its call. Each time it is played it is read whole and compared with
the digest that was taken when it was kept: what differs is not played, and that is on record.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.authority import require
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.messaging.queries.record import residents_held
from kinline.telephony import services
from kinline.telephony.models import Recording, Switch
from kinline.telephony.queries import authority, desk
from kinline.telephony.services import recordings
from kinline.telephony.staff_errors import NoRecording, NotToBeRecorded, RecordingBroken, RecordingQuarantined

_log = logging.getLogger(__name__)
BATCH = 200
STRAY_AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording that may be heard. `content`: the whole file, as its digest says."""

    recording: Recording
    content: bytes
    content_type: str


TYPES = {".wav": "audio/wav", ".ogg": "audio/ogg", ".opus": "audio/ogg", ".mp3": "audio/mpeg"}


def place_of(file: str) -> Path:
    """Where a recording lies. raises NoRecording for a name that leads elsewhere."""
    root = Path(settings.RECORDINGS).resolve()
    path = (root / file).resolve()
    if not path.is_relative_to(root):
        raise NoRecording
    return path


def keep(switch: Switch, *, key: UUID, file: str, seconds: int, begun_at: datetime, now: datetime) -> Recording | None:
    """The switch has recorded a call; None: it is no call of this switch. What may not be recorded is destroyed.

    raises NotToBeRecorded, NoRecording: there is no such file.
    """
    path = place_of(file)
    if not path.is_file():
        raise NoRecording
    try:
        return _keep(switch, key=key, file=file, seconds=seconds, begun_at=begun_at, now=now)
    except NotToBeRecorded:
        path.unlink(missing_ok=True)
        raise


@story
def _keep(switch: Switch, *, key: UUID, file: str, seconds: int, begun_at: datetime, now: datetime) -> Recording | None:
    call = services.locked(key, switch.pk)
    if call is None:
        return None
    digest = hashlib.sha256(place_of(file).read_bytes()).digest()
    kept = recordings.keep(call, file=file, sha256=digest, seconds=seconds, begun_at=begun_at)
    record("system", "recording.keep", f"call:{call.pk}", now=now, facility_id=call.facility_id, seconds=seconds)
    return kept


def play(*, staff: User, facility_id: int, call_id: int, purpose: str, now: datetime) -> Sound:
    """The sound, once its digest fits; who listens, and what for, is on record either way (REC5).

    raises NotPermitted, NoRecording, RecordingQuarantined, RecordingBroken.
    """
    kept, content = _listen(staff, facility_id, call_id, purpose, now)
    if content is None:
        raise RecordingBroken
    return Sound(kept, content, TYPES.get(Path(kept.file).suffix, "application/octet-stream"))


@story
def _listen(staff: User, facility_id: int, call_id: int, purpose: str, now: datetime) -> tuple[Recording, bytes | None]:
    """None: the file is not what was recorded; that stays on record, so nothing is raised here."""
    actor = require(staff, facility_id, Permission.PLAY_RECORDINGS, now)
    kept = recordings.locked(facility_id, call_id)
    apart = desk.is_apart(kept)
    if apart and kept.held_at is None:
        raise RecordingQuarantined
    content = _read(kept)
    fits = content is not None and hashlib.sha256(content).digest() == bytes(kept.sha256)
    act = "recording.broken" if not fits else "recording.play_apart" if apart else "recording.play"
    record(actor, act, f"call:{call_id}", now=now, facility_id=facility_id, purpose=purpose)
    return kept, content if fits else None


def _read(kept: Recording) -> bytes | None:
    try:
        return place_of(kept.file).read_bytes()
    except OSError:
        return None


@story
def hold(*, staff: User, facility_id: int, call_id: int, reason: str, now: datetime) -> None:
    """A court wants it: no purge takes it. raises NotPermitted, NoRecording, RecordingHeld."""
    actor = require(staff, facility_id, Permission.HOLD_RECORD, now)
    recordings.hold(recordings.locked(facility_id, call_id), reason=reason, by=staff, now=now)
    record(actor, "recording.hold", f"call:{call_id}", now=now, facility_id=facility_id, reason=reason)


@story
def lift(*, staff: User, facility_id: int, call_id: int, reason: str, now: datetime) -> None:
    """raises NotPermitted, NoRecording, RecordingNotHeld."""
    actor = require(staff, facility_id, Permission.HOLD_RECORD, now)
    recordings.lift(recordings.locked(facility_id, call_id))
    record(actor, "recording.lift", f"call:{call_id}", now=now, facility_id=facility_id, reason=reason)


# Jobs


@story
def quarantine(*, now: datetime) -> None:
    """Job, every hour: what was recorded before its number became privileged is put apart (M13)."""
    for one in recordings.quarantine(now):
        place = one.call.facility_id
        record("system", "recording.quarantine", f"call:{one.call_id}", now=now, facility_id=place)


def purge_recordings(*, now: datetime) -> None:
    """Job, every night: what every place has kept for long enough goes, with a certificate (REC4)."""
    for facility_id in desk.places_with_recordings():
        while _purge_some(facility_id, now) == BATCH:
            pass
    _destroy_strays(now)


def _destroy_strays(now: datetime) -> None:
    """Files that no record knows days later: a switch died before it told of them. Nobody may play them, nobody will.

    Three days are more than a switch's journal waits for a database that is away.
    """
    root = Path(settings.RECORDINGS)
    before = (now - STRAY_AFTER).timestamp()
    old = [path for path in root.glob("*") if path.is_file() and path.stat().st_mtime < before]
    known = desk.recorded_files(path.name for path in old)
    strays = [path for path in old if path.name not in known]
    for path in strays:
        path.unlink(missing_ok=True)
    if strays:
        _note_strays(len(strays), now)


@story
def _note_strays(count: int, now: datetime) -> None:
    record("system", "recording.stray", now=now, count=count)


@story
def _purge_some(facility_id: int, now: datetime) -> int:
    """How many went. A file that cannot be destroyed now stays on the list, and the next night tries again."""
    days = authority.settings_by_id(facility_id).recordings_days
    before = now - timedelta(days=days)
    due = recordings.due(facility_id, before=before, spared=residents_held(now), limit=BATCH)
    gone = [one for one in due if _destroyed(one)]
    if not gone:
        return 0
    made = recordings.purged(gone, facility_id=facility_id, days=days, before=before, now=now)
    record(
        "system", "recording.purge", f"recording_purge:{made.pk}", now=now, facility_id=facility_id, days=days,
        count=made.count, digest=bytes(made.digest).hex(),
    )  # fmt: skip
    return len(gone)


def _destroyed(one: Recording) -> bool:
    try:
        place_of(one.file).unlink(missing_ok=True)
    except OSError as problem:
        _log.error("recording of call %s stays: %s", one.call_id, type(problem).__name__)
        return False
    return True
