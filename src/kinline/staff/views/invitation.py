"""The link of an invitation: one chooses a password, then signs in and sets up the second step (STF-1)."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.flows import team as flows
from kinline.identity import access, queries
from kinline.identity.forms.login import NewPasswordForm


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing: mail scanners open it, too (ACC-4)."""
    user = queries.user_invited(token, clock.now())
    if user is None:
        return _page(request, HTTPStatus.NOT_FOUND)
    form, status = NewPasswordForm(user, request.POST or None), HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            flows.accept(token=token, password=form.cleaned_data["password1"], now=clock.now())
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            access.sign_out(request)  # whoever sat here before is somebody else
            flash.say(request, _("Your password is kept. Sign in with it; the second step is set up there."))
            return see_other("staff_login")
    return _page(request, status, form=form, person=user)


def _page(request: HttpRequest, status: HTTPStatus, **context: object) -> HttpResponse:
    return render(request, "staff/invitation/password.html", context, status=status)
