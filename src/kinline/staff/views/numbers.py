"""Staff confirm who holds a telephone number, as long as no automatic call does (TEL-8)."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.flows.numbers import confirm
from kinline.identity import access
from kinline.identity import queries as identity
from kinline.identity.permissions import Permission
from kinline.payments.errors import NothingAsked
from kinline.payments.queries.numbers import waiting_for_proof
from kinline.payments.staff_forms import NumberForm
from kinline.staff.answers import page
from kinline.staff.desk import here


@require_http_methods(["GET", "HEAD", "POST"])
def numbers(request: HttpRequest) -> HttpResponse:
    desk, place = here(request)
    form = NumberForm(request.POST if request.method == "POST" else None, initial=access.take_kept(request))
    if request.method == "POST" and form.is_valid():
        user = identity.by_identifier(form.cleaned_data["login"])
        try:
            if user is None:
                raise NothingAsked
            confirm(staff=desk.user, facility_id=place.pk, user=user, number=form.cleaned_data["number"], now=desk.now)
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, _("Confirmed. The person is told."))
            return see_other("staff_numbers")
    return page(
        request, "numbers", form=form, waiting=waiting_for_proof(desk.now, desk.ids(Permission.CONFIRM_NUMBERS))
    )
