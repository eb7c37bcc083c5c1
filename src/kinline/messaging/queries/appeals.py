"""Appeals as those see them who decide (DEL-6, M4). The caller has checked the staff role at each facility."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from kinline.core.workdays import end_of_day, is_working_day
from kinline.facilities import queries as facilities
from kinline.identity.models import User
from kinline.messaging.models import Appeal, AppealRuling, End
from kinline.messaging.queries.reviews import PRIVILEGED, TOLD_VOID, localised_reason
from kinline.messaging.services import reviewing

DECIDED_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Case:
    """One appeal and the refusal that it is about. `had_part`: one took part in that, so another decides (M3).

    `due_on`: last working day for the answer, where the facility is; `days_left`: working days until then.
    """

    id: int
    message_id: int
    facility_id: int
    side: str
    appellant: str
    text: str
    filed_at: datetime
    due_on: date
    overdue: bool
    days_left: int
    outcome: str
    answer: str
    decided_by: str
    decided_at: datetime | None
    sender_name: str
    recipient_name: str
    resident_number: str
    sent_at: datetime
    length: int
    subject: str
    decision: dict[str, Any]
    state: str
    reason: str
    explanation: str
    refused_by: str
    by_rule: str
    refused_at: datetime | None
    had_part: bool
    ruling_id: int | None = None
    ruled_by_me: bool = False


@dataclass(frozen=True, slots=True)
class AppealRulingRow:
    """A decision of one's own: it waits for its ten seconds (`end` empty), or it could not take effect (`void`)."""

    id: int
    appeal_id: int
    appellant: str
    won: bool
    effective_at: datetime
    end: str
    why: str


def cases(user: User, facility_ids: list[int], *, now: datetime) -> list[Case]:
    """Appeals without an answer, the first due first."""
    return [_case(one, user, now) for one in _open(user, facility_ids).order_by("due_on", "pk")]


def answered(user: User, facility_ids: list[int], *, now: datetime) -> list[Case]:
    """Those decided last."""
    rows = _all(user, facility_ids).exclude(outcome="")
    return [_case(one, user, now) for one in rows.order_by("-decided_at", "-pk")[:DECIDED_SHOWN]]


def case(user: User, facility_ids: list[int], appeal_id: int, *, now: datetime) -> Case | None:
    """One of them, decided or not; None when it is not there or about a contact of one's own (STF-1)."""
    found = _all(user, facility_ids).filter(pk=appeal_id).first()
    return _case(found, user, now) if found else None


def how_many_open(user: User, facility_ids: list[int]) -> int:
    return _open(user, facility_ids).count()


def first_filed(user: User, facility_ids: list[int]) -> datetime | None:
    return _open(user, facility_ids).order_by("filed_at").values_list("filed_at", flat=True).first()


def _open(user: User, facility_ids: list[int]) -> QuerySet[Appeal]:
    return _all(user, facility_ids).filter(outcome="")


def _all(user: User, facility_ids: list[int]) -> QuerySet[Appeal]:
    rows = Appeal.objects.select_related(
        "decided_by", "review__reason", "review__decided_by", "review__message__contact__user",
        "review__message__contact__resident", "review__facility",
    )  # fmt: skip
    mine = {"review__message__contact__user__email__iexact": user.email}
    return rows.filter(review__facility_id__in=facility_ids).exclude(**mine).prefetch_related("rulings")


def rulings_of(user: User, facility_ids: list[int], *, now: datetime) -> list[AppealRulingRow]:
    """One's own decisions that have not taken effect, and those of the last day that could not; the last one first."""
    rows = AppealRuling.objects.filter(staff=user, appeal__review__facility_id__in=facility_ids)
    rows = rows.select_related("appeal__review__message__contact__user", "appeal__review__message__contact__resident")
    void = rows.filter(end=End.VOID, ended_at__gt=now - TOLD_VOID)
    return [
        AppealRulingRow(one.pk, one.appeal_id, _appellant(one.appeal), one.won, one.effective_at, one.end, one.why)
        for one in [*rows.filter(end="").order_by("-pk"), *void.order_by("-pk")[:20]]
    ]


def taken_back(user: User, appeal_id: int) -> dict[str, str]:
    """What this person decided last about an appeal and took back, as they typed it; nothing if they did not."""
    last = AppealRuling.objects.filter(staff=user, appeal_id=appeal_id).order_by("-pk").first()
    if last is None or last.end != End.WITHDRAWN:
        return {}
    return {"outcome": "won" if last.won else "lost", "answer": last.answer}


def _appellant(appeal: Appeal) -> str:
    contact = appeal.review.message.contact
    return contact.user.name if appeal.side == "family" else contact.resident.name


def _case(appeal: Appeal, user: User, now: datetime) -> Case:
    review, message = appeal.review, appeal.review.message
    facility, ruling = review.facility, next((one for one in appeal.rulings.all() if not one.end), None)
    family, resident = message.contact.user.name, message.contact.resident.name
    return Case(
        id=appeal.pk, message_id=message.pk, facility_id=facility.pk, side=appeal.side,
        appellant=_appellant(appeal), text=appeal.text, filed_at=appeal.filed_at,
        due_on=appeal.due_on, overdue=not appeal.outcome and now >= end_of_day(appeal.due_on, facility.time_zone),
        days_left=_days_left(appeal, now), outcome=appeal.outcome, answer=appeal.answer,
        decided_by=appeal.decided_by.name if appeal.decided_by else "", decided_at=appeal.decided_at,
        sender_name=family if message.sender == "family" else resident,
        recipient_name=resident if message.sender == "family" else family,
        resident_number=message.contact.resident.number, sent_at=message.sent_at, length=message.length,
        subject="" if message.contact.kind == PRIVILEGED else message.subject, decision=message.decision,
        state=message.state, reason=localised_reason(review), explanation=review.explanation,
        refused_by=review.decided_by.name if review.decided_by else "", by_rule=review.by_rule,
        refused_at=review.decided_at, had_part=reviewing.had_part(review, user),
        ruling_id=ruling.pk if ruling else None, ruled_by_me=ruling is not None and ruling.staff_id == user.pk,
    )  # fmt: skip


def _days_left(appeal: Appeal, now: datetime) -> int:
    """Working days from tomorrow to the last one, in the facility's zone; 0 on the last day and after it."""
    facility = appeal.review.facility
    today = now.astimezone(ZoneInfo(facility.time_zone)).date()
    holidays = facilities.holidays(facility.agency_id)
    days = (today + timedelta(days=n) for n in range(1, (appeal.due_on - today).days + 1))
    return sum(is_working_day(day, holidays) for day in days)
