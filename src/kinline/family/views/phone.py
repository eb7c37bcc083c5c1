"""Money for calls (MON-2, TEL-1, TEL-8): numbers on my page, their proof, and the calling accounts of my people."""

from functools import partial
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import attempt, see_other
from kinline.design.http import found
from kinline.family.answers import page
from kinline.family.call_rates import buys
from kinline.family.calls import for_calls, places_of
from kinline.family.money_forms import CodeForm, NumberForm
from kinline.flows import call_history, number_appeals
from kinline.flows import numbers as flow
from kinline.identity.access import family_required, person, take_kept
from kinline.payments.queries import numbers as queries
from kinline.payments.queries.origins import unspent_of_payer
from kinline.payments.queries.refunds import gifts_to_undo
from kinline.payments.queries.targets import targets
from kinline.payments.services.numbers import code_to_speak
from kinline.telephony.queries import appeals, family

FIRST_CALLS = 5


@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def phone(request: HttpRequest) -> HttpResponse:
    """My numbers, the calling accounts of my people, and a number to add."""
    user, now = person(request), clock.now()
    form = NumberForm(request.POST) if request.method == "POST" else NumberForm(initial=take_kept(request))
    if form.is_bound and form.is_valid():
        try:
            listed_id = flow.list_number(user, now=now, **form.cleaned_data)
        except Refusal as no:
            form.add_error("number", str(no))
        else:
            flash.say(request, _("The number is on your page."))
            return see_other("number", listed_id)
    gifts = [(gift, uuid4()) for gift in gifts_to_undo(user.pk, now) if gift.account.endswith(":calls")]
    return page(request, "phone/phone.html", form=form, calls=for_calls(user, now), gifts=gifts)


@require_safe
@family_required
def number(request: HttpRequest, listed_id: int) -> HttpResponse:
    return _number(request, listed_id, CodeForm())


def _number(request: HttpRequest, listed_id: int, form: CodeForm) -> HttpResponse:
    """Its balance, calls and block if it is proved; else what I put in, and how to prove it. What it buys where."""
    user, now = person(request), clock.now()
    one = found(queries.number(user.pk, listed_id, now))
    target = next(line for line in targets(user, now) if line.listed_id == listed_id)
    code = queries.live_code(user.pk, one.number_id, now) if one.code_until else None
    cents = one.balance.available_cents if one.balance else None
    return page(
        request, "phone/number.html", number=one, target=target, form=form,
        spoken=code_to_speak(code) if code and settings.DEMO else "", call=family.code_call(code.pk) if code else "",
        own_cents=0 if one.mine else unspent_of_payer(user.pk).get(one.account, 0),
        buys=buys(one.number, cents, places_of(user, now), now), connected=family.connected(now),
        history=call_history.of_number(user.pk, listed_id, now, size=FIRST_CALLS),
        blocked=family.own_block(one.number) if one.mine else None,
        lists=appeals.lists_with(one.number, user.pk, now) if one.mine else [],
    )  # fmt: skip


@require_POST
@family_required
def on_list(request: HttpRequest, listed_id: int, allowed_id: int) -> HttpResponse:
    """My number on a resident's list (T10): off it, on it again, or somebody else decides upon its denial."""
    user, now = person(request), clock.now()
    found(queries.number(user.pk, listed_id, now))
    act = request.POST.get("act", "")
    if act == "appeal":
        text, done = request.POST.get("text", ""), _("Somebody else of staff decides again. We tell you the answer.")
        file = partial(number_appeals.file_as_holder, user, text=text)
        attempt(request, partial(file, number_listed_id=listed_id, listed_id=allowed_id, now=now), done)
    elif act in {"off", "on"}:
        turn = number_appeals.take_off if act == "off" else number_appeals.let_again
        off, again = _("They cannot call this number any more."), _("Staff decide whether they may call it.")
        done = off if act == "off" else again
        attempt(request, partial(turn, user, number_listed_id=listed_id, listed_id=allowed_id, now=now), done)
    else:
        raise BadRequest
    return see_other("number", listed_id)


@require_POST
@family_required
def ask_code(request: HttpRequest, listed_id: int) -> HttpResponse:
    """TEL-8: a code for the automatic call to this number."""
    user, now = person(request), clock.now()
    found(queries.number(user.pk, listed_id, now))
    attempt(request, partial(flow.ask_code, user, listed_id=listed_id, now=now), _("You asked for a code."))
    return see_other("number", listed_id)


@require_POST
@family_required
def prove(request: HttpRequest, listed_id: int) -> HttpResponse:
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            done = flow.prove(person(request), listed_id=listed_id, code=form.cleaned_data["code"], now=clock.now())
        except Refusal as no:
            form.add_error("code", str(no))
        else:
            found(done or None)
            flash.say(request, _("This number is confirmed as yours."))
            return see_other("number", listed_id)
    return _number(request, listed_id, form)


@require_POST
@family_required
def remove(request: HttpRequest, listed_id: int) -> HttpResponse:
    """Off my page; its money and its proof stay."""
    found(flow.unlist(person(request), listed_id=listed_id, now=clock.now()) or None)
    flash.say(request, _("The number is off your page. Its money stays where it is."))
    return see_other("phone")
