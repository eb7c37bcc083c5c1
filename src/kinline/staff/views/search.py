"""Search over letters, people and money of a place: no result before its purpose is written down (STF-3, REC5)."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.flows import search_record as flows
from kinline.identity.permissions import Permission
from kinline.messaging import errors
from kinline.messaging.queries import found as queries
from kinline.messaging.record_forms import WHAT, NameForm, PurposeForm, SearchForm
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here
from kinline.staff.review_wording import STATES


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Ask; saved searches, each to be asked again with a purpose of today."""
    desk, place = here(request)
    if request.method == "POST" and request.POST.get("act") in ("again", "forget"):
        return _saved(request, desk, place.pk)
    form = SearchForm(request.POST if request.method == "POST" else None, money=desk.may(Permission.READ_MONEY))
    if request.method == "POST" and form.is_valid():
        try:
            number = flows.ask(staff=desk.user, facility_id=place.pk, now=desk.now, **form.cleaned_data)
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            return see_other("staff_search_found", number)
    return _asking(request, desk, place.pk, form)


def _asking(request: HttpRequest, desk: Desk, place_id: int, form: Any, **more: Any) -> HttpResponse:
    names = dict(WHAT)
    rows = [(one, names[one.what]) for one in queries.saved(desk.user.pk, place_id)]
    return page(request, "search/ask", form=form, saved=rows, **more)


def _saved(request: HttpRequest, desk: Desk, place_id: int) -> HttpResponse:
    number, act = _number(request.POST.get("search", "")), request.POST["act"]
    try:
        if act == "forget":
            flows.forget(staff=desk.user, facility_id=place_id, search_id=number)
            flash.say(request, _("It is saved no longer."))
            return see_other("staff_search")
        form = PurposeForm(request.POST)
        if form.is_valid():
            flows.ask_again(
                staff=desk.user, facility_id=place_id, search_id=number, now=desk.now,
                purpose=form.cleaned_data["purpose"],
            )  # fmt: skip
            return see_other("staff_search_found", number)
    except errors.SearchUnknown:
        raise Http404 from None
    blank = SearchForm(None, money=desk.may(Permission.READ_MONEY))
    return _asking(request, desk, place_id, blank, again=form, asked_again=number)


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise BadRequest
    return int(text)


@require_http_methods(["GET", "HEAD", "POST"])
def found(request: HttpRequest, search_id: int) -> HttpResponse:
    """What it finds, each look on record; save it under a name."""
    desk, place = here(request)
    form = NameForm(request.POST if request.method == "POST" else None)
    try:
        if request.method == "POST" and form.is_valid() and _save(desk, place.pk, search_id, form):
            flash.say(request, _("Saved. You find it beside the search."))
            return see_other("staff_search_found", search_id)
        before = request.GET.get("before", "")
        answer = flows.look(
            staff=desk.user, facility_id=place.pk, search_id=search_id, before=_number(before) if before else None,
            now=desk.now,
        )  # fmt: skip
    except errors.SearchUnknown:
        raise Http404 from None
    except errors.SearchOver as no:
        flash.say(request, str(no), "warn")
        return see_other("staff_search")
    return page(
        request, "search/found", answer=answer, form=form, what=dict(WHAT)[answer.search.what],
        letters=[(one, STATES.get(one.state, one.state)) for one in answer.letters],
    )  # fmt: skip


def _save(desk: Desk, place_id: int, search_id: int, form: Any) -> bool:
    try:
        flows.save(
            staff=desk.user, facility_id=place_id, search_id=search_id, name=form.cleaned_data["name"], now=desk.now
        )
    except errors.SearchNameTaken as no:
        form.add_error("name", str(no))
        return False
    return True


@require_safe
def letter(request: HttpRequest, search_id: int, message_id: int) -> HttpResponse:
    """One letter that was found, with all its words: the look is on record with the purpose of the search."""
    desk, place = here(request)
    try:
        asked, one, text = flows.read(
            staff=desk.user, facility_id=place.pk, search_id=search_id, message_id=message_id, now=desk.now
        )
    except (errors.SearchUnknown, errors.NotFound):
        raise Http404 from None
    except errors.SearchOver as no:
        flash.say(request, str(no), "warn")
        return see_other("staff_search")
    state = STATES.get(one.state, one.state)
    return page(request, "search/letter", asked=asked, one=one, text=text, state=state)
