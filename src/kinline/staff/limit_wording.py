"""Limits of calls in words: whose each is, what it says, which of several wins (T8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kinline.payments.services.numbers import shown
from kinline.telephony import hours_wording, staff_wording
from kinline.telephony.queries.authority import as_limits
from kinline.telephony.queries.limits import Tried
from kinline.telephony.rules import NEVER

if TYPE_CHECKING:
    from kinline.telephony.models import CallLimits

FIELDS: Mapping[str, str | Promise] = MappingProxyType(
    {
        "seconds": gettext_lazy("Longest call"),
        "calls_a_day": gettext_lazy("Calls a day"),
        "seconds_a_day": gettext_lazy("Time a day"),
        "seconds_a_week": gettext_lazy("Time a week"),
        "seconds_a_month": gettext_lazy("Time a month"),
        "pause_seconds": gettext_lazy("Pause between two calls"),
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """One limit. `whose`: with the name; `lines`: what it says, by field; `hours`: when one may call."""

    id: int
    whose: str
    lines: list[tuple[str, str]]
    hours: list[str]
    records: bool


def row(one: "CallLimits") -> Row:
    values = [(name, getattr(one, name)) for name in FIELDS]
    lines = [(str(FIELDS[name]), amount(name, value)) for name, value in values if _says(name, value)]
    return Row(one.pk, whose(one), lines, hours_wording.sentences(as_limits(one).hours), one.record)


def _says(name: str, value: int | None) -> bool:
    return value is not None and (name != "pause_seconds" or value > 0)


def whose(one: "CallLimits") -> str:
    if one.resident is not None:
        return f"{one.resident.name} {one.resident.number}"
    if one.unit is not None:
        return _("Unit %(name)s") % {"name": one.unit.name}
    return shown(one.number) if one.number else _("The whole place")


def amount(name: str, value: int) -> str:
    if name == "calls_a_day":
        return ngettext("%(n)s call", "%(n)s calls", value) % {"n": value}
    n = value // 60
    return ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}


@dataclass(frozen=True, slots=True)
class Won:
    """`value` empty: no limit says anything. `by`: whose limit it is; several say the same."""

    label: str
    value: str
    by: str


@dataclass(frozen=True, slots=True)
class Told:
    rows: list[Row]
    won: list[Won]
    unrecorded: str
    reasons: list[str]
    allowed: bool
    minutes: int
    open_until: datetime | None
    always: bool


def tried(one: Tried) -> Told:
    won = [
        Won(
            str(FIELDS[winner.name]),
            "" if winner.value is None else amount(winner.name, winner.value),
            ", ".join(whose(row) for row in winner.rows),
        )
        for winner in one.winners
    ]
    reasons = [reason.code for reason in one.decision.reasons if reason.code != "nothing_dialled"]
    return Told(
        rows=[row(some) for some in one.rows],
        won=won,
        unrecorded=", ".join(whose(some) for some in one.unrecorded),
        reasons=[staff_wording.result(code) for code in dict.fromkeys(reasons)],
        allowed=not reasons,
        minutes=one.decision.seconds // 60,
        open_until=one.open_until,
        always=one.open_until == NEVER,
    )
