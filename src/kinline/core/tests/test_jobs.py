"""Jobs and notices against the tables and triggers of the procrastinate that is installed."""

import contextlib
import json
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection, transaction

from kinline.core.events import CHANNEL, announce
from kinline.core.jobs import WAKE_CHANNEL, defer
from kinline.core.parties import Party

SOON = datetime(2031, 1, 1, tzinfo=UTC)


def jobs() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, args, scheduled_at, queueing_lock, priority FROM procrastinate_jobs ORDER BY id"
        )
        return [(name, json.loads(args), *rest) for name, args, *rest in cursor.fetchall()]


@pytest.fixture
def heard(transactional_db):
    """Listens beside the tested transaction; call it for what has been heard until now."""
    settings = connection.get_connection_params()
    listener = psycopg.connect(
        dbname=settings["dbname"],
        user=settings["user"],
        host=settings["host"],
        port=settings["port"],
        password=settings.get("password"),
        autocommit=True,
    )
    for channel in (CHANNEL, WAKE_CHANNEL, "procrastinate_any_queue_v1"):
        listener.execute(f'LISTEN "{channel}"')

    def now() -> list[tuple[str, dict]]:
        return [(one.channel, json.loads(one.payload)) for one in listener.notifies(timeout=0.3)]

    yield now
    listener.close()


def test_a_job_is_a_row_of_the_story(db):
    defer("send_email", email_id=7)
    defer("deliver_due", at=SOON, priority=2, message_id=9)
    assert jobs() == [
        ("send_email", {"email_id": 7}, None, None, 0),
        ("deliver_due", {"message_id": 9}, SOON, None, 2),
    ]


def test_a_waiting_lock_keeps_a_second_job_out_and_a_running_one_does_not(db):
    defer("tidy", once="tidy")
    defer("tidy", once="tidy")
    assert len(jobs()) == 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    defer("tidy", once="tidy")
    assert len(jobs()) == 2


def test_workers_and_pages_hear_once_and_only_after_the_commit(heard):
    with transaction.atomic():
        defer("send_email", email_id=1)
        defer("send_email", email_id=2)
        announce(Party("family", 7), "message", message_id=3)
        announce(Party("family", 7), "message", message_id=3)
        announce(Party("resident", 4), "status", message_id=3)
        assert heard() == []
    assert heard() == [
        (WAKE_CHANNEL, {"type": "job_inserted", "job_id": 0}),
        (CHANNEL, {"to": "family:7", "kind": "message", "message_id": 3}),
        (CHANNEL, {"to": "resident:4", "kind": "status", "message_id": 3}),
    ]


def test_nothing_is_heard_of_what_was_rolled_back(heard):
    with transaction.atomic():
        announce(Party("family", 1), "notice")
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            announce(Party("family", 2), "notice")
            raise ZeroDivisionError
        announce(Party("family", 3), "notice")
    assert [payload["to"] for _, payload in heard()] == ["family:1", "family:3"]
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        announce(Party("family", 4), "notice")
        raise ZeroDivisionError
    assert heard() == []


def test_a_later_job_wakes_nobody(heard):
    defer("deliver_due", at=SOON + timedelta(days=1), message_id=1)
    assert heard() == []


def test_no_trigger_notifies_on_insert(db):
    """Fails when a newer procrastinate brings its trigger back under another name (stack.md, jobs)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE "
            "tgrelid = 'procrastinate_jobs'::regclass "
            "AND prosrc LIKE '%%pg_notify%%' AND tgtype & 4 = 4"
        )
        assert cursor.fetchall() == []


def test_audit_rows_are_insert_only(db):
    from django.db.utils import DatabaseError

    from kinline.core.audit import record
    from kinline.core.models import AuditEvent

    record("operator", "test", "thing:1", now=SOON, count=1)
    for change in (lambda: AuditEvent.objects.update(act="other"), lambda: AuditEvent.objects.all().delete()):
        with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
            change()
    assert [(event.act, event.detail) for event in AuditEvent.objects.all()] == [("test", {"count": 1})]
