"""Steps of the automatic top-up (MON-3) that a payment's end and its sweep share: begun, done, declined, ended."""

from datetime import datetime
from typing import Any

from kinline.core.audit import record as audit
from kinline.core.parties import FAMILY, Party
from kinline.identity.models import User
from kinline.notices import services as notices
from kinline.payments import queries, services, wording
from kinline.payments.models import Checkout, TopUp
from kinline.payments.processors import Payment


def paid(checkout: Checkout, payment: Payment, now: datetime) -> None:
    """The first payment begins the order; each later one is written about."""
    top_up = checkout.top_up
    if top_up is None or (checkout.by_itself and top_up.stopped_at is not None):
        return
    if not checkout.by_itself:
        _begun(top_up, payment, now)
        return
    services.forget_declines(top_up)
    month = queries.topped_up_cents(top_up.user_id, top_up.account, now)
    _tell_and_mail(
        top_up, "top_up_done", now, amount_cents=checkout.amount_cents, card=top_up.card_label or payment.card_label,
        month_cents=month, cap_cents=top_up.month_cap_cents,
    )  # fmt: skip


def _begun(top_up: TopUp, payment: Payment, now: datetime) -> None:
    if top_up.started_at is not None or not payment.method_ref or not payment.customer_ref:
        return
    services.begin(
        top_up, customer_ref=payment.customer_ref, method_ref=payment.method_ref, card_label=payment.card_label, now=now
    )
    _audit(top_up, "top_up.start", now)


def declined(checkout: Checkout, failure: str, now: datetime) -> None:
    """Three declines end it; before that it is tried again a day later."""
    top_up = checkout.top_up
    if top_up is None or not checkout.by_itself or top_up.stopped_at is not None:
        return
    if services.count_decline(top_up, now=now):
        end(top_up, "declined", now, wording.failure_in_both(failure))
        return
    why = wording.failure_in_both(failure)
    _tell_and_mail(top_up, "top_up_failed", now, amount_cents=checkout.amount_cents, why=why, again_at=top_up.try_after)


def end(top_up: TopUp, reason: str, now: datetime, why: dict[str, str] | None = None) -> None:
    """`reason`: as in the model. Whoever asked for the end is not written to."""
    services.end_top_up(top_up, reason, now=now)
    _audit(top_up, "top_up.stop", now, reason=reason)
    if reason != "asked":
        _tell_and_mail(top_up, "top_up_stopped", now, why=why or wording.ended_in_both(reason))


def end_all(user_id: int, reason: str, now: datetime) -> None:
    """Every live order of this person, as when their bank takes a payment back or they close their account."""
    rows = TopUp.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    for top_up in rows.filter(user_id=user_id, started_at__isnull=False, stopped_at=None).order_by("pk"):
        end(top_up, reason, now)


def _tell_and_mail(top_up: TopUp, kind: str, now: datetime, **told: Any) -> None:
    user: User = top_up.user
    if user.closed_at is None:
        notices.tell(Party(FAMILY, user.pk), kind, now, **told)
        notices.mail(to=user.email, kind=kind, now=now, user=user, language=user.language, **told)


def _audit(top_up: TopUp, act: str, now: datetime, **detail: Any) -> None:
    actor = f"family:{top_up.user_id}" if detail.get("reason") == "asked" else "system"
    audit(actor, act, f"top_up:{top_up.pk}", now=now, **detail)
