"""The emergency switch (STF-8): stop all letters of a place with a reason and an end; change the end; let them go."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kinline.core.errors import Refusal
from kinline.delivery.forms_stop import EndForm, StopForm
from kinline.delivery.queries.stops import stop_now, stops_of
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.flows import emergency as stopping
from kinline.identity import access
from kinline.messaging.queries.held import held_count
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here

_USUAL = timedelta(hours=2)


@require_http_methods(["GET", "HEAD", "POST"])
def emergency(request: HttpRequest) -> HttpResponse:
    desk, place = here(request)
    on = stop_now(place.pk, desk.now)
    kept = access.take_kept(request)
    typed = request.POST if request.method == "POST" else None
    until = {"until": timezone.localtime(on.until if on else desk.now + _USUAL).strftime("%Y-%m-%dT%H:%M")}
    form = EndForm(typed, initial=until | (kept or {})) if on else StopForm(typed, initial=until | (kept or {}))
    go = request.method == "POST" and "go" in request.POST
    if go or (form.is_bound and form.is_valid()):
        try:
            done = _do(desk, place.pk, form, go=go)
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, done)
            return see_other("staff_emergency")
    status = 422 if form.is_bound and not go else 200
    return page(
        request, "emergency", status, on=on, form=form, held=held_count(place.pk), earlier=stops_of(place.pk)
    )  # fmt: skip


def _do(desk: Desk, place_id: int, form: EndForm | StopForm, *, go: bool) -> str:
    """What was asked for, and what is said after it."""
    if go:
        stopping.let_letters_go(staff=desk.user, facility_id=place_id, now=desk.now)
        return _("Letters go again. What was kept goes out now, in its order.")
    until = form.cleaned_data["until"]
    if isinstance(form, StopForm):
        told = {"en": form.cleaned_data["told"], "es": form.cleaned_data["told_es"] or form.cleaned_data["told"]}
        stopping.stop_letters(staff=desk.user, facility_id=place_id, told=told, until=until, now=desk.now)
        return _("Letters are stopped. Everybody here and their families are told.")
    stopping.change_end(staff=desk.user, facility_id=place_id, until=until, now=desk.now)
    return _("The end is changed. Everybody is told.")
