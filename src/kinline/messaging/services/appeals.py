"""Verbs of appeals (DEL-6): filed, decided in writing, and the ten seconds until that takes effect."""

from datetime import date, datetime

from kinline.core.parties import Party
from kinline.core.transaction import verb
from kinline.identity.models import User
from kinline.messaging import errors
from kinline.messaging.models import Appeal, AppealRuling, End, Review
from kinline.messaging.services.reviewing import TIME_TO_WITHDRAW


@verb
def file_appeal(review: Review, party: Party, *, text: str, due_on: date, now: datetime) -> Appeal:
    return Appeal.objects.create(review=review, side=party.side, text=text, filed_at=now, due_on=due_on)


@verb
def locked_appeal(appeal_id: int) -> Appeal:
    """raises NotFound."""
    appeal = (
        Appeal.objects.select_for_update(of=("self",), no_key=True)
        .select_related("review")
        .filter(pk=appeal_id)
        .first()
    )
    if appeal is None:
        raise errors.NotFound
    return appeal


@verb
def decide_appeal(appeal: Appeal, *, won: bool, decided_by: User, answer: str, now: datetime) -> None:
    appeal.outcome = "won" if won else "lost"
    appeal.decided_by, appeal.decided_at, appeal.answer = decided_by, now, answer
    appeal.save(update_fields=["outcome", "decided_by", "decided_at", "answer"])


@verb
def rule_on_appeal(appeal: Appeal, staff: User, *, won: bool, answer: str, now: datetime) -> AppealRuling:
    """Write down how the person decided a locked appeal; nothing has happened yet."""
    return AppealRuling.objects.create(
        appeal=appeal, won=won, answer=answer, staff=staff, made_at=now, effective_at=now + TIME_TO_WITHDRAW
    )


def open_ruling(appeal: Appeal) -> AppealRuling | None:
    """How it is decided, if that has not taken effect yet."""
    return AppealRuling.objects.filter(appeal=appeal, end="").first()


def appeal_of_ruling(ruling_id: int) -> int:
    """The appeal that must be locked before the ruling is looked at. raises NotFound."""
    found = AppealRuling.objects.filter(pk=ruling_id).values_list("appeal_id", flat=True).first()
    if found is None:
        raise errors.NotFound
    return found


def ruling(ruling_id: int) -> AppealRuling:
    """Read after its appeal was locked."""
    return AppealRuling.objects.select_related("staff").get(pk=ruling_id)


@verb
def end_ruling(ruling: AppealRuling, end: End, *, now: datetime, why: str = "") -> None:
    ruling.end, ruling.ended_at, ruling.why = end, now, why
    ruling.save(update_fields=["end", "ended_at", "why"])
