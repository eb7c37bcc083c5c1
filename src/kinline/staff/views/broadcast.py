"""Telling everybody in a facility or unit something (STF-8): written, looked at with how many it reaches, then sent."""

from functools import partial
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import attempt, see_other
from kinline.facilities import queries as facilities
from kinline.flows.broadcast import broadcast as send
from kinline.flows.broadcast import withdraw as withdraw_it
from kinline.identity import access
from kinline.notices.forms import BroadcastForm
from kinline.notices.queries import broadcasts_of
from kinline.residents import queries as residents
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here

if TYPE_CHECKING:
    from kinline.notices.models import Broadcast


@require_http_methods(["GET", "HEAD", "POST"])
def broadcast(request: HttpRequest) -> HttpResponse:
    desk, place = here(request)
    units = [(unit.pk, unit.name) for unit in facilities.units_of(place.pk)]
    form = BroadcastForm(
        units, request.POST if request.method == "POST" else None, initial=access.take_kept(request)
    )  # fmt: skip
    if form.is_bound and form.is_valid() and "back" not in request.POST:
        if "send" not in request.POST:
            reach = len(residents.in_custody_at(place.pk, form.unit_id))
            return page(request, "broadcast_review", form=form, reach=reach, unit=dict(units).get(form.unit_id or 0))
        try:
            told = send(
                staff=desk.user, facility_id=place.pk, unit_id=form.unit_id, told=form.words,
                starts_at=form.cleaned_data["starts"], until=form.cleaned_data["until"],
                client_key=form.cleaned_data["key"], now=desk.now,
            )  # fmt: skip
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, ngettext("Told %(n)s resident.", "Told %(n)s residents.", told) % {"n": told})
            return see_other("staff_broadcast")
    status = 422 if form.is_bound and form.errors else 200
    return page(request, "broadcast", status, form=form, sent=_sent(place.pk, desk))


def _sent(place_id: int, desk: Desk) -> list[tuple["Broadcast", str]]:
    """Each with how it stands now."""
    return [(one, one.state(desk.now)) for one in broadcasts_of(place_id)]


@require_POST
def withdraw(request: HttpRequest, broadcast_id: int) -> HttpResponse:
    """Nobody reads it from now on."""
    desk, place = here(request)
    act = partial(
        withdraw_it, staff=desk.user, facility_id=place.pk, broadcast_id=broadcast_id, now=desk.now
    )  # fmt: skip
    attempt(request, act, _("Taken back. Nobody reads it any more."))
    return see_other("staff_broadcast")
