"""Prices of calls: those that count, those that come, those before; new ones, checked against the law (TEL-5, F1)."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.flows import rate_plans as flows
from kinline.identity import access
from kinline.identity.permissions import Permission
from kinline.staff.answers import page
from kinline.staff.call_rates import Change, changes, law_rows, line_of, typed
from kinline.staff.desk import Desk, here
from kinline.telephony.queries import plans as queries
from kinline.telephony.staff_forms_rates import PeopleForm, RatesForm
from kinline.telephony.staff_wording import TIERS

if TYPE_CHECKING:
    from kinline.facilities.models import Facility

DRAFT = "staff_rates_draft"
USUAL = timedelta(days=30)  # families are told that long before, if nobody chooses another day


@require_safe
def rates(request: HttpRequest) -> HttpResponse:
    desk, place = here(request)
    return page(request, "calls/rates", **_page(desk, place, PeopleForm()))


def _page(desk: Desk, place: "Facility", people: PeopleForm) -> dict[str, Any]:
    today = queries.day_at(place, desk.now)
    ground = queries.ground(place, today)
    now_plan = queries.plan_at(place.pk, desk.now)
    over = queries.broken(place, queries.prices_of(now_plan), today, None) if now_plan else []
    rows = [
        (plan, [line_of(one) for one in queries.prices_of(plan)], plan.effective_from > desk.now,
         now_plan is not None and plan.pk == now_plan.pk)
        for plan in queries.plans(place.pk)
    ]  # fmt: skip
    return {
        "rows": rows, "ground": ground, "tier": TIERS[ground.tier], "law": law_rows(place, ground.tier, today),
        "over": [(line_of(price), above) for price, above in over], "people": queries.populations(place.pk),
        "form": people, "may_set": desk.may(Permission.EDIT_PRICES),
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A draft first: checked against the law and set beside today's prices; then in force from its moment on."""
    desk, place = here(request)
    now_plan = queries.plan_at(place.pk, desk.now)
    shown = typed(queries.prices_of(now_plan) if now_plan else [])
    usual = {"effective_from": timezone.localtime(desk.now + USUAL).strftime("%Y-%m-%dT00:00")}
    data = request.POST if request.method == "POST" else None
    if request.POST.get("act") == "drop":
        request.session.pop(DRAFT, None)
        return see_other("staff_rates_new")
    drafted = _drafted(request, place)
    form = RatesForm(data, initial=shown | usual | drafted | access.take_kept(request))
    draft: list[Change] | None = None
    if request.method == "POST" and form.is_valid():
        prices, begins = form.prices(), form.cleaned_data["effective_from"]
        try:
            if request.POST.get("act") == "set":
                flows.set_plan(
                    staff=desk.user, facility_id=place.pk, effective_from=begins, prices=prices, now=desk.now
                )
                request.session.pop(DRAFT, None)
                flash.say(request, _("These prices count from then on. Residents and families are told."))
                return see_other("staff_rates")
            flows.check(place, prices, begins, desk.now)
            draft = changes(queries.prices_of(now_plan) if now_plan else [], prices)
            kept = {name: form.data.get(name, "") for name in form.fields}
            request.session[DRAFT] = {"place": place.pk, "typed": kept}
        except Refusal as no:
            form.add_error("effective_from" if no.code.startswith("plan_") else None, str(no))
    return page(request, "calls/rates_new", form=form, draft=draft, kept=bool(drafted) and draft is None)


def _drafted(request: HttpRequest, place: "Facility") -> dict[str, str]:
    """What was checked last and not set: whoever goes to look something up finds it again until they sign out."""
    kept = request.session.get(DRAFT) or {}
    return dict(kept["typed"]) if kept.get("place") == place.pk else {}


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """How many were held in a year that is over (F2)."""
    desk, place = here(request)
    form = PeopleForm(request.POST if request.method == "POST" else None, initial=access.take_kept(request))
    if request.method == "POST" and form.is_valid():
        try:
            flows.count_people(staff=desk.user, facility_id=place.pk, now=desk.now, **form.cleaned_data)
        except Refusal as no:
            form.add_error("year", str(no))
        else:
            flash.say(request, _("Saved. It sets the highest price from May of the year after it."))
            return see_other("staff_rates")
    return page(request, "calls/rates_people", form=form, rows=queries.populations(place.pk))
