"""What staff know of numbers: flags, blocks, hotlines; each act with a note, on record (T4, TEL-7, TEL-9, M12, M13)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.facilities.models import Facility
from kinline.flows.authority import require
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.telephony.dialling import dialled
from kinline.telephony.errors import HotlineKeysTaken, NoteNeeded
from kinline.telephony.services import library, recordings

_HELP = frozenset({"emergency_number"})


@story
def set_flags(
    *, staff: User, facility: Facility, number: str, wanted: Mapping[str, Any], note: str, now: datetime
) -> None:
    """What is known of a number, at every place of the agency. `wanted`: of `library.FLAGS`, those that are to change.

    Privileged: whoever sets it says in the note how it was verified. From then on nothing is recorded, and what was
    recorded before is put apart (M13). raises NotPermitted, NoteNeeded, NothingChanged.
    """
    actor = require(staff, facility.pk, Permission.KEEP_NUMBERS, now)
    if "privileged" in wanted:
        require(staff, facility.pk, Permission.VERIFY_PRIVILEGED, now)
    text = _note(note)
    row, changed = library.set_flags(agency_id=facility.agency_id, number=number, wanted=wanted, now=now)
    for name in changed:
        act = _act(name, wanted[name])
        library.note(agency_id=facility.agency_id, number=number, act=act, text=text, by=staff, now=now)
        record(actor, f"number.{act}", f"known_number:{row.pk}", now=now, facility_id=facility.pk)
    if "privileged" in changed and wanted["privileged"]:
        _put_apart(facility.agency_id, number, now)


def _act(name: str, value: Any) -> str:
    if name == "owner":
        return "owner"
    return name if value else f"not_{name}"


def _put_apart(agency_id: int, number: str, now: datetime) -> None:
    library.leave_unrecorded(agency_id=agency_id, number=number)
    for one in recordings.quarantine(now):
        place = one.call.facility_id
        record("system", "recording.quarantine", f"call:{one.call_id}", now=now, facility_id=place)


def _note(note: str) -> str:
    text = " ".join(note.split())
    if not text:
        raise NoteNeeded
    return text


@story
def block(*, staff: User, facility: Facility, number: str, is_prefix: bool, kind: str, note: str, now: datetime) -> int:
    """Nobody here calls it, or what begins so, from now on. raises NotPermitted, NoteNeeded, BlockedAlready."""
    actor = require(staff, facility.pk, Permission.KEEP_NUMBERS, now)
    text = _note(note)
    row = library.block(
        facility_id=facility.pk, number=number, is_prefix=is_prefix, kind=kind, text=text, by=staff, now=now
    )
    library.note(agency_id=facility.agency_id, number=number, act="block", text=text, by=staff, now=now)
    record(actor, "number.block", f"number_block:{row.pk}", now=now, facility_id=facility.pk, kind=kind)
    return row.pk


@story
def lift_block(*, staff: User, facility: Facility, block_id: int, note: str, now: datetime) -> None:
    """raises NotPermitted, NoteNeeded, NoSuchBlock."""
    actor = require(staff, facility.pk, Permission.KEEP_NUMBERS, now)
    text = _note(note)
    row = library.lift_block(facility_id=facility.pk, block_id=block_id, by=staff, now=now)
    library.note(agency_id=facility.agency_id, number=row.number, act="unblock", text=text, by=staff, now=now)
    record(actor, "number.unblock", f"number_block:{row.pk}", now=now, facility_id=facility.pk)


@story
def add_hotline(
    *, staff: User, facility: Facility, keys: str, number: str, name: str, name_es: str, now: datetime
) -> int:
    """raises NotPermitted, HotlineKeysTaken: also where the keys call for help (T17)."""
    actor = require(staff, facility.pk, Permission.LIMIT_CALLS, now)
    if dialled(keys).code in _HELP:
        raise HotlineKeysTaken
    row = library.add_hotline(facility_id=facility.pk, keys=keys, number=number, name=name, name_es=name_es)
    record(actor, "hotline.add", f"hotline:{row.pk}", now=now, facility_id=facility.pk)
    return row.pk


@story
def retire_hotline(*, staff: User, facility: Facility, hotline_id: int, now: datetime) -> None:
    """raises NotPermitted, NoSuchHotline."""
    actor = require(staff, facility.pk, Permission.LIMIT_CALLS, now)
    library.retire_hotline(facility_id=facility.pk, hotline_id=hotline_id, now=now)
    record(actor, "hotline.retire", f"hotline:{hotline_id}", now=now, facility_id=facility.pk)
