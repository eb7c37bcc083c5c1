"""Appeals against denied numbers: whether one may be filed, those that wait, what came of them (T10)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from kinline.facilities.models import Facility
from kinline.telephony.models import AllowedNumber, NumberAppeal

DAYS: Final = 15  # 28 CFR 540.101(b)


@dataclass(frozen=True, slots=True)
class Appealable:
    """A denial as one side sees it. `last_day`: until its end an appeal may be filed; `filed`: theirs, if there is one.

    `by_holder`: the person called wants no calls: that is theirs to say, and nobody decides upon it.
    """

    last_day: date
    open: bool
    filed: NumberAppeal | None
    by_holder: bool


def filed_by(user_id: int | None) -> "QuerySet[NumberAppeal]":
    """None: by the resident."""
    whose = Q(user=None) if user_id is None else Q(user_id=user_id)
    return NumberAppeal.objects.filter(whose)


def of_denial(
    row: AllowedNumber, facility: Facility, now: datetime, *, user_id: int | None = None
) -> Appealable | None:
    """None: it is not denied."""
    if row.approved is not False or row.decided_at is None or row.removed_at is not None:
        return None
    filed = filed_by(user_id).filter(listed=row, denied_at=row.decided_at).first()
    day = last_day(row.decided_at, facility)
    by_holder = row.decided_by_id is None
    return Appealable(day, now < _end(day, facility) and filed is None and not by_holder, filed, by_holder)


def last_day(denied_at: datetime, facility: Facility) -> date:
    return denied_at.astimezone(ZoneInfo(facility.time_zone)).date() + timedelta(days=DAYS)


def _end(day: date, facility: Facility) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(facility.time_zone))


def waiting_of(listed_id: int) -> list[NumberAppeal]:
    rows = NumberAppeal.objects.select_related("user", "denied_by", "decided_by")
    return list(rows.filter(listed_id=listed_id, decided_at=None).order_by("pk"))


def decided_of(listed_id: int) -> list[NumberAppeal]:
    rows = NumberAppeal.objects.select_related("user", "denied_by", "decided_by")
    return list(rows.filter(listed_id=listed_id, decided_at__isnull=False).order_by("-pk"))


def listed_of(resident_id: int, listed_id: int) -> AllowedNumber | None:
    return AllowedNumber.objects.filter(pk=listed_id, resident_id=resident_id, removed_at=None).first()


@dataclass(frozen=True, slots=True)
class OnList:
    """A resident with this number on their list, at a place that keeps lists. `may_call`: staff approved it."""

    row: AllowedNumber
    facility: Facility
    may_call: bool
    denial: Appealable | None


def lists_with(number: str, user_id: int, now: datetime) -> list[OnList]:
    """Who has this number on their list, as its holder sees it. Whoever asks has proved that it is theirs."""
    rows = AllowedNumber.objects.filter(
        number=number, removed_at=None, approved__isnull=False, resident__custodies__ended_at=None,
        resident__custodies__facility__telephone__lists_numbers=True,
    ).select_related("resident")  # fmt: skip
    found = []
    for row in rows.order_by("pk").distinct():
        facility = _place_of(row)
        if facility is not None:
            denial = of_denial(row, facility, now, user_id=user_id)
            found.append(OnList(row, facility, row.approved is True, denial))
    return found


def _place_of(row: AllowedNumber) -> Facility | None:
    held = Facility.objects.filter(custodies__resident_id=row.resident_id, custodies__ended_at=None)
    return held.first()


def place_of(row: AllowedNumber) -> Facility | None:
    """Where its resident is now."""
    return _place_of(row)
