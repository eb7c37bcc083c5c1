from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.kiosk.access import sitting_required
from kinline.kiosk.answers import page
from kinline.kiosk.forms import PinForm
from kinline.kiosk.seat import Seated
from kinline.residents import queries as residents_queries
from kinline.residents import services as residents


@require_http_methods(["GET", "HEAD", "POST"])
@sitting_required
def pin(request: Seated) -> HttpResponse:
    """KSK-6: choose a PIN of one's own, at first use or later."""
    form = PinForm(request.POST or None)
    if form.is_valid():
        try:
            _change(request, form)
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, _("Your PIN is changed. Use the new one from now on, here and at the phone."))
            return see_other("kiosk_letters")
    first_use = residents_queries.must_change_pin(request.resident.pk)
    return page(request, "pin.html", form=form, first_use=first_use, status=422 if form.is_bound else 200)


def _change(request: Seated, form: PinForm) -> None:
    residents.change_pin(
        resident_id=request.resident.pk, old=form.cleaned_data["old"], new=form.cleaned_data["new"], now=request.now
    )
