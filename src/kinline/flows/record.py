"""Looks at the record itself are on the record (STF-4, REC5)."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.authority import Actor, named

_CODE = re.compile(r"[a-z_.]{1,60}(:\d{1,18})?")


@story
def note_export(
    actor: Actor, *, rows: int, now: datetime, facility_id: int | None = None, filters: Mapping[str, str] | None = None
) -> None:
    """Somebody took the audit log, or a part of it, away as a file. Of `filters` only what is a code is kept."""
    codes = {name: text for name, text in (filters or {}).items() if _CODE.fullmatch(text)}
    detail: dict[str, Any] = {"filters": codes} if codes else {}
    record(named(actor), "audit.export", now=now, facility_id=facility_id, rows=rows, **detail)


@story
def note_report(actor: Actor, name: str, *, taken: bool, rows: int, only: str, facility_id: int, now: datetime) -> None:
    """Somebody read a report that names people (STF-7), or took it away as a file. `only`: its filter, a code."""
    detail: dict[str, Any] = {"only": only} if only else {}
    act = "report.take" if taken else "report.look"
    record(named(actor), act, f"report:{name}", now=now, facility_id=facility_id, rows=rows, **detail)
