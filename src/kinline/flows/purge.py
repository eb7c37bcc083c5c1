"""What has been kept long enough goes, with a certificate; a legal hold wins over everything (MSG-8, REC4)."""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.facilities import queries as facilities
from kinline.messaging.queries.record import Kept, kept_by
from kinline.messaging.services import record as services

BATCH = 500


def purge_record(*, now: datetime) -> None:
    """Every night, for every place and class. Small steps, each its own story with its own certificate."""
    for place in facilities.public_facilities():
        for kept in kept_by(place.pk, now):
            while purge_some(facility_id=place.pk, kept=kept, now=now) == BATCH:
                pass


@story
def purge_some(*, facility_id: int, kept: Kept, now: datetime) -> int:
    """How many letters went. The certificate's digest is in the audit log, so in its chain."""
    certificate = services.purge(facility_id=facility_id, kept=kept, now=now, limit=BATCH)
    if certificate is None:
        return 0
    record(
        "system", "record.purge", f"purge:{certificate.pk}", now=now, facility_id=facility_id, kind=kept.kind,
        days=kept.days, count=certificate.count, digest=bytes(certificate.digest).hex(),
    )  # fmt: skip
    return certificate.count
