"""Finance gives money of a call back (T14). Whom it called is not theirs to see: only what was paid, and by whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kinline.core.errors import Refusal
from kinline.core.money import dollars
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.flows.correct_call import correct_call
from kinline.identity import access
from kinline.identity.permissions import Permission
from kinline.ledger import chart
from kinline.staff.answers import page
from kinline.staff.call_rows import clock, corrections_of
from kinline.staff.correct_form import CorrectForm, WhichForm
from kinline.staff.desk import here
from kinline.telephony import staff_wording as words
from kinline.telephony.queries import desk as queries

if TYPE_CHECKING:
    from kinline.telephony.models import Cdr


@dataclass(frozen=True, slots=True)
class Paid:
    """What finance sees of a call. `payer`: the kind of the balance; of a number its end."""

    id: int
    at: datetime
    who: str
    result: str
    length: str
    first_cents: int
    cents: int
    agency_cents: int
    payer: str


def _paid(versions: "list[Cdr]") -> Paid:
    first, standing = versions[0], versions[-1]
    reason = standing.reasons[0] if standing.result == "completed" and standing.reasons else standing.result
    return Paid(
        id=standing.call_id,
        at=standing.started_at,
        who=f"{standing.resident.name}, {standing.resident.number}" if standing.resident else "",
        result=words.result(reason),
        length=clock(standing.seconds),
        first_cents=first.cents,
        cents=standing.cents,
        agency_cents=standing.agency_cents,
        payer=_payer(standing.payer),
    )


def _payer(address: str) -> str:
    if not address:
        return _("The agency")
    kind, key, _purpose = chart.owner(address)
    if kind == "number":
        return _("Prepaid number (PPC) that ends in %(end)s") % {"end": key[-4:]}
    return _("The resident's calling account (PIN Debit)")


@require_http_methods(["GET", "HEAD", "POST"])
def which(request: HttpRequest) -> HttpResponse:
    """The number of the call that money of goes back: of an entry of the books, or of a complaint."""
    _desk, place = here(request)
    form = WhichForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        call = queries.one(place.pk, form.cleaned_data["call"])
        if call is not None and call.ended_at is not None:
            return see_other("staff_call_correct", call.pk)
        form.add_error("call", _("There is no such call here, or it is not over."))
    return page(request, "calls/which", form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, call_id: int) -> HttpResponse:
    """What was paid, what went back before, and the form; done once, however often it is sent."""
    desk, place = here(request)
    call = found(queries.one(place.pk, call_id))
    versions = found(queries.versions(call.pk) or None)  # none while it goes on
    posted = request.method == "POST"
    form = CorrectForm(request.POST) if posted else CorrectForm(initial=access.take_kept(request))
    if posted and form.is_valid():
        cleaned = form.cleaned_data
        try:
            standing = correct_call(
                staff=desk.user, facility_id=place.pk, call_id=call.pk, cents=cleaned["amount"], why=cleaned["why"],
                note=cleaned["note"], key=cleaned["key"], now=desk.now,
            )  # fmt: skip
        except Refusal as no:
            form.add_error("amount", str(no))
        else:
            flash.say(request, _("It went back. The price of this call is %(amount)s now.") % {
                "amount": dollars(standing.cents)})  # fmt: skip
            return see_other("staff_call_correct", call.pk)
    return page(
        request, "calls/correct", form=form, paid=_paid(versions),
        corrections=corrections_of(versions), may_read=desk.may(Permission.READ_CALLS),
    )  # fmt: skip
