"""Verbs of what staff know of numbers: flags with notes, blocks of a place, hotlines (T2, T4, M12, TEL-7)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kinline.core.transaction import verb
from kinline.facilities.models import Facility
from kinline.identity.models import User
from kinline.telephony.errors import BlockedAlready, HotlineKeysTaken, NoSuchBlock, NoSuchHotline, NothingChanged
from kinline.telephony.models import Call, Hotline, KnownNumber, NumberBlock, NumberNote

FLAGS = ("privileged", "do_not_record", "relay", "watched", "owner")


@verb
def note(*, agency_id: int, number: str, act: str, text: str, by: User | None, now: datetime) -> NumberNote:
    """Why something was done to a number: written once (T4)."""
    return NumberNote.objects.create(agency_id=agency_id, number=number, act=act, note=text, made_by=by, made_at=now)


@verb
def set_flags(
    *, agency_id: int, number: str, wanted: Mapping[str, Any], now: datetime
) -> tuple[KnownNumber, list[str]]:
    """The number with these flags, and which of them changed. `privileged` counts from `now`. raises NothingChanged."""
    row, _new = KnownNumber.objects.get_or_create(agency_id=agency_id, number=number)
    row = KnownNumber.objects.select_for_update(no_key=True).get(pk=row.pk)
    had = flags_of(row)
    changed = [name for name in FLAGS if name in wanted and wanted[name] != had[name]]
    if not changed:
        raise NothingChanged
    for name in changed:
        if name == "privileged":
            row.privileged_since = now if wanted[name] else None
        else:
            setattr(row, name, wanted[name])
    row.save()
    return row, changed


def flags_of(row: KnownNumber | None) -> dict[str, Any]:
    """What is set of a number; of none: nothing."""
    known = row or KnownNumber()
    return {
        "privileged": known.privileged_since is not None,
        "do_not_record": known.do_not_record,
        "relay": known.relay,
        "watched": known.watched,
        "owner": known.owner,
    }


@verb
def block(
    *, facility_id: int, number: str, is_prefix: bool, kind: str, text: str, by: User | None, now: datetime
) -> NumberBlock:
    """From the next try on nobody here calls it. `kind`: facility, security or fraud. raises BlockedAlready."""
    row, new = NumberBlock.objects.get_or_create(
        facility_id=facility_id, number=number, by=kind, lifted_at=None,
        defaults={"is_prefix": is_prefix, "note": text, "made_by": by, "made_at": now},
    )  # fmt: skip
    if not new:
        raise BlockedAlready
    return row


@verb
def lift_block(*, facility_id: int, block_id: int, by: User | None, now: datetime) -> NumberBlock:
    """A block of this place; that of a called party is theirs to lift. raises NoSuchBlock."""
    row = NumberBlock.objects.select_for_update(no_key=True).filter(pk=block_id, facility_id=facility_id).first()
    if row is None or row.lifted_at is not None:
        raise NoSuchBlock
    row.lifted_at, row.lifted_by = now, by
    row.save(update_fields=["lifted_at", "lifted_by"])
    return row


@verb
def add_hotline(*, facility_id: int, keys: str, number: str, name: str, name_es: str) -> Hotline:
    """A free line behind keys, from the next call on (TEL-7). raises HotlineKeysTaken."""
    Facility.objects.select_for_update(no_key=True).get(pk=facility_id)
    if Hotline.objects.filter(facility_id=facility_id, keys=keys, retired_at=None).exists():
        raise HotlineKeysTaken
    return Hotline.objects.create(facility_id=facility_id, keys=keys, number=number, name=name, name_es=name_es)


@verb
def retire_hotline(*, facility_id: int, hotline_id: int, now: datetime) -> Hotline:
    """raises NoSuchHotline."""
    row = Hotline.objects.select_for_update(no_key=True).filter(pk=hotline_id, facility_id=facility_id).first()
    if row is None or row.retired_at is not None:
        raise NoSuchHotline
    row.retired_at = now
    row.save(update_fields=["retired_at"])
    return row


@verb
def leave_unrecorded(*, agency_id: int, number: str) -> None:
    """Calls that go on to this number are kept from being recorded (M12): what was taken of them is not kept."""
    Call.objects.filter(facility__agency_id=agency_id, number=number, ended_at=None).update(record=False)
