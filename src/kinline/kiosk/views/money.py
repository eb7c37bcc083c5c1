from django.http import HttpResponse
from django.views.decorators.http import require_safe

from kinline.design.http import number
from kinline.facilities import queries as facilities
from kinline.kiosk.access import kiosk_required
from kinline.kiosk.answers import page
from kinline.kiosk.purse import purse
from kinline.kiosk.seat import Seated
from kinline.kiosk.statement import statement
from kinline.payments.queries.allowances import week


@require_safe
@kiosk_required
def money(request: Seated) -> HttpResponse:
    """MON-2, MON-5: what there is, and each line that made it so."""
    lines = statement(request.party, number(request.GET.get("before")))
    here = week(request.party.id, request.kiosk.facility_id, request.now)
    return page(request, "money.html", purse=purse(request), lines=lines, week=here)


@require_safe
@kiosk_required
def prices(request: Seated) -> HttpResponse:
    """MON-9."""
    own = facilities.message_price_cents(request.kiosk.facility.agency_id, request.now)
    return page(request, "prices.html", price_cents=own, facility=request.kiosk.facility)


@require_safe
@kiosk_required
def phone(request: Seated) -> HttpResponse:
    """Honest about what is not here yet."""
    return page(request, "phone.html")
