"""Who is here: list, search, booking, and a roster as a file (STF-2)."""

import base64
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.csvfiles import Fault
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.facilities import queries as facilities
from kinline.flows.custody import book_resident
from kinline.flows.roster import Imported, import_roster
from kinline.identity import access
from kinline.identity.permissions import Permission
from kinline.residents import queries, wording
from kinline.residents.errors import RosterChanged
from kinline.residents.roster import COLUMNS, Row, parse
from kinline.residents.staff_forms import BookForm, FindForm, RosterFileForm
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here

SIZE = 100  # lines of a page
CARRIED_BYTES = 1_500_000  # of a larger file the page would not fit into a form; it is chosen again
FAULTS_SHOWN = 200
PINS_AT_ONCE = 200  # each takes 28 ms of a core; a page must not take minutes
LEAVING_AT_ONCE = 1_000  # each takes some 7 ms with its letters and notices
ACTS: dict[str, str | Promise] = {
    "created": pgettext_lazy("a roster", "new"),
    "booked": pgettext_lazy("a roster", "booked"),
    "transferred": pgettext_lazy("a roster", "transferred"),
    "moved": pgettext_lazy("a roster", "moved to another unit"),
    "released": pgettext_lazy("a roster", "released"),
    "renamed": pgettext_lazy("a roster", "corrected"),
    "pins": pgettext_lazy("a roster", "given a first PIN"),
    "unchanged": pgettext_lazy("a roster", "unchanged"),
}


def units(facility_id: int) -> list[tuple[int, str]]:
    return [(unit.pk, unit.name) for unit in facilities.units_of(facility_id)]


@require_safe
def roster(request: HttpRequest) -> HttpResponse:
    """Everybody who is here, a hundred at a time; or who has left."""
    desk, place = here(request)
    form, number = FindForm(request.GET, units=units(place.pk)), _page_number(request)
    found = queries.roster(place.pk, **form.asked(), page=number, size=SIZE)
    kept = {name: value for name, value in request.GET.items() if name in form.fields and value}
    return page(
        request, "roster/list",
        form=form, found=found, gone=form.asked()["gone"], may_edit=desk.may(Permission.EDIT_ROSTER),
        before=urlencode({**kept, "page": number - 1}) if number > 1 else "",
        after=urlencode({**kept, "page": number + 1}) if found.count > number * SIZE else "",
    )  # fmt: skip


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest) -> HttpResponse:
    """Somebody comes: new, or back under the number that they had."""
    desk, place = here(request)
    first = {"number": request.GET.get("number", "")[:30]} | access.take_kept(request)
    form = BookForm(request.POST if request.method == "POST" else None, initial=first, units=units(place.pk))
    if request.method == "POST" and form.is_valid() and _is_them(form, place.agency_id):
        facts = {**form.cleaned_data, "unit_id": form.cleaned_data["unit"]}
        del facts["unit"]
        try:
            resident_id = book_resident(staff=desk.user, facility_id=place.pk, now=desk.now, **facts)
        except Refusal as no:
            form.add_error("number", str(no))
        else:
            flash.say(request, _("Booked. A PIN is given on this page."))
            return see_other("staff_resident", resident_id)
    return page(request, "roster/book", form=form)


def _is_them(form: BookForm, agency_id: int) -> bool:
    known = queries.by_number(agency_id, form.cleaned_data["number"])
    if known is None or not form.is_somebody_else(known.last_name):
        return True
    told = _("This number belongs to %(name)s. Check the number, or write the last name as it is known.")
    form.add_error("number", told % {"name": known.name})
    return False


@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: HttpRequest) -> HttpResponse:
    """Checked first, taken in with a second press: all that the check showed, or nothing."""
    desk, _place = here(request)
    form = RosterFileForm(request.POST, request.FILES) if request.method == "POST" else RosterFileForm()
    if not form.is_valid():
        return page(request, "roster/import", form=form, columns=COLUMNS)
    rows, faults = parse(form.content)
    faults += _too_many_pins(rows)
    if faults:  # what the roster has against the other lines is told at the same time
        more = _import(desk, form, rows, dry_run=True).faults
        return _checked(request, form, rows, Imported({}, (*faults, *more)))
    try:
        return _compared_or_taken(request, desk, form, rows)
    except Refusal as no:
        form.add_error(None, str(no))
        return page(request, "roster/import", form=form, columns=COLUMNS)


def _compared_or_taken(request: HttpRequest, desk: Desk, form: RosterFileForm, rows: list[Row]) -> HttpResponse:
    # Without a mark nobody has looked at what would be done.
    taken, problem = request.POST.get("act") == "take" and bool(form.cleaned_data["mark"]), ""
    try:
        result = _import(desk, form, rows, dry_run=not taken)
    except RosterChanged as no:
        result, taken, problem = _import(desk, form, rows, dry_run=True), False, str(no)
        if not result.faults and set(result.counts) <= {"unchanged"}:  # a second press, or a second tab
            flash.say(request, _("Everything is as this file says. Nothing was left to do."))
            return see_other("staff_roster")
    if not taken or result.faults:
        return _checked(request, form, rows, result, problem)
    told = ", ".join(f"{n} {ACTS[act]}" for act, n in sorted(result.counts.items()))
    flash.say(request, _("The roster is taken in: %(counts)s.") % {"counts": told})
    return see_other("staff_roster")


def _too_many_pins(rows: list[Row]) -> list[Fault]:
    lines = [row.line for row in rows if row.pin]
    return [Fault(lines[PINS_AT_ONCE], "too_many_pins", str(PINS_AT_ONCE))] if len(lines) > PINS_AT_ONCE else []


def _import(desk: Desk, form: RosterFileForm, rows: list[Row], *, dry_run: bool) -> Imported:
    return import_roster(
        rows, staff=desk.user, agency_id=desk.at.agency_id, now=desk.now, facility_slug=desk.at.slug,
        create_units=form.cleaned_data["create_units"], dry_run=dry_run,
        mark=None if dry_run else form.cleaned_data["mark"], most_leaving=LEAVING_AT_ONCE,
    )  # fmt: skip


def _checked(
    request: HttpRequest, form: RosterFileForm, rows: list[Row], result: Imported, problem: str = ""
) -> HttpResponse:
    """What the file would do, and each fault with its line; nothing was done."""
    faults = sorted(result.faults, key=lambda fault: fault.line)
    return page(
        request, "roster/checked",
        problem=problem, mark=result.mark, nothing=set(result.counts) <= {"unchanged"},
        released="released" in result.counts, refund_hours=settings.RELEASE_REFUND_HOURS,
        form=RosterFileForm(initial={"create_units": form.cleaned_data["create_units"]}),
        name=form.cleaned_data["name"], lines=len(rows), create_units=form.cleaned_data["create_units"],
        carried=base64.b64encode(form.content).decode() if len(form.content) <= CARRIED_BYTES else "",
        counts=[(ACTS[act], count) for act, count in sorted(result.counts.items())],
        changes=[(one, ", ".join(str(ACTS[act]) for act in one.acts)) for one in result.changes],
        changing=len(rows) - result.counts.get("unchanged", 0),
        faults=[wording.sentence(fault) for fault in faults[:FAULTS_SHOWN]],
        more=max(0, len(faults) - FAULTS_SHOWN),
        unknown_units=any(fault.code == "unknown_unit" for fault in faults),
    )  # fmt: skip
