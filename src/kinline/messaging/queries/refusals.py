"""A refused letter as each side is told of it, and its appeals (DEL-5, DEL-6). The recipient never sees content."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import get_language

from kinline.core.parties import FAMILY, Party
from kinline.messaging.models import Appeal, Message, Review
from kinline.messaging.rules import last_day_to_appeal
from kinline.messaging.wording import appeal_sentence


@dataclass(frozen=True, slots=True)
class AppealView:
    """`outcome`: empty while it waits, else `won` or `lost`; `due_on`: last working day for the answer.

    `other_name`, `sent_at`: of the letter that it is about.
    """

    id: int
    message_id: int
    other_name: str
    sent_at: datetime
    text: str
    filed_at: datetime
    due_on: date
    outcome: str
    answer: str
    decided_at: datetime | None

    @property
    def status_sentence(self) -> str:
        return appeal_sentence(self.outcome, self.due_on)


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
    sent_it = message.sender == party.side
    days = facility.sender_appeal_days if sent_it else facility.resident_appeal_days
    told = review.sender_until if sent_it else review.recipient_until
    last_day = told or last_day_to_appeal(review.decided_at, days, facility.time_zone)
    today = now.astimezone(ZoneInfo(facility.time_zone)).date()
    mine = review.appeals.filter(side=party.side).first()
    return RefusalView(
        message_id=message.pk, contact_id=message.contact_id, other_name=_other(party, message),
        sent_at=message.sent_at, decided_at=review.decided_at, rule=review.by_rule or review.reason.code,
        reason=_localised(review), explanation=review.explanation, last_day=last_day,
        may_appeal=mine is None and today <= last_day and message.state == "refused",
        appeal=_appeal(party, mine) if mine else None, free_now=message.state != "refused",
    )  # fmt: skip


def _localised(review: Review) -> str:
    reason = review.reason
    if reason is None:
        return ""
    return (reason.text_es or reason.text) if (get_language() or "").startswith("es") else reason.text


def _other(party: Party, message: Message) -> str:
    return message.contact.resident.name if party.side == FAMILY else message.contact.user.name


def _appeal(party: Party, appeal: Appeal) -> AppealView:
    message = appeal.review.message
    return AppealView(
        appeal.pk, message.pk, _other(party, message), message.sent_at, appeal.text, appeal.filed_at, appeal.due_on,
        appeal.outcome, appeal.answer, appeal.decided_at,
    )  # fmt: skip


def appeal(party: Party, appeal_id: int) -> AppealView | None:
    """One's own appeal."""
    row = _appeals(party).filter(pk=appeal_id).first()
    return _appeal(party, row) if row else None


def appeals_of(party: Party, *, limit: int = 100) -> list[AppealView]:
    """The party's own appeals, the last filed first. One statement."""
    return [_appeal(party, row) for row in _appeals(party).order_by("-filed_at", "-pk")[:limit]]


def _appeals(party: Party) -> QuerySet[Appeal]:
    """Filed by this side about a letter of this contact's person: the other side's appeal is not theirs."""
    owner = {f"review__message__contact__{party.column}": party.id}
    rows = Appeal.objects.select_related("review__message__contact__user", "review__message__contact__resident")
    return rows.filter(side=party.side, **owner)


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
