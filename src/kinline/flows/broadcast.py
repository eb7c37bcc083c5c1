"""Staff say something to everybody in a facility, or in one unit of it (STF-8): a notice at the kiosk for each."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from kinline.core.audit import record
from kinline.core.parties import RESIDENT, Party
from kinline.core.transaction import story
from kinline.facilities import queries as facilities
from kinline.identity import permissions
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.notices import errors, queries, services
from kinline.residents import queries as residents


@story
def broadcast(
    *, staff: User, facility_id: int, unit_id: int | None, told: Mapping[str, str], client_key: UUID, now: datetime,
    starts_at: datetime | None = None, until: datetime | None = None,
) -> int:  # fmt: skip
    """Returns how many residents were told; a second press tells nobody twice.

    `starts_at`: when they read it, now if that is over; `until`: when nobody does any more, None: it stays.
    raises NotPermitted, NothingToSay, BadSpan, NoSuchUnit: of another place.
    """
    permissions.require(staff, facility_id, Permission.BROADCAST, now)
    place = facilities.facility_by_id(facility_id)
    units = {unit.pk for unit in facilities.units_of(facility_id)}
    if place is None or (unit_id is not None and unit_id not in units):
        raise errors.NoSuchUnit
    if not told.get("en", "").strip():
        raise errors.NothingToSay
    earlier = queries.broadcast_of_key(client_key)
    if earlier is not None:
        return earlier.reached
    people = residents.in_custody_at(facility_id, unit_id)
    made = services.write_broadcast(
        facility_id=facility_id, unit_id=unit_id, told=told, client_key=client_key, staff=staff, reached=len(people),
        starts_at=max(starts_at or now, now), until=until, now=now,
    )  # fmt: skip
    params = {"facility_name": place.name, "told": dict(told)}
    services.tell_many(((Party(RESIDENT, one), params) for one in people), "broadcast", now, broadcast=made)
    record(
        f"staff:{staff.pk}", "broadcast.send", f"broadcast:{made.pk}", now=now, facility_id=facility_id,
        unit_id=unit_id, reached=len(people),
    )  # fmt: skip
    return len(people)


@story
def withdraw(*, staff: User, facility_id: int, broadcast_id: int, now: datetime) -> None:
    """Nobody reads it from now on; that it was said stays on record. A repeat changes nothing.

    raises NotPermitted, NoSuchBroadcast.
    """
    permissions.require(staff, facility_id, Permission.BROADCAST, now)
    made = services.withdraw_broadcast(facility_id=facility_id, broadcast_id=broadcast_id, staff=staff, now=now)
    if made is not None:
        record(f"staff:{staff.pk}", "broadcast.withdraw", f"broadcast:{made.pk}", now=now, facility_id=facility_id)
