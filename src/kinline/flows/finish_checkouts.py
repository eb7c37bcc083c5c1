"""Every payment by card comes to an end (MON-7): a job asks for those whose end nobody told us.

After an hour without a processor, or any lost event, all is found here.
"""

import logging
from datetime import datetime, timedelta

from kinline.flows.fulfil import conclude, settle
from kinline.payments import queries, services
from kinline.payments.errors import ProcessorDown, ProcessorRefused
from kinline.payments.models import Checkout
from kinline.payments.models.cards import CheckoutState

BATCH = 1000  # two questions each, a tenth of a second: a round ends before the next begins
# An event comes within seconds, and who pays comes back: only what both have missed is found here. Banks take days.
WAITS = {CheckoutState.OPEN: timedelta(minutes=10), CheckoutState.WAITING: timedelta(hours=1)}
NOBODY_SAW = timedelta(hours=1)

log = logging.getLogger(__name__)


def finish_checkouts(*, now: datetime) -> None:
    """Every five minutes. A processor that is down ends the round: nothing is lost, the next one asks again."""
    for checkout in queries.unfinished(now, BATCH):
        try:
            _finish(checkout, now)
        except ProcessorDown:
            return
        except ProcessorRefused as refused:
            log.warning("checkout %s is not known there: %s", checkout.pk, refused.reason)


def _finish(checkout: Checkout, now: datetime) -> None:
    if checkout.state == CheckoutState.NEW:
        # Its page was never shown to anybody; if the processor made one, it ends there by itself.
        if not checkout.by_itself and now - checkout.created_at > NOBODY_SAW:
            conclude(checkout.pk, stand="expired", payment=None, now=now)
        return
    if now - (checkout.asked_at or checkout.created_at) < WAITS[CheckoutState(checkout.state)]:
        return
    services.note_asked(checkout, now=now)
    settle(checkout.pk, now)
