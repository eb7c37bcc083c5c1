"""My account (ACC-7): email, password, sessions."""

from http import HTTPStatus

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import attempt, see_other
from kinline.family.views.account.answers import page, refused
from kinline.flows import account as stories
from kinline.identity import queries
from kinline.identity.access import family_required, person
from kinline.identity.errors import DeadLink
from kinline.identity.forms import ChangeEmailForm, ChangePasswordForm, ConfirmEmailForm


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def password(request: HttpRequest) -> HttpResponse:
    user, status = person(request), HTTPStatus.OK
    form = ChangePasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        current, new, key = (
            form.cleaned_data["current_password"],
            form.cleaned_data["password1"],
            request.session.session_key,
        )
        try:
            stories.change_password(user, current=current, new=new, session_key=key, now=clock.now())
        except Refusal as no:
            status = refused(form, no, "current_password")
        else:
            update_session_auth_hash(request, user)
            flash.say(request, _("Your password is changed. Your other browsers are signed out."))
            return see_other("account")
    return page(request, "password", form, status=status)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def email(request: HttpRequest) -> HttpResponse:
    """Ask for another address; it counts when it is confirmed."""
    user, now, status = person(request), clock.now(), HTTPStatus.OK
    form = ChangeEmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            stories.ask_email_change(user, email=typed["email"], password=typed["current_password"], now=now)
        except Refusal as no:
            status = refused(form, no, {"same_email": "email", "wrong_password": "current_password"}.get(no.code))
        else:
            return see_other("account_email_confirm", sent=1)
    return page(request, "email", form, new_email=queries.email_being_proved(user.pk, now), status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def email_confirm(request: HttpRequest) -> HttpResponse:
    """Type the code from the email to the new address."""
    form, status = ConfirmEmailForm(request.POST or None), HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            stories.confirm_email_by_code(person(request), code=form.cleaned_data["code"], now=clock.now())
        except Refusal as no:
            status = refused(form, no, "code")
        else:
            return _email_changed(request)
    return page(request, "email_confirm", form, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def email_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link's page has one button, and only the account's own session may press it."""
    user, now = person(request), clock.now()
    if queries.user_to_change_email(token, now) != user:
        return page(request, "email", ChangeEmailForm(), dead=str(DeadLink()), status=HTTPStatus.GONE)
    if request.method == "POST":
        if attempt(request, lambda: stories.confirm_email_by_link(user, token=token, now=now), _changed()):
            return see_other("account_email")
        return see_other("account")
    return page(request, "email_link", new_email=queries.email_being_proved(user.pk, now))


def _email_changed(request: HttpRequest) -> HttpResponse:
    flash.say(request, _changed())
    return see_other("account")


def _changed() -> str:
    return _("Your email address is changed.")


@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is logged in; end one of them, or all others."""
    user, now, key = person(request), clock.now(), request.session.session_key
    if request.method != "POST":
        return page(request, "sessions", rows=queries.sessions_of(user.pk, key, now))
    if handle := request.POST.get("handle", ""):
        stories.end_session(user, handle=handle, now=now)
    else:
        stories.end_other_sessions(user, session_key=key, now=now)
    flash.say(
        request, _("Done. That browser is signed out.") if handle else _("Done. All other browsers are signed out.")
    )
    return see_other("account_sessions")
