"""Keys of reports (STF-7): made, used, ended. Steps, not verbs: the story around them asks who may."""

import hashlib
import secrets
from datetime import datetime, timedelta

from kinline.identity.errors import TooManyReportKeys
from kinline.identity.models import ReportKey, User

MOST = 20  # open ones of one place
BEGINS = "klr_"  # so that whoever finds one somewhere knows what it is


def digest(secret: str) -> bytes:
    """256 random bits cannot be guessed: they need neither salt nor a slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def make(*, holder: User, facility_id: int, name: str, days: int, now: datetime) -> tuple[ReportKey, str]:
    """The row, and the key in clear, which is nowhere kept. Raises TooManyReportKeys."""
    if ReportKey.objects.filter(facility_id=facility_id, ended_at=None, ends_at__gt=now).count() >= MOST:
        raise TooManyReportKeys(most=MOST)
    secret = BEGINS + secrets.token_urlsafe(32)
    row = ReportKey.objects.create(
        facility_id=facility_id, holder=holder, name=name, digest=digest(secret), created_at=now,
        ends_at=now + timedelta(days=days),
    )  # fmt: skip
    return row, secret


def end(*, facility_id: int, key_id: int, now: datetime) -> bool:
    """Whether it was open until now."""
    return ReportKey.objects.filter(pk=key_id, facility_id=facility_id, ended_at=None).update(ended_at=now) == 1


def used(*, key_id: int, now: datetime) -> None:
    ReportKey.objects.filter(pk=key_id).update(last_used_at=now)
