from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.family.views.account.answers import page, refused
from kinline.flows.recover import ask_reset, remind_username, reset_password
from kinline.identity import queries
from kinline.identity.access import address_of
from kinline.identity.errors import DeadLink
from kinline.identity.forms import NewPasswordForm, RemindForm, WhoForm


@require_http_methods(["GET", "HEAD", "POST"])
def password_reset(request: HttpRequest) -> HttpResponse:
    """ACC-5: ask for a link; the same answer whoever is asked for (ACC-3)."""
    form, status = WhoForm(request.POST or None), HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            ask_reset(**form.cleaned_data, address=address_of(request), now=clock.now())
        except Refusal as no:
            status = refused(form, no)
        else:
            return see_other("password_reset", sent=1)
    return page(request, "password_reset", form, sent="sent" in request.GET, status=status)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password_reset_link(request: HttpRequest, token: str) -> HttpResponse:
    """ACC-5: choose a new password. The link is used up by the new password, not by looking."""
    now = clock.now()
    user = queries.user_to_reset(token, now)
    if user is None:
        return _dead(request, DeadLink())
    form, status = NewPasswordForm(user, request.POST or None), HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            reset_password(token=token, password=form.cleaned_data["password1"], now=now)
        except DeadLink as no:
            return _dead(request, no)
        except Refusal as no:
            status = refused(form, no)
        else:
            flash.say(request, _("Your new password is set. Log in with it."))
            return see_other("login")
    return page(request, "password_reset_link", form, owner=user, status=status)


def _dead(request: HttpRequest, no: Refusal) -> HttpResponse:
    return page(request, "password_reset", WhoForm(), dead=str(no), status=HTTPStatus.GONE)


@require_http_methods(["GET", "HEAD", "POST"])
def username_remind(request: HttpRequest) -> HttpResponse:
    """ACC-5: the username by email; the same answer for every address (ACC-3)."""
    form, status = RemindForm(request.POST or None), HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            remind_username(**form.cleaned_data, address=address_of(request), now=clock.now())
        except Refusal as no:
            status = refused(form, no)
        else:
            return see_other("username_remind", sent=1)
    return page(request, "username_remind", form, sent="sent" in request.GET, status=status)
