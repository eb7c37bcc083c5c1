"""Adding money by card (MON-3, MON-4): for whom and how much, a look at it, the processor's page, what came of it."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.design.answers import SeeOther, see_other
from kinline.design.http import found
from kinline.family import balances
from kinline.family.answers import page
from kinline.family.buying import bought, cards_offered, preview
from kinline.family.money_forms import BuyForm
from kinline.flows import checkout as paying
from kinline.flows.paying_in import check_target
from kinline.identity.access import family_required, person, take_kept
from kinline.payments.errors import KeyReused
from kinline.payments.queries.targets import Target, targets


@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def buy(request: HttpRequest) -> HttpResponse:
    """Choose, look, pay. Nothing is kept before the last button; each step is an address, so "back" works."""
    lines = targets(person(request), clock.now())
    asked = request.POST if request.method == "POST" else request.GET if "look" in request.GET else None
    if asked is None:
        initial = {**request.GET.dict(), **take_kept(request)}
        return _choose(request, lines, BuyForm(balances.choices(lines), initial=initial))
    form = BuyForm(balances.choices(lines), asked)
    if not form.is_valid() or not _may(request, form):
        return _choose(request, lines, form)
    if request.method != "POST":
        return _look(request, form)
    return _pay(request, form) if "pay" in request.POST else see_other("buy", **form.as_query())


def _may(request: HttpRequest, form: BuyForm) -> bool:
    """Refused here rather than after the last button."""
    try:
        check_target(person(request), form.target.account, form.cleaned_data["cents"], clock.now())
    except Refusal as no:
        form.refused(no)
        return False
    return True


def _choose(request: HttpRequest, lines: list[Target], form: BuyForm) -> HttpResponse:
    allowed, refused = balances.choices(lines), balances.refused(lines)
    chosen = form["for"].value() or "me"
    return page(
        request, "money/buy.html", form=form, choices=allowed, refused=refused, chosen=chosen, cards=cards_offered()
    )


def _look(request: HttpRequest, form: BuyForm, **more: Any) -> HttpResponse:
    """Money before and after, and what happens next."""
    key = more.pop("key", form.cleaned_data["key"])
    return page(request, "money/review.html", look=preview(form.target, form.cleaned_data["cents"]), key=key, **more)


def _pay(request: HttpRequest, form: BuyForm) -> HttpResponse:
    """To the processor's page; the same press again leads to the same page, or to what came of it."""
    cents, key = form.cleaned_data["cents"], form.cleaned_data["key"]
    try:
        begun = paying.start(
            person(request), account=form.target.account, amount_cents=cents, client_key=key, now=clock.now()
        )
    except KeyReused:
        # Back from the processor's page and changed: another payment, to be looked at before it begins.
        return _look(request, form, key=uuid4(), said=_("You changed something. Look at it once more."))
    except Refusal as no:
        return _look(request, form, refused=no)
    return SeeOther(begun.page_url) if begun.state == "open" else see_other("bought", begun.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def result(request: HttpRequest, checkout_id: int) -> HttpResponse:
    """What came of a payment, asked of the processor if its word is not here yet (MON-7)."""
    user, now = person(request), clock.now()
    if request.method == "POST":
        try:
            found(paying.give_up(user, checkout_id, now))
        except Refusal as no:
            return _result(request, found(paying.came_back(user, checkout_id, now)), refused=no)
        return see_other("bought", checkout_id)
    return _result(request, found(paying.came_back(user, checkout_id, now)))


def _result(request: HttpRequest, checkout: Any, **more: Any) -> HttpResponse:
    lines = targets(person(request), clock.now())
    return page(request, "money/bought.html", bought=bought(checkout, lines), **more)
