"""Other programs read the reports of a place (STF-7): by a key that somebody there has made and may end."""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.identity import permissions
from kinline.identity.models import ReportKey, User
from kinline.identity.permissions import Permission
from kinline.identity.services import report_keys


@story
def make_key(*, staff: User, facility_id: int, name: str, days: int, now: datetime) -> str:
    """The key in clear, once. Raises NotPermitted, TooManyReportKeys."""
    permissions.require(staff, facility_id, Permission.GRANT_ROLES, now)
    row, secret = report_keys.make(holder=staff, facility_id=facility_id, name=name, days=days, now=now)
    record(f"staff:{staff.pk}", "report_key.make", f"report_key:{row.pk}", now=now, facility_id=facility_id, days=days)
    return secret


@story
def end_key(*, staff: User, facility_id: int, key_id: int, now: datetime) -> bool:
    """Whether there was one to end. Raises NotPermitted."""
    permissions.require(staff, facility_id, Permission.GRANT_ROLES, now)
    if not report_keys.end(facility_id=facility_id, key_id=key_id, now=now):
        return False
    record(f"staff:{staff.pk}", "report_key.end", f"report_key:{key_id}", now=now, facility_id=facility_id)
    return True


@story
def note_reading(*, key: ReportKey, name: str, rows: int, only: str, now: datetime) -> None:
    """A program took a report away, in the name of the key's holder."""
    report_keys.used(key_id=key.pk, now=now)
    record(
        f"staff:{key.holder_id}", "report.take", f"report:{name}", now=now, facility_id=key.facility_id, rows=rows,
        key=key.pk, **({"only": only} if only else {}),
    )  # fmt: skip
