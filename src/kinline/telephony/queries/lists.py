"""What staff read of residents' lists of numbers: what is asked for, with what is needed to decide (T10)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from kinline.residents.models import Resident
from kinline.telephony.models import AllowedNumber, KnownNumber, NumberAppeal

Shown = Literal["asked", "appealed", "approved", "denied", "removed"]
SHOWN: Final[tuple[Shown, ...]] = ("asked", "appealed", "approved", "denied", "removed")
MOST: Final = 100
LEAST_DIGITS: Final = 4

_STATES: Final[dict[Shown, Q]] = {
    "asked": Q(removed_at=None, approved=None),
    "appealed": Q(
        Exists(NumberAppeal.objects.filter(listed=OuterRef("pk"), decided_at=None)), removed_at=None, approved=False
    ),
    "approved": Q(removed_at=None, approved=True),
    "denied": Q(removed_at=None, approved=False),
    "removed": Q(removed_at__isnull=False),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One number of one list. `others`: how many other residents of the agency have it on theirs, not denied."""

    listed: AllowedNumber
    resident: Resident
    unit: str
    others: int
    known: KnownNumber | None


@dataclass(frozen=True, slots=True)
class Found:
    rows: list[Row]
    more: bool


def found(facility_id: int, agency_id: int, *, shown: Shown, asked: str) -> Found:
    """Of residents who are here now, the oldest first where they wait, else the youngest. `asked`: a part of a name,
    the resident's ID number, or at least four digits of the telephone number."""
    rows = _here(facility_id).filter(_STATES[shown])
    if asked:
        rows = rows.filter(_fits(asked))
    order = ("asked_at", "pk") if shown == "asked" else ("-decided_at", "-asked_at", "-pk")
    listed = list(rows.order_by(*order)[: MOST + 1])
    return Found(_rows(listed[:MOST], facility_id, agency_id), len(listed) > MOST)


def _here(facility_id: int) -> "QuerySet[AllowedNumber]":
    rows = AllowedNumber.objects.select_related("resident", "decided_by")
    return rows.filter(resident__custodies__facility_id=facility_id, resident__custodies__ended_at=None)


def _fits(asked: str) -> Q:
    digits = "".join(one for one in asked if one.isascii() and one.isdecimal())
    fits = Q(resident__number__iexact=asked) | _named(asked)
    return fits | Q(number__contains=digits) if len(digits) >= LEAST_DIGITS else fits


def _named(asked: str) -> Q:
    ours, theirs = Q(), Q()
    for word in asked.split():
        ours &= Q(resident__first_name__icontains=word) | Q(resident__last_name__icontains=word)
        theirs &= Q(name__icontains=word)
    return ours | theirs


def _rows(listed: list[AllowedNumber], facility_id: int, agency_id: int) -> list[Row]:
    numbers = {one.number for one in listed}
    known = {one.number: one for one in KnownNumber.objects.filter(agency_id=agency_id, number__in=numbers)}
    on_lists = AllowedNumber.objects.filter(number__in=numbers, removed_at=None, resident__agency_id=agency_id)
    counted = on_lists.exclude(approved=False).values("number").annotate(n=Count("resident", distinct=True))
    many = dict(counted.values_list("number", "n"))
    units = _units(facility_id, {one.resident_id for one in listed})
    return [
        Row(one, one.resident, units.get(one.resident_id, ""), _others(one, many), known.get(one.number))
        for one in listed
    ]


def _others(one: AllowedNumber, many: dict[str, int]) -> int:
    own = one.removed_at is None and one.approved is not False
    return max(0, many.get(one.number, 0) - own)


def _units(facility_id: int, resident_ids: Iterable[int]) -> dict[int, str]:
    rows = Resident.objects.filter(
        pk__in=list(resident_ids), custodies__facility_id=facility_id, custodies__ended_at=None
    )
    return {pk: name or "" for pk, name in rows.values_list("pk", "custodies__unit__name")}


def one(facility_id: int, agency_id: int, listed_id: int) -> Row | None:
    """None: there is none, or its resident is not here."""
    listed = list(_here(facility_id).filter(pk=listed_id))
    return _rows(listed, facility_id, agency_id)[0] if listed else None


def having(facility_id: int, number: str) -> list[AllowedNumber]:
    """Who here has this number on their list, whatever was decided."""
    return list(_here(facility_id).filter(number=number, removed_at=None).order_by("asked_at", "pk")[:MOST])


def waiting(facility_id: int) -> tuple[int, datetime | None]:
    """How many wait for a decision at a place that keeps lists, and since when the first does."""
    kept = Q(resident__custodies__facility__telephone__lists_numbers=True)
    rows = AllowedNumber.objects.filter(
        kept, _STATES["asked"], resident__custodies__facility_id=facility_id, resident__custodies__ended_at=None
    )
    found = rows.aggregate(n=Count("pk"), oldest=Min("asked_at"))
    return found["n"], found["oldest"]


def appealed(facility_id: int) -> int:
    """How many numbers wait for somebody to decide again."""
    return _here(facility_id).filter(_STATES["appealed"]).count()
