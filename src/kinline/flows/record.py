"""Looks at the record itself are on the record (STF-4, REC5)."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from kinline.core import audit
from kinline.core.audit import record
from kinline.core.errors import Refusal
from kinline.core.transaction import story
from kinline.facilities import queries as facilities
from kinline.flows.authority import Actor, named
from kinline.identity import permissions
from kinline.identity.models import User
from kinline.identity.permissions import Permission

WEEK = timedelta(days=7)

_CODE = re.compile(r"[a-z_.]{1,60}(:\d{1,18})?")


class WeekNotOver(Refusal):
    code = "week_not_over"
    sentence = _("This week is not over yet.")


@story
def note_export(
    actor: Actor, *, rows: int, now: datetime, facility_id: int | None = None, filters: Mapping[str, str] | None = None
) -> None:
    """Somebody took the audit log, or a part of it, away as a file. Of `filters` only what is a code is kept."""
    codes = {name: text for name, text in (filters or {}).items() if _CODE.fullmatch(text)}
    detail: dict[str, Any] = {"filters": codes} if codes else {}
    record(named(actor), "audit.export", now=now, facility_id=facility_id, rows=rows, **detail)


@story
def note_week(staff: User, *, facility_id: int, monday: date, rows: int, now: datetime) -> bool:
    """Somebody has read a week of the log (C5); whether they were the first. `rows`: how many lines it had.

    Raises NotPermitted; WeekNotOver.
    """
    permissions.require(staff, facility_id, Permission.READ_AUDIT, now)
    place = facilities.facility_by_id(facility_id)
    if place is None or monday.weekday() != 0 or monday + WEEK > now.astimezone(ZoneInfo(place.time_zone)).date():
        raise WeekNotOver
    if audit.week_read(facility_id, monday):
        return False
    record(f"staff:{staff.pk}", "audit.week", audit.week(facility_id, monday), now=now, facility_id=facility_id,
           rows=rows)  # fmt: skip
    return True


@story
def note_report(actor: Actor, name: str, *, taken: bool, rows: int, only: str, facility_id: int, now: datetime) -> None:
    """Somebody read a report that names people (STF-7), or took it away as a file. `only`: its filter, a code."""
    detail: dict[str, Any] = {"only": only} if only else {}
    act = "report.take" if taken else "report.look"
    record(named(actor), act, f"report:{name}", now=now, facility_id=facility_id, rows=rows, **detail)
