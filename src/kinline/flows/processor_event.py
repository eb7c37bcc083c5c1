"""What the processor tells us by itself (MON-7, PCI3): kept once by its id, then looked into by a job.

An event only says which object changed; the job asks for that object as it is now. So order, repeats and delays do not
matter, and a forged body could at most make us look.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings

from kinline.core import jobs
from kinline.core.transaction import story
from kinline.flows import disputes
from kinline.flows.fulfil import settle_payment, settle_session
from kinline.flows.send_pay_out import refund_changed
from kinline.payments import processors
from kinline.payments.errors import BadSignature, ProcessorDown, ProcessorRefused
from kinline.payments.models import ProcessorEvent
from kinline.payments.processors import Event

GIVE_UP = timedelta(days=3)  # after that, the periodic jobs and the daily comparison find what it was about

log = logging.getLogger(__name__)


def receive(body: bytes, signature: str, now: datetime) -> None:
    """Keep a signed event and queue its job; one that is known changes nothing. Raises BadSignature."""
    if not settings.STRIPE_WEBHOOK_SECRET:  # an empty secret would be everybody's
        raise BadSignature
    _keep(processors.event(body, signature, now), now)


@story
def _keep(event: Event, now: datetime) -> None:
    facts = {"kind": event.kind[:80], "about": event.about[:255], "made_at": event.made_at, "received_at": now}
    row, new = ProcessorEvent.objects.get_or_create(ref=event.ref[:255], defaults=facts)
    if new:
        jobs.defer("handle_event", event_id=row.pk)


def handle_event(*, event_id: int, now: datetime) -> None:
    """Job: look at what the event is about. Kinds we have no use for are done at once. Raises ProcessorDown."""
    row = ProcessorEvent.objects.get(pk=event_id)
    if row.handled_at is not None:
        return
    try:
        _look(row, now)
    except ProcessorRefused as refused:
        log.warning("an event of kind %s is about nothing of ours: %s", row.kind, refused.reason)
    except ProcessorDown:
        if now - row.received_at < GIVE_UP:
            raise
    _handled(event_id, now)


def _look(row: ProcessorEvent, now: datetime) -> None:
    for kind, look in _LOOKS:
        if row.about and row.kind.startswith(kind):
            look(row.about, now)
            return


def _dispute(ref: str, now: datetime) -> None:
    disputes.look(ref=ref, now=now)


def _refund(ref: str, now: datetime) -> None:
    refund_changed(processor_ref=ref, now=now)


_LOOKS: tuple[tuple[str, Callable[[str, datetime], object]], ...] = (
    ("checkout.session.", settle_session),
    ("payment_intent.", settle_payment),
    ("charge.dispute.", _dispute),
    ("charge.refund.", _refund),
    ("refund.", _refund),
)


@story
def _handled(event_id: int, now: datetime) -> None:
    ProcessorEvent.objects.filter(pk=event_id).update(handled_at=now)
