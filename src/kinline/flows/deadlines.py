"""A place's deadlines and who hears that one is over: holidays, days to appeal and to answer, alerts (DEL-4, DEL-6)."""

from collections.abc import Sequence
from datetime import date, datetime

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.facilities import queries as facilities
from kinline.facilities import services as places
from kinline.flows.authority import Actor, named, require
from kinline.identity import permissions
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.messaging.queries import late as queries
from kinline.messaging.services import reviewing

# Who acts when something waits too long, by what it is (M8): hours of a letter; 0: an appeal past its last day.
ACTS = {
    24: Permission.TAKE_OVER_REVIEW,
    48: Permission.TAKE_OVER_REVIEW,
    72: Permission.TAKE_OVER_REVIEW,
    0: Permission.DECIDE_APPEAL,
}


def told(facility_id: int, hours: int, now: datetime) -> list[User]:
    """Whom an alert is for: those chosen who may still act on it there; when there are none, all who may.

    An alert is never for nobody because somebody left.
    """
    may = permissions.holders(facility_id, ACTS[hours], now)
    chosen = queries.alert_recipients(facility_id, hours)
    return [user for user in may if user.pk in chosen] or may


@story
def choose_told(*, staff: User, facility_id: int, hours: int, people: Sequence[int], now: datetime) -> None:
    """Who is told from now on; nobody: everybody who may act. Who may not is left out. raises NotPermitted."""
    actor = require(staff, facility_id, Permission.EDIT_FACILITY, now)
    may = {user.pk for user in permissions.holders(facility_id, ACTS[hours], now)}
    chosen = sorted(may & set(people))
    reviewing.choose_recipients(facility_id, hours, chosen)
    subject = f"facility:{facility_id}"
    record(actor, "alert.choose", subject, now=now, facility_id=facility_id, hours=hours, people=chosen)


@story
def drop_holiday(*, staff: Actor, agency_id: int, day: date, now: datetime) -> None:
    """The day counts as a working day again, for deadlines that are set from now on. raises NotPermitted."""
    for place in facilities.facilities_of(agency_id):
        require(staff, place.pk, Permission.EDIT_FACILITY, now)
    places.drop_holiday(agency_id=agency_id, day=day)
    record(named(staff), "holiday.drop", f"agency:{agency_id}", now=now, day=day.isoformat())
