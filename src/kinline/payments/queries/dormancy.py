"""What could not be returned, since when its owner is silent, and what their state says about that (E3)."""

from datetime import datetime

from django.db.models import F, Q, QuerySet

from kinline.payments.models import DormancyRule, PayOut, Reminder
from kinline.payments.models.refunds import Cause, PayOutState, Way

# Came back; or is a cheque for which there never was an address.
_UNDELIVERED = Q(replaced_by=None) & (
    Q(state=PayOutState.RETURNED) | Q(state=PayOutState.WAITING, way=Way.CHEQUE, payee_address="")
)


def undelivered() -> list[int]:
    """Pay-outs that cannot be paid, oldest first, by id."""
    return _ids(PayOut.objects.filter(_UNDELIVERED))


def is_undelivered(pay_out: PayOut) -> bool:
    return PayOut.objects.filter(_UNDELIVERED, pk=pay_out.pk).exists()


def may_be_sent_again() -> list[int]:
    """Those of people whose account is open, so that it may have another address by now."""
    return _ids(PayOut.objects.filter(_UNDELIVERED, user__closed_at=None, user__isnull=False).exclude(user__city=""))


def _ids(rows: QuerySet[PayOut]) -> list[int]:
    return list(rows.order_by("at", "pk").values_list("pk", flat=True))


def interest_at(pay_out: PayOut) -> datetime:
    """When its owner last showed interest. A refund that nobody asked for was made when they had been silent long."""
    refund = pay_out.refund
    if refund.cause != Cause.INACTIVE:
        return refund.at
    told = Reminder.objects.filter(account=refund.account, at__lte=refund.at).order_by(F("at").desc()).first()
    return told.active_at if told else refund.at


def rule_for(region: str, now: datetime) -> DormancyRule:
    """The newest rule of a state that is in force; of a state without one that of any (`*`, seeded by a migration)."""
    in_force = DormancyRule.objects.filter(effective_from__lte=now.date()).order_by("-effective_from")
    return in_force.filter(region=region).first() or in_force.filter(region="*").latest("effective_from")


def rules() -> list[DormancyRule]:
    """Every state's rule, the newest first."""
    return list(DormancyRule.objects.order_by("region", "-effective_from"))
