"""Contacts that wait for the facility, oldest first; each with what is needed to decide (CON-2)."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.contacts import queries, stopped
from kinline.contacts.staff_forms import DenyForm
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.flows import contacts as flows
from kinline.identity import access
from kinline.identity.permissions import Permission
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here

if TYPE_CHECKING:
    from kinline.contacts.models import Contact


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    _desk, place = here(request)
    return page(request, "contacts/queue", rows=queries.waiting_for_approval(place.pk))


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Approve, or deny with a reason; who decides is told who asks, and that is on record."""
    desk, place = here(request)
    contact = found(queries.contact_here(place.pk, contact_id))
    act, form = request.POST.get("act", ""), DenyForm(initial=access.take_kept(request))
    if request.method == "POST":
        if act not in {"approve", "deny"}:
            raise BadRequest
        form = DenyForm(request.POST) if act == "deny" else form
        if act == "approve" or form.is_valid():
            try:
                _decide(desk, contact, act, form, request.POST.get("seen", ""))
            except Refusal as no:
                flash.say(request, no, "bad")
                return see_other("staff_contact", contact_id)
            flash.say(request, _("Approved. Both are told.") if act == "approve" else _("Not approved. Both are told."))
            return see_other("staff_contacts")
    return _page(request, desk, contact, form)


def _decide(desk: Desk, contact: "Contact", act: str, form: DenyForm, seen: str) -> None:
    if act == "approve":
        flows.approve(staff=desk.user, contact_id=contact.pk, seen=seen, now=desk.now)
    else:
        reason = form.cleaned_data["reason"]
        flows.deny(staff=desk.user, contact_id=contact.pk, reason=reason, seen=seen, now=desk.now)


def _page(request: HttpRequest, desk: Desk, contact: "Contact", form: Any) -> HttpResponse:
    try:
        flows.look_at(staff=desk.user, contact_id=contact.pk, now=desk.now)
    except Refusal as no:
        return page(request, "contacts/own", problem=str(no))
    return page(
        request, "contacts/one",
        contact=contact, form=form, restrictions=stopped.restrictions_between(desk.at.pk, contact, desk.now),
        may_restrict=desk.may(Permission.RESTRICT),
    )  # fmt: skip
