"""Staff look at calls: what was asked, what for, and which call they opened are on record first (REC5, TEL-9)."""

from datetime import datetime
from typing import Any

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.authority import require
from kinline.identity.models import User
from kinline.identity.permissions import Permission

LIVE = "live"  # the purpose of a look at a call that goes on: the desk watches it


@story
def searched(*, staff: User, facility_id: int, purpose: str, fields: list[str], now: datetime) -> None:
    """A search was asked. Which fields it filled, not what was in them: that may be somebody's (STF-4).

    raises NotPermitted.
    """
    actor = require(staff, facility_id, Permission.READ_CALLS, now)
    record(actor, "calls.search", now=now, facility_id=facility_id, purpose=purpose, fields=fields)


@story
def looked(*, staff: User, facility_id: int, purpose: str, call_id: int, now: datetime) -> None:
    """One call with all that is known of it. raises NotPermitted."""
    actor = require(staff, facility_id, Permission.READ_CALLS, now)
    record(actor, "call.look", f"call:{call_id}", now=now, facility_id=facility_id, purpose=purpose)


@story
def taken(*, staff: User, facility_id: int, purpose: str, rows: int, now: datetime, **detail: Any) -> None:
    """Records were taken away as a file. raises NotPermitted."""
    actor = require(staff, facility_id, Permission.READ_CALLS, now)
    record(actor, "calls.take", now=now, facility_id=facility_id, purpose=purpose, rows=rows, **detail)
