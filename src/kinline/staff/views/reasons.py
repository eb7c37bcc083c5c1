"""The public list of reasons for which a letter may be refused here: who sets the rules keeps it (DEL-5, M9)."""

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kinline.core.errors import Refusal
from kinline.delivery.queries import today_at
from kinline.design import flash
from kinline.design.answers import attempt, see_other
from kinline.design.http import found
from kinline.facilities import queries
from kinline.facilities.errors import ReasonTaken, ReasonWithoutCode
from kinline.facilities.staff_forms import ReasonForm
from kinline.flows import reasons as flows
from kinline.identity import access
from kinline.messaging.queries.figures import Span, times_given
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here

if TYPE_CHECKING:
    from kinline.facilities.models import Facility, RefusalReason

DAYS = 90


@require_http_methods(["GET", "HEAD", "POST"])
def reasons(request: HttpRequest) -> HttpResponse:
    """The list, what is retired, and a form for one more."""
    desk, place = here(request)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if request.method == "POST" and act not in {"add", "retire", "restore"}:
        raise BadRequest
    if act in {"retire", "restore"}:
        return _moved(request, desk, place, act)
    form = ReasonForm(request.POST if act else None, initial=access.take_kept(request))
    if act and form.is_valid() and _added(request, desk, place, form):
        return see_other("staff_reasons")
    today = today_at(place, desk.now)
    given = times_given(Span(place.pk, today - timedelta(days=DAYS - 1), today, place.time_zone))
    return page(
        request, "rules/reasons", 422 if act else 200, form=form, days=DAYS, retired=queries.retired_reasons(place.pk),
        rows=[(one, given.get(one.pk, 0)) for one in queries.reasons(place.pk)],
    )  # fmt: skip


def _added(request: HttpRequest, desk: Desk, place: "Facility", form: ReasonForm) -> bool:
    try:
        code = flows.new_reason(staff=desk.user, facility_id=place.pk, now=desk.now, **form.cleaned_data)
    except (ReasonTaken, ReasonWithoutCode) as no:
        form.add_error("code", str(no))
    except Refusal as no:
        form.add_error("text", str(no))
    else:
        flash.say(request, _("On the list, with the code %(code)s. Everybody can read it.") % {"code": code})
        return True
    return False


def _moved(request: HttpRequest, desk: Desk, place: "Facility", act: str) -> HttpResponse:
    """Off the list, or back on it. Another place's reason is not there."""
    one = found(next((one for one in _all(place.pk) if str(one.pk) == request.POST.get("reason")), None))
    do, done = (
        (flows.retire_reason, _("Retired. Nobody can choose it any more; what was refused for it keeps it."))
        if act == "retire"
        else (flows.restore_reason, _("It is on the list again."))
    )
    attempt(request, partial(do, staff=desk.user, facility_id=place.pk, reason_id=one.pk, now=desk.now), done)
    return see_other("staff_reasons")


def _all(facility_id: int) -> "list[RefusalReason]":
    return [*queries.reasons(facility_id), *queries.retired_reasons(facility_id)]
