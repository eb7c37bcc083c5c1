"""Getting in by two factors, unlocking, proving oneself again, leaving (STF-1, ACC-7)."""

from datetime import datetime
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any

import segno
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
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
from kinline.identity.forms import AgainForm, FactorForm, PasskeyForm, StaffLoginForm
from kinline.identity.services import second_factor
from kinline.staff import desk, half, passkeys

if TYPE_CHECKING:
    from kinline.identity.models import SecondFactor, User

HOME = "/staff/"
_STATUS = {
    "staff_paused": HTTPStatus.TOO_MANY_REQUESTS,
    "staff_locked": HTTPStatus.TOO_MANY_REQUESTS,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
}


def _page(request: HttpRequest, name: str, form: BaseForm | None = None, **context: Any) -> HttpResponse:
    context |= {"form": form, "next": _next(request), "kept": access.KEPT in request.session}
    status = context.pop("status", HTTPStatus.OK)
    return render(request, f"staff/door/{name}.html", context, status=status)


def _next(request: HttpRequest) -> str:
    """A page of the staff face, never another site's."""
    where = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(where, {request.get_host()}, require_https=request.is_secure())
    return where if safe and where.startswith(HOME) else HOME


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
            form.add_error(None, str(no))
            status = _STATUS.get(no.code, HTTPStatus.OK)
        else:
            return _half_in(request, user)
    return _page(request, "login", form, status=status)


def _half_in(request: HttpRequest, user: "User") -> HttpResponse:
    half.begin(request, user, clock.now())
    return see_other("staff_code" if queries.factor_of(user.pk) else "staff_setup", next=_next(request))


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second factor: a passkey, a code of the app, or a recovery code."""
    now = clock.now()
    user = half.who(request, now)
    factor = queries.factor_of(user.pk) if user else None
    if user is None or factor is None:
        return see_other("staff_login", next=_next(request))
    form, problem, status = FactorForm(_typed(request)), None, HTTPStatus.OK
    if request.method == "POST" and (passkeys.FIELD in request.POST or form.is_valid()):
        try:
            _check(request, user, form, now)
        except Refusal as no:
            problem, status = no, _STATUS.get(no.code, HTTPStatus.OK)
        else:
            return _in(request, user, SeeOther(_next(request)))
    return _page(
        request, "code", form, problem=problem, sample=_sample(factor), app=factor.confirmed_at is not None,
        passkey=passkeys.offer(user), status=status,
    )  # fmt: skip


def _typed(request: HttpRequest) -> QueryDict | None:
    """What was sent by the form of a code; the one of a passkey has no such field."""
    return request.POST if request.method == "POST" and passkeys.FIELD not in request.POST else None


def _check(request: HttpRequest, user: "User", form: FactorForm, now: datetime) -> None:
    if not form.is_bound:
        challenge_id, answer = passkeys.answer(request)
        staff_sign_in.check_passkey(user=user, challenge_id=challenge_id, answer=answer, now=now)
        return
    try:
        staff_sign_in.check_factor(user=user, code=form.cleaned_data["code"], now=now)
    except Refusal as no:
        form.add_error("code", str(no))
        raise


def _in(request: HttpRequest, user: "User", answer: HttpResponse) -> HttpResponse:
    half.end(request)
    desk.sit_down(request, user, clock.now())
    return answer


def _sample(factor: "SecondFactor") -> str:
    """In the demo the page itself shows the code that a phone would: a newcomer has none set up."""
    has_app = factor.confirmed_at is not None or factor.pk is None  # none yet: it is being set up
    return second_factor.usable_code(factor, clock.now()) if settings.DEMO and has_app else ""


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """The first sign-in: an app with a QR code, whose first code proves it, or a passkey."""
    now = clock.now()
    user = half.who(request, now)
    if user is None or queries.factor_of(user.pk):
        return see_other("staff_login", next=_next(request))
    by_passkey = passkeys.FIELD in request.POST
    form, named = FactorForm(_typed(request)), _named(request, by_passkey)
    problem, status, factor = None, HTTPStatus.OK, half.planned_app(request, user)
    if request.method == "POST" and (named if by_passkey else form).is_valid():
        try:
            codes = _confirm(request, user, named if by_passkey else form, factor, now)
        except Refusal as no:
            problem, status = no, _STATUS.get(no.code, HTTPStatus.OK)
        else:
            # Not behind a redirect: these words are nowhere kept, so this one answer is where they can be read.
            return _in(request, user, _page(request, "recovery", codes=codes))
    shown = " ".join(fours(second_factor.secret(factor)))
    return _page(
        request, "setup", form, named=named, problem=problem, secret=shown, sample=_sample(factor),
        passkey=passkeys.offer(user), status=status,
    )  # fmt: skip


def _named(request: HttpRequest, sent: bool) -> PasskeyForm:
    return PasskeyForm(request.POST if sent else None, initial={"name": passkeys.suggested_name(request)})


def _confirm(
    request: HttpRequest, user: "User", form: FactorForm | PasskeyForm, factor: "SecondFactor", now: datetime
) -> list[str]:
    if isinstance(form, PasskeyForm):
        challenge_id, answer = passkeys.answer(request)
        name = form.cleaned_data["name"]
        return staff_sign_in.confirm_passkey(user=user, challenge_id=challenge_id, answer=answer, name=name, now=now)
    try:
        return staff_sign_in.confirm_factor(user=user, factor=factor, code=form.cleaned_data["code"], now=now)
    except Refusal as no:
        form.add_error("code", str(no))
        raise


def fours(text: str) -> list[str]:
    return [text[place : place + 4] for place in range(0, len(text), 4)]


@require_safe
def setup_qr(request: HttpRequest) -> HttpResponse:
    """The picture of the set-up page, a file of its own: the CSP allows none in the page."""
    user = half.who(request, clock.now())
    if user is None or queries.factor_of(user.pk):
        raise Http404
    return qr(half.planned_app(request, user), user)


def qr(factor: "SecondFactor", user: "User") -> HttpResponse:
    picture = BytesIO()
    segno.make(second_factor.address(factor, user.username), error="m").save(
        picture, kind="svg", scale=5, border=4, dark="#000", light="#fff", xmldecl=False
    )
    return HttpResponse(picture.getvalue(), "image/svg+xml")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """After 30 idle minutes: the password or a passkey, and everything is where it was."""
    return _again(request, "unlock") if desk.desk_of(request).locked else SeeOther(_next(request))


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Before an act with money, roles or PINs: the password or a passkey, if it was given more than ten minutes ago."""
    return _again(request, "confirm")


def _again(request: HttpRequest, page: str) -> HttpResponse:
    at, problem, status = desk.desk_of(request), None, HTTPStatus.OK
    form = AgainForm(_typed(request))
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        try:
            _prove(request, at, form)
        except Refusal as no:
            problem, status = no, _STATUS.get(no.code, HTTPStatus.OK)
        else:
            desk.prove(request, at.now)
            if page == "confirm" and access.KEPT in request.session:
                flash.say(request, _("Thank you. What you typed is kept: look at it once more and send it."), "warn")
            return SeeOther(_next(request))
    return _page(request, page, form, problem=problem, passkey=passkeys.offer(at.user), status=status)


def _prove(request: HttpRequest, at: desk.Desk, form: AgainForm) -> None:
    if not form.is_bound:
        challenge_id, answer = passkeys.answer(request)
        staff_sign_in.passkey_again(user=at.user, challenge_id=challenge_id, answer=answer, now=at.now)
        return
    try:
        staff_sign_in.password_again(user=at.user, password=form.cleaned_data["password"], now=at.now)
    except Refusal as no:
        form.add_error("password", str(no))
        raise


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
