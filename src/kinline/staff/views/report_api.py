"""The same reports for other programs, under `/api/v1/reports/` (STF-7): JSON or CSV, by a key of one place.

The key is in the header alone, never in an address, so that it is in no log. Errors are problem details (RFC 9457).
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kinline.core import clock
from kinline.flows.report_keys import note_reading
from kinline.identity import permissions, report_keys
from kinline.messaging.queries.figures import Span
from kinline.staff import pages
from kinline.staff.days import span_on
from kinline.staff.filing import filed
from kinline.staff.report_forms import ReportForm
from kinline.staff.reports import REPORTS, Asked
from kinline.staff.tables import Cell, Cents, Table

if TYPE_CHECKING:
    from kinline.identity.models import ReportKey

ROWS = 10_000
View = Callable[..., HttpResponseBase]


def problem(status: HTTPStatus, detail: str) -> HttpResponse:
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    answer = JsonResponse(body, status=status, content_type="application/problem+json")
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def by_key(view: Callable[..., HttpResponseBase]) -> View:
    """Only with an open key, in the time of its place and in English: programs read no other language."""

    @wraps(view)
    def opened(request: HttpRequest, **parts: str) -> HttpResponseBase:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        now = clock.now()
        key = report_keys.open_key(secret.strip(), now) if scheme.lower() == "bearer" else None
        if key is None:
            return problem(HTTPStatus.UNAUTHORIZED, "Send an open key of a facility: Authorization: Bearer <key>.")
        with timezone.override(key.facility.time_zone), translation.override("en"):
            return view(request, key, now, **parts)

    return never_cache(require_safe(opened))


def _may(key: "ReportKey", name: str, now: datetime) -> bool:
    permission = pages.TABLE[f"staff_report_{name}"].permission
    return permission is not None and permissions.may(key.holder, key.facility_id, permission, now)


@by_key
def reports(_request: HttpRequest, key: "ReportKey", now: datetime) -> HttpResponseBase:
    """Those that the key's holder may read there at this moment."""
    listed = [
        {"name": name, "title": str(one.title), "told": str(one.told), "by_day": one.by_day,
         "only": [value for value, _label in one.choices(key.facility_id)], "url": reverse("api_report", args=[name])}
        for name, one in REPORTS.items() if _may(key, name, now)
    ]  # fmt: skip
    return JsonResponse({"facility": key.facility.slug, "reports": listed})


@by_key
def report(request: HttpRequest, key: "ReportKey", now: datetime, name: str) -> HttpResponseBase:
    """`since`, `until`, `only` as on screen; `format=csv` for a file."""
    if name not in REPORTS:
        return problem(HTTPStatus.NOT_FOUND, "There is no report of this name.")
    if not _may(key, name, now):
        return problem(HTTPStatus.FORBIDDEN, "The holder of this key may not read this report now.")
    form, wanted = ReportForm(REPORTS[name], key.facility_id, request.GET), request.GET.get("format", "json")
    if not form.is_valid() or wanted not in ("json", "csv"):
        wrong = [*form.errors, *([] if wanted in ("json", "csv") else ["format"])]
        return problem(HTTPStatus.BAD_REQUEST, f"Cannot be read: {', '.join(wrong)}.")
    asked, table, more = _table(form, key, name, now)
    note_reading(key=key, name=name, rows=len(table.rows), only=asked.only, now=now)
    return filed(table, key.facility.slug, asked.span) if wanted == "csv" else _as_json(key, asked, table, more=more)


def _table(form: ReportForm, key: "ReportKey", name: str, now: datetime) -> tuple[Asked, Table, bool]:
    first, last = span_on(form, timezone.localdate(now))
    asked = Asked(Span(key.facility_id, first, last, key.facility.time_zone), form.filter(), ROWS + 1, now)
    made = REPORTS[name]
    rows = made.rows(asked)
    return asked, Table(name, made.title, made.columns, rows[:ROWS], made.numbers), len(rows) > ROWS


def _as_json(key: "ReportKey", asked: Asked, table: Table, *, more: bool) -> HttpResponse:
    days = {"since": asked.span.first, "until": asked.span.last} if REPORTS[table.name].by_day else {}
    return JsonResponse(
        {"report": table.name, "facility": key.facility.slug, "at": asked.now, **days, "only": asked.only,
         "columns": [str(one) for one in table.columns],
         "rows": [[_value(cell) for cell in row] for row in table.rows], "more": more}
    )  # fmt: skip


def _value(cell: Cell) -> str | int | float | None:
    """Numbers stay numbers; money is cents; moments have the offset of the place."""
    if isinstance(cell, Cents):
        return int(cell)
    if isinstance(cell, datetime):
        return timezone.localtime(cell).isoformat(timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    return cell if cell is None or isinstance(cell, int) else str(cell)
