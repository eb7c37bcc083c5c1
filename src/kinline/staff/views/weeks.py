"""The audit log week by week: counted by person and act, what is rare first, and who has read it (C5)."""

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kinline.core import audit as log
from kinline.core.audit import Acts, Asked
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import SeeOther
from kinline.flows.record import WEEK, note_week
from kinline.identity import queries as identity
from kinline.staff.answers import page
from kinline.staff.audit_wording import act_in_words
from kinline.staff.days import last_week
from kinline.staff.desk import here

BACK = 8  # weeks that can be chosen
MOST = 500
# What somebody who reads a log wants to see before the work of every day: acts, or the first part of several.
NOTABLE = (
    "sign_in.", "factor.", "role.", "staff.", "audit.export", "report.take", "report_key.", "facility.", "rules.",
    "retention.", "hold.", "emergency.", "stop.", "privileged.", "pin.reset", "message.withhold",
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def week(request: HttpRequest) -> HttpResponse:
    desk, place = here(request)
    monday, newest = _asked(request, last_week(desk.now)), last_week(desk.now)
    staff = identity.staff_of(place.pk)
    since = datetime.combine(monday, time(), ZoneInfo(place.time_zone))
    until = datetime.combine(monday + WEEK, time(), ZoneInfo(place.time_zone))
    found = log.counted(place.pk, list(staff), Asked(since, until), limit=MOST)
    if request.method == "POST":
        return _read(request, monday, sum(one.count for one in found))
    rows = sorted(((_notable(one), one) for one in found), key=lambda pair: not pair[0])
    weeks = [newest - WEEK * n for n in range(BACK)]
    return page(
        request, "audit/week",
        monday=monday, sunday=monday + timedelta(days=6), read=_who(log.week_read(place.pk, monday), staff),
        rows=[(rare, staff_name(one.actor, staff), act_in_words(one.act), one, _link(one, monday, staff))
              for rare, one in rows],
        weeks=[(one, log.week_read(place.pk, one) is not None) for one in weeks],
    )  # fmt: skip


def _asked(request: HttpRequest, newest: date) -> date:
    """The week that is asked for, or the newest that is over."""
    typed = request.GET.get("week", "")
    if not typed:
        return newest
    try:
        monday = date.fromisoformat(typed)
    except ValueError:
        raise Http404 from None
    if monday.weekday() or not newest - WEEK * (BACK - 1) <= monday <= newest:
        raise Http404
    return monday


def _read(request: HttpRequest, monday: date, rows: int) -> HttpResponse:
    desk, place = here(request)
    try:
        first = note_week(desk.user, facility_id=place.pk, monday=monday, rows=rows, now=desk.now)
    except Refusal as no:
        flash.say(request, str(no), "warn")
    else:
        flash.say(request, _("It is on record that you have read this week.") if first else _("Somebody has read it."))
    return SeeOther(f"{reverse('staff_audit_week')}?week={monday.isoformat()}")


def _notable(one: Acts) -> bool:
    return one.act.startswith(NOTABLE)


def staff_name(actor: str, staff: dict[int, str]) -> str:
    kind, _colon, number = actor.partition(":")
    return staff.get(int(number), actor) if kind == "staff" and number.isdecimal() else actor


def _who(read: tuple[str, datetime] | None, staff: dict[int, str]) -> tuple[str, datetime] | None:
    return (staff_name(read[0], staff), read[1]) if read else None


def _link(one: Acts, monday: date, staff: dict[int, str]) -> str:
    """The rows themselves, in the log."""
    asked = {"since": monday.isoformat(), "until": (monday + timedelta(days=6)).isoformat(),
             "who": staff_name(one.actor, staff), "act": one.act}  # fmt: skip
    return f"{reverse('staff_audit')}?{urlencode(asked)}"
