"""Paying by card (MON-3, MON-7): asked for in one story, the processor's page made outside any, kept in another.

Whatever is lost in between is found again: the same key gives the same page, and `fulfil` asks for what has no end.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from kinline.core.audit import record as audit
from kinline.core.transaction import story
from kinline.flows.fulfil import conclude, settle
from kinline.flows.give_back import audited
from kinline.flows.paying_in import check_target
from kinline.identity import services as identity
from kinline.identity.models import Kind, User
from kinline.ledger import chart
from kinline.payments import errors, processors, queries, services, wording
from kinline.payments.errors import ProcessorDown, ProcessorRefused
from kinline.payments.models import Checkout
from kinline.payments.models.cards import CheckoutState
from kinline.payments.services import Terms

PAGE_LIFE = timedelta(hours=2)
PAGES_PER_HOUR = 20  # who tries stolen cards needs many pages; who pays, few


def start(
    user: User, *, account: str, amount_cents: int, client_key: UUID, now: datetime, top_up: Terms | None = None
) -> Checkout:
    """Begin to pay `amount_cents` into `account`; the same key again gives the same page (`page_url`).

    `account`: a customer's ledger address. `top_up`: the payer keeps the card for a standing order, too.
    Raises NoSuchBalance, NotTakenHere, CardAmountTooSmall, AmountTooLarge, CapBelowAmount, CardNotKept, TooManyPages,
    KeyReused. ProcessorDown: nothing was charged, and the same key may be tried again. ProcessorRefused: it ended.
    """
    checkout = _asked(user, account=account, amount_cents=amount_cents, client_key=client_key, terms=top_up, now=now)
    if checkout.state != CheckoutState.NEW:
        return checkout
    try:
        session = processors.create_page(_page(checkout, user))
    except ProcessorDown:
        raise
    except ProcessorRefused as refused:
        conclude(checkout.pk, stand="failed", payment=None, failure=refused.reason or "refused", now=now)
        raise
    return _on_page(checkout.pk, session.ref, session.url)


def came_back(user: User, checkout_id: int, now: datetime) -> Checkout | None:
    """The payment as it stands, asked of the processor if its end is not known: an event may be late or lost.

    None if it is not this person's. A processor that does not answer changes nothing; a job asks again.
    """
    checkout = queries.checkout(user.pk, checkout_id)
    if checkout is None or checkout.state not in queries.UNFINISHED or not checkout.session_ref:
        return checkout
    try:
        settle(checkout.pk, now)
    except (ProcessorDown, ProcessorRefused):
        return checkout
    return queries.checkout(user.pk, checkout_id)


def give_up(user: User, checkout_id: int, now: datetime) -> Checkout | None:
    """Close the page, so that it cannot be paid any more, unless it was paid already. None if it is not this person's.

    Raises ProcessorDown: whether the page is closed is not known then; it closes by itself after two hours.
    """
    checkout = queries.checkout(user.pk, checkout_id)
    if checkout is None or checkout.state not in (CheckoutState.NEW, CheckoutState.OPEN):
        return checkout
    if checkout.session_ref:
        processors.expire_page(checkout.session_ref)
        settle(checkout.pk, now)
    else:
        conclude(checkout.pk, stand="expired", payment=None, now=now)
    return queries.checkout(user.pk, checkout_id)


@story
def _asked(
    user: User, *, account: str, amount_cents: int, client_key: UUID, terms: Terms | None, now: datetime
) -> Checkout:
    """The intention, before anybody else hears of it. A repeat is asked nothing again: its page may be paid by now."""
    identity.keep_open(user_id=user.pk)
    payers = User.objects.filter(kind=Kind.FAMILY, closed_at=None, activated_at__isnull=False)
    if not payers.filter(pk=user.pk).exists():
        raise errors.NoSuchBalance
    if not Checkout.objects.filter(client_key=client_key).exists():
        check_target(user, account, amount_cents, now)
        if queries.begun_since(user.pk, now - timedelta(hours=1)) >= PAGES_PER_HOUR:
            raise errors.TooManyPages
        if terms is not None and queries.has_disputed(user.pk):
            raise errors.CardNotKept
    checkout, new = services.ask_checkout(
        payer_id=user.pk, account=account, amount_cents=amount_cents, client_key=client_key, terms=terms, now=now
    )
    if new:
        audit(
            f"family:{user.pk}", "checkout.start", f"checkout:{checkout.pk}", now=now,
            amount_cents=amount_cents, account=audited(account),
        )  # fmt: skip
    return checkout


def _page(checkout: Checkout, user: User) -> processors.Page:
    """All of it from the row, nothing from the clock: a repeat must ask for the same to be given the same page."""
    here = f"{settings.BASE_URL}/credits/buy/{checkout.pk}/"
    words = wording.page_words(chart.owner(checkout.account)[2], user.language)
    return processors.Page(
        key=services.key_of(checkout), amount_cents=checkout.amount_cents, words=words,
        success_url=here, cancel_url=here, email=user.email, language=user.language,
        keep_card=checkout.top_up_id is not None, expires_at=checkout.created_at + PAGE_LIFE,
    )  # fmt: skip


@story
def _on_page(checkout_id: int, session_ref: str, url: str) -> Checkout:
    checkout = services.locked_checkout(checkout_id)
    if not checkout.session_ref:
        services.note_page(checkout, session_ref=session_ref, url=url)
    return checkout
