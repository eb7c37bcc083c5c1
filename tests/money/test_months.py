"""The months of an account (MON-5): a range of entries each, whose sums make opening and closing balances."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.db.utils import DatabaseError

from kinline.ledger import chart, queries, services
from kinline.ledger.models import Month

pytestmark = pytest.mark.django_db
MINE, CASH = chart.family_messages(7), chart.facility_cash(1)
# The test deployment's clock is New York: five hours (in summer four) behind UTC.
OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)


def put(cents: int, *at: int) -> int:
    moment = datetime(*at, tzinfo=UTC)
    return services.post(key=f"k{at}{cents}", kind="deposit", lines=[(CASH, -cents), (MINE, cents)], now=moment)


def months() -> list[tuple[date, int, int, int, int]]:
    rows = Month.objects.filter(account__address=MINE).order_by("month")
    return list(rows.values_list("month", "in_cents", "out_cents", "lines", "last_entry_id"))


def test_a_month_begins_at_midnight_of_the_deployments_clock() -> None:
    last_of_october = put(500, 2026, 11, 1, 3, 59)  # 23:59 on October 31 in New York, still in summer time
    first_of_november = put(70, 2026, 11, 1, 4, 0)
    assert months() == [(OCTOBER, 500, 0, 1, last_of_october), (NOVEMBER, 70, 0, 1, first_of_november)]


def test_what_went_out_is_counted_apart() -> None:
    put(500, 2026, 11, 3)
    hold = services.hold(key="h", purpose="message", lines=[(MINE, 50)], now=datetime(2026, 11, 4, tzinfo=UTC))
    entry = services.capture(hold_id=hold, to=chart.REFUNDS_PAYABLE, now=datetime(2026, 12, 4, tzinfo=UTC))
    assert [row[:4] for row in months()] == [(NOVEMBER, 500, 0, 1), (DECEMBER, 0, 50, 1)]
    assert months()[1][4] == entry


def test_what_is_booked_late_belongs_to_the_month_that_is_open() -> None:
    """A statement that somebody has read does not change."""
    first = put(500, 2026, 10, 5)
    put(100, 2026, 12, 5)
    late = put(30, 2026, 10, 20)
    assert months() == [(OCTOBER, 500, 0, 1, first), (DECEMBER, 130, 0, 2, late)]


def test_an_entry_that_was_overtaken_keeps_its_place_in_the_order() -> None:
    """Its number was given before the one that opened the new month, its money came after."""
    put(500, 2026, 10, 5)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('ledger_entry_id_seq')")
        (number,) = cursor.fetchone()
    newest = put(100, 2026, 11, 5)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_entry (id, key, input_hash, kind, reference, lines, at)"
            " VALUES (%s, 'overtaken', '', 'deposit', '', 2, '2026-10-31')", [number],
        )  # fmt: skip
        cursor.execute(
            "INSERT INTO ledger_posting SELECT %s, l.n, a.id, l.cents FROM ledger_account a"
            " JOIN (VALUES (1, %s, -9), (2, %s, 9)) AS l (n, address, cents) USING (address)", [number, CASH, MINE],
        )  # fmt: skip
    assert [row[:4] for row in months()] == [(OCTOBER, 500, 0, 1), (NOVEMBER, 109, 0, 2)]
    assert months()[1][4] == newest
    assert queries.replay() == []


def test_nothing_but_a_posting_changes_a_month() -> None:
    put(500, 2026, 10, 5)
    before = months()
    for statement in ("UPDATE ledger_month SET in_cents = 0", "DELETE FROM ledger_month"):
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(f"SAVEPOINT s; {statement}")
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT s")
    assert months() == before


def test_the_house_has_no_months() -> None:
    put(500, 2026, 10, 5)
    assert not Month.objects.exclude(account__address=MINE).exists()
