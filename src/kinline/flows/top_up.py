"""The automatic top-up (MON-3): every minute, what is low is filled from the card its owner left at the processor.

It begins with a payment on the processor's page (`checkout.start(…, top_up=Terms(…))`). One payment at a time, within
the month's cap, ordered in a story and charged outside any; a charge whose answer was lost is asked for again under its
own key, so two sweeps at once charge once.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from kinline.core.errors import Refusal
from kinline.core.transaction import story
from kinline.flows import standing_order
from kinline.flows.fulfil import conclude
from kinline.flows.paying_in import check_target
from kinline.identity.models import User
from kinline.ledger import queries as ledger
from kinline.payments import errors, processors, queries, services
from kinline.payments.errors import ProcessorDown, ProcessorRefused
from kinline.payments.models import Checkout, TopUp
from kinline.payments.models.cards import CheckoutState
from kinline.payments.services import Terms

BATCH = 500
ASK_AGAIN = timedelta(minutes=2)
GIVE_UP = timedelta(days=1)  # nobody wants to be charged for what was low yesterday


def top_up_low(*, now: datetime) -> None:
    """Every minute. A processor that is down ends the sweep: the next one goes on where this one stopped."""
    try:
        for checkout_id in _unanswered(now):
            _charge(checkout_id, now)
        for top_up_id in _low(now):
            checkout = _ordered(top_up_id, now)
            if checkout is not None:
                _charge(checkout.pk, now)
    except ProcessorDown:
        return


def stop(user: User, account: str, now: datetime) -> None:
    """The owner ends it. A second time, as by a repeated click, changes nothing. Raises NoTopUp if there never was."""
    _stop(user.pk, account, now)


def forget_card(*, method_ref: str, now: datetime) -> None:
    """Job, when an order has ended: its card is not kept any longer than it is charged. Raises ProcessorDown,
    ProcessorOff: to be tried again.
    """
    if not queries.is_charged(method_ref):
        processors.forget_card(method_ref)


def change(user: User, account: str, terms: Terms, now: datetime) -> None:
    """Other amounts for the same card. Raises NoTopUp, CapBelowAmount, and as `check_target`."""
    _change(user, account, terms, now)


@story
def _stop(user_id: int, account: str, now: datetime) -> None:
    mine = TopUp.objects.select_for_update(no_key=True).filter(user_id=user_id, account=account)
    top_up = mine.filter(started_at__isnull=False).order_by("-pk").first()
    if top_up is None:
        raise errors.NoTopUp
    if top_up.stopped_at is None:
        standing_order.end(top_up, "asked", now)


@story
def _change(user: User, account: str, terms: Terms, now: datetime) -> None:
    mine = TopUp.objects.select_for_update(no_key=True).filter(user=user, account=account)
    top_up = mine.filter(started_at__isnull=False, stopped_at=None).first()
    if top_up is None:
        raise errors.NoTopUp
    services.check_terms(terms)
    check_target(user, account, terms.amount_cents, now)
    services.change_terms(top_up, terms)


def _unanswered(now: datetime) -> list[int]:
    """Charges whose answer never came here: the processor was down, or we were."""
    rows = Checkout.objects.filter(by_itself=True, state=CheckoutState.NEW, created_at__lt=now - ASK_AGAIN)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _low(now: datetime) -> Iterator[int]:
    """Live orders whose balance is low, as it looks now; `_ordered` looks again under its lock."""
    live = TopUp.objects.filter(Q(try_after=None) | Q(try_after__lte=now), started_at__isnull=False, stopped_at=None)
    after = 0
    while rows := list(live.filter(pk__gt=after).order_by("pk")[:BATCH]):
        balances = ledger.balances({row.account for row in rows})
        yield from (row.pk for row in rows if balances[row.account].available_cents < row.below_cents)
        after = rows[-1].pk


@story
def _ordered(top_up_id: int, now: datetime) -> Checkout | None:
    """One payment more, if it is wanted, allowed and within the cap; None if not, or another sweep is at it."""
    top_up = services.locked_top_up(top_up_id)
    if top_up is None or (top_up.try_after is not None and top_up.try_after > now):
        return None
    if top_up.user.closed_at is not None:
        standing_order.end(top_up, "closed", now)
        return None
    if ledger.balance(top_up.account).available_cents >= top_up.below_cents or _one_is_under_way(top_up):
        return None
    if queries.topped_up_cents(top_up.user_id, top_up.account, now) + top_up.amount_cents > top_up.month_cap_cents:
        return None
    try:
        check_target(top_up.user, top_up.account, top_up.amount_cents, now)
    except Refusal:
        standing_order.end(top_up, "closed", now)
        return None
    return services.order(top_up, now=now)


def _one_is_under_way(top_up: TopUp) -> bool:
    """Of any order of this person for this balance: also the one that is being set up again on a page."""
    mine = Checkout.objects.filter(payer_id=top_up.user_id, account=top_up.account, top_up__isnull=False)
    return mine.filter(Q(by_itself=True) | Q(state=CheckoutState.WAITING), state__in=queries.UNFINISHED).exists()


def _charge(checkout_id: int, now: datetime) -> None:
    """Raises ProcessorDown: whether it was charged is not known, and is asked again."""
    checkout = Checkout.objects.select_related("top_up").get(pk=checkout_id)
    top_up = checkout.top_up
    if top_up is None or checkout.state != CheckoutState.NEW:
        return
    if now - checkout.created_at > GIVE_UP or not top_up.method_ref:
        conclude(checkout.pk, stand="expired", payment=None, now=now)
        return
    try:
        payment = processors.pay_again(
            top_up.customer_ref, top_up.method_ref, checkout.amount_cents, services.key_of(checkout), {}
        )
    except ProcessorDown:
        raise
    except ProcessorRefused as refused:
        conclude(checkout.pk, stand="failed", payment=None, failure=refused.reason or "refused", now=now)
        return
    conclude(checkout.pk, stand=payment.state, payment=payment, now=now)
