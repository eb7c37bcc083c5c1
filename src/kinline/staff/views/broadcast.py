"""Telling everybody in a facility or unit something (STF-8): written, looked at with how many it reaches, then sent."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.facilities import queries as facilities
from kinline.flows.broadcast import broadcast as send
from kinline.identity import access
from kinline.notices.forms import BroadcastForm
from kinline.notices.queries import broadcasts_of
from kinline.residents import queries as residents
from kinline.staff.answers import page
from kinline.staff.desk import here


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
                client_key=form.cleaned_data["key"], now=desk.now,
            )  # fmt: skip
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, ngettext("Told %(n)s resident.", "Told %(n)s residents.", told) % {"n": told})
            return see_other("staff_broadcast")
    status = 422 if form.is_bound and form.errors else 200
    return page(request, "broadcast", status, form=form, sent=broadcasts_of(place.pk))
