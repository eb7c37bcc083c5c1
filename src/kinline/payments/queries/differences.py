"""What our books and the processor's list do not agree on (MON-7), for staff who may see money."""

from datetime import date, datetime

from kinline.identity.models import User
from kinline.identity.permissions import NotPermitted, Permission, places_of
from kinline.payments.models import Checkout, ComparedDay, Difference


def differences(staff: User, now: datetime, *, settled: bool = False, limit: int = 200) -> list[Difference]:
    """The open ones, oldest first (or the settled ones, newest first). None for who may see no money anywhere.

    There is one processor for the deployment, so they belong to no facility.
    """
    if not _may(staff, Permission.READ_MONEY, now):
        return []
    rows = Difference.objects.select_related("settled_by").filter(settled_at__isnull=not settled)
    return list(rows.order_by(*(("-settled_at", "-pk") if settled else ("found_at", "pk")))[:limit])


def difference(staff: User, difference_id: int, now: datetime) -> Difference | None:
    """One of them; None if there is none, or this person may not see it."""
    if not _may(staff, Permission.READ_MONEY, now):
        return None
    return Difference.objects.select_related("settled_by").filter(pk=difference_id).first()


def differences_of(day: date) -> list[Difference]:
    """For the command and the job: the open ones of a day."""
    return list(Difference.objects.filter(day=day, settled_at=None).order_by("pk"))


def last_compared() -> ComparedDay | None:
    """The newest day of which we know that it was compared."""
    return ComparedDay.objects.order_by("-day").first()


def first_asked() -> datetime | None:
    """When the processor was asked for money the first time; None if never."""
    return Checkout.objects.order_by("pk").values_list("created_at", flat=True).first()


def in_doubt(ref: str) -> bool:
    """Whether this payment came in another amount or currency, and is shown as that."""
    return Difference.objects.filter(ref=ref, kind__startswith="wrong_").exists()


def require_reconciler(staff: User, now: datetime) -> None:
    """Raises NotPermitted unless this person settles money somewhere."""
    if not _may(staff, Permission.SETTLE_REFUNDS, now):
        raise NotPermitted


def _may(staff: User, permission: Permission, now: datetime) -> bool:
    return any(permission in rights for rights in places_of(staff, now).values())
