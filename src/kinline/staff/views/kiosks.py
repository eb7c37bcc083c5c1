"""Shared screens: enrolled by an address that works once, and switched off (KSK-1, STF-2)."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.facilities import queries
from kinline.facilities.staff_forms import KioskForm
from kinline.flows import set_up
from kinline.identity import access
from kinline.staff.answers import page
from kinline.staff.desk import here
from kinline.staff.views.roster import units

if TYPE_CHECKING:
    from kinline.facilities.models import Kiosk


@require_http_methods(["GET", "HEAD", "POST"])
def kiosks(request: HttpRequest) -> HttpResponse:
    """The screens of this place, and a form for one more."""
    desk, place = here(request)
    data = request.POST if request.method == "POST" else None
    form = KioskForm(data, initial=access.take_kept(request), units=units(place.pk))
    if request.method == "POST" and form.is_valid():
        try:
            kiosk, token = set_up.add_kiosk(
                staff=desk.user, facility_id=place.pk, unit_id=form.cleaned_data["unit"],
                label=form.cleaned_data["label"], now=desk.now,
            )  # fmt: skip
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            return _address(request, kiosk, token)
    return page(request, "kiosks/list", form=form, rows=queries.kiosks_of(place.pk))


def _address(request: HttpRequest, kiosk: "Kiosk", token: str) -> HttpResponse:
    """Not behind a redirect: the address is nowhere kept in clear, so this one answer is where it can be read."""
    return page(request, "kiosks/address", kiosk=kiosk, address=f"{settings.BASE_URL}/kiosk/enrol/{token}/")


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, kiosk_id: int) -> HttpResponse:
    """A new address, or off."""
    desk, place = here(request)
    kiosk = found(next((one for one in queries.kiosks_of(place.pk) if one.pk == kiosk_id), None))
    if request.method != "POST":
        return page(request, "kiosks/one", kiosk=kiosk)
    try:
        match request.POST.get("act"):
            case "link":
                token = set_up.link_kiosk(staff=desk.user, kiosk_id=kiosk_id, now=desk.now)
                return _address(request, kiosk, token)
            case "off":
                set_up.disable_kiosk(staff=desk.user, kiosk_id=kiosk_id, now=desk.now)
            case _other:
                raise BadRequest
    except Refusal as no:
        return page(request, "kiosks/one", kiosk=kiosk, problem=str(no))
    flash.say(request, _("Switched off. Whoever sat there is signed out."))
    return see_other("staff_kiosks")
