"""Verbs of limits: of a place, a unit, a resident or a number; the most restrictive wins (T8)."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any, NamedTuple

from kinline.core.transaction import verb
from kinline.facilities.models import Facility
from kinline.telephony.errors import LimitChanged, LimitThere, NoSuchLimit
from kinline.telephony.models import CallLimits, LineHours

FIELDS = ("seconds", "calls_a_day", "seconds_a_day", "seconds_a_week", "seconds_a_month", "pause_seconds", "record")


class Of(NamedTuple):
    """Whose limit: all empty is the place."""

    unit_id: int | None = None
    resident_id: int | None = None
    number: str = ""


class Open(NamedTuple):
    """When lines are open. `days`: digits, 0 Monday … 6 Sunday."""

    days: str
    opens: time
    closes: time


@verb
def add(*, facility_id: int, of: Of, values: Mapping[str, Any], hours: Sequence[Open]) -> CallLimits:
    """raises LimitThere."""
    Facility.objects.select_for_update(no_key=True).get(pk=facility_id)
    if CallLimits.objects.filter(facility_id=facility_id, **of._asdict()).exists():
        raise LimitThere
    row = CallLimits.objects.create(facility_id=facility_id, **of._asdict(), **values)
    _write(row, hours)
    return row


@verb
def change(
    *, facility_id: int, limit_id: int, values: Mapping[str, Any], hours: Sequence[Open], seen: str
) -> CallLimits:
    """`seen`: how it stood when it was looked at (`mark`). raises NoSuchLimit, LimitChanged."""
    row = _locked(facility_id, limit_id)
    if mark(row) != seen:
        raise LimitChanged
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    row.hours.all().delete()
    _write(row, hours)
    return row


@verb
def remove(*, facility_id: int, limit_id: int, seen: str) -> CallLimits:
    """raises NoSuchLimit, LimitChanged."""
    row = _locked(facility_id, limit_id)
    if mark(row) != seen:
        raise LimitChanged
    CallLimits.objects.filter(pk=row.pk).delete()
    return row


def _locked(facility_id: int, limit_id: int) -> CallLimits:
    row = CallLimits.objects.select_for_update(no_key=True).filter(pk=limit_id, facility_id=facility_id).first()
    if row is None:
        raise NoSuchLimit
    return row


def _write(row: CallLimits, hours: Sequence[Open]) -> None:
    LineHours.objects.bulk_create(LineHours(limits=row, **one._asdict()) for one in hours)


def mark(row: CallLimits) -> str:
    """What it says, in a line that two of staff can compare."""
    spans = sorted(f"{one.days}/{one.opens:%H:%M}/{one.closes:%H:%M}" for one in row.hours.all())
    return "|".join([*(str(getattr(row, name)) for name in FIELDS), *spans])
