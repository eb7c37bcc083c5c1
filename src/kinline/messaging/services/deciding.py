"""Verbs of what a person or a rule decides about a letter (DEL-4, DEL-5)."""

from datetime import date, datetime
from typing import Any

from kinline.core.transaction import verb
from kinline.facilities.models import RefusalReason
from kinline.identity.models import User
from kinline.messaging.models import (
    End,
    Message,
    Review,
    Ruling,
    State,
)
from kinline.messaging.rules import last_day_to_appeal
from kinline.messaging.services.letters import move


@verb
def hold_for_review(message: Message, why: str, *, now: datetime) -> None:
    """A locked letter that was on its way waits for a person instead; `why` is added to what fired (DEL-3).

    One that was let through before, and waited for paper or for a stop to end, is decided anew: its release stays in
    the audit trail and among the rulings.
    """
    message.decision = {
        **message.decision,
        "outcome": "review",
        "fired": [*message.decision.get("fired", []), {"id": why, "then": "review", "why": {}}],
    }
    move(message, State.REVIEW, decision=message.decision, deliver_at=None)
    anew = {
        "facility_id": message.facility_id, "since": now, "alerted_hours": 0, "decision": "", "decided_at": None,
        "decided_by": None, "claimed_by": None, "claimed_until": None, "passed_by": None, "passed_at": None,
        "passed_note": "",
    }  # fmt: skip
    Review.objects.update_or_create(message=message, defaults=anew)


@verb
def end_review(
    message: Message,
    decision: str,
    *,
    now: datetime,
    decided_by: User | None = None,
    reason: RefusalReason | None = None,
    explanation: str = "",
    by_rule: str = "",
    withheld_by: User | None = None,
) -> Review:
    """Write down what became of the review of a locked message; makes the row for a rule's own refusal.

    Of a refusal also the last days to appeal: they are told now, so a setting of later does not shorten them (M2).
    """
    values: dict[str, Any] = {
        "decision": decision, "decided_at": now, "decided_by": decided_by, "reason": reason,
        "explanation": explanation, "by_rule": by_rule, "withheld_by": withheld_by,
    }  # fmt: skip
    if decision == "refuse":
        values |= _last_days(message, now)
    made = {"facility_id": message.facility_id, "since": message.sent_at, **values}
    review, _ = Review.objects.update_or_create(message=message, defaults=values, create_defaults=made)
    return review


def _last_days(message: Message, now: datetime) -> dict[str, date]:
    place = message.facility
    days = {"sender_until": place.sender_appeal_days, "recipient_until": place.resident_appeal_days}
    return {name: last_day_to_appeal(now, count, place.time_zone) for name, count in days.items()}


@verb
def end_waiting_review(message: Message, *, now: datetime) -> None:
    """Nobody needs to decide any more. What a person has decided already stays as they wrote it.

    What was decided in the last seconds and has not taken effect (a ruling) never will.
    """
    Review.objects.filter(message=message, decision="").update(decision="withdrawn", decided_at=now)
    Ruling.objects.filter(review__message=message, end="").update(end=End.VOID, ended_at=now, why="moved_on")


def reason_texts(message: Message) -> dict[str, str]:
    """The reason of a refused message in each language of the facility's list."""
    reason = Review.objects.select_related("reason").get(message=message).reason
    return {"en": reason.text, "es": reason.text_es or reason.text} if reason else {}
