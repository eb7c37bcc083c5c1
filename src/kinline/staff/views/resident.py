"""One person in custody: what is known, where they are, moves, transfer, release, a new PIN (STF-2, KSK-6)."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.contacts import queries as contacts
from kinline.core.errors import Refusal
from kinline.core.parties import RESIDENT, Party
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.facilities import queries as facilities
from kinline.flows import custody as flows
from kinline.identity import access
from kinline.identity.permissions import Permission
from kinline.residents import queries
from kinline.residents.staff_forms import MoveForm, PersonForm, ReleaseForm, TransferForm
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here
from kinline.staff.views.roster import units

if TYPE_CHECKING:
    from kinline.residents.models import Custody


def _them(request: HttpRequest, resident_id: int) -> "tuple[Desk, Custody]":
    """Somebody who is at this place or was there last; anybody else is not there to see."""
    desk, place = here(request)
    return desk, found(queries.at_place(place.pk, resident_id))


@require_safe
def one(request: HttpRequest, resident_id: int) -> HttpResponse:
    desk, custody = _them(request, resident_id)
    return page(
        request, "roster/one",
        custody=custody, person=custody.resident, pin=queries.pin_state(custody.resident),
        history=queries.custody_history(resident_id), refund_at=_refund_at(custody),
        contacts=contacts.contacts_of(Party(RESIDENT, resident_id), desk.now),
        may_edit=desk.may(Permission.EDIT_ROSTER), may_pin=desk.may(Permission.RESET_PIN),
        may_contacts=desk.may(Permission.DECIDE_CONTACT), may_restrict=desk.may(Permission.RESTRICT),
        may_numbers=desk.may(Permission.READ_NUMBERS), may_name=desk.may(Permission.DECIDE_NUMBERS),
    )  # fmt: skip


def _refund_at(custody: "Custody") -> datetime | None:
    """From when the money of somebody who was released is paid back (MON-6)."""
    if custody.ended_at is None or custody.end_reason != "release":
        return None
    return custody.ended_at + timedelta(hours=settings.RELEASE_REFUND_HOURS)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, resident_id: int) -> HttpResponse:
    """Name, date of birth, language."""
    desk, custody = _them(request, resident_id)
    person = custody.resident
    first = {name: getattr(person, name) for name in PersonForm.base_fields} | access.take_kept(request)
    form = PersonForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            flows.correct_resident(staff=desk.user, resident_id=resident_id, now=desk.now, **form.cleaned_data)
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, _("Corrected."))
            return see_other("staff_resident", resident_id)
    return page(request, "roster/correct", form=form, person=person)


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, resident_id: int) -> HttpResponse:
    """Another unit, another place, or out."""
    desk, custody = _them(request, resident_id)
    act = request.POST.get("act", "")
    forms = _forms(desk, custody, act, request.POST)
    if request.method == "POST":
        if act not in forms:
            raise BadRequest
        form = forms[act]
        if form.is_valid():
            try:
                _ACTS[act](desk, custody, form)
            except Refusal as no:
                form.add_error(None, str(no))
            else:
                flash.say(request, _done(act))
                return see_other("staff_roster") if act == "transfer" else see_other("staff_resident", resident_id)
    return page(
        request, "roster/place", custody=custody, person=custody.resident, forms=forms,
        refund_hours=settings.RELEASE_REFUND_HOURS,
    )  # fmt: skip


def _forms(desk: Desk, custody: "Custody", act: str, data: Any) -> dict[str, Form]:
    """Each form of the page by its act; the one that was sent has what was typed."""
    sent = {name: data if name == act else None for name in ("move", "transfer", "release")}
    others = [one for one in desk.ids(Permission.EDIT_ROSTER) if one != custody.facility_id]
    places = [(one.pk, one.name) for one in facilities.facilities_by_id(others)]
    return {
        "move": MoveForm(
            sent["move"], units=units(custody.facility_id), initial={"unit": custody.unit_id}, auto_id="move_%s"
        ),
        "transfer": TransferForm(sent["transfer"], places=places, auto_id="transfer_%s"),
        "release": ReleaseForm(custody.resident.number, sent["release"], auto_id="release_%s"),
    }


def _move(desk: Desk, custody: "Custody", form: Form) -> None:
    flows.move_resident(
        staff=desk.user, resident_id=custody.resident_id, unit_id=form.cleaned_data["unit"], now=desk.now
    )


def _transfer(desk: Desk, custody: "Custody", form: Form) -> None:
    flows.transfer_resident(
        staff=desk.user, resident_id=custody.resident_id, facility_id=form.cleaned_data["place"], now=desk.now,
        booking=form.cleaned_data["booking"], number=form.cleaned_data["number"] or None,
    )  # fmt: skip


def _release(desk: Desk, custody: "Custody", _form: Form) -> None:
    flows.release_resident(staff=desk.user, resident_id=custody.resident_id, now=desk.now)


_ACTS = {"move": _move, "transfer": _transfer, "release": _release}


def _done(act: str) -> str:
    return {
        "move": _("Moved."),
        "transfer": _("Transferred. Contacts and letters go along; those who write are told."),
        "release": _("Released. Letters on their way go back, and what is left of the money is paid back."),
    }[act]


@require_http_methods(["GET", "HEAD", "POST"])
def pin(request: HttpRequest, resident_id: int) -> HttpResponse:
    """A new PIN: asked for, then shown in this one answer, since it is kept nowhere in clear."""
    desk, custody = _them(request, resident_id)
    given, problem = "", ""
    if request.method == "POST":
        try:
            given = flows.give_pin(staff=desk.user, resident_id=resident_id, now=desk.now)
        except Refusal as no:
            problem = str(no)
    return page(request, "roster/pin", custody=custody, person=custody.resident, given=given, problem=problem)
