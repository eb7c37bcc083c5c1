"""Who did what, in the transaction in which it was done."""

from datetime import datetime
from typing import Any

from kinline.core.models import AuditEvent


def record(
    actor: str, act: str, subject: str = "", *, now: datetime, facility_id: int | None = None, **detail: Any
) -> None:
    """Write one audit row. `detail` holds ids, codes and counts, never content, PINs or addresses."""
    AuditEvent.objects.create(at=now, actor=actor, act=act, object=subject, facility_id=facility_id, detail=detail)
