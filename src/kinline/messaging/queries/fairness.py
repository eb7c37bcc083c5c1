"""How often a place says no, and how often an appeal against it is won: for everybody to see (DEL-8)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

SMALLEST = 20  # below that many, a share would tell of single letters
LETTERS_OF, APPEALS_OF = timedelta(days=30), timedelta(days=365)

# What a person or a rule decided; a refusal whose notice is withheld looks undecided to everybody (DEL-5).
_REFUSED = """
    SELECT count(*), count(*) FILTER (WHERE r.decision = 'refuse') FROM messaging_review r
    WHERE r.facility_id = %s AND r.decision IN ('release', 'refuse') AND r.withheld_by_id IS NULL AND r.decided_at > %s
"""
_WON = """
    SELECT count(*), count(*) FILTER (WHERE a.outcome = 'won')
    FROM messaging_appeal a JOIN messaging_review r ON r.id = a.review_id
    WHERE r.facility_id = %s AND a.outcome <> '' AND a.decided_at > %s
"""


@dataclass(frozen=True, slots=True)
class Shares:
    """In whole percent; None: fewer than 20. `refused`: of the letters held and decided in 30 days; `won`: of the
    appeals decided in a year."""

    refused: int | None
    won: int | None


def shares(facility_id: int, *, now: datetime) -> Shares:
    return Shares(_share(_REFUSED, facility_id, now - LETTERS_OF), _share(_WON, facility_id, now - APPEALS_OF))


def _share(question: str, facility_id: int, since: datetime) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(question, [facility_id, since])
        count, part = cursor.fetchone()
    return round(100 * part / count) if count >= SMALLEST else None
