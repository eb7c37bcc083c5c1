"""Requests and grievances of residents: the queue by deadline, answers, and the facility's forms (KSK-5)."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import attempt, see_other
from kinline.design.http import found
from kinline.flows import requests as asking
from kinline.identity import access
from kinline.requests import queries
from kinline.requests.forms import AnswerForm, EditForm, FirstAnswerForm, ReportingForm
from kinline.requests.queries import RequestView
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here


@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """What is due first comes first. `?desk=` only one desk's; `?shown=done` what was answered."""
    desk, place = here(request)
    shown: queries.Shown = "done" if request.GET.get("shown") == "done" else "open"
    which = request.GET.get("desk", "")[:40]
    queue = queries.queue([place.pk], desk.now, shown=shown, desk=which)
    return page(request, "requests/queue", queue=queue, shown=shown, desk_shown=which, now=desk.now)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request with every level. Looking at it is written down (REC5)."""
    desk, place = here(request)
    view = found(queries.one_of_places([place.pk], request_id, desk.now))
    is_first = request.method == "POST" and "first-text" in request.POST
    kept = access.take_kept(request)
    first = FirstAnswerForm(request.POST if is_first else None)
    form = AnswerForm(request.POST if request.method == "POST" and not is_first else None, initial=kept)
    bound = first if first.is_bound else form
    if bound.is_bound and bound.is_valid():
        try:
            _do(desk, request_id, bound.cleaned_data, first=is_first)
        except Refusal as no:
            bound.add_error(None, str(no))
        else:
            flash.say(request, _("Answered. The resident is told."))
            return _next(request, desk, place.pk, request_id)
    if request.method != "POST":
        asking.read(staff=desk.user, request_id=request_id, now=desk.now)
    return page(
        request, "requests/one", 422 if bound.is_bound else 200, view=view, form=form, first=first,
        may_answer=desk.may(asking.permission_at(view.level)), took_part=_took_part(desk, view),
    )  # fmt: skip


def _do(desk: Desk, request_id: int, typed: dict[str, Any], *, first: bool) -> None:
    if first:
        asking.first_answer(
            staff=desk.user, request_id=request_id, serious=typed["serious"] == "yes", text=typed["text"], now=desk.now
        )
    else:
        asking.answer(
            staff=desk.user, request_id=request_id, outcome=typed["outcome"], text=typed["answer"], now=desk.now
        )


def _next(request: HttpRequest, desk: Desk, place_id: int, request_id: int) -> HttpResponse:
    """ "Answer and open the next": what is due first then, without a way back over the queue."""
    if "next" in request.POST:
        rows = queries.queue([place_id], desk.now, limit=2).rows
        following = next((row for row in rows if row.id != request_id), None)
        if following is not None:
            return see_other("staff_request", following.id)
    return see_other("staff_requests")


def _took_part(desk: Desk, view: RequestView) -> bool:
    return view.level > 1 and desk.user.pk in view.people_below


@require_safe
def forms(request: HttpRequest) -> HttpResponse:
    _desk, place = here(request)
    return page(request, "requests/forms", forms=queries.forms_of(place.pk), ways=queries.ways(place.pk))


@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, form_id: int | None = None) -> HttpResponse:
    """A new form, or one to change; what was filed keeps its questions."""
    desk, place = here(request)
    row = found(queries.form_of(place.pk, form_id)) if form_id is not None else None
    edit = EditForm(request.POST if request.method == "POST" else None, row=row, initial=access.take_kept(request))
    if edit.is_bound and edit.is_valid():
        try:
            asking.save_form(staff=desk.user, facility_id=place.pk, form_id=form_id, values=edit.values(), now=desk.now)
        except Refusal as no:
            edit.add_error("name", str(no))
        else:
            flash.say(request, _("The form is saved. Residents see it from now on."))
            return see_other("staff_request_forms")
    return page(request, "requests/form", 422 if edit.is_bound else 200, form=edit, row=row)


@require_http_methods(["GET", "HEAD", "POST"])
def reporting(request: HttpRequest) -> HttpResponse:
    """How abuse is reported here: read at the kiosk and on the facility's public page (REC2)."""
    desk, place = here(request)
    row = queries.reporting(place.pk)
    known = {name: getattr(row, name) for name in ReportingForm.base_fields} if row else {}
    typed = ReportingForm(request.POST if request.method == "POST" else None, initial=known)
    if typed.is_bound and typed.is_valid():
        asking.publish_reporting(staff=desk.user, facility_id=place.pk, values=typed.cleaned_data, now=desk.now)
        flash.say(request, _("Published. Residents and families read it from now on."))
        return see_other("staff_request_forms")
    return page(request, "requests/reporting", 422 if typed.is_bound else 200, form=typed)


@require_POST
def retire(request: HttpRequest, form_id: int) -> HttpResponse:
    """Out of use, or back in; nothing that was filed is touched."""
    desk, place = here(request)
    found(queries.form_of(place.pk, form_id))
    retired = request.POST.get("to") != "use"
    done = _("The form is out of use.") if retired else _("The form is in use again.")
    act = partial(
        asking.retire_form, staff=desk.user, facility_id=place.pk, form_id=form_id, retired=retired, now=desk.now
    )
    attempt(request, act, done)
    return see_other("staff_request_forms")
