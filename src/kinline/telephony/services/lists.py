"""Verbs of a resident's own list of numbers: asked for, removed, decided, dialled by one or two keys (T10, TEL-2)."""

from datetime import datetime

from kinline.core.transaction import verb
from kinline.identity.models import User
from kinline.residents.models import Resident
from kinline.telephony.errors import DecidedAlready, ListFull, NotApproved, NotOnList, OnListAlready, SpeedDialTaken
from kinline.telephony.models import AllowedNumber, SpeedDial


@verb
def ask(*, resident_id: int, number: str, name: str, relation: str, limit: int, now: datetime) -> AllowedNumber:
    """One more number on the list, to be decided upon. `limit`: what the list holds; what was denied does not count.

    raises OnListAlready, ListFull.
    """
    Resident.objects.select_for_update(no_key=True).get(pk=resident_id)  # two at once would both be the last
    mine = AllowedNumber.objects.filter(resident_id=resident_id, removed_at=None)
    if mine.filter(number=number).exists():
        raise OnListAlready
    if mine.exclude(approved=False).count() >= limit:
        raise ListFull(limit=limit)
    return AllowedNumber.objects.create(
        resident_id=resident_id, number=number, name=name, relation=relation, asked_at=now
    )


@verb
def remove(*, resident_id: int, listed_id: int, now: datetime) -> AllowedNumber:
    """Off the list, with its speed dials. raises NotOnList."""
    row = _locked(listed_id, resident_id)
    row.removed_at = now
    row.save(update_fields=["removed_at"])
    SpeedDial.objects.filter(resident_id=resident_id, number=row.number).delete()
    return row


@verb
def locked(listed_id: int) -> AllowedNumber:
    """raises NotOnList."""
    return _locked(listed_id)


def _locked(listed_id: int, resident_id: int | None = None) -> AllowedNumber:
    rows = AllowedNumber.objects.select_for_update(of=("self",), no_key=True).select_related("resident")
    rows = rows.filter(pk=listed_id, removed_at=None)
    found = (rows if resident_id is None else rows.filter(resident_id=resident_id)).first()
    if found is None:
        raise NotOnList
    return found


@verb
def decide(row: AllowedNumber, *, approved: bool, reason: str, by: User | None, seen: str, now: datetime) -> None:
    """A locked number of a list. `seen`: how it stood when it was looked at (`state_of`). raises DecidedAlready."""
    if seen != state_of(row) or row.approved is approved:
        raise DecidedAlready
    row.approved, row.decided_at, row.decided_by = approved, now, by
    row.denied_reason = "" if approved else reason
    row.save(update_fields=["approved", "decided_at", "decided_by", "denied_reason"])
    if not approved:
        SpeedDial.objects.filter(resident_id=row.resident_id, number=row.number).delete()


def state_of(row: AllowedNumber) -> str:
    """`asked`, `approved`, `denied` or `removed`."""
    if row.removed_at is not None:
        return "removed"
    return {None: "asked", True: "approved", False: "denied"}[row.approved]


@verb
def set_speed(*, resident_id: int, listed_id: int, keys: str, needs_approval: bool) -> None:
    """`keys`: 1 to 99; those that dialled it before are free then. raises NotOnList, NotApproved, SpeedDialTaken."""
    row = _locked(listed_id, resident_id)
    if row.approved is False or (needs_approval and not row.approved):
        raise NotApproved
    taken = SpeedDial.objects.select_for_update().filter(resident_id=resident_id, keys=keys).first()
    if taken is not None and taken.number != row.number:
        raise SpeedDialTaken(keys=keys)
    clear_speed(resident_id=resident_id, number=row.number)
    SpeedDial.objects.create(resident_id=resident_id, number=row.number, keys=keys)


@verb
def clear_speed(*, resident_id: int, number: str) -> None:
    SpeedDial.objects.filter(resident_id=resident_id, number=number).delete()
