"""What waits too long for a person is said, and said again (M4, M8): a letter after 24, 48 and 72 hours, an appeal when
its last working day is over. Nothing is ever decided by time.
"""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.deadlines import told
from kinline.messaging.queries import late as queries
from kinline.messaging.services import reviewing
from kinline.notices import services as notices


def alert_late_reviews(*, now: datetime) -> None:
    """Job: tell those chosen (`deadlines.told`). Each mark of each letter is told once, however often this runs."""
    for group in queries.late_reviews(now):
        _tell_reviews(group, now)
    for late in queries.late_appeals(now):
        _tell_appeals(late, now)


@story
def _tell_reviews(group: queries.Late, now: datetime) -> None:
    if not reviewing.mark_alerted(group.ids, group.hours):
        return
    for message_id in group.message_ids:
        record(
            "system", "review.late", f"message:{message_id}", now=now, facility_id=group.facility_id, hours=group.hours
        )
    _mail("review_late", group, group.hours, now, hours=group.hours)


@story
def _tell_appeals(group: queries.Late, now: datetime) -> None:
    if not reviewing.mark_appeals_alerted(group.ids, now=now):
        return
    for appeal_id in group.ids:
        record("system", "appeal.late", f"appeal:{appeal_id}", now=now, facility_id=group.facility_id)
    _mail("appeal_late", group, 0, now)


def _mail(kind: str, group: queries.Late, mark: int, now: datetime, **params: int) -> None:
    """How many, never whose: an email names nobody."""
    for user in told(group.facility_id, mark, now):
        notices.mail(
            to=user.email, kind=kind, now=now, user=user, language=user.language, count=len(group.ids), **params
        )
