"""The way to the card processor: who may go, how long it may take, and which kinds of no there are."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, NoReturn, TypeVar

from django.conf import settings

from kinline.payments.errors import ProcessorDown, ProcessorOff, ProcessorRefused

if TYPE_CHECKING:
    import stripe
    from stripe import RequestOptions

Answer = TypeVar("Answer")

CONNECT_SECONDS, ANSWER_SECONDS = 3.05, 10
CALLS_AT_ONCE = 4  # a processor that is slow for an hour must not hold every thread that serves pages
TURN_SECONDS = 1.0

log = logging.getLogger(__name__)
_turns = threading.BoundedSemaphore(CALLS_AT_ONCE)


def ask(asking: Callable[[stripe.StripeClient], Answer]) -> Answer:
    """Call the processor and read its answer, a few at once. Raises ProcessorOff, ProcessorDown or ProcessorRefused."""
    import stripe

    if not settings.STRIPE_KEY:
        raise ProcessorOff
    client = _client(settings.STRIPE_KEY, settings.STRIPE_API)
    if not _turns.acquire(timeout=TURN_SECONDS):
        raise ProcessorDown
    try:
        return asking(client)
    except stripe.StripeError as problem:
        _refuse(problem)
    except (AttributeError, LookupError, TypeError, ValueError) as problem:
        log.warning("the processor's answer cannot be understood", exc_info=True)
        raise ProcessorDown from problem
    finally:
        _turns.release()


def _refuse(problem: stripe.StripeError) -> NoReturn:
    """A no is one that a repeat would not change. All else, even a wrong key, is put right one day: ask again."""
    import stripe

    if isinstance(problem, (stripe.AuthenticationError, stripe.PermissionError)):
        log.error("the processor does not accept our key, or not for this: see KINLINE_STRIPE_KEY")
        raise ProcessorOff from problem
    if isinstance(problem, (stripe.CardError, stripe.InvalidRequestError, stripe.IdempotencyError)):
        reason = _reason(problem)
        log.warning("the processor refused: %s", reason)
        raise ProcessorRefused(reason, payment_ref=_payment_ref(problem)) from problem
    log.warning("the processor gave no answer: %s", type(problem).__name__)
    raise ProcessorDown from problem


def _reason(problem: stripe.StripeError) -> str:
    declined = getattr(problem.error, "decline_code", None) if problem.error else None
    return str(declined or problem.code or getattr(problem.error, "type", None) or "refused")


def _payment_ref(problem: stripe.StripeError) -> str:
    intent = getattr(problem.error, "payment_intent", None)
    return str(getattr(intent, "id", "") or "")


@cache
def _client(key: str, api: str) -> stripe.StripeClient:
    """The library is loaded when it is first needed: a quarter of a second that few commands have use for."""
    import stripe

    stripe.enable_telemetry = False
    return stripe.StripeClient(
        key,
        base_addresses={"api": api},
        max_network_retries=0,  # our jobs ask again, and a page must not wait for it
        http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS)),
    )


def repeatable(key: str) -> RequestOptions:
    """Done once, however often it is asked for with this key."""
    return {"idempotency_key": key}
