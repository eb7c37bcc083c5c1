"""No-contact orders and lost privileges: from–until, with a reason, and with what is told before paying (CON-3)."""

from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.contacts import stopped, wording
from kinline.contacts.staff_forms import RestrictForm
from kinline.core.errors import Refusal
from kinline.core.parties import FAMILY, RESIDENT, Side
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.flows import contacts as flows
from kinline.identity import access
from kinline.identity import queries as identity
from kinline.residents import queries as residents
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here

if TYPE_CHECKING:
    from kinline.identity.models import User
    from kinline.residents.models import Resident


class Pair(NamedTuple):
    user: "User | None"
    resident: "Resident | None"


@require_safe
def restrictions(request: HttpRequest) -> HttpResponse:
    desk, place = here(request)
    return page(request, "restrictions/list", rows=stopped.restrictions_of(place.pk, desk.now))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Looked at once with the words that the two will read, then done."""
    desk, _place = here(request)
    asked = {name: request.GET.get(name, "")[:254] for name in ("resident", "family")}
    form = RestrictForm(request.POST if request.method == "POST" else None, initial=asked | access.take_kept(request))
    if request.method != "POST" or not form.is_valid():
        return page(request, "restrictions/new", form=form)
    pair = _pair(desk, form)
    if pair is None:
        return page(request, "restrictions/new", form=form)
    if request.POST.get("act") != "restrict":
        return page(request, "restrictions/new", form=form, pair=pair, words=_words(desk, form, pair))
    try:
        _restrict(desk, form, pair)
    except Refusal as no:
        form.add_error(None, str(no))
        return page(request, "restrictions/new", form=form)
    flash.say(request, _("Letters are stopped. Whoever begins to write is told before paying."))
    return see_other("staff_restrictions")


def _pair(desk: Desk, form: RestrictForm) -> Pair | None:
    """Who is meant; None with an error where nobody is."""
    number, login = form.cleaned_data["resident"], form.cleaned_data["family"]
    resident = residents.by_number(desk.at.agency_id, number) if number else None
    user = identity.by_identifier(login) if login else None
    if number and (resident is None or residents.open_custody_at(desk.at.pk, resident.pk) is None):
        form.add_error("resident", _("Nobody who is here has this number."))
    if login and user is None:
        form.add_error("family", _("Nobody has an account under this name."))
    return None if form.errors else Pair(user, resident)


def _words(desk: Desk, form: RestrictForm, pair: Pair) -> dict[str, str]:
    """What each side reads when they open the other's page, before they write and before they pay."""
    starts, _ends = form.span(desk.at.time_zone, desk.now)

    def read_by(side: Side, name: str) -> str:
        return wording.sentence(
            "restricted", side, name=name, since=starts or desk.now, facility=desk.at.name,
            time_zone=desk.at.time_zone, told=form.cleaned_data["told"],
        ) if desk.at else ""  # fmt: skip

    return {
        "family": read_by(FAMILY, pair.resident.name if pair.resident else ""),
        "resident": read_by(RESIDENT, pair.user.name if pair.user else ""),
    }


def _restrict(desk: Desk, form: RestrictForm, pair: Pair) -> None:
    starts, ends = form.span(desk.at.time_zone, desk.now)
    flows.restrict(
        staff=desk.user, facility_id=desk.at.pk, reason=form.cleaned_data["reason"],
        told=form.cleaned_data["told"], user_id=pair.user.pk if pair.user else None,
        resident_id=pair.resident.pk if pair.resident else None, starts_at=starts, ends_at=ends, now=desk.now,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, restriction_id: int) -> HttpResponse:
    """One of them, and its end."""
    desk, place = here(request)
    row = found(stopped.restriction_here(place.pk, restriction_id))
    context: dict[str, Any] = {"row": row, "over": row.ends_at is not None and row.ends_at <= desk.now}
    if request.method == "POST":
        try:
            flows.end_restriction(staff=desk.user, restriction_id=restriction_id, now=desk.now)
        except Refusal as no:
            return page(request, "restrictions/one", problem=str(no), **context)
        flash.say(request, _("Ended. The two can write again, unless something else is in the way."))
        return see_other("staff_restrictions")
    return page(request, "restrictions/one", **context)
