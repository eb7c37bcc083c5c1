"""Reads of the emergency switch (STF-8)."""

from datetime import datetime

from kinline.delivery.models import Stop


def stop_now(facility_id: int, now: datetime) -> Stop | None:
    """The stop that holds letters at a facility at `now`."""
    rows = Stop.objects.select_related("started_by")
    return rows.filter(facility_id=facility_id, ended_at=None, until__gt=now).first()


def stops_of(facility_id: int, *, limit: int = 20) -> list[Stop]:
    """Every stop of a facility, newest first."""
    rows = Stop.objects.select_related("started_by", "ended_by").filter(facility_id=facility_id)
    return list(rows.order_by("-starts_at", "-pk")[:limit])


def over(now: datetime) -> list[int]:
    """Stops whose end has come and which nobody has ended yet, the earliest first."""
    rows = Stop.objects.filter(ended_at=None, until__lte=now).order_by("until", "pk")
    return list(rows.values_list("pk", flat=True))
