"""The audit log of a place: who did what, how far it is sealed, and the log as a file (STF-4)."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from kinline.core import audit as log
from kinline.core import sealing
from kinline.core.audit import Asked, Entry
from kinline.design.documents import csv
from kinline.flows.record import note_export
from kinline.identity import queries as identity
from kinline.identity.forms.audit import AuditForm
from kinline.staff.answers import page
from kinline.staff.audit_wording import act_in_words, detail_in_words
from kinline.staff.desk import here

SHOWN = 100
HEADINGS = ("id", "at", "who", "actor", "act", "object", "detail", "digest")


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    desk, place = here(request)
    form, staff = AuditForm(request.GET), identity.staff_of(place.pk)
    rows = log.entries(place.pk, list(staff), _asked(form, staff, place.time_zone), before=_before(request),
                       limit=SHOWN + 1)  # fmt: skip
    shown = rows[:SHOWN]
    kept = {name: value for name, value in request.GET.items() if name in form.fields and value}
    return page(
        request, "audit/log",
        form=form, rows=[(row, _who(row.actor, staff), act_in_words(row.act), detail_in_words(row.detail))
                         for row in shown],
        standing=sealing.standing(desk.now), query=urlencode(kept),
        older=urlencode({**kept, "before": shown[-1].id}) if len(rows) > SHOWN else "",
    )  # fmt: skip


def _asked(form: AuditForm, staff: dict[int, str], zone: str) -> Asked:
    since, until = form.span(zone)
    return Asked(since, until, _actors(form.text("who"), staff), form.text("act"), form.text("object"))


def _actors(typed: str, staff: dict[int, str]) -> tuple[str, ...]:
    """A user name of staff, or an actor as the log names it (`system`, `operator`, `family:12`)."""
    if not typed:
        return ()
    return (typed, *(f"staff:{pk}" for pk, name in staff.items() if name.lower() == typed.lower()))


def _before(request: HttpRequest) -> int | None:
    asked = request.GET.get("before", "")
    return int(asked) if asked.isdecimal() and len(asked) < 19 else None


def _who(actor: str, staff: dict[int, str]) -> str:
    kind, _colon, number = actor.partition(":")
    return staff.get(int(number), actor) if kind == "staff" and number.isdecimal() else actor


@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The same rows as CSV, each with its link in the chain; that they were taken away is written down first."""
    desk, place = here(request)
    form, staff = AuditForm(request.GET), identity.staff_of(place.pk)
    asked = _asked(form, staff, place.time_zone)
    note_export(
        desk.user, rows=log.count(place.pk, list(staff), asked), now=desk.now, facility_id=place.pk,
        filters={name: form.text(name) for name in ("act", "object")},
    )  # fmt: skip
    entries = log.every_entry(place.pk, list(staff), asked)
    response = StreamingHttpResponse(
        csv.lines(HEADINGS, (_cells(row, staff) for row in entries)), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="kinline-audit-{place.slug}.csv"'
    return response


def _cells(row: Entry, staff: dict[int, str]) -> tuple[object, ...]:
    return (
        row.id, row.at.isoformat(), _who(row.actor, staff), row.actor, row.act, row.object,
        detail_in_words(row.detail), row.digest,
    )  # fmt: skip
