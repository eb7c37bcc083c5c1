"""Who works here: roles from–until, invitations, a lost second factor (STF-1, ACC-7)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.flows import set_up, staff_sign_in
from kinline.flows import team as flows
from kinline.identity import access, permissions, queries
from kinline.identity.forms.team import ROLE_NAMES, GrantForm, InviteForm, KnownForm
from kinline.identity.permissions import Permission
from kinline.identity.queries import Member
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here

if TYPE_CHECKING:
    from kinline.facilities.models import Facility


@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """Who works here now or will; who did, below."""
    desk, place = here(request)
    people = [(one, _grants(one)) for one in queries.team(place.pk, desk.now)]
    return page(
        request, "team/list",
        here_now=[pair for pair in people if pair[0].works_here],
        gone=[pair for pair in people if not pair[0].works_here],
        may_grant=desk.may(Permission.GRANT_ROLES),
    )  # fmt: skip


def _grants(member: Member) -> list[tuple[Any, Any]]:
    return [(one, ROLE_NAMES[one.role]) for one in member.grants]  # type: ignore[index]  # a Role is its text


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Somebody new by email; or a role here for somebody who works elsewhere."""
    desk, place = here(request)
    roles = permissions.grantable(desk.user, place.pk, desk.now)
    act, kept = request.POST.get("act", ""), access.take_kept(request)
    form = InviteForm(request.POST if act == "invite" else None, initial=kept, roles=roles)
    known = KnownForm(request.POST if act == "known" else None, initial=kept, roles=roles, auto_id="known_%s")
    if request.method == "POST":
        sent = {"invite": form, "known": known}.get(act)
        if sent is None:
            raise BadRequest
        if sent.is_valid() and (user_id := _join(request, desk, place, sent)):
            return see_other("staff_member", user_id)
    return page(request, "team/invite", form=form, known=known)


def _join(request: HttpRequest, desk: Desk, place: "Facility", form: GrantForm) -> int:
    """The person's id; 0 with an error in the form where it was refused."""
    facts = dict(form.cleaned_data) | form.span(place.time_zone, desk.now)
    for name in ("starts", "ends"):
        del facts[name]
    try:
        if isinstance(form, InviteForm):
            user_id = flows.invite(staff=desk.user, facility_id=place.pk, now=desk.now, **facts)
            flash.say(request, _("Invited. The link in the email works for 72 hours."))
            return user_id
        user = queries.by_identifier(facts.pop("who"), "staff")
        if user is None:
            form.add_error("who", _("Nobody of staff has this name or address."))
            return 0
        set_up.grant_role(staff=desk.user, user_id=user.pk, facility_id=place.pk, now=desk.now, **facts)
        flash.say(request, _("The role is given."))
        return user.pk
    except Refusal as no:
        form.add_error(None, str(no))
        return 0


@require_safe
def member(request: HttpRequest, user_id: int) -> HttpResponse:
    desk, place = here(request)
    one = found(queries.member(place.pk, user_id, desk.now))
    return page(
        request, "team/one", one=one, grants=_grants(one),
        may_change=desk.may(Permission.GRANT_ROLES) and user_id != desk.user.pk,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, user_id: int) -> HttpResponse:
    """A further role, the end of one, the link again, a lost second factor."""
    desk, place = here(request)
    one = found(queries.member(place.pk, user_id, desk.now))
    if user_id == desk.user.pk and request.method != "POST":
        return see_other("staff_account")  # nobody changes their own roles; what is one's own is there
    roles = permissions.grantable(desk.user, place.pk, desk.now)
    act = request.POST.get("act", "")
    data = request.POST if act == "grant" else None
    form = GrantForm(data, initial=access.take_kept(request), roles=roles)
    problem = ""
    if request.method == "POST":
        if act not in _ACTS:
            raise BadRequest
        if act != "grant" or form.is_valid():
            try:
                _ACTS[act](desk, user_id, form, request.POST)
            except Refusal as no:
                problem = str(no)
            else:
                flash.say(request, _done(act))
                return see_other("staff_member", user_id)
    grants = [(grant, name, grant.role in roles) for grant, name in _grants(one) if grant.when != "over"]
    return page(request, "team/change", one=one, grants=grants, form=form, problem=problem)


def _grant(desk: Desk, user_id: int, form: GrantForm, _sent: Any) -> None:
    set_up.grant_role(
        staff=desk.user, user_id=user_id, facility_id=desk.at.pk, role=form.cleaned_data["role"], now=desk.now,
        **form.span(desk.at.time_zone, desk.now),
    )  # fmt: skip


def _end(desk: Desk, user_id: int, _form: GrantForm, sent: Any) -> None:
    if sent.get("role") not in ROLE_NAMES:
        raise BadRequest
    set_up.end_role(staff=desk.user, user_id=user_id, facility_id=desk.at.pk, role=sent["role"], now=desk.now)


def _again(desk: Desk, user_id: int, _form: GrantForm, _sent: Any) -> None:
    flows.send_link(staff=desk.user, user_id=user_id, facility_id=desk.at.pk, now=desk.now)


def _factor(desk: Desk, user_id: int, _form: GrantForm, _sent: Any) -> None:
    staff_sign_in.reset_factor(staff=desk.user, user_id=user_id, now=desk.now)


def _open(desk: Desk, user_id: int, _form: GrantForm, _sent: Any) -> None:
    flows.open_sign_in(staff=desk.user, user_id=user_id, now=desk.now)


_ACTS: dict[str, Callable[[Desk, int, GrantForm, Any], None]] = {
    "grant": _grant, "end": _end, "again": _again, "factor": _factor, "open": _open,
}  # fmt: skip


def _done(act: str) -> str:
    return {
        "grant": _("The role is given."),
        "end": _("The role has ended. A page that is open there is refused from now on."),
        "again": _("An email with a link is on its way. It works for 72 hours."),
        "open": _("The sign-in is open again."),
        "factor": _("The second step is reset: they are signed out, told by email, and set it up again."),
    }[act]
