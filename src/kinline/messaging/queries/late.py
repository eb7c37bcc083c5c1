"""What has waited too long for a person and was not told yet (M4, M8). For the job alone: it acts for nobody."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from kinline.core.workdays import end_of_day
from kinline.messaging.models import AlertRecipient, Appeal, Review, State
from kinline.messaging.rules import LATE_HOURS, late_hours


@dataclass(frozen=True, slots=True)
class Late:
    """Of one facility: reviews past one mark (`hours`), or appeals past their last day. `ids`: theirs."""

    facility_id: int
    ids: list[int]
    message_ids: list[int]
    hours: int = 0


def late_reviews(now: datetime) -> list[Late]:
    """By facility and mark. A letter that passed two marks meanwhile is told of the later one only."""
    past, utc = Q(), now.astimezone(UTC)  # hours, not what a wall clock makes of them on the nights it changes
    for hours in LATE_HOURS:
        past |= Q(since__lte=utc - timedelta(hours=hours), alerted_hours__lt=hours)
    rows = Review.objects.filter(past, decision="", message__state=State.REVIEW).order_by("facility_id", "since")
    found: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for pk, facility_id, message_id, since in rows.values_list("pk", "facility_id", "message_id", "since"):
        found[facility_id, late_hours(since, now)].append((pk, message_id))
    return [
        Late(facility_id, [pk for pk, _ in pairs], [message for _, message in pairs], hours)
        for (facility_id, hours), pairs in found.items()
    ]


def late_appeals(now: datetime) -> list[Late]:
    """Those whose last working day is over where the facility is."""
    rows = Appeal.objects.select_related("review__facility").filter(outcome="", alerted_at=None)
    soon = rows.filter(due_on__lte=now.date() + timedelta(days=1)).order_by("pk")  # ahead of UTC it is tomorrow already
    found: defaultdict[int, list[Appeal]] = defaultdict(list)
    for one in soon:
        if now >= end_of_day(one.due_on, one.review.facility.time_zone):
            found[one.review.facility_id].append(one)
    return [
        Late(facility_id, [one.pk for one in appeals], [one.review.message_id for one in appeals])
        for facility_id, appeals in found.items()
    ]


def alert_recipients(facility_id: int, hours: int) -> set[int]:
    """Who was chosen to be told at this mark; empty: nobody was, so all who may act are (M8)."""
    return set(AlertRecipient.objects.filter(facility_id=facility_id, hours=hours).values_list("staff_id", flat=True))
