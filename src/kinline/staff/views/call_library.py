"""What staff know of numbers (T4, TEL-9, M12): flags with notes, blocks of the place, hotlines; each with a history."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.flows import number_library as flows
from kinline.identity import access
from kinline.identity.permissions import Permission
from kinline.payments.services.numbers import shown
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here
from kinline.telephony.queries import library as queries
from kinline.telephony.queries import lists
from kinline.telephony.services.library import flags_of
from kinline.telephony.staff_forms_numbers import BLOCKS, BlockForm, FindForm, FlagsForm, HotlineForm, LiftForm
from kinline.telephony.staff_wording import NOTES

if TYPE_CHECKING:
    from kinline.telephony.models import NumberBlock


@require_safe
def known(request: HttpRequest) -> HttpResponse:
    """Numbers of which something is known, and any other looked up."""
    _desk, place = here(request)
    words = " ".join(request.GET.get("q", "").split())[:80]
    digits = "".join(one for one in words if one.isascii() and one.isdecimal())
    rows = queries.known(place.agency_id, digits=digits if len(digits) >= lists.LEAST_DIGITS else "", owner=words)
    return page(
        request, "numbers/known", form=FindForm(), q=words, rows=[(one, shown(one.number)) for one in rows],
        most=queries.MOST,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def number(request: HttpRequest) -> HttpResponse:
    """One number, `?n=`: what is known of it, who has it on a list, and everything that was ever done to it."""
    desk, place = here(request)
    kept = access.take_kept(request)  # after the password was asked for again, the address has no number any more
    asked = request.GET if "n" in request.GET else {"n": kept["n"]} if "n" in kept else None
    find = FindForm(asked)
    if not find.is_valid():
        status = 422 if find.is_bound else 200
        return page(request, "numbers/known", status, form=find, q="", rows=[], most=queries.MOST)
    told = queries.told(place.agency_id, place.pk, find.cleaned_data["n"])
    may = {"may_verify": desk.may(Permission.VERIFY_PRIVILEGED)}
    form = FlagsForm(request.POST if request.method == "POST" else None, initial={**flags_of(told.row), **kept}, **may)
    if request.method == "POST" and form.is_valid():
        answer = _flagged(request, desk, told.number, form)
        if answer is not None:
            return answer
    return page(
        request, "numbers/number", 422 if form.is_bound else 200, form=form, told=told, shown=shown(told.number),
        notes=[(one, NOTES.get(one.act, one.act)) for one in told.notes], kinds=dict(BLOCKS),
        having=lists.having(place.pk, told.number), may_keep=desk.may(Permission.KEEP_NUMBERS),
    )  # fmt: skip


def _flagged(request: HttpRequest, desk: Desk, number: str, form: FlagsForm) -> HttpResponse | None:
    try:
        flows.set_flags(
            staff=desk.user, facility=desk.at, number=number, wanted=form.wanted(), note=form.cleaned_data["note"],
            now=desk.now,
        )  # fmt: skip
    except Refusal as no:
        form.add_error(None, str(no))
        return None
    flash.say(request, _("Kept, with your note."))
    return _to(number)


def _to(number: str) -> HttpResponse:
    answer = see_other("staff_known_number")
    answer["Location"] += f"?n=%2B{number[1:]}"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def blocks(request: HttpRequest) -> HttpResponse:
    """What nobody here may call, and one more."""
    desk, place = here(request)
    first = {"number": request.GET.get("n", "")[:40], **access.take_kept(request)}
    form = BlockForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            flows.block(
                staff=desk.user, facility=place, number=given["number"], is_prefix=given["is_prefix"],
                kind=given["kind"], note=given["note"], now=desk.now,
            )  # fmt: skip
        except Refusal as no:
            form.add_error("number", str(no))
        else:
            flash.say(request, _("Blocked from now on."))
            return see_other("staff_number_blocks")
    digits = "".join(one for one in request.GET.get("q", "")[:40] if one.isascii() and one.isdecimal())
    return page(
        request, "numbers/blocks", 422 if form.is_bound else 200, form=form, q=digits, most=queries.MOST,
        rows=[_row(one) for one in queries.blocks(place.pk, digits=digits)],
        lifted=[_row(one) for one in queries.lifted(place.pk)], may_keep=desk.may(Permission.KEEP_NUMBERS),
    )  # fmt: skip


def _row(one: "NumberBlock") -> dict[str, Any]:
    begins = f"{one.number}…"
    return {"block": one, "shown": begins if one.is_prefix else shown(one.number), "kind": dict(BLOCKS).get(one.by, "")}


@require_http_methods(["GET", "HEAD", "POST"])
def block(request: HttpRequest, block_id: int) -> HttpResponse:
    """One of them, and its end."""
    desk, place = here(request)
    one = found(queries.block(place.pk, block_id))
    form = LiftForm(request.POST if request.method == "POST" else None, initial=access.take_kept(request))
    if request.method == "POST" and form.is_valid():
        try:
            flows.lift_block(
                staff=desk.user, facility=place, block_id=block_id, note=form.cleaned_data["note"], now=desk.now
            )
        except Refusal as no:
            flash.say(request, no, "bad")
        else:
            flash.say(request, _("Lifted. It can be called again, unless something else keeps it from that."))
        return see_other("staff_number_blocks")
    told = queries.told(place.agency_id, place.pk, one.number)
    return page(
        request, "numbers/block", 422 if form.is_bound else 200, form=form, **_row(one),
        notes=[(note, NOTES.get(note.act, note.act)) for note in told.notes],
        may_keep=desk.may(Permission.KEEP_NUMBERS),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def hotlines(request: HttpRequest) -> HttpResponse:
    """Free lines that ask for nothing (TEL-7): keys, number, name; taken out of use, never changed."""
    desk, place = here(request)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if request.method == "POST" and act not in {"add", "retire"}:
        raise BadRequest
    if act == "retire":
        return _retire(request, desk)
    form = HotlineForm(request.POST if act else None, initial=access.take_kept(request))
    if act and form.is_valid():
        try:
            flows.add_hotline(staff=desk.user, facility=place, now=desk.now, **form.cleaned_data)
        except Refusal as no:
            form.add_error("keys", str(no))
        else:
            flash.say(
                request, _("The line is there, free, from the next call on. Residents see its keys at the kiosk.")
            )
            return see_other("staff_hotlines")
    rows = [(one, shown(one.number)) for one in queries.hotlines(place.pk)]
    return page(request, "numbers/hotlines", 422 if form.is_bound else 200, form=form, rows=rows)


def _retire(request: HttpRequest, desk: Desk) -> HttpResponse:
    chosen = request.POST.get("hotline", "")
    if not (chosen.isascii() and chosen.isdecimal() and len(chosen) <= 18):
        raise BadRequest
    try:
        flows.retire_hotline(staff=desk.user, facility=desk.at, hotline_id=int(chosen), now=desk.now)
    except Refusal as no:
        flash.say(request, no, "bad")
    else:
        flash.say(request, _("Out of use. Nobody reaches it by these keys any more."))
    return see_other("staff_hotlines")
