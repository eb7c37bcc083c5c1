"""Verbs of what the agency pays (MON-8): a use is reserved with the letter or call, then used or given back."""

from datetime import datetime

from django.db.models.functions import Least

from kinline.core.transaction import verb
from kinline.payments import errors
from kinline.payments.models import Allowance, AllowanceUse
from kinline.payments.queries.allowances import LETTERS, Week, week
from kinline.residents.models import Resident


@verb
def week_locked(*, resident_id: int, facility_id: int, now: datetime, kind: str = LETTERS) -> Week | None:
    """As the query; until the story ends nobody else counts this resident's: one last letter is paid for once."""
    Resident.objects.select_for_update(no_key=True).only("pk").get(pk=resident_id)
    return week(resident_id, facility_id, now, kind=kind)


@verb
def reserve(
    here: Week,
    *,
    resident_id: int,
    facility_id: int,
    about: str,
    now: datetime,
    kind: str = LETTERS,
    count: int = 1,
) -> None:
    """So many uses (letters, minutes) of a week that `week_locked` gave and that has them left."""
    AllowanceUse.objects.create(
        resident_id=resident_id, facility_id=facility_id, kind=kind, week=here.week, about=about, at=now, count=count
    )


@verb
def use_reserved(about: str, *, now: datetime, kind: str = LETTERS, count: int | None = None) -> None:
    """It was delivered: the use is final. `count`: how many of those reserved were used, where that is fewer."""
    rows = AllowanceUse.objects.filter(kind=kind, about=about, used_at=None, returned_at=None)
    if count is None:
        rows.update(used_at=now)
    else:
        rows.update(used_at=now, count=Least("count", count))


@verb
def give_back(about: str, *, now: datetime, kind: str = LETTERS) -> None:
    """It was not delivered: the use goes back to the week it was taken from, over or not."""
    AllowanceUse.objects.filter(kind=kind, about=about, used_at=None, returned_at=None).update(returned_at=now)


@verb
def undo(about: str, *, now: datetime, kind: str = LETTERS) -> None:
    """What was used, or is reserved, goes back to its week after all: the agency paid for nothing."""
    AllowanceUse.objects.filter(kind=kind, about=about, returned_at=None).update(used_at=None, returned_at=now)


@verb
def set_allowance(*, facility_id: int, kind: str, per_week: int, effective_from: datetime, now: datetime) -> None:
    """From a moment on; 0 ends it. A row is never changed once it counts. raises AllowanceInThePast, AllowanceTooLarge.

    What was reserved before stays reserved, also if it is more than the new number.
    """
    if effective_from < now:
        raise errors.AllowanceInThePast
    if not 0 <= per_week <= MOST_A_WEEK:
        raise errors.AllowanceTooLarge(limit=f"{MOST_A_WEEK:,}")
    Allowance.objects.update_or_create(
        facility_id=facility_id, kind=kind, effective_from=effective_from, defaults={"per_week": per_week}
    )


MOST_A_WEEK = 10_080  # minutes in a week: more is a slip of the hand
