"""Calls: those that go on, the record of those that are over, one call with all that is known of it (TEL-9, REC5)."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found as there
from kinline.flows import look_at_calls as looking
from kinline.flows.end_asked import ask_end
from kinline.identity.permissions import Permission
from kinline.staff import call_file, call_look
from kinline.staff.answers import page
from kinline.staff.call_rows import corrections_of, ended_row, entries_of, live_row, moments_of, price_of
from kinline.staff.desk import Desk, here
from kinline.telephony.queries import desk as queries
from kinline.telephony.queries.desk import CallsAsked
from kinline.telephony.staff_forms import EndForm, PurposeForm, SearchForm
from kinline.telephony.staff_wording import RESULTS

if TYPE_CHECKING:
    from kinline.facilities.models import Facility
    from kinline.telephony.models import Call

PAGE = 50
DEEPEST = 2_000  # rows that can be paged through; then a narrower question, or the file
IN_A_FILE = 50_000


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """What goes on now; it renews itself, as the review queue does."""
    desk, place = here(request)
    rows = [live_row(one, desk.now) for one in queries.live(place.pk)]
    return page(request, "calls/live", rows=rows, now=desk.now, may_end=desk.may(Permission.END_CALLS))


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, call_id: int) -> HttpResponse:
    """End a call that goes on, with a reason from the list."""
    desk, place = here(request)
    call = there(queries.one(place.pk, call_id))
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            ask_end(staff=desk.user, facility_id=place.pk, call_id=call_id, reason=reason, now=desk.now)
        except Refusal as no:
            flash.say(request, no, "bad")
        else:
            flash.say(request, _("The switch is told. The call ends within a few seconds."))
        return see_other("staff_calls")
    return page(request, "calls/end", row=live_row(call, desk.now), form=form, over=call.ended_at is not None)


def _form(request: HttpRequest, place: "Facility", data: Any, **initial: Any) -> SearchForm:
    labels = sorted({one.label for one in queries.stations(place.pk)})
    return SearchForm(data, initial=initial, stations=labels, results=RESULTS)


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Ask, and say what for: nothing is found before that is written down."""
    desk, place = here(request)
    form = _form(request, place, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        asked, purpose = form.asked(), form.cleaned_data["purpose"]
        looking.searched(staff=desk.user, facility_id=place.pk, purpose=purpose, fields=sorted(asked), now=desk.now)
        call_look.begin(request, place.pk, purpose, asked, desk.now)
        return see_other("staff_call_found")
    return page(request, "calls/search", form=form)


@require_safe
def found(request: HttpRequest) -> HttpResponse:
    """What it finds, a page at a time."""
    desk, place = here(request)
    look = _look(request, desk, place)
    offset = _offset(request)
    rows = queries.found(_asked(place, look.asked), offset=offset, limit=PAGE + 1)
    more = offset + PAGE if len(rows) > PAGE and offset + PAGE < DEEPEST else None
    return page(
        request, "calls/found", rows=[ended_row(one) for one in rows[:PAGE]], look=look, more=more,
        words=call_look.in_words(look.asked), in_a_file=IN_A_FILE,
    )  # fmt: skip


@require_safe
def file(request: HttpRequest) -> StreamingHttpResponse:
    """The records that were found, as a file no spreadsheet runs; taking it is on record."""
    desk, place = here(request)
    look = _look(request, desk, place)
    asked = _asked(place, look.asked)
    rows = min(queries.records(asked).count(), IN_A_FILE)
    looking.taken(staff=desk.user, facility_id=place.pk, purpose=look.purpose, rows=rows, now=desk.now)
    return call_file.written(queries.every(asked, IN_A_FILE), place.slug, desk.now)


def _look(request: HttpRequest, desk: Desk, place: "Facility") -> call_look.Look:
    look = call_look.open_look(request, place.pk, desk.now)
    if look is None or look.asked is None:
        raise Http404
    return look


def _offset(request: HttpRequest) -> int:
    typed = request.GET.get("from", "0")
    return min(int(typed), DEEPEST) if typed.isdecimal() and len(typed) < 6 else 0


def _asked(place: "Facility", asked: dict[str, str] | None) -> CallsAsked:
    """The question in moments of the place."""
    text = dict(asked or {})
    zone = ZoneInfo(place.time_zone)
    since, until = text.pop("since", ""), text.pop("until", "")
    return CallsAsked(
        place.pk,
        since=_begin(date.fromisoformat(since), zone) if since else None,
        until=_begin(date.fromisoformat(until) + timedelta(days=1), zone) if until else None,
        **text,
    )


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, call_id: int) -> HttpResponse:
    """One call: moments, reasons, price and its parts, entries of the ledger, corrections. What for is asked first."""
    desk, place = here(request)
    call = there(queries.one(place.pk, call_id))
    look = call_look.open_look(request, place.pk, desk.now)
    form = PurposeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        call_look.begin(request, place.pk, form.cleaned_data["purpose"], look.asked if look else None, desk.now)
        return see_other("staff_call", call_id)
    purpose = look.purpose if look else looking.LIVE if call.ended_at is None else ""
    if not purpose:
        return page(request, "calls/purpose", call_id=call_id, form=form)
    looking.looked(staff=desk.user, facility_id=place.pk, purpose=purpose, call_id=call_id, now=desk.now)
    return page(request, "calls/one", **_all(desk, call), searching=look is not None and look.asked is not None)


def _all(desk: Desk, call: "Call") -> dict[str, Any]:
    versions = queries.versions(call.pk)
    cdr = versions[-1] if versions else None
    return {
        "call": call,
        "row": ended_row(cdr) if cdr else None,
        "live": live_row(call, desk.now) if call.ended_at is None else None,
        "cdr": cdr,
        "called": call.number or (cdr.dialled if cdr else ""),
        "price": price_of(cdr) if cdr else None,
        "moments": moments_of(call, queries.moments(call.pk)),
        "entries": entries_of(cdr) if cdr else [],
        "corrections": corrections_of(versions),
        "may_correct": desk.may(Permission.CORRECT_CALLS) and cdr is not None and cdr.cents > 0,
        "may_end": desk.may(Permission.END_CALLS) and call.ended_at is None,
        "may_play": desk.may(Permission.PLAY_RECORDINGS),
        "recording": queries.recording_of(call.facility_id, call.pk),
    }
