"""Verbs of places: how they telephone, and when their lines are closed (TEL-1, TEL-3, TEL-9)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kinline.core.transaction import verb
from kinline.facilities.models import Facility
from kinline.identity.models import User
from kinline.telephony.models import LineStop, TelephoneSettings
from kinline.telephony.staff_errors import NoLineStop, TelephoneSettingsChanged


@verb
def change_settings(
    *, facility_id: int, changes: Mapping[str, Any], seen: Mapping[str, Any], default: Mapping[str, Any]
) -> None:
    """Settings by column; `default`: what counts where there is no row yet. raises TelephoneSettingsChanged: somebody
    else saved since `seen`.
    """
    Facility.objects.select_for_update(no_key=True).get(pk=facility_id)
    row, _new = TelephoneSettings.objects.get_or_create(facility_id=facility_id, defaults=dict(default))
    if any(getattr(row, name) != value for name, value in seen.items()):
        raise TelephoneSettingsChanged
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))


@verb
def close(
    *,
    facility_id: int,
    unit_id: int | None,
    resident_id: int | None,
    kind: str,
    reason: str,
    starts_at: datetime,
    ends_at: datetime | None,
    by: User,
    now: datetime,
) -> LineStop:
    return LineStop.objects.create(
        facility_id=facility_id, unit_id=unit_id, resident_id=resident_id, kind=kind, reason=reason,
        starts_at=starts_at, ends_at=ends_at, made_by=by, made_at=now,
    )  # fmt: skip


@verb
def open_again(*, facility_id: int, stop_id: int, now: datetime) -> LineStop:
    """Its end is now; one that has not begun never does. raises NoLineStop: there is none, or it is over."""
    stop = LineStop.objects.select_for_update(no_key=True).filter(pk=stop_id, facility_id=facility_id).first()
    if stop is None or (stop.ends_at is not None and stop.ends_at <= now):
        raise NoLineStop
    if stop.starts_at >= now:
        stop.starts_at = now
        stop.ends_at = now + datetime.resolution
    else:
        stop.ends_at = now
    stop.save(update_fields=["starts_at", "ends_at"])
    return stop
