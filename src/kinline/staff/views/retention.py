"""How long this place keeps its record, what a court holds, and what was purged (MSG-8, REC4)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.flows import retention as flows
from kinline.identity import access
from kinline.identity.permissions import Permission
from kinline.messaging.queries import record as queries
from kinline.messaging.record_forms import CLASSES, ClaimsForm, HoldForm, LiftForm, RetentionForm
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here

if TYPE_CHECKING:
    from kinline.facilities.models import Facility

NAMES: dict[str, str | Promise] = dict(CLASSES)


@require_http_methods(["GET", "HEAD", "POST"])
def retention(request: HttpRequest) -> HttpResponse:
    desk, place = here(request)
    if request.method != "POST":
        return _page(request, desk, place, _forms("", None, access.take_kept(request)))
    act = request.POST.get("act", "")
    if act not in _ACTS:
        raise BadRequest
    forms = _forms(act, request.POST, {})
    form = forms[act]
    if form.is_valid():
        try:
            _ACTS[act](desk, place, request, form)
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, _DONE[act]())
            return see_other("staff_retention")
    return _page(request, desk, place, forms)


def _forms(act: str, data: Any, kept: dict[str, str]) -> dict[str, Any]:
    kinds: dict[str, type[RetentionForm] | type[HoldForm] | type[LiftForm]] = {
        "set": RetentionForm, "hold": HoldForm, "lift": LiftForm,
    }  # fmt: skip
    return {
        name: kind(data if name == act else None, initial=kept if kept.get("act") == name else None,
                   auto_id=f"id_{name}_%s")
        for name, kind in kinds.items()
    }  # fmt: skip


def _page(request: HttpRequest, desk: Desk, place: "Facility", forms: dict[str, BaseForm]) -> HttpResponse:
    asked = ClaimsForm(request.GET)
    number = asked.cleaned_data.get("letter") if asked.is_valid() else None
    named: dict[str, Any] = {f"{name}_form": form for name, form in forms.items()}
    return page(
        request, "retention/record",
        kept=[(NAMES[one.kind], one) for one in queries.kept_by(place.pk, desk.now)],
        changes=[(NAMES[one.kind], one) for one in queries.changes(place.pk)],
        holds=queries.holds(place.pk, desk.now),
        purges=[(NAMES[one.kind], one) for one in queries.purges(place.pk)],
        may_set=desk.may(Permission.SET_RETENTION), may_hold=desk.may(Permission.HOLD_RECORD),
        lifting=request.POST.get("hold", ""), asked=asked, number=number, **_claims(desk, place, number),
        **named,
    )  # fmt: skip


def _claims(desk: Desk, place: "Facility", number: int | None) -> dict[str, Any]:
    told = queries.claims([place.pk], number, desk.now) if number else None
    return {
        "claims": told,
        "claims_name": NAMES[told.kind] if told else "",
        "facility_has": told.facility_has(desk.now) if told else False,
    }


def _set(desk: Desk, place: "Facility", _request: HttpRequest, form: Any) -> None:
    flows.set_retention(staff=desk.user, facility_id=place.pk, now=desk.now, **form.cleaned_data)


def _hold(desk: Desk, place: "Facility", _request: HttpRequest, form: Any) -> None:
    flows.place_hold(staff=desk.user, facility_id=place.pk, now=desk.now, **form.cleaned_data)


def _lift(desk: Desk, place: "Facility", request: HttpRequest, form: Any) -> None:
    asked = request.POST.get("hold", "")
    if not asked.isdecimal() or len(asked) > 18:
        raise BadRequest
    flows.lift_hold(
        staff=desk.user, facility_id=place.pk, hold_id=int(asked), why=form.cleaned_data["why"], now=desk.now
    )


_ACTS: dict[str, Callable[[Desk, "Facility", HttpRequest, Any], None]] = {"set": _set, "hold": _hold, "lift": _lift}
_DONE: dict[str, Callable[[], str]] = {
    "set": lambda: _("The rule is set. It begins on the day that you chose."),
    "hold": lambda: _("Held. Nothing of it is purged, whatever else says so."),
    "lift": lambda: _("The hold is lifted."),
}


@require_safe
def certificate(request: HttpRequest, purge_id: int) -> HttpResponse:
    """What was purged, how many, by which rule, and whether the certificate still holds; no content."""
    _desk, place = here(request)
    one = found(queries.certificate([place.pk], purge_id))
    return page(request, "retention/certificate", one=one, name=NAMES[one.purge.kind])
