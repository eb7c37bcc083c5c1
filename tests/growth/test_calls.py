"""P9 for calls: what is read of them costs as many pages with a hundred times the calls as with a hundredth.

Each row of a list asks an index whether a newer record corrects it; an index that became one level deeper is a page
more for each. So some pages a row are let pass, where reading all would be thirty thousand.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from kinline.facilities.models import Facility
from kinline.residents.models import Resident
from kinline.telephony.queries import desk, family
from kinline.telephony.queries import resident as residents
from tests.growth.test_growth import DEEPER, FEW, MANY, pages_read, run

pytestmark = pytest.mark.slow
NUMBER = "+18135550142"
# A call to the number and one to strangers for each number, an hour apart; every ninth was not put through.
FILL = """
    INSERT INTO telephony_cdr (call_id, facility_id, resident_id, facility_kind, tier, station, dialled, number,
        place_kind, country, jurisdiction, call_type, access, started_at, accepted_at, ended_at, result, ended_by,
        reasons, seconds, unbilled_seconds, base_micro, additive_micro, cents, base_cents, additive_cents, tax_cents,
        agency_cents, payer, entries, caller_id, recording, signs, written_at)
    SELECT 2 * n + s, %(facility)s, %(resident)s, 'jail', 'large', 'West', '', CASE s WHEN 0 THEN %(number)s
        ELSE '+1813555' || 1000 + n %% 300 END, 'domestic', 'US', 'interstate', CASE n %% 9 WHEN 0 THEN 'refused'
        ELSE 'prepaid_collect' END, 'voice', at, CASE n %% 9 WHEN 0 THEN NULL ELSE at END, at, CASE n %% 9 WHEN 0
        THEN 'wrong_pin' ELSE 'completed' END, 'caller', '["caller_hung_up"]', 61, 9, 90000, 20000, 0, 0, 0, 0, 0, '',
        '[]', '', 'none', '[]', at
    FROM generate_series(%(first)s, %(last)s) n, generate_series(0, 1) s,
        LATERAL (SELECT %(now)s - interval '1 hour' * (%(most)s - n) AS at) AS moment;
    INSERT INTO telephony_call (id, key, boot_id, switch_id, facility_id, resident_id, number, call_type, state,
        held_cents, payer, allowance_seconds, base_micro, additive_micro, seconds, record, facts, started_at, heard_ms,
        last_seq, lease_until, end_asked, ended_at)
    SELECT call_id, gen_random_uuid(), 'one', 1, facility_id, resident_id, number, call_type, 'ended', 0, '', 0, 0, 0,
        900, false, '{}', started_at, 0, 0, started_at, '', started_at
    FROM telephony_cdr WHERE call_id BETWEEN 2 * %(first)s AND 2 * %(last)s + 1
"""


@pytest.fixture(scope="module", autouse=True)
def _as_new(django_db_setup: None, django_db_blocker: Any) -> None:
    """What other tests filled and took back left the table large and empty."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("VACUUM FULL telephony_cdr, telephony_call")


@pytest.fixture
def fill(resident: Resident, north: Facility, now: datetime) -> Callable[[int, int], None]:
    """`fill(first, last)`: calls of these numbers. Without triggers, so their calls need not be there."""
    run("SET LOCAL session_replication_role = replica")
    facts = {"facility": north.pk, "resident": resident.pk, "number": NUMBER, "now": now, "most": MANY}

    def rows(first: int, last: int) -> None:
        for statement in FILL.split(";"):
            run(statement, facts | {"first": first, "last": last})
        run("ANALYZE telephony_cdr, telephony_call")

    return rows


def test_what_is_read_of_calls_does_not_grow(
    fill: Callable[[int, int], None], resident: Resident, north: Facility, now: datetime
) -> None:
    ever = now - timedelta(days=10_000)

    def older() -> object:
        newest = family.calls_to(NUMBER, since=ever)
        return family.calls_to(NUMBER, since=ever, before=newest.next)

    asked: dict[str, Callable[[], object]] = {
        "calls to a number": lambda: family.calls_to(NUMBER, since=ever),
        "older ones": older,
        "calls of a statement": lambda: family.charged(range(300, 320)),
        "a resident's own calls": lambda: residents.calls_of(resident.pk),
        "the newest calls of a place": lambda: desk.found(desk.CallsAsked(north.pk), offset=0, limit=50),
    }
    fill(1, FEW)
    run("SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
    few = {name: pages_read(question) for name, question in asked.items()}
    run("RESET enable_seqscan; RESET enable_hashjoin; RESET enable_mergejoin")
    fill(FEW + 1, MANY)
    many = {name: pages_read(question) for name, question in asked.items()}
    assert len(family.calls_to(NUMBER, since=ever).rows) == family.PAGE
    shown = {name: 1 + (50 if "place" in name else family.PAGE) * (2 if "older" in name else 1) for name in asked}
    grown = {name: (few[name], many[name]) for name in asked if many[name] > few[name] + DEEPER * shown[name]}
    assert grown == {}
