"""Whom one person outside writes with: the report of family members with more than one resident (STF-7)."""

from dataclasses import dataclass

from django.db import connection

# At a place now; nobody who was declined or denied, and nothing of lawyers and the like (DEL-7).
_SEVERAL = """
    SELECT btrim(u.first_name || ' ' || u.last_name), f.residents, f.named
    FROM (
        SELECT c.user_id, count(*) AS residents,
            string_agg(p.number || ' ' || btrim(p.first_name || ' ' || p.last_name), '; ' ORDER BY p.number) AS named
        FROM residents_custody k JOIN contacts_contact c ON c.resident_id = k.resident_id
        JOIN residents_resident p ON p.id = c.resident_id
        WHERE k.facility_id = %(facility)s AND k.ended_at IS NULL AND c.kind <> 'privileged'
            AND c.declined_at IS NULL AND c.denied_at IS NULL
        GROUP BY c.user_id HAVING count(*) > 1
        ORDER BY count(*) DESC, c.user_id LIMIT %(limit)s
    ) f JOIN identity_user u ON u.id = f.user_id AND u.closed_at IS NULL
    ORDER BY f.residents DESC, f.user_id
"""


@dataclass(frozen=True, slots=True)
class Several:
    """`named`: numbers and names, one after the other."""

    family: str
    residents: int
    named: str


def with_several(facility_id: int, *, limit: int) -> list[Several]:
    """The most residents first."""
    with connection.cursor() as cursor:
        cursor.execute(_SEVERAL, {"facility": facility_id, "limit": limit})
        return [Several(*row) for row in cursor.fetchall()]
