"""Requests and grievances at the kiosk (KSK-5): the facility's forms, one's own, their answers. Free of charge."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import attempt, see_other
from kinline.design.http import found
from kinline.flows import requests as asking
from kinline.kiosk.access import filling_required, kiosk_required, wants_page
from kinline.kiosk.answers import page
from kinline.kiosk.seat import Seated, lengthen
from kinline.requests import queries
from kinline.requests.forms import AnswersForm, AskAgainForm, typed_answers
from kinline.requests.queries import FormView


@require_safe
@kiosk_required
def requests(request: Seated) -> HttpResponse:
    """What one may file here, what was begun, and what was filed with where it stands."""
    return page(
        request,
        "requests.html",
        forms=queries.forms_offered(request.kiosk.facility_id),
        drafts=queries.drafts_of(request.resident.pk),
        ways=queries.ways(request.kiosk.facility_id),
        filed=queries.of_resident(request.resident.pk, request.now),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@filling_required
def fill_in(request: Seated, form_id: int) -> HttpResponse:
    """One form. Filing it twice with the same key is once (KSK-3)."""
    view = found(queries.form_offered(request.kiosk.facility_id, form_id))
    draft = queries.draft_of(request.resident.pk, form_id)
    form = _form(view, request.POST if request.method == "POST" else None, typed=draft.typed if draft else None)
    if form.is_valid():
        try:
            request_id = asking.file(
                resident_id=request.resident.pk, form_id=form_id, now=request.now, **form.filed()
            )  # fmt: skip
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, _("It is filed, free. Staff answer here; we tell you in your notices."))
            return _to(request, "kiosk_request", request_id)
    if form.is_bound and not wants_page(request):
        return JsonResponse({"refused": True}, status=422)
    lengthen(request)
    return page(
        request,
        "request_new.html",
        422 if form.is_bound else 200,
        view=view,
        form=form,
        draft=draft,
        ways=queries.ways(request.kiosk.facility_id),
    )


def _form(view: FormView, data: Any, *, typed: Any = None) -> AnswersForm:
    return AnswersForm(view.questions, data, emergency=view.terms.emergency_hours is not None, typed=typed)


def _to(request: Seated, name: str, *args: object) -> HttpResponse:
    where = see_other(name, *args)
    return where if wants_page(request) else JsonResponse({"to": where.url})


@require_POST
@filling_required
def save(request: Seated, form_id: int) -> HttpResponse:
    """Every few seconds by the script, or by the button (KSK-2)."""
    view = found(queries.form_offered(request.kiosk.facility_id, form_id))
    asking.save_draft(
        resident_id=request.resident.pk, form_id=form_id, typed=typed_answers(request.POST, view.questions),
        now=request.now,
    )  # fmt: skip
    if not wants_page(request):
        return JsonResponse({"saved": True})
    flash.say(request, _("Your text is saved."))
    return see_other("kiosk_requests")


@require_POST
@kiosk_required
def drop(request: Seated, form_id: int) -> HttpResponse:
    found(queries.draft_of(request.resident.pk, form_id))
    asking.drop_draft(resident_id=request.resident.pk, form_id=form_id)
    flash.say(request, _("The draft is gone."))
    return see_other("kiosk_requests")


@require_http_methods(["GET", "HEAD", "POST"])
@kiosk_required
def one(request: Seated, request_id: int) -> HttpResponse:
    """One that was filed: every level with its answer, and asking again."""
    view = found(queries.one_of_resident(request.resident.pk, request_id, request.now))
    form = AskAgainForm(request.POST or None)
    if form.is_valid():
        try:
            asking.ask_again(
                resident_id=request.resident.pk, request_id=request_id, text=form.cleaned_data["text"], now=request.now
            )
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, _("Another person looks at it now. The answer comes here."))
            return see_other("kiosk_request", request_id)
    return page(request, "request.html", 422 if form.is_bound else 200, view=view, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@kiosk_required
def take_back(request: Seated, request_id: int) -> HttpResponse:
    """Asked in words first."""
    view = found(queries.one_of_resident(request.resident.pk, request_id, request.now))
    if request.method != "POST":
        return page(request, "request_back.html", view=view) if view.state == "open" else see_other("kiosk_requests")
    act: Callable[[], None] = partial(
        asking.withdraw, resident_id=request.resident.pk, request_id=request_id, now=request.now
    )
    attempt(request, act, _("You took it back. Nobody answers it now."))
    return see_other("kiosk_request", request_id)
