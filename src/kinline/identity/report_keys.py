"""What is asked about the keys of reports (STF-7)."""

from datetime import datetime

from kinline.identity.models import ReportKey
from kinline.identity.services.report_keys import digest


def open_key(secret: str, now: datetime) -> ReportKey | None:
    """The key that this is, while it opens something; its place and holder with it."""
    rows = ReportKey.objects.select_related("facility", "holder").filter(ended_at=None, ends_at__gt=now)
    return rows.filter(digest=digest(secret)).first()


def keys_of(facility_id: int) -> list[ReportKey]:
    """The newest first, also those that have ended."""
    return list(ReportKey.objects.select_related("holder").filter(facility_id=facility_id).order_by("-pk")[:100])
