"""Turns at the kiosks of a place: how long, and how long others come first (KSK-4)."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kinline.design import flash
from kinline.design.answers import see_other
from kinline.flows.turns import set_turns
from kinline.identity import access
from kinline.residents.queries import turns_of
from kinline.residents.turn_forms import TurnsForm
from kinline.staff.answers import page
from kinline.staff.desk import here


@require_http_methods(["GET", "HEAD", "POST"])
def turns(request: HttpRequest) -> HttpResponse:
    desk, place = here(request)
    now_set = turns_of(place.pk)
    shown = {"minutes": now_set.minutes, "pause_minutes": now_set.pause_minutes} | (access.take_kept(request) or {})
    form = TurnsForm(request.POST if request.method == "POST" else None, initial=shown)
    if form.is_bound and form.is_valid():
        set_turns(staff=desk.user, facility_id=place.pk, now=desk.now, **form.cleaned_data)
        flash.say(request, _("Saved. It counts from the next sign-in."))
        return see_other("staff_turns")
    return page(request, "turns", 422 if form.is_bound else 200, form=form)
