"""What deadlines of a place rest on: holidays, days to appeal and to answer; and who hears that one is over (DEL-6)."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kinline.delivery.queries import today_at
from kinline.design import flash
from kinline.design.answers import attempt, see_other
from kinline.facilities import queries as facilities
from kinline.facilities.staff_forms import AppealDaysForm, HolidayForm
from kinline.flows import deadlines as flows
from kinline.flows.set_up import add_holiday, change_facility
from kinline.identity.permissions import Permission, holders
from kinline.messaging.queries.late import alert_recipients
from kinline.messaging.staff_forms import ToldForm, told_name
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here

if TYPE_CHECKING:
    from kinline.facilities.models import Facility

DAYS = ("sender_appeal_days", "resident_appeal_days", "appeal_decision_days")


@require_http_methods(["GET", "HEAD", "POST"])
def deadlines(request: HttpRequest) -> HttpResponse:
    """Three forms; what is wrong in one leaves the others as they are."""
    desk, place = here(request)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if request.method == "POST" and act not in {"holiday", "drop", "days", "told"}:
        raise BadRequest
    if act == "drop":
        return _drop(request, desk, place)
    forms = _forms(request, desk, place, act)
    if act and forms[f"{act}_form"].is_valid():
        return _save(request, desk, place, act, forms[f"{act}_form"].cleaned_data)
    return page(
        request, "deadlines", 422 if act else 200, may_holidays=_may_holidays(desk, place),
        coming=facilities.coming_holidays(place.agency_id, _today(desk, place)), **forms,
    )  # fmt: skip


def _today(desk: Desk, place: "Facility") -> date:
    return today_at(place, desk.now)


def _may_holidays(desk: Desk, place: "Facility") -> bool:
    """Holidays are the whole agency's: the permission is needed at all its places."""
    ours = {one.pk for one in facilities.facilities_of(place.agency_id)}
    return ours <= set(desk.ids(Permission.EDIT_FACILITY))


def _forms(request: HttpRequest, desk: Desk, place: "Facility", act: str) -> dict[str, Any]:
    def data(name: str) -> Any:
        return request.POST if act == name else None

    people = {hours: holders(place.pk, may, desk.now) for hours, may in flows.ACTS.items()}
    listed = {hours: [(user.pk, user.name) for user in users] for hours, users in people.items()}
    chosen = {told_name(hours): sorted(alert_recipients(place.pk, hours)) for hours in people}
    return {
        "holiday_form": HolidayForm(data("holiday"), today=_today(desk, place)),
        "days_form": AppealDaysForm(data("days"), initial={name: getattr(place, name) for name in DAYS}),
        "told_form": ToldForm(data("told"), people=listed, initial=chosen),
    }


def _save(request: HttpRequest, desk: Desk, place: "Facility", act: str, typed: dict[str, Any]) -> HttpResponse:
    if act == "holiday":
        if not _may_holidays(desk, place):
            raise PermissionDenied
        attempt(
            request, lambda: add_holiday(staff=desk.user, agency_id=place.agency_id, now=desk.now, **typed),
            _("Added. Deadlines that are set from now on skip that day."),
        )  # fmt: skip
    elif act == "days":
        change_facility(staff=desk.user, facility_id=place.pk, changes=typed, now=desk.now)
        flash.say(request, _("Saved. It counts for refusals and appeals from now on; what was told before stays."))
    else:
        for hours in flows.ACTS:
            people = typed[told_name(hours)]
            flows.choose_told(staff=desk.user, facility_id=place.pk, hours=hours, people=people, now=desk.now)
        flash.say(request, _("Saved."))
    return see_other("staff_deadlines")


def _drop(request: HttpRequest, desk: Desk, place: "Facility") -> HttpResponse:
    if not _may_holidays(desk, place):
        raise PermissionDenied
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise BadRequest from None
    flows.drop_holiday(staff=desk.user, agency_id=place.agency_id, day=day, now=desk.now)
    flash.say(request, _("Taken off. It is a working day again for deadlines from now on."))
    return see_other("staff_deadlines")
