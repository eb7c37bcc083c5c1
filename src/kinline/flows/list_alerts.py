"""Staff hear what lists and rules did: they fired, they stopped, they could not be read (DEL-3, STF-6). Jobs."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from kinline.core.audit import record
from kinline.core.models import AuditEvent
from kinline.core.transaction import story
from kinline.delivery import queries
from kinline.delivery import services as delivery
from kinline.delivery.models import WatchList
from kinline.identity import permissions
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.notices import services as notices


@story
def tell_followers(*, list_id: int, now: datetime) -> int:
    """One email to each follower who may still read lists there, about all letters since the last one. How many."""
    row = delivery.list_to_tell(list_id)
    letters = queries.letters_untold(row) if row else 0
    if row is None or not letters:
        return 0
    delivery.told_of_hits(row, now=now)
    people = [user for user in queries.followers(row) if permissions.may(user, row.facility_id, _READ, now)]
    mail(people, kind="list_fired", now=now, list_id=row.pk, count=letters)
    return len(people)


@story
def lists_over(*, now: datetime) -> int:
    """Each list whose last day has passed says so once: to its owner, and to the record. Two weeks before, its owner
    is told that it comes (STF-6), if they still answer for lists there; else whoever may change them."""
    coming = queries.ending_untold(now)
    for row in coming:
        mail(_answerable(row, now), kind="list_ends", now=now, list_id=row.pk, day=row.until.isoformat())
    delivery.warned_of_expiry(coming)
    rows = queries.over_untold(now)
    for row in rows:
        record("system", "list.over", f"list:{row.pk}", now=now, facility_id=row.facility_id)
        mail(_answerable(row, now), kind="list_over", now=now, list_id=row.pk)
    delivery.told_of_expiry(rows)
    return len(rows)


def _answerable(row: WatchList, now: datetime) -> list[User]:
    """An owner who has left cannot look through it."""
    holders = permissions.holders(row.facility_id, Permission.EDIT_LISTS, now)
    return [row.owner] if row.owner in holders else holders


@story
def tell_unsure(*, facility_id: int, now: datetime) -> None:
    """Letters are held because rules or lists cannot be read: whoever can repair it hears of it, every six hours."""
    act = "rules.unsure"
    if not AuditEvent.objects.filter(facility_id=facility_id, act=act, at__gt=now - UNSURE_EVERY, at__lte=now).exists():
        record("system", act, f"facility:{facility_id}", now=now, facility_id=facility_id)
        mail(permissions.holders(facility_id, Permission.EDIT_RULES, now), kind="rules_unsure", now=now)


_READ = Permission.READ_RULES
UNSURE_EVERY = timedelta(hours=6)


def mail(people: Iterable[User], *, kind: str, now: datetime, **params: int | str) -> None:
    for user in people:
        notices.mail(to=user.email, kind=kind, now=now, user=user, language=user.language, **params)
