"""Telephones of the place and switches of its agency: enrolled, renewed, switched off (STF-2, TEL-10)."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.flows import telephones as flows
from kinline.identity import access
from kinline.staff.answers import page
from kinline.staff.desk import here
from kinline.staff.views.roster import units
from kinline.telephony.queries import desk as queries
from kinline.telephony.staff_forms import StationForm, SwitchForm

if TYPE_CHECKING:
    from kinline.telephony.models import Station, Switch


@require_http_methods(["GET", "HEAD", "POST"])
def telephones(request: HttpRequest) -> HttpResponse:
    """The telephones of this place, and a form for one more."""
    desk, place = here(request)
    data = request.POST if request.method == "POST" else None
    form = StationForm(data, initial=access.take_kept(request), units=units(place.pk))
    if request.method == "POST" and form.is_valid():
        try:
            station, password = flows.enrol(staff=desk.user, facility_id=place.pk, now=desk.now, **form.values())
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            return _shown(request, station, password)
    return page(request, "calls/telephones", form=form, rows=queries.stations(place.pk))


def _shown(request: HttpRequest, station: "Station", password: str) -> HttpResponse:
    """Not behind a redirect: the password is nowhere kept in clear, so this one answer is where it can be read."""
    return page(request, "calls/telephone_password", station=station, password=password)


@require_http_methods(["GET", "HEAD", "POST"])
def telephone(request: HttpRequest, station_id: int) -> HttpResponse:
    """Its name and unit; another password; or off."""
    desk, place = here(request)
    station = found(queries.station(place.pk, station_id))
    act = request.POST.get("act", "")
    if request.method == "POST" and act not in {"change", "renew", "off"}:
        raise BadRequest
    shown = {name: getattr(station, name) for name in ("label", "language", "relay")} | {"unit": station.unit_id}
    form = StationForm(request.POST if act == "change" else None, initial=shown, units=units(place.pk))
    who: dict[str, Any] = {"staff": desk.user, "facility_id": place.pk, "station_id": station_id, "now": desk.now}
    try:
        if act == "renew":
            return _shown(request, *flows.renew(**who))
        if act == "off":
            flows.switch_off(**who)
            flash.say(request, _("Switched off. No call begins there any more."))
            return see_other("staff_telephones")
        if act == "change" and form.is_valid():
            flows.change(**who, **form.values())
            flash.say(request, _("Saved."))
            return see_other("staff_telephones")
    except Refusal as no:
        form.add_error(None, str(no)) if form.is_bound else flash.say(request, no, "bad")
    return page(request, "calls/telephone", station=station, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def switches(request: HttpRequest) -> HttpResponse:
    """The switches that serve this agency, when each spoke last, and a form for one more."""
    desk, place = here(request)
    form = SwitchForm(request.POST if request.method == "POST" else None, initial=access.take_kept(request))
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"].lower()
        try:
            switch, token = flows.add_switch(staff=desk.user, facility_id=place.pk, name=name, now=desk.now)
        except Refusal as no:
            form.add_error("name", str(no))
        else:
            return _token(request, switch, token)
    rows = [(one, queries.speaks(one, desk.now)) for one in queries.switches(place.agency_id)]
    return page(request, "calls/switches", form=form, rows=rows)


def _token(request: HttpRequest, switch: "Switch", token: str) -> HttpResponse:
    address = f"{settings.BASE_URL}/api/v1/calls/"
    return page(request, "calls/switch_token", switch=switch, token=token, address=address)


@require_http_methods(["GET", "HEAD", "POST"])
def switch(request: HttpRequest, switch_id: int) -> HttpResponse:
    """Another token, or off."""
    desk, place = here(request)
    one = found(queries.switch(place.agency_id, switch_id))
    if request.method != "POST":
        return page(request, "calls/switch", switch=one)
    who: dict[str, Any] = {"staff": desk.user, "facility_id": place.pk, "switch_id": switch_id, "now": desk.now}
    match request.POST.get("act"):
        case "renew":
            return _token(request, *flows.renew_switch(**who))
        case "off":
            flows.disable_switch(**who)
        case _other:
            raise BadRequest
    flash.say(request, _("Switched off. Its token opens nothing any more."))
    return see_other("staff_switches")
