"""The register of attorneys and others whose letters are confidential: verified here, read by nobody here (CON-5)."""

from typing import TYPE_CHECKING

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.contacts import claims
from kinline.contacts.forms import PROFESSIONS
from kinline.contacts.staff_forms import EndClaimForm
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.flows import privileged as flows
from kinline.identity import access
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here

if TYPE_CHECKING:
    from kinline.contacts.models import PrivilegeClaim


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Those that wait first, oldest first; then those that hold, then those that ended."""
    _desk, place = here(request)
    rows = [*claims.open_at(place.pk), *claims.ended_at(place.pk)]
    return page(request, "privileged/list", rows=[(one, PROFESSIONS[one.profession]) for one in rows], place=place)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, claim_id: int) -> HttpResponse:
    """What is claimed and what proves it; verify it, or end it with a reason that both read."""
    desk, place = here(request)
    claim = found(claims.here(place.pk, claim_id))
    act, form = request.POST.get("act", ""), EndClaimForm(initial=access.take_kept(request))
    if request.method == "POST":
        if act not in {"verify", "end"}:
            raise BadRequest
        form = EndClaimForm(request.POST) if act == "end" else form
        if act == "verify" or form.is_valid():
            return _decide(request, desk, claim, form if act == "end" else None)
    try:
        flows.look_at(staff=desk.user, claim_id=claim_id, now=desk.now)
    except Refusal as no:
        return page(request, "privileged/own", problem=str(no))
    return page(request, "privileged/one", claim=claim, profession=PROFESSIONS[claim.profession], form=form)


def _decide(request: HttpRequest, desk: Desk, claim: "PrivilegeClaim", ended: EndClaimForm | None) -> HttpResponse:
    try:
        if ended is None:
            flows.verify(staff=desk.user, claim_id=claim.pk, now=desk.now)
        else:
            flows.end(staff=desk.user, claim_id=claim.pk, reason=ended.cleaned_data["reason"], now=desk.now)
    except Refusal as no:
        flash.say(request, no, "bad")
        return see_other("staff_privileged_one", claim.pk)
    flash.say(request, _("Verified. Both are told.") if ended is None else _("Ended. Both are told why."))
    return see_other("staff_privileged")
