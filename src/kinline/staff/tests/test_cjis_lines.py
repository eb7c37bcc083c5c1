"""The lines C1 to C5 and C8 of the rules that staff's sign-in and record keep, each as a test of its name."""

from datetime import timedelta

import pytest
from conftest import PASSWORD
from conftest import second_factor_of as set_up
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.test import Client

from kinline.core.audit import record
from kinline.core.models import AuditEvent

pytestmark = pytest.mark.django_db


def _password(client, user, typed=PASSWORD):
    return client.post("/staff/login/", {"login": user.username, "password": typed})


@pytest.mark.parametrize(("minutes", "open_"), [(29, True), (31, False)])
def test_c1_a_session_locks_after_30_idle_minutes(staff_client, officer, clock_at, now, minutes, open_):
    client = staff_client(officer)
    clock_at(now + timedelta(minutes=minutes))
    answer = client.get("/staff/requests/")
    assert answer.status_code == (200 if open_ else 302)
    assert open_ or answer["Location"].startswith("/staff/unlock/")


def test_c2_a_password_alone_opens_no_page(officer, now):
    set_up(officer, now)
    client = Client()
    assert _password(client, officer).status_code == 303
    assert client.get("/staff/requests/")["Location"].startswith("/staff/login/")


def test_c3_five_wrong_passwords_within_15_minutes_stop_the_right_one(officer, now):
    set_up(officer, now)
    client = Client()
    for _ in range(5):
        _password(client, officer, "another long password")
    _password(client, officer)
    assert client.get("/staff/")["Location"].startswith("/staff/login/")
    assert "/code/" not in (_password(client, officer).headers.get("Location") or "")


@pytest.mark.parametrize("banned", ["password12", "1234567890", "short"])
def test_c4_a_password_is_long_enough_and_on_no_list(officer, banned):
    with pytest.raises(ValidationError):
        validate_password(banned, officer)


def test_c5_an_audit_row_is_neither_changed_nor_deleted(now, officer):
    record(f"staff:{officer.pk}", "test.act", now=now - timedelta(days=364))
    rows = AuditEvent.objects.filter(act="test.act")
    for act in (lambda: rows.update(act="other"), rows.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert rows.count() == 1


def test_c8_a_session_ends_after_12_hours_however_busy(staff_client, officer, clock_at, now):
    client = staff_client(officer)
    for minutes in range(20, 12 * 60, 20):
        clock_at(now + timedelta(minutes=minutes))
        assert client.get("/staff/").status_code == 200
    clock_at(now + timedelta(hours=12, minutes=1))
    assert client.get("/staff/")["Location"].startswith("/staff/login/")
