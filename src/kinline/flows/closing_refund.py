"""What is left when an account closes goes back (MON-6, ACC-7); so does whatever comes to it later.

One's own credits, numbers one proved, and what one has unspent in numbers that nobody proved. A gift is the resident's.
"""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from kinline.core.parties import FAMILY, Party
from kinline.core.transaction import story
from kinline.flows.give_back import Why, give_back, lock
from kinline.flows.refund import hold_number
from kinline.flows.sweeping import each
from kinline.identity.models import Closure, User
from kinline.ledger import chart
from kinline.payments.models import Checkout, PayOut, PrepaidNumber, Refund
from kinline.payments.models.refunds import Cause, PayOutState
from kinline.payments.queries import dormant, origins

OWED = (PayOutState.WAITING, PayOutState.SENT, PayOutState.RETURNED, PayOutState.UNCLAIMED)


def give_all(user: User, asked_by: str, now: datetime) -> list[Refund]:
    """Step: everything that is somebody's own leaves its balances; they hold no number any more.

    The user is locked. What is reserved yet follows by the clock.
    """
    numbers = {*origins.held_numbers(user.pk), *origins.unspent_of_payer(user.pk)}
    accounts = sorted({chart.family_messages(user.pk), *numbers})
    for account in accounts:
        hold_number(account)
    lock(accounts, now)
    refunds = [_give(user, account, asked_by, now) for account in accounts]
    PrepaidNumber.objects.filter(holder=user).update(holder=None, proved_at=None, proved_by="")
    return [refund for refund in refunds if refund is not None]


def _give(user: User, account: str, asked_by: str, now: datetime) -> Refund | None:
    claim = origins.claim_of(Party(FAMILY, user.pk), account)
    if claim is None:
        return None
    found = claim.of(origins.origin_of(account))
    if not found.cents:
        return None
    return give_back(account, found, found.cents, Why(Cause.CLOSURE, asked_by, uuid.uuid4()), now)


@story
def refund_closed(*, user_id: int, now: datetime) -> None:
    """Money that came to a closed account after all: of a letter that was returned, of a dispute that was won."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if user.closed_at is not None:
        give_all(user, "system", now)


def sweep_closed(*, now: datetime) -> None:
    """By the clock."""
    each("refund_closed", dormant.closed(), lambda one: refund_closed(user_id=one, now=now))
    settle_closures(now=now)
    forget_payees(now=now)


@story
def settle_closures(*, now: datetime) -> None:
    """A closure is paid when nothing is on its way any more; something may come after that, too."""
    owed = PayOut.objects.filter(user=OuterRef("user"), state__in=OWED, replaced_by=None)
    Closure.objects.filter(~Exists(owed), paid_at=None).update(paid_at=now)
    Closure.objects.filter(Exists(owed), paid_at__isnull=False).update(paid_at=None)


@story
def forget_payees(*, now: datetime) -> None:
    """Names and addresses of payees, once their money has been with them so long that it does not come back."""
    long_ago = now - timedelta(days=settings.PAYEE_KEPT_DAYS)
    nobody = {"payee_name": "", "payee_email": "", "payee_address": ""}
    Closure.objects.filter(paid_at__lt=long_ago).exclude(**nobody).update(**nobody)
    _over(long_ago).exclude(**nobody).update(**nobody)


def _over(long_ago: datetime) -> QuerySet[PayOut]:
    ended = PayOut.objects.filter(ended_at__lt=long_ago)
    return ended.exclude(state=PayOutState.UNCLAIMED, replaced_by=None)


def on_its_way(user: User) -> int:
    """Step: cents that are owed to this person outside their balances, asked for now or before."""
    owed = PayOut.objects.filter(user=user, state__in=OWED, replaced_by=None)
    return sum(owed.values_list("amount_cents", flat=True))


def may_still_come(user: User) -> bool:
    """Step: whether a payment of theirs is open at the processor, which may have to be sent back."""
    return Checkout.objects.filter(payer=user, state__in=["new", "open", "waiting"]).exists()
