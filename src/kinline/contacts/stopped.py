"""What is stopped between people: restrictions as staff see them, and the reports of facilities (CON-3, STF-7)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from kinline.contacts.models import Contact, ContactClass, Restriction
from kinline.identity.models import User
from kinline.residents.models import Custody, Resident


def _concerns(facility_id: int) -> Q:
    """A place's own restrictions, and those that followed somebody who is there now."""
    here = Custody.objects.filter(facility_id=facility_id, ended_at=None).values("resident_id")
    return Q(facility_id=facility_id) | Q(resident_id__in=here)


def restriction_here(facility_id: int, restriction_id: int) -> Restriction | None:
    rows = Restriction.objects.select_related("user", "resident", "created_by", "facility")
    return rows.filter(_concerns(facility_id), pk=restriction_id).first()


def restrictions_between(facility_id: int, contact: Contact, now: datetime) -> list[Restriction]:
    """Those that concern a contact at a facility, and have not ended: of the pair, or of one of them with everybody."""
    pair = Q(user_id=contact.user_id, resident_id=contact.resident_id)
    alone = Q(user_id=contact.user_id, resident=None) | Q(user=None, resident_id=contact.resident_id)
    rows = Restriction.objects.filter(pair | alone).filter(_concerns(facility_id)).exclude(ends_at__lte=now)
    return list(rows.order_by("-starts_at", "-id"))


def restrictions_of(facility_id: int, now: datetime) -> list[Restriction]:
    """Restrictions that concern a facility and hold now or will, newest first."""
    rows = Restriction.objects.select_related("user", "resident", "facility").filter(_concerns(facility_id))
    return list(rows.exclude(ends_at__lte=now).order_by("-starts_at", "-id"))


def kept_apart(facility_id: int, resident_id: int, user_id: int | None, now: datetime) -> tuple[bool, datetime | None]:
    """Whether staff keep a resident from this person or from everybody now, and until when (CON-3).

    `user_id`: whose telephone number is called, as far as somebody proved that; None: nobody's. A restriction counts as
    it does for letters: it follows a resident, and one of a person alone counts at its place.
    """
    named = Q(user=None, resident_id=resident_id)
    if user_id is not None:
        named |= Q(user_id=user_id, resident_id=resident_id)
        named |= Q(user_id=user_id, resident=None, facility_id=facility_id)
    rows = Restriction.objects.filter(named, starts_at__lte=now).exclude(ends_at__lte=now)
    ends = list(rows.values_list("ends_at", flat=True))
    return bool(ends), None if None in ends else max((end for end in ends if end), default=None)


@dataclass(frozen=True, slots=True)
class Between:
    """What a contact says of calls from its resident to the number that its person proved: `blocked` by that person,
    silently (CON-3); `counsel`: staff have verified that what passes between the two is confidential (CON-5)."""

    blocked: bool = False
    counsel: bool = False


def between(resident_id: int, user_id: int) -> Between:
    row = Contact.objects.filter(resident_id=resident_id, user_id=user_id).first()
    if row is None:
        return Between()
    counsel = row.kind == ContactClass.PRIVILEGED and row.privilege_ended_at is None
    return Between(row.family_blocked_at is not None, counsel)


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
    """In force at a place now: the restrictions that concern it, then who of its residents blocks or is blocked."""
    found: list[Stopped] = []
    if only in ("", "facility"):
        rows = Restriction.objects.select_related("user", "resident").filter(_concerns(facility_id))
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
    """Nothing of lawyers and the like (DEL-7)."""
    column = f"{by}_blocked_at"
    held = {"resident__custodies__facility_id": facility_id, "resident__custodies__ended_at": None}
    here = Contact.objects.filter(**held).exclude(kind=ContactClass.PRIVILEGED)
    rows = here.filter(**{f"{column}__isnull": False}).select_related("user", "resident").order_by(f"-{column}", "-pk")
    return [Stopped(by, *_names(one.resident, one.user), getattr(one, column), None, "") for one in rows[:limit]]


def _names(resident: Resident | None, user: User | None) -> tuple[str, str, str]:
    return resident.number if resident else "", resident.name if resident else "", user.name if user else ""
