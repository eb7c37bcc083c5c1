"""How long, how often and when one may call (TEL-4, T8): limits, which of them wins, and a try."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.flows import call_limits as flows
from kinline.identity import access
from kinline.identity.permissions import Permission
from kinline.payments.services.numbers import shown
from kinline.residents import queries as residents
from kinline.staff import limit_wording as words
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here
from kinline.staff.views.roster import units
from kinline.telephony.dialling import Dialled, e164
from kinline.telephony.queries import limits as queries
from kinline.telephony.queries.limits import Trial
from kinline.telephony.services.limits import Of, mark
from kinline.telephony.staff_forms_numbers import LimitForm, TryForm, WhoseForm


@require_safe
def limits(request: HttpRequest) -> HttpResponse:
    """All that there are, and how they work together."""
    desk, place = here(request)
    rows = [words.row(one) for one in queries.of_place(place.pk)]
    return page(request, "limits/list", rows=rows, may_limit=desk.may(Permission.LIMIT_CALLS))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    desk, place = here(request)
    data, kept = (request.POST if request.method == "POST" else None), access.take_kept(request)
    whose, form = WhoseForm(data, initial=kept, units=units(place.pk)), LimitForm(data, initial=kept)
    if data is not None and all([whose.is_valid(), form.is_valid()]):
        of = _of(desk, whose)
        if of is not None:
            try:
                flows.add(
                    staff=desk.user, facility=place, of=of, values=form.values(), hours=form.hours(), now=desk.now
                )
            except Refusal as no:
                whose.add_error("of", str(no))
            else:
                flash.say(request, _("Set. It counts from the next call on."))
                return see_other("staff_limits")
    return page(request, "limits/limit", 422 if data is not None else 200, whose=whose, form=form, one=None)


def _of(desk: Desk, whose: WhoseForm) -> Of | None:
    """None with an error where nobody is meant."""
    given = whose.cleaned_data
    if given["of"] == "unit":
        return Of(unit_id=given["unit"])
    if given["of"] == "number":
        return Of(number=given["number"])
    if given["of"] == "resident":
        who = residents.here_by_number(desk.at.pk, given["resident"])
        if who is None:
            whose.add_error("resident", _("Nobody who is here has this number."))
            return None
        return Of(resident_id=who.pk)
    return Of()


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, limit_id: int) -> HttpResponse:
    """Changed, or taken away. Two of staff at one limit: the second looks once more."""
    desk, place = here(request)
    row = found(queries.one(place.pk, limit_id))
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if request.method == "POST" and act not in {"change", "remove"}:
        raise BadRequest
    form = LimitForm.of(row, request.POST if act == "change" else None, mark(row))
    if act == "remove" or (act and form.is_valid()):
        try:
            _act(desk, limit_id, act, form, request.POST.get("seen", ""))
        except Refusal as no:
            flash.say(request, no, "bad")
            return see_other("staff_limits")
        flash.say(request, _("Taken away.") if act == "remove" else _("Set. It counts from the next call on."))
        return see_other("staff_limits")
    return page(
        request, "limits/limit", 422 if form.is_bound else 200, form=form, whose=None, one=words.row(row),
        seen=mark(row),
    )  # fmt: skip


def _act(desk: Desk, limit_id: int, act: str, form: LimitForm, seen: str) -> None:
    if act == "remove":
        flows.remove(staff=desk.user, facility=desk.at, limit_id=limit_id, seen=seen, now=desk.now)
        return
    flows.change(
        staff=desk.user, facility=desk.at, limit_id=limit_id, values=form.values(), hours=form.hours(), seen=seen,
        now=desk.now,
    )  # fmt: skip


@require_safe
def try_out(request: HttpRequest) -> HttpResponse:
    """A call that is not placed: which limit wins, and what would be decided, apart from PIN and money."""
    desk, place = here(request)
    asked = request.GET if "n" in request.GET else None
    form = TryForm(asked, units=units(place.pk))
    tried = _tried(desk, form) if asked is not None and form.is_valid() else {}
    return page(request, "limits/try", 422 if form.errors else 200, form=form, **tried)


def _tried(desk: Desk, form: TryForm) -> dict[str, Any]:
    given = form.cleaned_data
    who = residents.here_by_number(desk.at.pk, given["resident"]) if given["resident"] else None
    if given["resident"] and who is None:
        form.add_error("resident", _("Nobody who is here has this number."))
        return {}
    custody = residents.open_custody_at(desk.at.pk, who.pk) if who else None
    unit_id = given["unit"] or (custody.unit_id if custody else None)
    number = e164(given["n"]) if given["n"] else Dialled()
    tried = queries.tried(Trial(desk.at, who.pk if who else None, unit_id, number, desk.now))
    return {"tried": words.tried(tried), "who": who, "shown": shown(given["n"]) if given["n"] else ""}
