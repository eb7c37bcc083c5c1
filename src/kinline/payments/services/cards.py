"""Verbs of payments by card: asked for, on a page, ended. The flows ask the processor, outside any story."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from django.utils import timezone

from kinline.core.money import dollars
from kinline.core.transaction import verb
from kinline.payments import errors
from kinline.payments.models import Checkout, ComparedDay, Deposit, Difference, TopUp
from kinline.payments.models.cards import CheckoutState
from kinline.payments.processors.facts import SMALLEST_CENTS
from kinline.payments.services.deposits import check_amount

COMPARED = ("missing_here", "missing_there", "amount", "state")
AGREES = "agrees"  # of a settled difference: nobody had to explain it
ENDED = (CheckoutState.PAID, CheckoutState.FAILED, CheckoutState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a person agrees to for the automatic top-up: when below `below_cents`, add `amount_cents`, at most
    `month_cap_cents` a calendar month (the first payment counts)."""

    below_cents: int
    amount_cents: int
    month_cap_cents: int


def check_card_amount(amount_cents: int, minimum_cents: int, limit_cents: int) -> None:
    """As `check_amount`, with the processor's smallest charge. Raises as it does, and CardAmountTooSmall."""
    if max(minimum_cents, 1) <= amount_cents < SMALLEST_CENTS or amount_cents < 1:
        raise errors.CardAmountTooSmall(minimum=dollars(max(minimum_cents, SMALLEST_CENTS)))
    check_amount(amount_cents, minimum_cents=minimum_cents, limit_cents=limit_cents)


def check_terms(terms: Terms) -> None:
    """Raises CapBelowAmount."""
    if not 0 < terms.amount_cents <= terms.month_cap_cents:
        raise errors.CapBelowAmount


def key_of(checkout: Checkout) -> str:
    """Under this key the processor makes a thing once, and finds it again: also without any row of ours."""
    return f"checkout:{checkout.client_key}"


def client_key_in(key: str) -> UUID | None:
    """The other way round; None if the key is none of ours."""
    kind, _colon, text = key.partition(":")
    try:
        return UUID(text) if kind == "checkout" else None
    except ValueError:
        return None


def deposit_key(checkout: Checkout) -> UUID:
    """The deposit's own key. Derived, so that nobody can use it up by naming it somewhere else."""
    return uuid5(checkout.client_key, "deposit")


@verb
def ask_checkout(
    *, payer_id: int, account: str, amount_cents: int, client_key: UUID, terms: Terms | None, now: datetime
) -> tuple[Checkout, bool]:
    """The intention, and whether it is new. Raises KeyReused, CapBelowAmount."""
    if terms is not None:
        check_terms(terms)
    wanted = {"payer_id": payer_id, "account": account, "amount_cents": amount_cents}
    checkout, new = Checkout.objects.get_or_create(client_key=client_key, defaults={**wanted, "created_at": now})
    if any(getattr(checkout, name) != value for name, value in wanted.items()) or checkout.by_itself:
        raise errors.KeyReused
    if new and terms is not None:
        checkout.top_up = TopUp.objects.create(
            user_id=payer_id, account=account, below_cents=terms.below_cents, amount_cents=terms.amount_cents,
            month_cap_cents=terms.month_cap_cents, created_at=now,
        )  # fmt: skip
        checkout.save(update_fields=["top_up"])
    elif not new and not _same_terms(checkout.top_up, terms):
        raise errors.KeyReused
    return checkout, new


def _same_terms(top_up: TopUp | None, terms: Terms | None) -> bool:
    if top_up is None or terms is None:
        return top_up is None and terms is None
    return terms == Terms(top_up.below_cents, top_up.amount_cents, top_up.month_cap_cents)


def locked_checkout(checkout_id: int) -> Checkout:
    """For a story that ends it: whoever comes second waits, and finds what the first has done."""
    found = Checkout.objects.select_for_update(of=("self",), no_key=True).select_related("payer", "top_up", "deposit")
    return found.get(pk=checkout_id)


@verb
def note_page(checkout: Checkout, *, session_ref: str, url: str) -> None:
    """The processor's answer; a checkout that ended meanwhile only learns the name of its page."""
    checkout.session_ref = session_ref
    if checkout.state == CheckoutState.NEW:
        checkout.state, checkout.page_url = CheckoutState.OPEN, url
    checkout.save(update_fields=["session_ref", "state", "page_url"])


@verb
def note_waiting(checkout: Checkout, *, payment_ref: str) -> None:
    """The payer is done, their bank is not."""
    checkout.state, checkout.payment_ref, checkout.ended_at = CheckoutState.WAITING, payment_ref, None
    checkout.page_url = checkout.failure = ""
    checkout.save(update_fields=["state", "payment_ref", "page_url", "failure", "ended_at"])


@verb
def note_decline(checkout: Checkout, *, payment_ref: str, failure: str) -> None:
    """A card was declined while the page stands open: another may be tried there."""
    checkout.payment_ref, checkout.failure = payment_ref, failure
    checkout.save(update_fields=["payment_ref", "failure"])


@verb
def end_checkout(
    checkout: Checkout,
    state: CheckoutState,
    *,
    now: datetime,
    payment_ref: str = "",
    failure: str = "",
    deposit: Deposit | None = None,
) -> None:
    """Paid (with its deposit), failed or expired. The page's address is of no use any more."""
    checkout.state, checkout.ended_at, checkout.deposit, checkout.page_url = state, now, deposit, ""
    checkout.payment_ref = payment_ref or checkout.payment_ref
    checkout.failure = failure
    fields = ["state", "ended_at", "deposit", "page_url", "payment_ref", "failure"]
    checkout.save(update_fields=fields)


@verb
def note_asked(checkout: Checkout, *, now: datetime) -> None:
    """A job asks the processor about it; others come first next time."""
    Checkout.objects.filter(pk=checkout.pk).update(asked_at=now)


@verb
def note_difference(
    *,
    ref: str,
    kind: str,
    now: datetime,
    ours_cents: int | None = None,
    theirs_cents: int | None = None,
    day: date | None = None,
) -> bool:
    """What somebody has to look at, once for each thing and kind; whether it is new. `day`: the deployment's, or today.

    One that was settled as "agrees since" and does not agree again is open again.
    """
    facts = {"ours_cents": ours_cents, "theirs_cents": theirs_cents, "found_at": now}
    today = timezone.localdate(now, timezone.get_default_timezone())
    row, new = Difference.objects.get_or_create(ref=ref, kind=kind, defaults={**facts, "day": day or today})
    if not new and row.settled_at is not None and row.settled_by_id is None:
        Difference.objects.filter(pk=row.pk).update(settled_at=None, explanation="", **facts)
    return new


@verb
def note_compared(day: date, *, now: datetime) -> None:
    """This day's list was read to its end."""
    ComparedDay.objects.update_or_create(day=day, defaults={"at": now})


@verb
def settle_agreed(refs: Collection[str], *, now: datetime) -> int:
    """The two lists agree on these now: what was found by comparing them is settled. How many."""
    found = Difference.objects.filter(ref__in=refs, kind__in=COMPARED, settled_at=None)
    return found.update(settled_at=now, explanation=AGREES)


@verb
def explain_difference(difference_id: int, *, by_id: int, explanation: str, now: datetime) -> bool:
    """Somebody says what it was. False if there is no such open one."""
    open_ones = Difference.objects.filter(pk=difference_id, settled_at=None)
    return bool(open_ones.update(settled_at=now, settled_by_id=by_id, explanation=explanation))
