"""Verbs of the emergency switch (STF-8). The facility's row is the lock: two who press at once make one stop."""

from collections.abc import Mapping
from datetime import datetime

from kinline.core.transaction import verb
from kinline.delivery.models import Stop
from kinline.facilities.models import Facility
from kinline.identity.models import User


@verb
def locked(facility_id: int) -> Stop | None:
    """The stop of a facility that nobody has ended, its time over or not."""
    Facility.objects.select_for_update(no_key=True).get(pk=facility_id)
    return Stop.objects.filter(facility_id=facility_id, ended_at=None).first()


@verb
def start(*, facility_id: int, told: Mapping[str, str], until: datetime, staff: User, now: datetime) -> Stop:
    return Stop.objects.create(facility_id=facility_id, told=dict(told), starts_at=now, until=until, started_by=staff)


@verb
def change_until(stop: Stop, until: datetime) -> None:
    stop.until = until
    stop.save(update_fields=["until"])


@verb
def end(stop: Stop, *, at: datetime, staff: User | None) -> None:
    """`staff` None: its time was over."""
    stop.ended_at, stop.ended_by = at, staff
    stop.save(update_fields=["ended_at", "ended_by"])


@verb
def facility_of(stop_id: int) -> int:
    return Stop.objects.values_list("facility_id", flat=True).get(pk=stop_id)
