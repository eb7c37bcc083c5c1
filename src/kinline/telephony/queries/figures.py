"""What a place's calls come to, for reports (STF-7, TEL-9) and for the law (F31). Each call as its newest correction.

Hotlines are counted nowhere: even how many there were may tell of a person (REC3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, ExtractHour, TruncDate

from kinline.telephony.models import Cdr, KnownNumber, NumberBlock, Station
from kinline.telephony.queries.calls import STANDS


@dataclass(frozen=True, slots=True)
class Days:
    """Moments of a place, `begin` until before `end`, and its zone."""

    facility_id: int
    begin: datetime
    end: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Usage:
    """`key`: of which day, hour, telephone …; `tries` were asked for, `refused` never dialled, `accepted` talked."""

    key: object
    tries: int
    refused: int
    accepted: int
    seconds: int
    cents: int
    share_cents: int

    @property
    def dialled(self) -> int:
        return self.tries - self.refused

    @property
    def unanswered(self) -> int:
        return self.dialled - self.accepted


def _rows(days: Days) -> "QuerySet[Cdr]":
    rows = Cdr.objects.filter(facility_id=days.facility_id, started_at__gte=days.begin, started_at__lt=days.end)
    return rows.filter(STANDS).exclude(call_type="hotline")


_REFUSED = Q(call_type="refused")
_ACCEPTED = Q(accepted_at__isnull=False)
_GIVEN_BACK = Q(corrects__isnull=False, cents=0)  # nobody was charged for these minutes in the end (TEL-14)


def _sum(name: str) -> Coalesce:
    return Coalesce(Sum(name), 0)


def _usage(rows: "QuerySet[Cdr]", *by: str) -> list[Usage]:
    counted = rows.values(*by).annotate(
        n=Count("pk"), r=Count("pk", filter=_REFUSED), a=Count("pk", filter=_ACCEPTED), s=_sum("seconds"),
        c=_sum("cents"), h=_sum("additive_cents"),
    )  # fmt: skip
    return [
        Usage(tuple(one[name] for name in by) if len(by) > 1 else one[by[0]], one["n"], one["r"], one["a"], one["s"],
              one["c"], one["h"])
        for one in counted.order_by(*by)
    ]  # fmt: skip


def by_day(days: Days) -> list[Usage]:
    return _usage(_rows(days).annotate(day=TruncDate("started_at", tzinfo=ZoneInfo(days.zone))), "day")


def by_hour(days: Days) -> list[Usage]:
    """Of the day, by the place's clock."""
    return _usage(_rows(days).annotate(hour=ExtractHour("started_at", tzinfo=ZoneInfo(days.zone))), "hour")


def by_telephone(days: Days) -> list[Usage]:
    """`key`: (unit, telephone)."""
    return _usage(_rows(days), "call__station__unit__name", "station")


def by_payment(days: Days) -> list[Usage]:
    return _usage(_rows(days).filter(_ACCEPTED), "call_type")


def agency_cents(days: Days) -> dict[str, int]:
    """What the agency paid of each kind of payment."""
    counted = _rows(days).filter(_ACCEPTED).values("call_type").annotate(cents=_sum("agency_cents"))
    return {one["call_type"]: one["cents"] for one in counted}


@dataclass(frozen=True, slots=True)
class Ended:
    """One way in which calls ended, or why they were refused."""

    code: str
    refused: bool
    count: int


def by_result(days: Days, *, only: str = "") -> list[Ended]:
    """`only`: `refused` before anything rang, `unanswered` (nobody accepted), `talked`. What ended a conversation is
    its reason, not that it was one.
    """
    rows = _rows(days)
    wanted = {"refused": _REFUSED, "unanswered": ~_REFUSED & ~_ACCEPTED, "talked": _ACCEPTED}.get(only)
    rows = rows if wanted is None else rows.filter(wanted)
    counted = rows.values("result", "call_type", "reasons").annotate(n=Count("pk"))
    found: dict[tuple[str, bool], int] = {}
    for one in counted:
        code = one["reasons"][0] if one["result"] == "completed" and one["reasons"] else one["result"]
        key = (code, one["call_type"] == "refused")
        found[key] = found.get(key, 0) + one["n"]
    return [Ended(code, refused, n) for (code, refused), n in sorted(found.items(), key=lambda x: (-x[1], x[0]))]


@dataclass(frozen=True, slots=True)
class Called:
    """A number and who called it. `who`: ID numbers and names."""

    number: str
    calls: int
    accepted: int
    seconds: int
    residents: int
    who: str
    last: datetime


def by_number(days: Days, *, several: bool, limit: int) -> list[Called]:
    """The most called first; `several`: only those that more than one resident called."""
    rows = _rows(days).exclude(number="").exclude(resident=None)
    counted = rows.values("number").annotate(
        n=Count("pk"), a=Count("pk", filter=_ACCEPTED), s=_sum("seconds"), r=Count("resident_id", distinct=True),
        last=Max("started_at"),
    )  # fmt: skip
    if several:
        counted = counted.filter(r__gt=1)
    top = list(counted.order_by("-r" if several else "-n", "-n", "number")[:limit])
    who = _who(rows, [one["number"] for one in top])
    return [
        Called(
            one["number"], one["n"], one["a"], one["s"], one["r"], "; ".join(who.get(one["number"], ())), one["last"]
        )
        for one in top
    ]


def _who(rows: "QuerySet[Cdr]", numbers: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    pairs = rows.filter(number__in=numbers).values_list(
        "number", "resident__number", "resident__first_name", "resident__last_name"
    )
    for number, code, first, last in pairs.distinct().order_by("number", "resident__number"):
        found.setdefault(number, []).append(f"{code} {first} {last}".strip())
    return found


@dataclass(frozen=True, slots=True)
class Caller:
    """A resident and how many different numbers they called."""

    code: str
    name: str
    numbers: int
    calls: int
    accepted: int
    seconds: int


def by_resident(days: Days, *, limit: int) -> list[Caller]:
    """Who called the most numbers first."""
    rows = _rows(days).exclude(number="").exclude(resident=None)
    counted = rows.values("resident__number", "resident__first_name", "resident__last_name").annotate(
        k=Count("number", distinct=True), n=Count("pk"), a=Count("pk", filter=_ACCEPTED), s=_sum("seconds")
    )
    return [
        Caller(
            one["resident__number"], f"{one['resident__first_name']} {one['resident__last_name']}".strip(), one["k"],
            one["n"], one["a"], one["s"],
        )
        for one in counted.order_by("-k", "-n", "resident__number")[:limit]
    ]  # fmt: skip


def with_signs(days: Days, *, limit: int) -> list[Cdr]:
    """Calls with signs of forwarding or a third party (TEL-14), the youngest first."""
    rows = _rows(days).exclude(signs=[]).select_related("resident")
    return list(rows.order_by("-started_at", "-pk")[:limit])


def blocks(facility_id: int, *, only: str, limit: int) -> list[NumberBlock]:
    """Numbers that may not be called from here now; not those that called parties blocked themselves elsewhere."""
    rows = NumberBlock.objects.filter(Q(facility_id=facility_id) | Q(facility=None), lifted_at=None)
    rows = rows.filter(by=only) if only else rows
    return list(rows.select_related("made_by").order_by("-made_at", "-pk")[:limit])


# What the law asks for each year (F31)


@dataclass(frozen=True, slots=True)
class Yearly:
    """Calls of one jurisdiction: `accepted` are completed ones; seconds charged, and not charged before acceptance."""

    jurisdiction: str
    accepted: int
    seconds: int
    unbilled_seconds: int
    base_cents: int
    additive_cents: int
    tax_cents: int


def yearly(days: Days) -> list[Yearly]:
    counted = (
        _rows(days)
        .filter(_ACCEPTED)
        .values("jurisdiction")
        .annotate(
            n=Count("pk"),
            s=Coalesce(Sum("seconds", filter=~_GIVEN_BACK), 0),
            u=_sum("unbilled_seconds"),
            b=_sum("base_cents"),
            a=_sum("additive_cents"),
            t=_sum("tax_cents"),
        )
    )
    return [
        Yearly(one["jurisdiction"], one["n"], one["s"], one["u"], one["b"], one["a"], one["t"])
        for one in counted.order_by("jurisdiction")
    ]


def relay_calls(days: Days) -> tuple[int, int]:
    """Completed calls by relay or TTY, and what they cost in cents: nothing, if the law is kept (F28)."""
    found = _rows(days).filter(_ACCEPTED, access="relay").aggregate(n=Count("pk"), c=_sum("cents"))
    return found["n"], found["c"]


def relay_means(facility_id: int, agency_id: int) -> tuple[int, int]:
    """Telephones for relay or TTY that are on, and numbers of relay services that are known."""
    phones = Station.objects.filter(facility_id=facility_id, relay=True, disabled_at=None).count()
    return phones, KnownNumber.objects.filter(agency_id=agency_id, relay=True).count()


def years(facility_id: int, today: date) -> list[int]:
    """Calendar years that are over or run, of which there is a record; the newest first."""
    first = Cdr.objects.filter(facility_id=facility_id).order_by("started_at").values_list("started_at", flat=True)
    begun = first.first()
    return list(range(today.year, (begun.year if begun else today.year - 1) - 1, -1))
