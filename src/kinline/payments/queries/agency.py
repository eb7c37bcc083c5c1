"""The agency's account (MON-8): what it paid for, by place and day, what it has paid us, and what it owes.

Every question begins with the facilities of whoever asks: an agency's account is for those who may see all its places.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from kinline.facilities import queries as facilities
from kinline.facilities.models import Agency, Facility
from kinline.ledger import chart
from kinline.payments.models import Allowance


@dataclass(frozen=True, slots=True)
class Used:
    """Letters or calls of one day at one place that the agency paid for. `cents`: what it owes for them."""

    day: date
    facility_id: int
    facility_name: str
    count: int
    cents: int


@dataclass(frozen=True, slots=True)
class Paid:
    """What the agency paid on its account. `reference`: its transfer or cheque."""

    day: date
    reference: str
    cents: int


@dataclass(frozen=True, slots=True)
class AgencyStatement:
    """One month. Cents are what the agency owes: `opening_cents` + used − paid = `closing_cents`; below zero it has
    paid ahead. `time_zone`: in which its days are told, that of the agency's first place.
    """

    agency: Agency
    month: date
    time_zone: str
    opening_cents: int
    used: tuple[Used, ...]
    paid: tuple[Paid, ...]
    closing_cents: int

    @property
    def used_cents(self) -> int:
        return sum(row.cents for row in self.used)

    @property
    def paid_cents(self) -> int:
        return sum(row.cents for row in self.paid)


PAYMENT: Final = "agency_payment"  # the kind of its entry

_OPENING: Final = """
    SELECT coalesce(-sum(p.cents), 0) FROM ledger_posting p
    JOIN ledger_account a ON a.id = p.account_id JOIN ledger_entry e ON e.id = p.entry_id
    WHERE a.address = %(account)s AND e.at < %(start)s
"""
_LINES: Final = """
    SELECT (e.at AT TIME ZONE %(zone)s)::date, e.kind, split_part(o.address, ':', 2), count(*), -sum(p.cents)::bigint,
           CASE WHEN e.kind = %(payment)s THEN e.reference ELSE '' END
    FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id JOIN ledger_entry e ON e.id = p.entry_id
    JOIN ledger_posting op ON op.entry_id = e.id AND op.account_id <> a.id
    JOIN ledger_account o ON o.id = op.account_id
    WHERE a.address = %(account)s AND e.at >= %(start)s AND e.at < %(end)s
    GROUP BY 1, 2, 3, 6 ORDER BY 1, 3, 6
"""


def agency_statement(facility_ids: Collection[int], agency_id: int, month: date) -> AgencyStatement | None:
    """The month that begins on `month`; None if there is no such agency, or it has a place that is not among these."""
    agency = Agency.objects.filter(pk=agency_id).first()
    places = {place.pk: place for place in facilities.facilities_of(agency_id)}
    if agency is None or not places or not places.keys() <= set(facility_ids):
        return None
    zone = places[min(places)].time_zone
    values: dict[str, Any] = {
        "account": chart.agency_funding(agency_id), "zone": zone, "payment": PAYMENT,
        "start": _begins(month, zone), "end": _begins(_next(month), zone),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_OPENING, values)
        opening = int(cursor.fetchone()[0])
        cursor.execute(_LINES, values)
        rows = cursor.fetchall()
    used = tuple(_used(row, places) for row in rows if row[1] != PAYMENT)
    paid = tuple(Paid(row[0], row[5], -row[4]) for row in rows if row[1] == PAYMENT)
    closing = opening + sum(row.cents for row in used) - sum(row.cents for row in paid)
    return AgencyStatement(agency, month.replace(day=1), zone, opening, used, paid, closing)


def _used(row: tuple[Any, ...], places: dict[int, Facility]) -> Used:
    day, _kind, place, count, cents, _reference = row
    return Used(day, int(place), places[int(place)].name, count, cents)


def _begins(month: date, zone: str) -> datetime:
    return datetime.combine(month.replace(day=1), time.min, ZoneInfo(zone))


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def allowances(facility_ids: Collection[int], now: datetime) -> list[Allowance]:
    """What counts at each of these places now, and what is announced; oldest first. A row of 0 says that it ended."""
    rows = Allowance.objects.select_related("facility").filter(facility_id__in=list(facility_ids))
    kept: dict[tuple[int, str], list[Allowance]] = {}
    for row in rows.order_by("facility__name", "kind", "effective_from"):
        known = kept.setdefault((row.facility_id, row.kind), [])
        if row.effective_from <= now:
            known.clear()
        known.append(row)
    return [row for known in kept.values() for row in known]
