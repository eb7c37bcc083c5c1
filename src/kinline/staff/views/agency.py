"""What the agency pays (MON-8): its account by month, and the allowances of its residents."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import BadRequest
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.flows.agency import record_payment, set_allowance
from kinline.identity import access
from kinline.identity.permissions import Permission
from kinline.payments.queries.agency import agency_statement, allowances
from kinline.payments.staff_forms import AgencyPaidForm, AllowanceForm, MonthForm
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here


@require_http_methods(["GET", "HEAD", "POST"])
def agency(request: HttpRequest) -> HttpResponse:
    """One month of the account, for who may see all places of the agency; the allowances of one's own places."""
    desk, _place = here(request)
    if request.method != "POST":
        kept = access.take_kept(request)
        return _page(request, desk, _forms(kept.get("act", ""), None, kept))
    act = request.POST.get("act", "")
    forms = _forms(act, request.POST, {})
    if act not in _ACTS:
        raise BadRequest
    form = forms[act]
    if form.is_valid():
        try:
            _ACTS[act](desk, form)
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, _("Kept."))
            return see_other("staff_agency")
    return _page(request, desk, forms)


def _forms(act: str, data: Any, kept: dict[str, str]) -> dict[str, BaseForm]:
    """The one that was sent, or kept, has what was typed."""
    return {
        "allowance": AllowanceForm(data if act == "allowance" else None, initial=kept if act == "allowance" else None),
        "paid": AgencyPaidForm(data if act == "paid" else None, initial=kept if act == "paid" else None),
    }


def _page(request: HttpRequest, desk: Desk, forms: dict[str, BaseForm]) -> HttpResponse:
    desk, place = here(request)
    ids = desk.ids(Permission.READ_MONEY)
    today = timezone.localdate(desk.now)
    month = MonthForm(request.GET).first(today)
    return page(
        request, "money/agency",
        found=agency_statement(ids, place.agency_id, month), month=month, allowances=allowances(ids, desk.now),
        before=_shifted(month, -1), after=_shifted(month, 32) if month < today.replace(day=1) else None,
        forms=forms, agency=place.agency, may_set=desk.may(Permission.EDIT_PRICES),
        may_book=desk.may(Permission.RECORD_DEPOSIT),
    )  # fmt: skip


def _shifted(month: date, days: int) -> date:
    return (month + timedelta(days=days)).replace(day=1)


def _allowance(desk: Desk, form: Any) -> None:
    place_id = desk.place.pk if desk.place else 0
    set_allowance(staff=desk.user, facility_id=place_id, now=desk.now, **form.cleaned_data)


def _paid(desk: Desk, form: Any) -> None:
    agency_id = desk.place.agency_id if desk.place else 0
    cleaned = form.cleaned_data
    record_payment(
        staff=desk.user, agency_id=agency_id, amount_cents=cleaned["amount"], reference=cleaned["reference"],
        now=desk.now,
    )  # fmt: skip


_ACTS: dict[str, Callable[[Desk, Any], None]] = {"allowance": _allowance, "paid": _paid}
