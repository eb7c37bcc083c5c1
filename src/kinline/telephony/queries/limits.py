"""Limits of a place, and which of several wins for one call: the most restrictive, and "do not record" always (T8)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kinline.facilities.models import Facility
from kinline.telephony import rules
from kinline.telephony.dialling import Dialled
from kinline.telephony.models import CallLimits
from kinline.telephony.queries import authority
from kinline.telephony.rating import FREE


def of_place(facility_id: int) -> list[CallLimits]:
    """All of them: of the place first, then of units, residents, numbers."""
    rows = CallLimits.objects.select_related("unit", "resident").prefetch_related("hours")
    found = rows.filter(facility_id=facility_id).order_by("unit__name", "resident__last_name", "number", "pk")
    return sorted(found, key=_rank)


def _rank(row: CallLimits) -> int:
    return 3 if row.number else 2 if row.resident_id else 1 if row.unit_id else 0


def one(facility_id: int, limit_id: int) -> CallLimits | None:
    rows = CallLimits.objects.select_related("unit", "resident").prefetch_related("hours")
    return rows.filter(facility_id=facility_id, pk=limit_id).first()


@dataclass(frozen=True, slots=True)
class Winner:
    """`name`: of a field of a limit; `value` by the strictest, which are `rows`: empty where none says anything."""

    name: str
    value: int | None
    rows: list[CallLimits]


@dataclass(frozen=True, slots=True)
class Tried:
    """What a call would come to, apart from money and PIN. `decision`: as `rules.decide` says."""

    rows: list[CallLimits]
    winners: list[Winner]
    unrecorded: list[CallLimits]
    decision: rules.Decision
    open_until: datetime | None


_MOST = ("seconds", "calls_a_day", "seconds_a_day", "seconds_a_week", "seconds_a_month")


@dataclass(frozen=True, slots=True)
class Trial:
    """One call to be tried. `found`: the number; one without a number tries the rest."""

    facility: Facility
    resident_id: int | None
    unit_id: int | None
    found: Dialled
    now: datetime


def tried(trial: Trial) -> Tried:
    """One call by these limits, at this moment."""
    rows = authority.limit_rows(
        facility_id=trial.facility.pk, unit_id=trial.unit_id, resident_id=trial.resident_id, number=trial.found.number
    )
    limits = tuple(authority.as_limits(row) for row in rows)
    return Tried(
        rows=rows,
        winners=[*(_winner(name, rows, min) for name in _MOST), _winner("pause_seconds", rows, max)],
        unrecorded=[row for row in rows if not row.record],
        decision=rules.decide(_facts(trial, limits)),
        open_until=rules.open_until(limits, trial.now, trial.facility.time_zone),
    )


def _winner(name: str, rows: list[CallLimits], strictest: Callable[..., int | None]) -> Winner:
    nothing = {None, 0} if name == "pause_seconds" else {None}
    said = [row for row in rows if getattr(row, name) not in nothing]
    value = strictest((getattr(row, name) for row in said), default=None)
    return Winner(name, value, [row for row in said if getattr(row, name) == value])


def _facts(trial: Trial, limits: tuple[rules.Limits, ...]) -> rules.Facts:
    facility, who, unit_id, now = trial.facility, trial.resident_id, trial.unit_id, trial.now
    setting = authority.settings_of(facility)
    lists = setting.lists_numbers and who is not None and bool(trial.found.number)
    return rules.Facts(
        now=now,
        time_zone=facility.time_zone,
        offered=facility.calls_offered,
        caller=rules.Caller(identified=True, in_custody=True),
        number=authority.number(facility=facility, resident_id=who, found=trial.found, lists=lists),
        rate=FREE,
        places=frozenset(setting.places),
        limits=limits,
        used=authority.used(who, facility, now) if who else rules.Used(),
        stops=authority.stops(facility_id=facility.pk, unit_id=unit_id, resident_id=who, now=now),
        quota_for_privileged=setting.quota_for_privileged,
    )
