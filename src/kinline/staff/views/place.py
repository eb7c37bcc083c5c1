"""The place itself: its housing units and its settings (STF-2, CON-2)."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.facilities import queries as facilities
from kinline.facilities.errors import SettingsChanged
from kinline.facilities.staff_forms import SettingsForm, UnitForm
from kinline.flows import set_up
from kinline.identity import access
from kinline.residents import queries
from kinline.staff.answers import page
from kinline.staff.desk import here


@require_http_methods(["GET", "HEAD", "POST"])
def units(request: HttpRequest) -> HttpResponse:
    """The units with who is in them, and a form for one more."""
    desk, place = here(request)
    form = UnitForm(request.POST if request.method == "POST" else None, initial=access.take_kept(request))
    if form.is_bound and form.is_valid():
        try:
            set_up.new_unit(staff=desk.user, facility_id=place.pk, name=form.cleaned_data["name"], now=desk.now)
        except Refusal as no:
            form.add_error("name", str(no))
        else:
            flash.say(request, _("The unit is there."))
            return see_other("staff_units")
    return page(request, "place/units", form=form, rows=queries.units(place.pk))


@require_http_methods(["GET", "HEAD", "POST"])
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Another name; or away, where nobody ever was in it."""
    desk, place = here(request)
    one = found(next((one for one in queries.units(place.pk) if one.id == unit_id), None))
    act = request.POST.get("act", "")
    form = UnitForm(request.POST if act == "rename" else None, initial={"name": one.name})
    if request.method == "POST" and act not in {"rename", "remove"}:
        raise BadRequest
    if act == "remove" or form.is_valid():
        try:
            if act == "remove":
                set_up.remove_unit(staff=desk.user, facility_id=place.pk, unit_id=unit_id, now=desk.now)
            else:
                name = form.cleaned_data["name"]
                set_up.rename_unit(staff=desk.user, facility_id=place.pk, unit_id=unit_id, name=name, now=desk.now)
        except Refusal as no:
            flash.say(request, no, "bad")
            return see_other("staff_unit", unit_id)
        flash.say(request, _("The unit is gone.") if act == "remove" else _("The unit has its new name."))
        return see_other("staff_units")
    return page(request, "place/unit", one=one, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """What the place decides for itself. Only what was changed on the page is written."""
    desk, place = here(request)
    kept = access.take_kept(request)
    form = SettingsForm.of(place, request.POST if request.method == "POST" else None, kept)
    if form.is_bound and form.is_valid():
        changes = form.changes()
        try:
            if changes:
                set_up.change_facility(
                    staff=desk.user, facility_id=place.pk, changes=changes, seen=form.looked_at(), now=desk.now
                )
        except SettingsChanged as no:
            # What was typed stands beside what somebody else saved, to be looked at once more.
            form = SettingsForm.of(found(facilities.facility_by_id(place.pk)), None, changes)
            return page(request, "place/settings", form=form, problem=str(no))
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, _("Saved.") if changes else _("Nothing was changed."))
            return see_other("staff_settings")
    return page(request, "place/settings", form=form)
