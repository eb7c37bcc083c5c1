"""STF-4: the audit log is insert-only, chained by a job, and its proof names the first row that does not hold."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from kinline.core import sealing
from kinline.core.audit import record
from kinline.core.models import AuditEvent, AuditSeal
from kinline.flows.seal_audit import BATCH, seal_audit, seal_late

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(transactional_db):
    """`told(statement, *values)`: somebody with the owner's rights goes around the rules of the tables."""

    def run(statement, *values):
        with transaction.atomic(), connection.cursor() as cursor:
            for table in ("core_audit_event", "core_audit_seal"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(statement, values)
            for table in ("core_audit_event", "core_audit_seal"):
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return run


@pytest.fixture
def log(transactional_db, now):
    """Nine sealed rows, in three runs, and one that waits; their ids."""
    for run in range(3):
        for n in range(3):
            record("system", "sample.act", f"thing:{run}{n}", now=now, ratio=0.1, name="Ñandú 😀", none=None)
        seal_audit(now=now + timedelta(minutes=run))
    record("operator", "sample.late", now=now)
    return list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))


def test_the_chain_holds_and_the_tail_is_named(log, now):
    verdict = sealing.verify()
    assert verdict.broken is None
    assert verdict.sealed == 9
    assert verdict.tail == sealing.Tail(1, log[9], log[9], now)
    seal_audit(now=now)
    assert sealing.verify().tail.count == 0
    assert list(AuditSeal.objects.order_by("position").values_list("position", "event_id")) == list(enumerate(log, 1))


@pytest.mark.parametrize(
    "change",
    ["act = 'sample.other'", "actor = 'staff:1'", "object = ''", "facility_id = 7",
     "at = at + interval '1 microsecond'", """detail = detail || '{"none": 0}'"""],
)  # fmt: skip
def test_each_change_of_a_sealed_row_is_named(log, told, change):
    told(f"UPDATE core_audit_event SET {change} WHERE id = %s", log[4])
    told(f"UPDATE core_audit_event SET {change} WHERE id = %s", log[7])
    assert sealing.verify().broken == sealing.Broken(5, log[4], "changed")


def test_a_row_that_is_gone_is_named(log, told):
    told("DELETE FROM core_audit_event WHERE id = %s", log[2])
    assert sealing.verify().broken == sealing.Broken(3, log[2], "row_missing")


def test_a_row_that_is_gone_with_its_link_is_named(log, told):
    told("DELETE FROM core_audit_event WHERE id = %s", log[2])
    told("DELETE FROM core_audit_seal WHERE event_id = %s", log[2])
    assert sealing.verify().broken == sealing.Broken(3, log[3], "link_missing")


def test_a_link_that_is_made_up_is_named(log, told):
    told("UPDATE core_audit_seal SET digest = sha256('made up') WHERE position = 6")
    assert sealing.verify().broken == sealing.Broken(6, log[5], "changed")


def test_an_end_that_is_cut_off_is_seen_by_who_wrote_the_head_down(log, told):
    head = sealing.verify().head
    assert sealing.knows(head)
    told("DELETE FROM core_audit_seal WHERE position > 7")
    assert sealing.verify().broken is None  # the chain alone cannot know
    assert not sealing.knows(head)
    assert not sealing.knows("no digest")


@pytest.mark.parametrize("table", ["core_audit_event", "core_audit_seal"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_the_database_refuses_changes(log, table, statement):
    column = "id" if table.endswith("event") else "position"
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table, column, column))
    assert sealing.verify().sealed == 9


def test_a_row_that_becomes_visible_late_is_sealed_after_its_neighbours(log, now, told):
    """Ids are given before the commit: a slow transaction's row comes after younger ones are sealed."""
    told("INSERT INTO core_audit_event (id, at, actor, act, object, detail) VALUES (%s, %s, 'system', 'x', '', '{}')",
         log[0] - 1, now)  # fmt: skip
    seal_audit(now=now + timedelta(minutes=5))
    assert list(AuditSeal.objects.order_by("position").values_list("event_id", flat=True)[9:]) == [log[0] - 1, log[9]]
    assert sealing.verify().broken is None


def test_a_row_that_is_too_late_for_the_minute_is_found_by_night(log, now, told):
    seal_audit(now=now)
    told("INSERT INTO core_audit_event (id, at, actor, act, object, detail) VALUES (%s, %s, 'system', 'x', '', '{}')",
         log[0] - 1, now)  # fmt: skip
    tomorrow = now + timedelta(days=1)
    seal_audit(now=tomorrow)
    assert sealing.verify().tail.count == 1
    seal_late(now=tomorrow)
    assert sealing.verify().tail.count == 0


def test_a_long_gap_is_closed_in_pieces(log, now, monkeypatch):
    monkeypatch.setattr("kinline.flows.seal_audit.BATCH", 2)
    assert BATCH > 2
    for n in range(7):
        record("system", "sample.act", f"more:{n}", now=now)
    seal_audit(now=now)
    assert sealing.verify().sealed == 17
    assert sealing.standing(now).waiting == 0


def test_standing_says_how_far_it_is_sealed(log, now):
    standing = sealing.standing(now)
    assert (standing.position, standing.waiting) == (9, 1)
    assert standing.head == sealing.verify().head
