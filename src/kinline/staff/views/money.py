"""Money in, out, owed and held; the journal of a day (MON-2, MON-5, STF-5)."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kinline.design.documents import csv
from kinline.identity.permissions import Permission
from kinline.payments.queries import finance
from kinline.payments.queries.finance import DayRow
from kinline.staff.answers import page
from kinline.staff.charts import bars
from kinline.staff.days import days_asked
from kinline.staff.desk import here
from kinline.staff.wording import liability


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    desk, place = here(request)
    ids = desk.ids(Permission.READ_MONEY)
    first, last, form = days_asked(request, desk)
    rows = finance.by_day(ids, first, last, place.time_zone)
    owed = finance.liabilities(ids)
    names = {one.pk: one.name for one in desk.places}
    return page(
        request, "money/overview",
        form=form, first=first, last=last, rows=[(row, names.get(row.facility_id or 0, "")) for row in rows],
        sums=_sums(rows), owed=[(liability(one.kind), one) for one in owed], whole=finance.sees_all(ids),
        owed_cents=sum(one.owed_cents for one in owed), held_cents=sum(one.held_cents for one in owed),
        cash=[(names[pk], cents) for pk, cents in sorted(finance.cash_at(ids).items())],
        query=f"since={first.isoformat()}&until={last.isoformat()}",
    )  # fmt: skip


def _sums(rows: Sequence[DayRow]) -> dict[str, int]:
    return {name: sum(getattr(row, name) for row in rows) for name in ("in_cents", "out_cents", "earned_cents")}


@require_safe
def chart(request: HttpRequest) -> HttpResponse:
    """The table of the overview as bars, as a picture of its own: the CSP allows none in the page."""
    desk, place = here(request)
    first, last, _form = days_asked(request, desk)
    rows = finance.by_day(desk.ids(Permission.READ_MONEY), first, last, place.time_zone)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    came = [sum(row.in_cents for row in rows if row.day == day) for day in days]
    went = [sum(row.out_cents for row in rows if row.day == day) for day in days]
    return HttpResponse(bars(came, went), "image/svg+xml")


@require_safe
def export(request: HttpRequest, day: str) -> StreamingHttpResponse:
    """The general ledger's journal of one day as CSV: whole entries, so debits equal credits."""
    desk, place = here(request)
    try:
        asked = date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    if not date(2000, 1, 1) <= asked <= timezone.localdate(desk.now):
        raise Http404
    lines = finance.journal(desk.ids(Permission.READ_MONEY), asked, place.time_zone)
    pieces = csv.lines(finance.HEADINGS, finance.journal_file(lines, asked))
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="kinline-ledger-{asked.isoformat()}.csv"'
    return response
