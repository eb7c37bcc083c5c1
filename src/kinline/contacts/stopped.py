"""What is stopped between people, for the reports that facilities need (STF-7)."""

from dataclasses import dataclass
from datetime import datetime

from kinline.contacts.models import Contact, ContactClass, Restriction
from kinline.identity.models import User
from kinline.residents.models import Resident


@dataclass(frozen=True, slots=True)
class Stopped:
    """One pair, or one person with everybody, between whom nothing passes (STF-7). `by`: `facility`, `family`,
    `resident`. An empty name: whoever it is."""

    by: str
    number: str
    resident: str
    family: str
    since: datetime
    until: datetime | None
    reason: str


def stopped(facility_id: int, now: datetime, *, only: str = "", limit: int) -> list[Stopped]:
    """What is in force at a place now: its own restrictions, then who among its residents is blocked or blocks."""
    found: list[Stopped] = []
    if only in ("", "facility"):
        rows = Restriction.objects.select_related("user", "resident").filter(facility_id=facility_id)
        in_force = rows.filter(starts_at__lte=now).exclude(ends_at__lte=now).order_by("-starts_at", "-pk")
        found += [
            Stopped("facility", *_names(one.resident, one.user), one.starts_at, one.ends_at, one.reason)
            for one in in_force[:limit]
        ]
    for by in ("family", "resident"):
        if only in ("", by):
            found += _blocked(facility_id, by, limit)
    return found[:limit]


def _blocked(facility_id: int, by: str, limit: int) -> list[Stopped]:
    column = f"{by}_blocked_at"
    """Nothing of lawyers and the like (DEL-7)."""
    held = {"resident__custodies__facility_id": facility_id, "resident__custodies__ended_at": None}
    here = Contact.objects.filter(**held).exclude(kind=ContactClass.PRIVILEGED)
    rows = here.filter(**{f"{column}__isnull": False}).select_related("user", "resident").order_by(f"-{column}", "-pk")
    return [Stopped(by, *_names(one.resident, one.user), getattr(one, column), None, "") for one in rows[:limit]]


def _names(resident: Resident | None, user: User | None) -> tuple[str, str, str]:
    return resident.number if resident else "", resident.name if resident else "", user.name if user else ""
