"""Getting in by two factors, unlocking, proving oneself again, leaving (STF-1, ACC-7)."""

from datetime import timedelta
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any

import segno
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import SeeOther, see_other
from kinline.flows import account, staff_sign_in
from kinline.identity import access, queries
from kinline.identity.forms import AgainForm, FactorForm, StaffLoginForm
from kinline.identity.services import second_factor
from kinline.staff import desk

if TYPE_CHECKING:
    from kinline.identity.models import SecondFactor, User

HALF = "staff_half"  # session: who gave the right password, when, and a mark that ends with the password
HALF_LIFE = timedelta(minutes=10)
HOME = "/staff/"
_STATUS = {"staff_paused": HTTPStatus.TOO_MANY_REQUESTS, "busy": HTTPStatus.SERVICE_UNAVAILABLE}


def _page(request: HttpRequest, name: str, form: BaseForm | None = None, **context: Any) -> HttpResponse:
    context |= {"form": form, "next": _next(request), "kept": access.KEPT in request.session}
    status = context.pop("status", HTTPStatus.OK)
    return render(request, f"staff/door/{name}.html", context, status=status)


def _next(request: HttpRequest) -> str:
    """A page of the staff face, never another site's."""
    where = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(where, {request.get_host()}, require_https=request.is_secure())
    return where if safe and where.startswith(HOME) else HOME


def _refused(form: BaseForm, no: Refusal, field: str | None) -> HTTPStatus:
    form.add_error(field, str(no))
    return _STATUS.get(no.code, HTTPStatus.OK)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """The first factor. Who is in already goes on."""
    if request.method != "POST":
        return SeeOther(_next(request)) if access.is_staff(request.user) else _page(request, "login", StaffLoginForm())
    form, status, now = StaffLoginForm(request.POST), HTTPStatus.OK, clock.now()
    if form.is_valid():
        try:
            user = staff_sign_in.check_password(**form.cleaned_data, address=access.address_of(request), now=now)
        except Refusal as no:
            status = _refused(form, no, None)
        else:
            return _half_in(request, user)
    return _page(request, "login", form, status=status)


def _half_in(request: HttpRequest, user: "User") -> HttpResponse:
    request.session.cycle_key()
    mark = user.get_session_auth_hash()
    request.session.set_expiry(access.KEPT_SECONDS)
    salt = second_factor.new_salt().hex()  # of the app, if this sign-in is to set one up
    request.session[HALF] = {"user": user.pk, "at": clock.now().timestamp(), "mark": mark, "salt": salt}
    return see_other("staff_code" if queries.factor_of(user.pk) else "staff_setup", next=_next(request))


def _half(request: HttpRequest) -> "User | None":
    """Who gave the right password in this browser within ten minutes, and has not changed it since."""
    half = request.session.get(HALF)
    if not half or clock.now().timestamp() - half["at"] > HALF_LIFE.total_seconds():
        return None
    user = queries.staff_by_id(half["user"])
    return user if user is not None and user.get_session_auth_hash() == half["mark"] else None


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second factor: a code of the app, or a recovery code."""
    user = _half(request)
    factor = queries.factor_of(user.pk) if user else None
    if user is None or factor is None:
        return see_other("staff_login", next=_next(request))
    if request.method != "POST":
        return _page(request, "code", FactorForm(), sample=_sample(factor))
    form, status, now = FactorForm(request.POST), HTTPStatus.OK, clock.now()
    if form.is_valid():
        try:
            staff_sign_in.check_factor(user=user, code=form.cleaned_data["code"], now=now)
        except Refusal as no:
            status = _refused(form, no, "code")
        else:
            return _in(request, user, SeeOther(_next(request)))
    return _page(request, "code", form, sample=_sample(factor), status=status)


def _in(request: HttpRequest, user: "User", answer: HttpResponse) -> HttpResponse:
    request.session.pop(HALF, None)
    desk.sit_down(request, user, clock.now())
    return answer


def _sample(factor: "SecondFactor") -> str:
    """In the demo the page itself shows the code that a phone would: a newcomer has none set up."""
    return second_factor.usable_code(factor, clock.now()) if settings.DEMO else ""


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """The first sign-in: the app is set up with a QR code, and its first code proves it."""
    user = _half(request)
    if user is None or queries.factor_of(user.pk):
        return see_other("staff_login", next=_next(request))
    now, factor = clock.now(), _planned(request, user)
    form, status = FactorForm(request.POST or None), HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            codes = staff_sign_in.confirm_factor(user=user, factor=factor, code=form.cleaned_data["code"], now=now)
        except Refusal as no:
            status = _refused(form, no, "code")
        else:
            # Not behind a redirect: these words are nowhere kept, so this one answer is where they can be read.
            return _in(request, user, _page(request, "recovery", codes=codes))
    shown = " ".join(_fours(second_factor.secret(factor)))
    return _page(request, "setup", form, secret=shown, sample=_sample(factor), status=status)


def _planned(request: HttpRequest, user: "User") -> "SecondFactor":
    return second_factor.planned(user.pk, bytes.fromhex(request.session[HALF]["salt"]))


def _fours(text: str) -> list[str]:
    return [text[place : place + 4] for place in range(0, len(text), 4)]


@require_safe
def setup_qr(request: HttpRequest) -> HttpResponse:
    """The picture of the set-up page, a file of its own: the CSP allows none in the page."""
    user = _half(request)
    if user is None or queries.factor_of(user.pk):
        raise Http404
    picture = BytesIO()
    segno.make(second_factor.address(_planned(request, user), user.username), error="m").save(
        picture, kind="svg", scale=5, border=4, dark="#000", light="#fff", xmldecl=False
    )
    return HttpResponse(picture.getvalue(), "image/svg+xml")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """After 30 idle minutes: the password, and everything is where it was."""
    return _again(request, "unlock") if desk.desk_of(request).locked else SeeOther(_next(request))


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Before an act with money: the password, if it was given more than ten minutes ago."""
    return _again(request, "confirm")


def _again(request: HttpRequest, page: str) -> HttpResponse:
    form, status, now = AgainForm(request.POST or None), HTTPStatus.OK, clock.now()
    if request.method == "POST" and form.is_valid():
        try:
            staff_sign_in.password_again(
                user=desk.desk_of(request).user, password=form.cleaned_data["password"], now=now
            )
        except Refusal as no:
            status = _refused(form, no, "password")
        else:
            desk.prove(request, now)
            if page == "confirm" and access.KEPT in request.session:
                flash.say(request, _("Thank you. What you typed is kept: look at it once more and send it."), "warn")
            return SeeOther(_next(request))
    return _page(request, page, form, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    staff_sign_in.sign_out(user=desk.desk_of(request).user, now=clock.now())
    access.sign_out(request)
    flash.say(request, _("You are signed out."))
    return see_other("staff_login")


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """Work at another place from now on; only at one where one has a role. A GET comes from the locked screen."""
    if request.method != "POST":
        return SeeOther(HOME)
    at, wanted = desk.desk_of(request), request.POST.get("place", "")
    chosen = next((one for one in at.places if one.slug == wanted), None)
    if chosen is None:
        raise PermissionDenied
    desk.choose_place(request, chosen.pk)
    return SeeOther(HOME)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The person's language, and back to the page one was on."""
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        account.choose_language(desk.desk_of(request).user, chosen)
    return SeeOther(_next(request))
