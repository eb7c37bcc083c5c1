"""How the deployment is, for machines: counts and ages, nothing personal (OPS-3)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection

from kinline.core.jobs import defer
from kinline.notices.services import mail
from kinline.ops import health
from kinline.payments.models import Checkout, Difference, PayOut, Refund


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


def test_metrics_tell_of_money_that_waits(client, db, mother, now):
    hours = timedelta(hours=2)
    facts = {"payer": mother, "account": f"family:{mother.pk}:messages", "amount_cents": 1000}
    Checkout.objects.create(**facts, client_key=uuid4(), state="waiting", created_at=now - hours)
    Checkout.objects.create(**facts, client_key=uuid4(), state="failed", created_at=now - 9 * hours)
    refund = {"account": facts["account"], "amount_cents": 1000, "asked_by": "system", "cause": "asked", "at": now}
    owed = Refund.objects.create(**refund, client_key=uuid4(), entry_id=1)
    PayOut.objects.create(refund=owed, way="cheque", amount_cents=1000, at=now - hours)
    Difference.objects.create(day=now.date(), ref="pi_1", kind="amount", found_at=now)
    text = client.get("/metrics").content.decode()
    assert 'kinline_checkouts_waiting{state="waiting"} 1.0' in text
    assert 'state="failed"' not in text
    assert 'kinline_pay_outs_waiting{by="finance"} 1.0' in text
    assert "kinline_differences 1.0" in text
    for name in ('checkout_waiting_seconds{state="waiting"}', 'pay_out_waiting_seconds{by="finance"}'):
        age = float(text.split(f"kinline_oldest_{name} ")[1].split()[0])
        assert 7190 < age < 7400


def test_metrics_behind_a_token(client, db, monkeypatch):
    monkeypatch.setenv("KINLINE_METRICS_TOKEN", "sample-token")
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer sample-token"}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_reading_only(client, path):
    assert client.post(path).status_code == 405
