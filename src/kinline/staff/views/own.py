"""My sign-in: password, app, passkeys, recovery codes, browsers, and the roles that one has (ACC-7, STF-1)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.flows import own_sign_in as flows
from kinline.identity import access, queries
from kinline.identity.forms import ChangePasswordForm, FactorForm, PasskeyForm
from kinline.identity.forms.team import ROLE_NAMES
from kinline.identity.services import second_factor
from kinline.staff import passkeys
from kinline.staff.answers import page
from kinline.staff.desk import Desk, desk_of
from kinline.staff.views.door import fours, qr

if TYPE_CHECKING:
    from kinline.identity.models import SecondFactor

_SALT = "staff_app"  # session: of the app that is about to be set up


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    desk = desk_of(request)
    access.take_kept(request)  # a button's press is not repeated after the password: it is pressed again
    if request.method == "POST":
        return _done(request, desk)
    grants = [(place, ROLE_NAMES[role], ends) for place, role, ends in queries.roles_of(desk.user.pk, desk.now)]
    return page(
        request, "own/account", factor=queries.factor_of(desk.user.pk), keys=queries.passkeys_of(desk.user.pk),
        left=queries.recovery_left(desk.user.pk), grants=grants, passkey=passkeys.offer(desk.user),
        rows=queries.sessions_of(desk.user.pk, request.session.session_key, desk.now),
    )  # fmt: skip


def _done(request: HttpRequest, desk: Desk) -> HttpResponse:
    name = request.POST.get("act", "")
    if name != "codes" and name not in _ACTS:
        raise BadRequest
    try:
        if name == "codes":
            # In this one answer, not behind a redirect: they are nowhere kept.
            codes = flows.new_recovery_codes(desk.user, now=desk.now)
            return page(request, "door/recovery", codes=codes, next=request.path, again=True)
        flash.say(request, _ACTS[name](request, desk))
    except Refusal as no:
        flash.say(request, no, "bad")
    return see_other("staff_account")


def _remove_passkey(request: HttpRequest, desk: Desk) -> str:
    typed = request.POST.get("key", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 19):
        raise BadRequest
    name = flows.remove_passkey(desk.user, passkey_id=int(typed), now=desk.now)
    return _("The passkey %(name)s is removed.") % {"name": name} if name else _("It was removed already.")


def _remove_app(_request: HttpRequest, desk: Desk) -> str:
    flows.remove_app(desk.user, now=desk.now)
    return _("The app is removed: its codes work no more.")


def _end_session(request: HttpRequest, desk: Desk) -> str:
    ended = flows.end_session(desk.user, handle=request.POST.get("handle", ""), now=desk.now)
    return _("That browser is signed out.") if ended else _("That browser was signed out already.")


def _end_others(request: HttpRequest, desk: Desk) -> str:
    flows.end_other_sessions(desk.user, session_key=request.session.session_key, now=desk.now)
    return _("All other browsers are signed out.")


_ACTS: dict[str, Callable[[HttpRequest, Desk], str]] = {
    "key": _remove_passkey, "app": _remove_app, "session": _end_session, "others": _end_others,
}  # fmt: skip


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    desk = desk_of(request)
    form = ChangePasswordForm(desk.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            flows.change_password(
                desk.user, current=form.cleaned_data["current_password"], new=form.cleaned_data["password1"],
                session_key=request.session.session_key, now=desk.now,
            )  # fmt: skip
        except Refusal as no:
            form.add_error("current_password", str(no))
        else:
            update_session_auth_hash(request, desk.user)
            flash.say(request, _("Your password is changed. All other browsers are signed out."))
            return see_other("staff_account")
    return page(request, "own/password", form=form)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """A further one. Its name is kept when the device says no."""
    desk, problem = desk_of(request), None
    if not desk.fresh:
        return see_other("staff_confirm", next=request.path)  # before the device is asked, not after
    form = PasskeyForm(request.POST or None, initial={"name": passkeys.suggested_name(request)})
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        try:
            challenge_id, answer = passkeys.answer(request)
            flows.add_passkey(desk.user, challenge_id=challenge_id, answer=answer, name=name, now=desk.now)
        except Refusal as no:
            problem = no
        else:
            flash.say(request, _("The passkey is added. From now on it signs you in, in place of a code."))
            return see_other("staff_account")
    return page(request, "own/passkey", form=form, problem=problem, passkey=passkeys.offer(desk.user))


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def app(request: HttpRequest) -> HttpResponse:
    """An authenticator app, or another one in its place. The one of before works until the new one has."""
    desk, factor = desk_of(request), _planned(request)
    form = FactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            flows.set_app(desk.user, factor=factor, code=form.cleaned_data["code"], now=desk.now)
        except Refusal as no:
            form.add_error("code", str(no))
        else:
            del request.session[_SALT]
            flash.say(request, _("The app is set up. Codes of another one work no more."))
            return see_other("staff_account")
    return page(request, "own/app", form=form, secret=" ".join(fours(second_factor.secret(factor))))


@require_safe
def app_qr(request: HttpRequest) -> HttpResponse:
    return qr(_planned(request), desk_of(request).user)


def _planned(request: HttpRequest) -> "SecondFactor":
    salt = request.session.get(_SALT)
    if salt is None:
        salt = request.session[_SALT] = second_factor.new_salt().hex()
    return second_factor.planned(desk_of(request).user.pk, bytes.fromhex(salt))
