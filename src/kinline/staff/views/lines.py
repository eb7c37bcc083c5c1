"""Closed lines: lockdown, blackout, one resident's suspension, from–until with a reason (TEL-3, TEL-9)."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import attempt, see_other
from kinline.flows import lines as flows
from kinline.identity import access
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here
from kinline.staff.views.roster import units
from kinline.telephony.queries import desk as queries
from kinline.telephony.staff_errors import BadLineTimes, NobodyHere
from kinline.telephony.staff_forms import LinesForm
from kinline.telephony.staff_wording import STOPPED

_FIELD = {NobodyHere.code: "number", BadLineTimes.code: "ends_at"}


@require_http_methods(["GET", "HEAD", "POST"])
def lines(request: HttpRequest) -> HttpResponse:
    """What is closed, a form to close more, and what was closed before."""
    desk, place = here(request)
    if request.method == "POST" and request.POST.get("act") == "open":
        return _open(request, desk, place.pk)
    data = request.POST if request.method == "POST" else None
    form = LinesForm(data, initial=access.take_kept(request), units=units(place.pk))
    if request.method == "POST" and form.is_valid():
        try:
            ended = flows.close_lines(staff=desk.user, facility_id=place.pk, now=desk.now, **form.values())
        except Refusal as no:
            form.add_error(_FIELD.get(no.code), str(no))
        else:
            flash.say(request, _said(ended))
            return see_other("staff_lines")
    return page(
        request, "calls/lines", form=form,
        rows=[(one, STOPPED[one.kind]) for one in queries.stops_open(place.pk, desk.now)],
        earlier=[(one, STOPPED[one.kind]) for one in queries.stops_over(place.pk, desk.now)],
    )  # fmt: skip


def _said(ended: int) -> str:
    if not ended:
        return _("Closed. No call was in progress that it ends.")
    return ngettext(
        "Closed. One call in progress ends within a few seconds.",
        "Closed. %(n)s calls in progress end within a few seconds.",
        ended,
    ) % {"n": ended}


def _open(request: HttpRequest, desk: Desk, place_id: int) -> HttpResponse:
    asked = request.POST.get("stop", "")
    if not asked.isdecimal() or len(asked) > 18:
        raise BadRequest
    attempt(
        request,
        lambda: flows.open_lines(staff=desk.user, facility_id=place_id, stop_id=int(asked), now=desk.now),
        _("These lines are open again."),
    )
    return see_other("staff_lines")
