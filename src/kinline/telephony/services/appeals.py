"""Verbs of appeals against a denied number, and of the wish of whoever holds it (T10)."""

from datetime import datetime

from django.db.models import QuerySet

from kinline.core.transaction import verb
from kinline.identity.models import User
from kinline.telephony.errors import AppealedAlready, NotDenied
from kinline.telephony.models import AllowedNumber, NumberAppeal
from kinline.telephony.queries.appeals import filed_by


@verb
def file(row: AllowedNumber, *, user_id: int | None, text: str, now: datetime) -> NumberAppeal:
    """Of a locked number of a list. raises NotDenied, AppealedAlready."""
    if row.approved is not False or row.decided_by_id is None or row.decided_at is None:
        raise NotDenied
    if filed_by(user_id).filter(listed=row, denied_at=row.decided_at).exists():
        raise AppealedAlready
    return NumberAppeal.objects.create(
        listed=row, user_id=user_id, text=text, denied_at=row.decided_at, denied_by_id=row.decided_by_id,
        denied_reason=row.denied_reason, made_at=now,
    )  # fmt: skip


@verb
def open_of(row: AllowedNumber) -> "QuerySet[NumberAppeal]":
    """Those that wait, of a locked number."""
    return NumberAppeal.objects.select_for_update().filter(listed=row, decided_at=None).order_by("pk")


@verb
def decide(one: NumberAppeal, *, granted: bool, answer: str, by: User, now: datetime) -> None:
    one.granted, one.answer, one.decided_by, one.decided_at = granted, answer, by, now
    one.save(update_fields=["granted", "answer", "decided_by", "decided_at"])


@verb
def ask_anew(row: AllowedNumber) -> None:
    """Whoever holds the number lets them call again: it is as if it had just been asked for. raises NotDenied."""
    if row.approved is not False or row.decided_by_id is not None:
        raise NotDenied
    row.approved, row.decided_at, row.denied_reason = None, None, ""
    row.save(update_fields=["approved", "decided_at", "denied_reason"])
