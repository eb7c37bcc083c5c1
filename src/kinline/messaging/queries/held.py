"""Letters that an emergency holds (STF-8)."""

from datetime import datetime

from kinline.delivery.models import Stop
from kinline.messaging.models import Message, State


def held_letters(now: datetime) -> list[int]:
    """Ids of held letters that no stop of their facility holds any more, in the order in which they were sent."""
    on = Stop.objects.filter(ended_at=None, until__gt=now).values("facility_id")
    rows = Message.objects.filter(state=State.SCHEDULED, deliver_at=None).exclude(facility_id__in=on)
    return list(rows.order_by("sent_at", "pk").values_list("pk", flat=True))


def held_count(facility_id: int) -> int:
    return Message.objects.filter(state=State.SCHEDULED, deliver_at=None, facility_id=facility_id).count()
