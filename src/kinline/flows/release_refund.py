"""A resident left custody: after three days their money goes back by itself (MON-6, L8), unless they are back by then.

What open holds reserve waits until they have ended. Whatever comes later still, such as the price of a letter that was
refused after they left, follows by the clock.
"""

import uuid
from datetime import datetime, timedelta

from django.conf import settings

from kinline.core import jobs
from kinline.core.transaction import story
from kinline.flows.give_back import Why, give_all_back, lock
from kinline.flows.sweeping import each
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.payments.models import Refund
from kinline.payments.models.refunds import Cause
from kinline.payments.queries import dormant
from kinline.residents.models import Custody, Resident

AGAIN = timedelta(hours=1)


def arm(custody: Custody, now: datetime) -> None:
    """Step: custody ends now by release; in `RELEASE_REFUND_HOURS` somebody looks whether they are still out."""
    jobs.defer("refund_release", at=now + _delay(), custody_id=custody.pk)


def refund_release(*, custody_id: int, now: datetime) -> None:
    """Job. Comes again in an hour while something is reserved."""
    resident_id = Custody.objects.values_list("resident_id", flat=True).get(pk=custody_id)
    _refunds, held_cents = refund_released(resident_id=resident_id, now=now)
    if held_cents:
        jobs.defer("refund_release", at=now + AGAIN, custody_id=custody_id)


@story
def refund_released(*, resident_id: int, now: datetime) -> tuple[list[Refund], int]:
    """Pay out what a released resident has; the refunds, and how many cents are reserved yet.

    Nothing of somebody who is in custody, or left it less than `RELEASE_REFUND_HOURS` ago.
    """
    # Booking takes the same lock: nobody comes back while their money leaves.
    person = Resident.objects.select_for_update(no_key=True).get(pk=resident_id)
    if not _is_out(person, now):
        return [], 0
    accounts = sorted([chart.resident_messages(resident_id), chart.resident_calls(resident_id)])
    lock(accounts, now)
    held = {account: balance.held_cents for account, balance in ledger.balances(accounts).items()}
    free = [account for account in accounts if not held[account]]
    refunds = [give_all_back(account, Why(Cause.RELEASE, "system", uuid.uuid4()), now) for account in free]
    return [refund for refund in refunds if refund], sum(held.values())


def sweep_released(*, now: datetime) -> None:
    """By the clock: money of residents who are long out, whatever became of its job or came after it."""
    each("refund_released", dormant.released(now - _delay()), lambda one: refund_released(resident_id=one, now=now))


def _is_out(person: Resident, now: datetime) -> bool:
    last = Custody.objects.filter(resident=person).order_by("-started_at", "-pk").first()
    if last is None:
        return person.created_at <= now - _delay()
    return last.ended_at is not None and last.ended_at <= now - _delay()


def _delay() -> timedelta:
    return timedelta(hours=settings.RELEASE_REFUND_HOURS)
