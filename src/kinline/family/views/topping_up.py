"""The automatic top-up (MON-3): opt-in, its first payment on the processor's page; changed on a page, ended with one
button.
"""

from collections.abc import Sequence
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import SeeOther, attempt, see_other
from kinline.design.http import found
from kinline.family.answers import page
from kinline.family.balances import Choice
from kinline.family.buying import cards_offered, preview
from kinline.family.money_forms import TopUpForm
from kinline.family.topping_up import FIRST, orders, possible, running
from kinline.flows import checkout as paying
from kinline.flows import top_up as flow
from kinline.flows.paying_in import check_target
from kinline.identity.access import family_required, person, take_kept
from kinline.payments.queries.targets import targets


@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def top_up(request: HttpRequest) -> HttpResponse:
    """What there is, and one more: terms, a look at them, the first payment."""
    lines = targets(person(request), clock.now())
    choices = possible(lines, orders(person(request), lines, clock.now()))
    asked = request.POST if request.method == "POST" else request.GET if "look" in request.GET else None
    if asked is None:
        initial = {**FIRST, **request.GET.dict(), **take_kept(request)}
        return _choose(request, choices, TopUpForm(choices, initial=initial))
    form = TopUpForm(choices, asked)
    if not form.is_valid() or not _may(request, form):
        return _choose(request, choices, form)
    if request.method != "POST":
        return _look(request, form)
    return _pay(request, choices, form) if "pay" in request.POST else see_other("top_up", **form.as_query())


def _may(request: HttpRequest, form: TopUpForm) -> bool:
    try:
        check_target(person(request), form.target.account, form.terms.amount_cents, clock.now())
    except Refusal as no:
        form.refused(no)
        return False
    return True


def _choose(request: HttpRequest, choices: Sequence[Choice], form: TopUpForm) -> HttpResponse:
    user, now = person(request), clock.now()
    there = orders(user, targets(user, now), now)
    chosen = form["for"].value() or (choices[0].target.code if choices else "")
    return page(
        request, "money/top_up.html", form=form, orders=there, choices=choices, chosen=chosen, cards=cards_offered()
    )


def _look(request: HttpRequest, form: TopUpForm) -> HttpResponse:
    """What is agreed to, before anything is paid."""
    look = preview(form.target, form.terms.amount_cents)
    return page(request, "money/top_up_review.html", look=look, terms=form.terms, typed=form.as_query())


def _pay(request: HttpRequest, choices: Sequence[Choice], form: TopUpForm) -> HttpResponse:
    begin = partial(paying.start, person(request), account=form.target.account, now=clock.now(), top_up=form.terms)
    try:
        begun = begin(amount_cents=form.terms.amount_cents, client_key=form.cleaned_data["key"])
    except Refusal as no:
        return _choose(request, choices, form.refused(no))
    return SeeOther(begun.page_url) if begun.state == "open" else see_other("bought", begun.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def change(request: HttpRequest) -> HttpResponse:
    """Other amounts for the card that is there."""
    user, now, posted = person(request), clock.now(), request.method == "POST"
    code = (request.POST if posted else request.GET).get("for", "")
    lines = targets(user, now)
    order, choice = found(running(code, orders(user, lines, now), lines))
    there = {"for": code, "below": order.below_cents, "amount": order.amount_cents, "cap": order.cap_cents}
    form = TopUpForm([choice], request.POST) if posted else TopUpForm([choice], initial={**there, **take_kept(request)})
    if posted and form.is_valid():
        try:
            flow.change(user, order.account, form.terms, now)
            flash.say(request, _("Your automatic top-up is changed."))
            return see_other("top_up")
        except Refusal as no:
            form.refused(no)
    return page(request, "money/top_up_change.html", form=form, order=order)


@require_POST
@family_required
def stop(request: HttpRequest) -> HttpResponse:
    account = request.POST.get("account", "")
    attempt(request, partial(flow.stop, person(request), account, clock.now()), _("Automatic top-up is off."))
    return see_other("top_up")
