"""A refused letter as each side is told of it, and its appeals (DEL-5, DEL-6). The recipient never sees content."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from kinline.core.parties import Party
from kinline.messaging.models import Appeal, Review
from kinline.messaging.rules import last_day_to_appeal


@dataclass(frozen=True, slots=True)
class AppealView:
    """`outcome`: empty while it waits, else `won` or `lost`; `due_on`: last working day for the answer."""

    id: int
    message_id: int
    text: str
    filed_at: datetime
    due_on: date
    outcome: str
    answer: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefusalView:
    """What a notice must name (M1): other party, date, rule, reason, the last day to appeal (the facility's day)."""

    message_id: int
    contact_id: int
    other_name: str
    sent_at: datetime
    decided_at: datetime
    rule: str
    reason: str
    explanation: str
    last_day: date
    may_appeal: bool
    appeal: AppealView | None
    free_now: bool


@dataclass(frozen=True, slots=True)
class AppealRow:
    """One appeal that waits, for those who decide."""

    id: int
    message_id: int
    facility_id: int
    side: str
    filed_at: datetime
    due_on: date
    text: str
    refused_by_id: int | None


def refusal(party: Party, message_id: int, *, now: datetime) -> RefusalView | None:
    """Why a letter to or from this party was refused; None when it was not, is not theirs, or is withheld (M5)."""
    owner = {f"message__contact__{party.column}": party.id}
    review = (
        Review.objects.select_related("reason", "facility", "message__contact__user", "message__contact__resident")
        .filter(message_id=message_id, decision="refuse", withheld_by=None, **owner)
        .first()
    )
    return _refusal(party, review, now) if review else None


def _refusal(party: Party, review: Review, now: datetime) -> RefusalView:
    message, facility = review.message, review.facility
    assert review.decided_at is not None and review.reason is not None  # by constraint  # noqa: S101, PT018
    days = facility.sender_appeal_days if message.sender == party.side else facility.resident_appeal_days
    last_day = last_day_to_appeal(review.decided_at, days, facility.time_zone)
    today = now.astimezone(ZoneInfo(facility.time_zone)).date()
    mine = Appeal.objects.filter(review=review, side=party.side).first()
    contact = message.contact
    other = contact.resident if party.side == "family" else contact.user
    return RefusalView(
        message_id=message.pk, contact_id=contact.pk, other_name=other.name, sent_at=message.sent_at,
        decided_at=review.decided_at, rule=review.by_rule or review.reason.code, reason=_localised(review),
        explanation=review.explanation, last_day=last_day,
        may_appeal=mine is None and today <= last_day and message.state == "refused",
        appeal=appeal_view(mine) if mine else None, free_now=message.state != "refused",
    )  # fmt: skip


def _localised(review: Review) -> str:
    reason = review.reason
    if reason is None:
        return ""
    return (reason.text_es or reason.text) if (get_language() or "").startswith("es") else reason.text


def appeal_view(appeal: Appeal) -> AppealView:
    return AppealView(
        appeal.pk, appeal.review.message_id, appeal.text, appeal.filed_at, appeal.due_on, appeal.outcome,
        appeal.answer, appeal.decided_at,
    )  # fmt: skip


def appeal(party: Party, appeal_id: int) -> AppealView | None:
    """One's own appeal."""
    owner = {f"review__message__contact__{party.column}": party.id}
    row = Appeal.objects.select_related("review").filter(pk=appeal_id, side=party.side, **owner).first()
    return appeal_view(row) if row else None


def appeals_open(facility_ids: list[int]) -> list[AppealRow]:
    """Appeals without an answer at these facilities, the first due first."""
    rows = Appeal.objects.select_related("review").filter(review__facility_id__in=facility_ids, outcome="")
    return [
        AppealRow(
            a.pk, a.review.message_id, a.review.facility_id, a.side, a.filed_at, a.due_on, a.text,
            a.review.decided_by_id,
        )
        for a in rows.order_by("due_on", "pk")
    ]  # fmt: skip
