"""What waits for a person's decision (DEL-4). The caller has checked the staff role at each facility."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kinline.messaging import bodies
from kinline.messaging.models import Review


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """`fired`: the rules that hold it, as `delivery.rules` wrote them."""

    message_id: int
    facility_id: int
    since: datetime
    sender_name: str
    recipient_name: str
    direction: str
    length: int
    subject: str
    fired: list[dict[str, Any]]


def reviews_waiting(facility_ids: list[int], *, limit: int = 200) -> list[ReviewRow]:
    """Oldest first."""
    rows = Review.objects.select_related("message__contact__user", "message__contact__resident").filter(
        facility_id__in=facility_ids, decision="", message__state="review"
    )
    return [_row(review) for review in rows.order_by("since", "pk")[:limit]]


def _row(review: Review) -> ReviewRow:
    message = review.message
    names = message.contact.user.name, message.contact.resident.name
    sender, recipient = names if message.sender == "family" else reversed(names)
    privileged = message.contact.kind == "privileged"  # became so while it waited: its words are not staff's (DEL-7)
    return ReviewRow(
        message.pk, review.facility_id, review.since, sender, recipient, message.sender, message.length,
        "" if privileged else message.subject, message.decision.get("fired", []),
    )  # fmt: skip


def review_text(facility_ids: list[int], message_id: int) -> str | None:
    """The text of a message that is or was in review at one of these facilities. Never a privileged one (DEL-7)."""
    found = Review.objects.filter(facility_id__in=facility_ids, message_id=message_id).exclude(
        message__contact__kind="privileged"
    )
    return bodies.read(message_id) if found.exists() else None
