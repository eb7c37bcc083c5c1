"""Looks at the record itself are on the record (STF-4, REC5)."""

from datetime import datetime
from typing import Any

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.authority import Actor, named


@story
def note_export(actor: Actor, *, rows: int, now: datetime, facility_id: int | None = None, **filters: Any) -> None:
    """Somebody took the audit log, or a part of it, away as a file."""
    record(named(actor), "audit.export", now=now, facility_id=facility_id, rows=rows, **filters)
