"""Step of every payment by card: whether this person may give this much to this balance now (MON-4)."""

from datetime import datetime

from django.conf import settings

from kinline.identity.models import User
from kinline.payments import errors, services
from kinline.payments.queries.targets import target_of


def check_target(user: User, account: str, amount_cents: int, now: datetime) -> None:
    """Raises NoSuchBalance, NotTakenHere, CardAmountTooSmall, AmountTooSmall, AmountTooLarge."""
    target = target_of(user, account, now)
    if target is None:
        raise errors.NoSuchBalance
    if not target.allowed:
        raise errors.NotTakenHere(why=target.why)
    services.check_card_amount(amount_cents, target.minimum_cents, settings.DEPOSIT_LIMIT_CENTS)
