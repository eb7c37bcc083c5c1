from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import SeeOther, see_other
from kinline.family.views.account.answers import page, refused, wait_for
from kinline.flows.sign_in import sign_in
from kinline.identity import access
from kinline.identity.access import address_of, is_family, safe_next
from kinline.identity.forms import LoginForm


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """ACC-6. A right password on an account that waits leads to its activation."""
    where = safe_next(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.method != "POST":
        return SeeOther(where) if is_family(request.user) else _page(request, LoginForm(), where)
    form, status = LoginForm(request.POST), HTTPStatus.OK
    if form.is_valid():
        try:
            return _enter(request, form, where)
        except Refusal as no:
            status = refused(form, no)
    return _page(request, form, where, status)


def _enter(request: HttpRequest, form: LoginForm, where: str) -> HttpResponse:
    identifier, password = form.cleaned_data["login"], form.cleaned_data["password"]
    user = sign_in(identifier=identifier, password=password, address=address_of(request), now=clock.now())
    if user.activated_at is None:
        wait_for(request, identifier)
        flash.say(request, _("One step is left before you can log in: activate your account."), "warn")
        return see_other("activate")
    access.sign_in(request, user)
    return SeeOther(where)


def _page(request: HttpRequest, form: LoginForm, where: str, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    context = {"next": where, "kept": access.KEPT in request.session, "came_from": where != access.HOME}
    return page(request, "login", form, status=status, **context)


@require_safe
def login_help(request: HttpRequest) -> HttpResponse:
    """ACC-5: one page for everything that can go wrong."""
    return page(request, "login_help")


@require_http_methods(["GET", "HEAD", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """By a button; a link that is opened by itself signs nobody out."""
    if request.method != "POST":
        return page(request, "logout")
    access.sign_out(request)
    flash.say(request, _("You are signed out."))
    return see_other("login")
