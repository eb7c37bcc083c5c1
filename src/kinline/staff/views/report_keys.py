"""Keys by which other programs read the reports of a place: made, shown once, ended (STF-7)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.flows import report_keys as flow
from kinline.identity import access, report_keys
from kinline.identity.forms.report_keys import ReportKeyForm
from kinline.staff.answers import page
from kinline.staff.desk import here


@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """The keys of this place, and a form for one more."""
    desk, place = here(request)
    if request.method == "POST" and "end" in request.POST:
        return _end(request)
    form = ReportKeyForm(request.POST if request.method == "POST" else None, initial=access.take_kept(request))
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            secret = flow.make_key(
                staff=desk.user, facility_id=place.pk, name=form.cleaned_data["name"],
                days=int(form.cleaned_data["days"]), now=desk.now,
            )  # fmt: skip
        except Refusal as no:
            form.add_error(None, str(no))
    # A new key is not behind a redirect: it is nowhere kept in clear, so this one answer is where it can be read.
    address = settings.BASE_URL + reverse("api_reports")
    return page(request, "reports/keys", form=form, secret=secret, address=address, rows=report_keys.keys_of(place.pk))


def _end(request: HttpRequest) -> HttpResponse:
    desk, place = here(request)
    typed = request.POST["end"]
    if typed.isdecimal() and len(typed) < 19:
        ended = flow.end_key(staff=desk.user, facility_id=place.pk, key_id=int(typed), now=desk.now)
        flash.say(request, _("The key opens nothing any more.") if ended else _("It had ended before."))
    return see_other("staff_report_keys")
