"""Reports of a place (STF-7): which there are, each on screen with its filter, and as a file."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from kinline.flows.record import note_report
from kinline.identity.permissions import Permission
from kinline.messaging.queries.figures import Span
from kinline.staff import pages
from kinline.staff.answers import page
from kinline.staff.days import span_of
from kinline.staff.desk import here
from kinline.staff.filing import filed
from kinline.staff.report_forms import ReportForm
from kinline.staff.reports import REPORTS, Asked
from kinline.staff.tables import Table

SHOWN = 200
IN_A_FILE = 10_000


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """Only those that this person may open here."""
    desk, _place = here(request)
    listed = [
        (reverse(f"staff_report_{name}"), report)
        for name, report in REPORTS.items()
        if desk.may(pages.TABLE[f"staff_report_{name}"].permission)
    ]
    return page(request, "reports/list", reports=listed, keys=desk.may(Permission.GRANT_ROLES))


@require_safe
def report(request: HttpRequest, name: str) -> HttpResponse:
    asked, table = _table(request, name, SHOWN + 1)
    more = len(table.rows) > SHOWN
    shown = Table(table.name, table.title, table.columns, table.rows[:SHOWN], table.numbers)
    _note(request, name, asked, taken=False, rows=len(shown.rows))
    days = {"since": asked.span.first.isoformat(), "until": asked.span.last.isoformat()}
    kept = (days if REPORTS[name].by_day else {}) | ({"only": asked.only} if asked.only else {})
    form = ReportForm(REPORTS[name], asked.span.facility_id, initial=kept)
    return page(
        request, "reports/report",
        report=REPORTS[name], table=shown, more=more, form=form, shown=SHOWN, in_a_file=IN_A_FILE,
        file=f"{reverse(f'staff_report_{name}_file')}?{urlencode(kept)}",
    )  # fmt: skip


@require_safe
def file(request: HttpRequest, name: str) -> StreamingHttpResponse:
    asked, table = _table(request, name, IN_A_FILE)
    _note(request, name, asked, taken=True, rows=len(table.rows))
    return filed(table, here(request)[1].slug, asked.span)


def _table(request: HttpRequest, name: str, limit: int) -> tuple[Asked, Table]:
    desk, place = here(request)
    made = REPORTS[name]
    form = ReportForm(made, place.pk, request.GET)
    first, last = span_of(form, desk)
    asked = Asked(Span(place.pk, first, last, place.time_zone), form.filter(), limit, desk.now)
    return asked, Table(name, made.title, made.columns, made.rows(asked), made.numbers)


def _note(request: HttpRequest, name: str, asked: Asked, *, taken: bool, rows: int) -> None:
    """Whoever reads about people is on record (STF-3)."""
    desk, place = here(request)
    if REPORTS[name].people:
        note_report(desk.user, name, taken=taken, rows=rows, only=asked.only, facility_id=place.pk, now=desk.now)
