"""What a payment by card looks like before and after it, for a page to show (experience.md, rules 3 and 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.family import balances
from kinline.family.money_forms import as_typed
from kinline.payments.queries.targets import Target
from kinline.payments.telephone import spoken
from kinline.payments.wording import failure_sentence

if TYPE_CHECKING:
    from kinline.payments.models import Checkout


def cards_offered() -> bool:
    """Whether this deployment has a card processor at all: a page offers nothing that could only be refused."""
    return bool(settings.STRIPE_KEY)


@dataclass(frozen=True, slots=True)
class Preview:
    """`before_cents`, `after_cents`: of a balance that the payer may see; else None."""

    target: Target
    title: str
    note: str
    cents: int
    before_cents: int | None

    @property
    def amount(self) -> str:
        """As it is typed: `25.00`."""
        return as_typed(self.cents)

    @property
    def change(self) -> str:
        """Where the same choice can be made otherwise."""
        return f"{reverse('buy')}?{urlencode({'for': self.target.code, 'amount': self.amount})}"

    @property
    def after_cents(self) -> int | None:
        return None if self.before_cents is None else self.before_cents + self.cents

    @property
    def letters(self) -> int:
        """What the amount pays at the price there; 0 where that is no one number."""
        return self.cents // self.target.price_cents if self.target.price_cents else 0


def preview(target: Target, cents: int) -> Preview:
    before = target.balance.available_cents if target.balance else None
    return Preview(target, balances.title(target), balances.note(target), cents, before)


@dataclass(frozen=True, slots=True)
class Bought:
    """A payment as its payer sees it. `state`: `open`, `waiting`, `paid`, `failed` or `expired`; what has no page yet
    counts as open. `why`: what the processor said of a card, also while its page stands open. `target` is None when
    that balance is on the payer's list no more."""

    id: int
    state: str
    cents: int
    title: str
    target: Target | None
    page_url: str
    why: str
    receipt: str
    starts_top_up: bool

    @property
    def again(self) -> str:
        """Where the same payment begins anew."""
        query = {"for": self.target.code, "amount": as_typed(self.cents)} if self.target else {}
        return f"{reverse('buy')}?{urlencode(query)}"

    @property
    def onward(self) -> str:
        return self._onward[0]

    @property
    def onward_label(self) -> str:
        return str(self._onward[1])

    @property
    def _onward(self) -> tuple[str, str | Promise]:
        """What people come for, after the money."""
        if self.target and self.target.contact_id:
            return reverse("person", args=[self.target.contact_id]), _("See this person")
        if self.target and self.target.listed_id:
            return reverse("number", args=[self.target.listed_id]), _("See this number")
        return reverse("compose"), _("Write a letter")


def bought(checkout: "Checkout", lines: Sequence[Target]) -> Bought:
    target = next((line for line in lines if line.account == checkout.account), None)
    number = checkout.account.split(":")[1]
    return Bought(
        id=checkout.pk,
        state="open" if checkout.state == "new" else checkout.state,
        cents=checkout.amount_cents,
        title=balances.title_of(checkout.account, lines, spoken(number, settings.COUNTRY)),
        target=target,
        page_url=checkout.page_url,
        why=failure_sentence(checkout.failure) if checkout.failure and checkout.state in ("failed", "open") else "",
        receipt=checkout.deposit.receipt if checkout.deposit else "",
        starts_top_up=checkout.top_up_id is not None,
    )
