"""Payments by card and standing orders, for who makes them."""

from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from kinline.payments.models import Checkout, Dispute, TopUp
from kinline.payments.models.cards import CheckoutState

UNFINISHED = (CheckoutState.NEW, CheckoutState.OPEN, CheckoutState.WAITING)


def checkout(user_id: int, checkout_id: int) -> Checkout | None:
    """One of this person's payments by card; None if there is none, or it is somebody else's."""
    return _mine(user_id).filter(pk=checkout_id).first()


def checkouts(user_id: int, limit: int = 20) -> list[Checkout]:
    """This person's payments by card, newest first: paid, failed, under way. The standing order's are among them."""
    return list(_mine(user_id).order_by("-created_at", "-id")[:limit])


def under_way(user_id: int) -> list[Checkout]:
    """Payments whose end is not known yet: a page that stands open, or a bank that confirms."""
    return list(_mine(user_id).filter(state__in=UNFINISHED, by_itself=False).order_by("-created_at", "-id"))


def begun_since(user_id: int, since: datetime) -> int:
    """How many pages this person asked for."""
    return Checkout.objects.filter(payer_id=user_id, by_itself=False, created_at__gt=since).count()


def top_ups(user_id: int) -> list[TopUp]:
    """This person's standing orders that are live, and those that ended by a decline or a dispute, newest first."""
    rows = TopUp.objects.filter(user_id=user_id, started_at__isnull=False)
    newest: dict[str, TopUp] = {}
    for row in rows.order_by("-created_at", "-id"):
        newest.setdefault(row.account, row)
    return [row for row in newest.values() if row.stopped_at is None or row.stop_reason in ("declined", "dispute")]


def top_up(user_id: int, account: str) -> TopUp | None:
    """The live standing order of this person for this balance."""
    live = TopUp.objects.filter(user_id=user_id, account=account, started_at__isnull=False, stopped_at=None)
    return live.first()


def is_charged(method_ref: str) -> bool:
    """For the job that has a kept card forgotten: whether a live standing order, of whomever, charges it."""
    return TopUp.objects.filter(method_ref=method_ref, started_at__isnull=False, stopped_at=None).exists()


def has_disputed(user_id: int) -> bool:
    """Whether a bank is asking for a payment of this person back, or has taken one (L7)."""
    return Dispute.objects.filter(deposit__payer_id=user_id).exclude(state="won").exists()


def topped_up_cents(user_id: int, account: str, now: datetime) -> int:
    """What this person's standing orders for this balance took this calendar month of the deployment, or may yet take.

    The first payment, by hand, counts too, and so does an order that ended: setting it up anew lifts no cap.
    """
    local = timezone.localtime(now, timezone.get_default_timezone())
    month = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    rows = _mine(user_id).filter(account=account, top_up__isnull=False, created_at__gte=month)
    kept = rows.filter(Q(state=CheckoutState.PAID) | Q(state__in=UNFINISHED))
    return kept.aggregate(cents=Sum("amount_cents"))["cents"] or 0


def of_session(session_ref: str) -> Checkout | None:
    """For the flows that hear from the processor: whose page this is."""
    return Checkout.objects.filter(session_ref=session_ref).first() if session_ref else None


def of_key(client_key: UUID | None) -> Checkout | None:
    """For the same, when the processor's answer was lost before its page's name was kept."""
    return Checkout.objects.filter(client_key=client_key).first() if client_key else None


def unfinished(now: datetime, limit: int) -> list[Checkout]:
    """For the job that asks: payments with no end, longest unasked first."""
    rows = Checkout.objects.filter(state__in=UNFINISHED, created_at__lt=now)
    return list(rows.order_by(F("asked_at").asc(nulls_first=True), "pk")[:limit])


def _mine(user_id: int) -> QuerySet[Checkout]:
    return Checkout.objects.filter(payer_id=user_id).select_related("deposit", "top_up")
