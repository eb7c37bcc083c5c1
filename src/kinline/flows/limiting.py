"""Steps that several sign-in stories share: a limit that is reached is said with the time of the next try."""

from datetime import datetime

from django.utils import timezone

from kinline.core.transaction import story
from kinline.design.wording import clock
from kinline.identity.errors import TooOften
from kinline.identity.services import attempts


def until(moment: datetime) -> str:
    return clock(moment, timezone.get_current_timezone())


@story
def count_try(kind: str, who: object, now: datetime) -> None:
    """One more try of `kind` (`identity.limits`); raises TooOften when there were too many."""
    if not attempts.take(kind, who, now):
        raise TooOften(until=until(attempts.paused_until(kind, who, now) or now))
