"""Lines are closed and opened (TEL-3, TEL-9): of a place, of a unit, of one resident, from–until, with a reason.

A lockdown that begins now ends the calls in progress in the same story; a blackout lets them come to their end. A
lockdown for later ends them when it begins (`begin_lockdowns`, every minute). Hotlines stay open (REC3).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.authority import require
from kinline.flows.end_asked import LOCKDOWN, end_one
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.residents import queries as residents
from kinline.telephony.queries import desk
from kinline.telephony.services import places
from kinline.telephony.staff_errors import BadLineTimes, NobodyHere

SUSPENDED = "suspended"
_LATE = timedelta(minutes=10)  # a job that was away for longer finds no call that began before its lockdown


@story
def close_lines(
    *,
    staff: User,
    facility_id: int,
    kind: str,
    unit_id: int | None,
    number: str,
    reason: str,
    starts_at: datetime | None,
    ends_at: datetime | None,
    now: datetime,
) -> int:
    """How many calls it ended. `number`: the ID number of who is suspended. `starts_at` None: now.

    raises NotPermitted, NobodyHere, BadLineTimes.
    """
    actor = require(staff, facility_id, Permission.STOP_LINES, now)
    begins = starts_at or now
    if begins < now - timedelta(minutes=1) or (ends_at is not None and ends_at <= max(begins, now)):
        raise BadLineTimes
    begins = max(begins, now)
    who = residents.here_by_number(facility_id, number) if kind == SUSPENDED else None
    if kind == SUSPENDED and who is None:
        raise NobodyHere
    stop = places.close(
        facility_id=facility_id, unit_id=unit_id if who is None else None, resident_id=who.pk if who else None,
        kind=kind, reason=reason, starts_at=begins, ends_at=ends_at, by=staff, now=now,
    )  # fmt: skip
    ended = 0
    if kind == LOCKDOWN and begins <= now:
        ended = _end_all(facility_id, desk.live_in(facility_id, unit_id))
    record(actor, "lines.close", f"line_stop:{stop.pk}", now=now, facility_id=facility_id, kind=kind, calls=ended)
    return ended


def _end_all(facility_id: int, ids: Iterable[int]) -> int:
    return sum(end_one(facility_id, call_id, LOCKDOWN) for call_id in sorted(ids))


@story
def open_lines(*, staff: User, facility_id: int, stop_id: int, now: datetime) -> None:
    """Before its end. raises NotPermitted, NoLineStop."""
    actor = require(staff, facility_id, Permission.STOP_LINES, now)
    places.open_again(facility_id=facility_id, stop_id=stop_id, now=now)
    record(actor, "lines.open", f"line_stop:{stop_id}", now=now, facility_id=facility_id)


def begin_lockdowns(*, now: datetime) -> None:
    """Job, every minute: what was closed for this minute ends the calls that began before it. Twice changes nothing."""
    for stop in desk.lockdowns_begun(now - _LATE, now):
        _begin(stop.facility_id, stop.unit_id)


@story
def _begin(facility_id: int, unit_id: int | None) -> None:
    _end_all(facility_id, desk.live_in(facility_id, unit_id))
