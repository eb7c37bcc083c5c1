"""Unused money back (MON-6): from which balance and how much, where it goes, and where it is. Gifts that are undone."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.core.money import dollars
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.family.answers import me, page
from kinline.family.giving_back import Source, address_lines, source, sources, title_of
from kinline.family.money_forms import KeyField, RefundForm, as_typed
from kinline.flows import refund as giving_back
from kinline.identity.access import family_required, person, take_kept
from kinline.payments.errors import RefundTooLarge
from kinline.payments.queries.refunds import refunds_of
from kinline.payments.queries.targets import targets

EVERY = 500


@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def refund(request: HttpRequest) -> HttpResponse:
    """Choose, look at where it goes, ask. Free, and without anybody's help."""
    user, now = person(request), clock.now()
    mine = sources(user, targets(user, now), now)
    accounts = [(one.code, one.title) for one in mine if one.found.mine_cents]
    asked = request.POST if request.method == "POST" else request.GET if "look" in request.GET else None
    if asked is None:
        initial = {**_all_of_it(mine, accounts), **request.GET.dict(), **take_kept(request)}
        return _choose(request, mine, RefundForm(accounts, initial=initial))
    form = RefundForm(accounts, asked)
    if not form.is_valid() or not _is_there(mine, form):
        return _choose(request, mine, form)
    if request.method != "POST":
        return _look(request, mine, form)
    return _ask(request, mine, form) if "ask" in request.POST else see_other("refund", **form.as_query())


def _all_of_it(mine: Sequence[Source], accounts: Sequence[tuple[str, str]]) -> dict[str, str]:
    """What most people come for, where there is one balance only."""
    there = [one.found.mine_cents for one in mine if one.found.mine_cents]
    return {"amount": as_typed(there[0])} if len(accounts) == 1 else {}


def _is_there(mine: Sequence[Source], form: RefundForm) -> bool:
    there = next(one.found.mine_cents for one in mine if one.code == form.cleaned_data["for"])
    if form.cleaned_data["amount"] > there:
        form.add_error("amount", str(RefundTooLarge(available=dollars(there))))
    return form.is_valid()


def _choose(request: HttpRequest, mine: Sequence[Source], form: RefundForm) -> HttpResponse:
    can = [one for one in mine if one.found.mine_cents]
    chosen = next((one for one in can if one.code == form["for"].value()), can[0] if can else None)
    past = refunds_of(me(request), 10)
    return page(request, "money/refund.html", form=form, can=can, mine=mine, chosen=chosen, past=past)


def _account(mine: Sequence[Source], form: RefundForm) -> str:
    return next(one.account for one in mine if one.code == form.cleaned_data["for"])


def _look(request: HttpRequest, mine: Sequence[Source], form: RefundForm) -> HttpResponse:
    """Where each part goes, before anything moves."""
    user, now, cents = person(request), clock.now(), form.cleaned_data["amount"]
    look = source(user, form.cleaned_data["for"], _account(mine, form), targets(user, now), now, cents=cents)
    return page(
        request, "money/refund_review.html", look=look, cents=cents, after=look.found.mine_cents - cents,
        typed=form.as_query(), address=address_lines(user),
    )  # fmt: skip


def _ask(request: HttpRequest, mine: Sequence[Source], form: RefundForm) -> HttpResponse:
    account, cents = _account(mine, form), form.cleaned_data["amount"]
    try:
        asked = giving_back.ask(
            user=person(request), account=account, amount_cents=cents, client_key=form.cleaned_data["key"],
            now=clock.now(),
        )  # fmt: skip
    except Refusal as no:
        form.add_error("amount", str(no))
        return _choose(request, mine, form)
    flash.say(request, _("Your money is on its way back."))
    return see_other("refunded", asked.pk)


@require_safe
@family_required
def refunded(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Where each part of it is, and what comes next."""
    one = found(next((one for one in refunds_of(me(request), EVERY) if one.id == refund_id), None))
    user = person(request)
    lines = targets(user, clock.now())
    return page(
        request, "money/refunded.html", refund=one, title=title_of(one.account, lines), address=address_lines(user)
    )


@require_POST
@family_required
def undo_gift(request: HttpRequest, deposit_id: int) -> HttpResponse:
    """Within a day, what of it is not spent goes back to the card that paid. Pressed twice, done once."""
    key = KeyField().clean(request.POST.get("key"))
    try:
        undone = giving_back.undo_gift(user=person(request), deposit_id=deposit_id, client_key=key, now=clock.now())
    except Refusal as no:
        flash.say(request, no, "bad")
        return see_other("credits")
    flash.say(request, _("Your gift is taken back."))
    return see_other("refunded", undone.pk)
