"""How the deployment is, for machines: counts and ages, nothing personal (OPS-3)."""

import pytest
from django.db import DatabaseError, connection

from kinline.core.jobs import defer
from kinline.notices.services import mail
from kinline.ops import health


def test_alive_without_a_database(client):
    assert client.get("/healthz").content == b"ok\n"


def test_ready_tells_of_a_missing_worker_and_serves_all_the_same(client, db):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": True, "migrations": True, "worker": False}
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_register_worker_v1()")
    assert client.get("/readyz").json()["worker"] is True


def test_not_ready_without_the_database(client, db, monkeypatch):
    def away(sql):
        raise DatabaseError

    monkeypatch.setattr(health, "_rows", away)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": False, "migrations": False, "worker": False}
    assert b"kinline_database_up 0.0" in client.get("/metrics").content


def test_not_ready_before_the_tables_are_made(client, db, monkeypatch):
    monkeypatch.setattr(health, "migrated", lambda: False)
    assert client.get("/readyz").status_code == 503


def test_metrics_count_and_name_nobody(client, db, mother, now):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    mail(to=mother.email, kind="password_changed", now=now, user=mother)
    defer("deliver_due", message_id=1)
    text = client.get("/metrics").content.decode()
    assert 'kinline_jobs{status="todo",task="send_email"} 1.0' in text
    assert 'kinline_jobs{status="todo",task="deliver_due"} 1.0' in text
    assert "kinline_emails_waiting 1.0" in text
    assert "kinline_database_up 1.0" in text
    assert "kinline_open_pages 0.0" in text
    assert mother.email not in text
    assert mother.username not in text


def test_metrics_behind_a_token(client, db, monkeypatch):
    monkeypatch.setenv("KINLINE_METRICS_TOKEN", "sample-token")
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer sample-token"}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_reading_only(client, path):
    assert client.post(path).status_code == 405
