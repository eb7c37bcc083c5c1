"""What the agency still pays for this week (MON-8): letters of a resident, both ways, counted in the place's week."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from kinline.contacts.queries import ContactView
from kinline.payments.rules import week_ends, week_of

LETTERS: Final = "messages"
MINUTES: Final = "minutes"


@dataclass(frozen=True, slots=True)
class Week:
    """A resident's week at a place. `left` of `per_week`; `ends_at`: when the next week begins there."""

    agency_name: str
    week: date
    per_week: int
    left: int
    ends_at: datetime


# Counted are uses that were not given back, of this place only: each place pays for its own residents.
_WEEK: Final = """
    SELECT g.name, f.time_zone, f.week_starts, coalesce((
        SELECT a.per_week FROM payments_allowance a
        WHERE a.facility_id = f.id AND a.kind = %(kind)s AND a.effective_from <= %(now)s
        ORDER BY a.effective_from DESC LIMIT 1), 0)
    FROM facilities_facility f JOIN facilities_agency g ON g.id = f.agency_id WHERE f.id = %(place)s
"""
_USED: Final = """
    SELECT coalesce(sum(count), 0) FROM payments_allowanceuse
    WHERE resident_id = %(resident)s AND facility_id = %(place)s AND kind = %(kind)s AND week = %(week)s
        AND returned_at IS NULL
"""


def paying_agency(contact: ContactView, now: datetime) -> str:
    """The agency, by name, whose allowance pays for the next letter of this contact; empty: none does.

    Asks nothing where there is no allowance. Who is a moment faster may take the last one: the send decides.
    """
    if not (contact.price_cents and contact.letters_a_week):
        return ""
    here = week(contact.resident_id, contact.facility_id, now)
    return here.agency_name if here and here.left else ""


def week(resident_id: int, facility_id: int, now: datetime, *, kind: str = LETTERS) -> Week | None:
    """What is left of this week; None where the agency pays nothing of this kind.

    A resident sees their own; to a family member only whether their next letter is paid is shown, never how many
    letters others have sent.
    """
    values: dict[str, Any] = {"resident": resident_id, "place": facility_id, "kind": kind, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_WEEK, values)
        row = cursor.fetchone()
        if row is None or row[3] == 0:
            return None
        name, time_zone, week_starts, per_week = row
        first = week_of(now, time_zone, week_starts)
        cursor.execute(_USED, values | {"week": first})
        used = cursor.fetchone()[0]
    return Week(name, first, per_week, max(0, per_week - used), week_ends(first, time_zone))
