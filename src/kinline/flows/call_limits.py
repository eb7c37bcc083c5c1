"""Limits of calls are set, changed and taken away, on record (TEL-4, T8)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.facilities.models import Facility
from kinline.flows.authority import require
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.telephony.services import limits
from kinline.telephony.services.limits import Of, Open


@story
def add(
    *, staff: User, facility: Facility, of: Of, values: Mapping[str, Any], hours: Sequence[Open], now: datetime
) -> int:
    """raises NotPermitted, LimitThere."""
    actor = require(staff, facility.pk, Permission.LIMIT_CALLS, now)
    row = limits.add(facility_id=facility.pk, of=of, values=values, hours=hours)
    record(actor, "limit.set", f"call_limit:{row.pk}", now=now, facility_id=facility.pk, **_counted(values))
    return row.pk


@story
def change(
    *, staff: User, facility: Facility, limit_id: int, values: Mapping[str, Any], hours: Sequence[Open], seen: str,
    now: datetime,
) -> None:  # fmt: skip
    """raises NotPermitted, NoSuchLimit, LimitChanged."""
    actor = require(staff, facility.pk, Permission.LIMIT_CALLS, now)
    limits.change(facility_id=facility.pk, limit_id=limit_id, values=values, hours=hours, seen=seen)
    record(actor, "limit.set", f"call_limit:{limit_id}", now=now, facility_id=facility.pk, **_counted(values))


@story
def remove(*, staff: User, facility: Facility, limit_id: int, seen: str, now: datetime) -> None:
    """raises NotPermitted, NoSuchLimit, LimitChanged."""
    actor = require(staff, facility.pk, Permission.LIMIT_CALLS, now)
    limits.remove(facility_id=facility.pk, limit_id=limit_id, seen=seen)
    record(actor, "limit.remove", f"call_limit:{limit_id}", now=now, facility_id=facility.pk)


def _counted(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in {None, 0}}
