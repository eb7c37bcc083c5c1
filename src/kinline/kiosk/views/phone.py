"""Calls at the kiosk (KSK-2, TEL-1, TEL-3, T10): one's numbers, what a call costs, what is left, what was called."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.design.http import number as whole
from kinline.flows import allowed_numbers as flow
from kinline.flows import number_appeals
from kinline.kiosk import balances, telling
from kinline.kiosk.access import kiosk_required
from kinline.kiosk.answers import page
from kinline.kiosk.seat import Seated
from kinline.payments.queries.allowances import MINUTES, week
from kinline.payments.services.numbers import shown
from kinline.residents import queries as residents
from kinline.telephony.forms import AskForm, NumberAppealForm, SpeedForm
from kinline.telephony.queries import appeals, authority, call_me
from kinline.telephony.queries import resident as queries
from kinline.telephony.services import call_me as notes

REFUSED = 422


@require_safe
@kiosk_required
def phone(request: Seated) -> HttpResponse:
    """Whether one can call now, with what, and whom; and who asks to be called."""
    facility = request.kiosk.facility
    custody = residents.open_custody(request.resident.pk)
    unit_id = custody.unit_id if custody else None
    lines = queries.lines(request.resident.pk, facility, unit_id, request.now)
    own = queries.own_list(request.resident.pk, facility, request.now)
    asking = [(one, shown(one.number)) for one in call_me.waiting(request.resident.pk, request.now)]
    return page(
        request, "phone.html", facility=facility, lines=lines, own=own, asking=asking,
        numbers=[telling.number(one) for one in own.rows], left=telling.left(lines), hours=telling.hours(lines),
        stops=telling.stop_rows(lines.stops), calls=balances.calls(request),
        longest=telling.minutes(lines.call_seconds) if lines.call_seconds else "",
        week=week(request.party.id, facility.pk, request.now, kind=MINUTES),
    )  # fmt: skip


@require_safe
@kiosk_required
def calls(request: Seated) -> HttpResponse:
    """Every call and every try, with how it ended and what it cost."""
    record = queries.calls_of(request.resident.pk, whole(request.GET.get("before")))
    return page(request, "phone_calls.html", rows=[telling.called(one) for one in record.rows], next=record.next)


@require_safe
@kiosk_required
def free(request: Seated) -> HttpResponse:
    """Lines that are free and ask for nothing (TEL-7), and how an attorney is called in confidence (M12)."""
    own = queries.own_list(request.resident.pk, request.kiosk.facility, request.now)
    private = [telling.number(one) for one in own.rows if one.privileged]
    return page(
        request, "phone_free.html", hotlines=queries.hotlines(request.kiosk.facility_id), private=private,
        records=authority.settings_of(request.kiosk.facility).records,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@kiosk_required
def ask(request: Seated) -> HttpResponse:
    """A number for the list (T10)."""
    form = AskForm(request.POST or None)
    own = queries.own_list(request.resident.pk, request.kiosk.facility, request.now)
    if form.is_valid():
        try:
            listed_id = flow.ask(
                resident=request.resident, facility=request.kiosk.facility, typed=form.cleaned_data["number"],
                name=form.cleaned_data["name"], relation=form.cleaned_data["relation"], now=request.now,
            )  # fmt: skip
        except Refusal as no:
            form.add_error("number", str(no))
        else:
            one = found(queries.listed(request.resident.pk, listed_id, request.kiosk.facility, request.now))
            flash.say(request, _("Staff look at it. You read the answer here.") if one.waits else _("It is there."))
            return see_other("kiosk_number", listed_id)
    return page(request, "phone_ask.html", REFUSED if form.is_bound else 200, form=form, own=own)


@require_safe
@kiosk_required
def number(request: Seated, listed_id: int) -> HttpResponse:
    """One of one's numbers: how it stands, what it costs, its speed dial."""
    return _number(request, listed_id, None)


def _number(
    request: Seated, listed_id: int, form: SpeedForm | None, status: int = 200, appeal: NumberAppealForm | None = None
) -> HttpResponse:
    one = found(queries.listed(request.resident.pk, listed_id, request.kiosk.facility, request.now))
    row = found(appeals.listed_of(request.resident.pk, listed_id))
    denial = appeals.of_denial(row, request.kiosk.facility, request.now)
    form = form or SpeedForm(initial={"keys": one.speed})
    speed_offered = one.state == "approved" or one.privileged or (one.state == "asked" and not one.needs_approval)
    return page(
        request, "phone_number.html", status, told=telling.number(one), one=one, form=form, speed_offered=speed_offered,
        denial=denial, appeal=appeal or NumberAppealForm(auto_id="id_appeal_%s"),
    )  # fmt: skip


@require_POST
@kiosk_required
def appeal(request: Seated, listed_id: int) -> HttpResponse:
    """Somebody else of staff decides again upon a number that was denied; free (T10)."""
    found(queries.listed(request.resident.pk, listed_id, request.kiosk.facility, request.now))
    form = NumberAppealForm(request.POST, auto_id="id_appeal_%s")
    if form.is_valid():
        try:
            number_appeals.file(
                resident_id=request.resident.pk, facility=request.kiosk.facility, listed_id=listed_id,
                text=form.cleaned_data["text"], now=request.now,
            )  # fmt: skip
        except Refusal as no:
            form.add_error("text", str(no))
        else:
            flash.say(request, _("Somebody else of staff decides again. You read the answer here."))
            return see_other("kiosk_number", listed_id)
    return _number(request, listed_id, None, REFUSED, form)


@require_POST
@kiosk_required
def speed(request: Seated, listed_id: int) -> HttpResponse:
    found(queries.listed(request.resident.pk, listed_id, request.kiosk.facility, request.now))
    form = SpeedForm(request.POST)
    if form.is_valid():
        keys = "" if "clear" in request.POST else form.cleaned_data["keys"]
        try:
            flow.set_speed(
                resident=request.resident, facility=request.kiosk.facility, listed_id=listed_id, keys=keys,
                now=request.now,
            )  # fmt: skip
        except Refusal as no:
            form.add_error("keys", str(no))
        else:
            flash.say(request, _("The speed dial is set.") if keys else _("The speed dial is gone."))
            return see_other("kiosk_number", listed_id)
    return _number(request, listed_id, form, REFUSED)


@require_http_methods(["GET", "HEAD", "POST"])
@kiosk_required
def remove(request: Seated, listed_id: int) -> HttpResponse:
    """Asked in words first: with lists, it takes staff's yes to have it back."""
    one = found(queries.listed(request.resident.pk, listed_id, request.kiosk.facility, request.now))
    if request.method != "POST":
        return page(request, "phone_remove.html", told=telling.number(one), one=one)
    _attempt_remove(request, listed_id)
    return see_other("kiosk_phone")


def _attempt_remove(request: Seated, listed_id: int) -> None:
    try:
        flow.remove(
            resident=request.resident, facility_id=request.kiosk.facility_id, listed_id=listed_id, now=request.now
        )
    except Refusal as no:
        flash.say(request, no, "bad")
    else:
        flash.say(request, _("The number is off your list."))


@require_POST
@kiosk_required
def put_away(request: Seated, note_id: int) -> HttpResponse:
    """A note "please call me" was read; the other side is not told."""
    found(call_me.of_resident(request.resident.pk, note_id))
    notes.put_away(resident_id=request.resident.pk, note_id=note_id, now=request.now)
    return see_other("kiosk_phone")
