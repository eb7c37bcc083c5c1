"""Verbs of what staff ask of the record (STF-3)."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from kinline.core.transaction import verb
from kinline.identity.models import User
from kinline.messaging import errors
from kinline.messaging.models import Search

WORDS_KEPT = timedelta(days=90)


@verb
def ask(
    *, staff: User, facility_id: int, what: str, words: str, since: date | None, until: date | None, purpose: str,
    now: datetime,
) -> Search:  # fmt: skip
    return Search.objects.create(
        staff=staff, facility_id=facility_id, what=what, words=words, since=since, until=until, purpose=purpose,
        asked_at=now,
    )  # fmt: skip


@verb
def ask_again(search: Search, *, purpose: str, now: datetime) -> None:
    """What is younger than the last time it was asked is new."""
    search.seen_at, search.asked_at, search.purpose = search.asked_at, now, purpose
    search.save(update_fields=["seen_at", "asked_at", "purpose"])


@verb
def name(search: Search, text: str) -> None:
    """Save it under a name; without one it is saved no longer. raises SearchNameTaken."""
    search.name = text
    try:
        with transaction.atomic():
            search.save(update_fields=["name"])
    except IntegrityError:
        raise errors.SearchNameTaken from None


@verb
def forget_searches(*, now: datetime) -> None:
    """Words of searches that nobody saved; that they were asked, and why, stays in the audit log."""
    Search.objects.filter(name="", asked_at__lt=now - WORDS_KEPT).delete()
