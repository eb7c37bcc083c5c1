"""Records of calls as a file (T14): every field, the same names as the record's, in UTC to the millisecond."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.http import StreamingHttpResponse

from kinline.design.documents import csv
from kinline.design.documents.csv import amount
from kinline.telephony.queries.calls import back_cents
from kinline.telephony.rating import in_dollars

if TYPE_CHECKING:
    from kinline.telephony.models import Cdr

COLUMNS = (
    "call", "record", "corrects", "facility_kind", "tier", "station", "resident_number", "resident", "dialled",
    "number", "place_kind", "country", "jurisdiction", "call_type", "access", "started_at", "ringing_at",
    "answered_at", "announced_at", "accepted_at", "ended_at", "result", "reasons", "ended_by", "sip_code", "seconds",
    "unbilled_seconds", "rate_a_minute", "share_a_minute", "cost", "base", "share", "tax", "paid_by_agency", "payer",
    "entries", "caller_id", "recording", "signs", "cost_at_first", "given_back", "why_given_back",
)  # fmt: skip


def written(rows: "Iterable[Cdr]", slug: str, now: datetime) -> StreamingHttpResponse:
    response = StreamingHttpResponse(csv.lines(COLUMNS, _lines(rows)), content_type="text/csv; charset=utf-8")
    name = f"kinline-calls-{slug}-{now.date().isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(rows: "Iterable[Cdr]") -> Iterator[list[object]]:
    for one in rows:
        yield [
            one.call_id, one.pk, one.corrects_id, one.facility_kind, one.tier, one.station,
            one.resident.number if one.resident else "", one.resident.name if one.resident else "", one.dialled,
            one.number, one.place_kind, one.country, one.jurisdiction, one.call_type, one.access,
            _at(one.started_at), _at(one.ringing_at), _at(one.answered_at), _at(one.announced_at),
            _at(one.accepted_at), _at(one.ended_at), one.result, " ".join(one.reasons), one.ended_by, one.sip_code,
            one.seconds, one.unbilled_seconds, _rate(one.base_micro + one.additive_micro), _rate(one.additive_micro),
            amount(one.cents), amount(one.base_cents), amount(one.additive_cents), amount(one.tax_cents),
            amount(one.agency_cents), one.payer, " ".join(map(str, one.entries)), one.caller_id, one.recording,
            " ".join(map(str, one.signs)), amount(one.cents + back_cents(one)), amount(back_cents(one)), _why(one),
        ]  # fmt: skip


def _why(one: "Cdr") -> str:
    correction = getattr(one, "correction", None)
    return correction.why if correction else ""


def _at(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z" if moment else ""


def _rate(micro: int) -> str:
    return in_dollars(micro).removeprefix("$")
