"""How long a place keeps its record of letters, and what a court holds (MSG-8, REC4)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.facilities import queries as facilities
from kinline.flows.authority import Actor, require
from kinline.identity import queries as identity
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.messaging import errors
from kinline.messaging.queries import record as queries
from kinline.messaging.services import record as services
from kinline.residents import queries as residents


@story
def set_retention(
    *, staff: Actor, facility_id: int, kind: str, days: int, from_day: date, reason: str, now: datetime
) -> None:
    """From the first moment of `from_day`, by the place's clock, on; at the earliest tomorrow.

    A shorter time reaches letters of long ago: the night before it begins is there to place a hold.
    raises NotPermitted, RetentionTooSoon, RetentionTaken.
    """
    actor = require(staff, facility_id, Permission.SET_RETENTION, now)
    zone = ZoneInfo(facilities.facilities_by_id([facility_id])[0].time_zone)
    if from_day <= now.astimezone(zone).date():
        raise errors.RetentionTooSoon
    row = services.set_retention(
        facility_id=facility_id, kind=kind, days=days, effective_from=datetime.combine(from_day, time(), zone),
        reason=reason, by=staff, now=now,
    )  # fmt: skip
    record(
        actor, "retention.set", f"retention:{row.pk}", now=now, facility_id=facility_id, kind=kind, days=days,
        effective_from=from_day.isoformat(),
    )  # fmt: skip


@story
def place_hold(
    *,
    staff: User,
    facility_id: int,
    about: str,
    whom: str,
    reason: str,
    from_day: date | None,
    until_day: date | None,
    now: datetime,
) -> int:
    """Keep one letter (`about` message), or all of a resident or of a family member, until the end of `until_day`.

    Whom: the letter's number, the resident's ID number, the family member's user name or email. Without `from_day` at
    once. Returns the hold's id. A purge that runs is waited for: what is answered "held" is there.
    raises NotPermitted, NobodyOfThisName, PurgedAlready.
    """
    actor = require(staff, facility_id, Permission.HOLD_RECORD, now)
    services.one_at_a_time()
    place = facilities.facilities_by_id([facility_id])[0]
    message_id, resident_id, user_id = _named(facility_id, place.agency_id, about, whom.strip())
    zone = ZoneInfo(place.time_zone)
    hold = services.place_hold(
        facility_id=facility_id, message_id=message_id, resident_id=resident_id, user_id=user_id, reason=reason,
        starts_at=max(datetime.combine(from_day, time(), zone), now) if from_day else now,
        ends_at=datetime.combine(until_day + timedelta(days=1), time(), zone) if until_day else None,
        by=staff, now=now,
    )  # fmt: skip
    record(actor, "hold.place", f"hold:{hold.pk}", now=now, facility_id=facility_id, about=about)
    return hold.pk


def _named(facility_id: int, agency_id: int, about: str, whom: str) -> tuple[int | None, int | None, int | None]:
    """Somebody or a letter that this place knows; absent and another place's look alike."""
    found: tuple[int | None, int | None, int | None] = (None, None, None)
    if about == "resident":
        resident = residents.by_number(agency_id, whom)
        found = (None, resident.pk if resident else None, None)
    elif about == "family":
        user = identity.by_identifier(whom)
        known = user is not None and queries.knows_family(facility_id, user.pk)
        found = (None, None, user.pk if user and known else None)
    elif whom.isdecimal() and len(whom) < 19 and queries.knows_letter(facility_id, int(whom)):
        found = (int(whom), None, None)
        if queries.is_purged(int(whom)):
            raise errors.PurgedAlready
    if found == (None, None, None):
        raise errors.NobodyOfThisName
    return found


@story
def lift_hold(*, staff: User, facility_id: int, hold_id: int, why: str, now: datetime) -> None:
    """End a hold before its time. raises NotPermitted, NotFound, HoldLifted, HoldNeedsWhy."""
    actor = require(staff, facility_id, Permission.HOLD_RECORD, now)
    if not why.strip():
        raise errors.HoldNeedsWhy
    services.lift_hold(hold_id=hold_id, facility_id=facility_id, why=why.strip()[:500], by=staff, now=now)
    record(actor, "hold.lift", f"hold:{hold_id}", now=now, facility_id=facility_id)
