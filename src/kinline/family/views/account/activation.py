from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.family.views.account.answers import WAITING_FOR, page, refused, wait_for
from kinline.flows.activate import activate_by_code, activate_by_link
from kinline.flows.recover import resend_code
from kinline.identity import queries
from kinline.identity.access import address_of
from kinline.identity.errors import DeadLink
from kinline.identity.forms import ActivateForm, WhoForm


@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    """ACC-4: type the code, from any browser."""
    waiting = request.session.get(WAITING_FOR, "")
    if request.method != "POST":
        return _page(request, ActivateForm(initial={"identifier": waiting}), waiting)
    form, status = ActivateForm(request.POST), HTTPStatus.OK
    if form.is_valid():
        try:
            activate_by_code(**form.cleaned_data, address=address_of(request), now=clock.now())
        except Refusal as no:
            status = refused(form, no, "code")
        else:
            return _done(request)
    return _page(request, form, waiting, status)


def _page(request: HttpRequest, form: ActivateForm, waiting: str, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    again = WhoForm(initial={"identifier": waiting}, auto_id="again_%s")
    return page(request, "activate", form, waiting=waiting, again=again, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def activate_link(request: HttpRequest, token: str) -> HttpResponse:
    """ACC-4: the link's page has one button; opening it, as mail scanners do, changes nothing."""
    now = clock.now()
    if request.method != "POST":
        user = queries.user_to_activate(token, now)
        return page(request, "activate_link", user=user) if user else _dead(request, DeadLink())
    try:
        activate_by_link(token=token, now=now)
    except Refusal as no:
        return _dead(request, no)
    return _done(request)


def _dead(request: HttpRequest, no: Refusal) -> HttpResponse:
    waiting = request.session.get(WAITING_FOR, "")
    return page(
        request, "dead_link", WhoForm(initial={"identifier": waiting}), sentence=str(no), status=HTTPStatus.GONE
    )


def _done(request: HttpRequest) -> HttpResponse:
    request.session.pop(WAITING_FOR, None)
    flash.say(request, _("Your account is active. Log in with your password."))
    return see_other("login")


@require_http_methods(["GET", "HEAD", "POST"])
def activate_resend(request: HttpRequest) -> HttpResponse:
    """ACC-5: the code again; the same answer whoever is asked for (ACC-3)."""
    if request.method != "POST":
        return page(request, "activate_resend", WhoForm(initial={"identifier": request.session.get(WAITING_FOR, "")}))
    form, status = WhoForm(request.POST), HTTPStatus.OK
    if form.is_valid():
        try:
            resend_code(**form.cleaned_data, address=address_of(request), now=clock.now())
        except Refusal as no:
            status = refused(form, no)
        else:
            wait_for(request, form.cleaned_data["identifier"])
            flash.say(request, _("If that account waits for activation, a new email is on its way."))
            return see_other("activate", sent=1)
    return page(request, "activate_resend", form, status=status)
