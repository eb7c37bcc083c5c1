"""The audit log is chained by hash, a minute behind what happens (STF-4)."""

from datetime import datetime

from kinline.core import sealing
from kinline.core.transaction import story

BATCH = 5000


def seal_audit(*, now: datetime) -> None:
    """Every minute: chain what was written since."""
    while seal_some(now=now) == BATCH:
        pass


def seal_late(*, now: datetime) -> None:
    """Every night: a row that became visible later than an hour after its neighbours is chained, too."""
    while seal_some(now=now, whole=True) == BATCH:
        pass


@story
def seal_some(*, now: datetime, whole: bool = False) -> int:
    """One piece of it, so that a long gap after a stop is closed step by step."""
    return sealing.seal(now=now, whole=whole, limit=BATCH)
