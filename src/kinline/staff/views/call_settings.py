"""How the place telephones: who pays, what is keyed in, where calls may go, whether they are recorded (TEL-1, T8)."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.flows import telephones as flows
from kinline.identity import access
from kinline.staff.answers import page
from kinline.staff.desk import here
from kinline.telephony.queries import authority as queries
from kinline.telephony.staff_errors import TelephoneSettingsChanged
from kinline.telephony.staff_forms_rates import TelephoneForm


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Only what was changed on the page is written."""
    desk, place = here(request)
    setting = queries.settings_by_id(place.pk)
    form = TelephoneForm.of(setting, request.POST if request.method == "POST" else None, access.take_kept(request))
    if form.is_bound and form.is_valid():
        changes, seen = form.changes(), form.looked_at()
        try:
            if changes:
                flows.change_settings(staff=desk.user, facility_id=place.pk, changes=changes, seen=seen, now=desk.now)
        except TelephoneSettingsChanged as no:
            # What was typed stands beside what somebody else saved, to be looked at once more.
            form = TelephoneForm.of(queries.settings_by_id(place.pk), None, _typed(form))
            return page(request, "calls/settings", form=form, problem=str(no))
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, _("Saved.") if changes else _("Nothing was changed."))
            return see_other("staff_call_settings")
    return page(request, "calls/settings", form=form, offered=place.calls_offered)


def _typed(form: TelephoneForm) -> dict[str, object]:
    return {name: value for name, value in form.cleaned_data.items() if name != "seen"}
