"""The lines C1 to C8 of the rules that staff's sign-in and record keep, each as a test of its name."""

import os
from datetime import timedelta

import pytest
from conftest import PASSWORD
from conftest import second_factor_of as set_up
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.test import Client

from kinline.core import confidential
from kinline.core.audit import record
from kinline.core.models import AuditEvent
from kinline.flows.idle_staff import stop_idle_staff
from kinline.identity import permissions
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.notices.models import Email
from kinline.ops import checks

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


def test_c3_five_wrong_passwords_within_15_minutes_lock_until_an_administrator_opens(
    officer, now, clock_at, admin, supervisor, staff_client
):
    set_up(officer, now)
    client, boss, chief = Client(), staff_client(admin), staff_client(supervisor)
    for _ in range(5):
        _password(client, officer, "another long password")
    clock_at(now + timedelta(minutes=20))
    locked = _password(client, officer)
    assert locked.status_code == 429
    assert "locked" in locked.content.decode()
    assert client.get("/staff/")["Location"].startswith("/staff/login/")
    assert "locked" in boss.get("/staff/").content.decode()
    change = f"/staff/team/{officer.pk}/change/"
    assert chief.post(change, {"act": "open"}).status_code == 403
    assert _password(client, officer).status_code == 429
    clock_at(now)
    assert boss.post(change, {"act": "open"}).status_code == 303
    assert AuditEvent.objects.get(act="sign_in.open").actor == f"staff:{admin.pk}"
    assert "/code/" in _password(client, officer)["Location"]


@pytest.mark.parametrize(("minutes", "locks"), [(0, True), (4, False)])
def test_c3_counts_what_is_within_15_minutes(officer, now, clock_at, minutes, locks):
    for number in range(6):
        clock_at(now + timedelta(minutes=minutes * number))
        status = _password(Client(), officer, "another long password").status_code
    assert (status == 429) == locks


@pytest.mark.parametrize("banned", ["password12", "1234567890", "short", "a stolen sentence", "A Stolen SENTENCE "])
def test_c4_a_password_is_long_enough_and_on_no_list(officer, banned, settings, tmp_path):
    stolen = tmp_path / "stolen.txt"
    stolen.write_text("a stolen sentence\n\n")
    settings.BANNED_PASSWORDS = str(stolen)
    with pytest.raises(ValidationError):
        validate_password(banned, officer)
    validate_password("quite another sentence", officer)


def test_c4_the_list_is_replaced_every_quarter(now, settings, tmp_path):
    """Without a restart; and the check says when it was not."""
    stolen = tmp_path / "stolen.txt"
    stolen.write_text("green tractors on a hill")
    settings.BANNED_PASSWORDS = str(stolen)
    with pytest.raises(ValidationError):
        validate_password("green tractors on a hill")
    stolen.write_text("red tractors on a hill")
    os.utime(stolen, (0, now.timestamp() + 5))
    validate_password("green tractors on a hill")
    assert "passwords" not in _checked(now)
    os.utime(stolen, (0, now.timestamp() - 93 * 86400))
    assert "93 days old" in _checked(now)["passwords"]
    settings.BANNED_PASSWORDS = str(tmp_path / "gone.txt")
    assert "KINLINE_BANNED_PASSWORDS" in _checked(now)["passwords"]


def _checked(now):
    return {one.about: one.says for one in checks._sign_in(now)}


def test_c5_an_audit_row_is_neither_changed_nor_deleted(now, officer):
    record(f"staff:{officer.pk}", "test.act", now=now - timedelta(days=364))
    rows = AuditEvent.objects.filter(act="test.act")
    for act in (lambda: rows.update(act="other"), rows.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert rows.count() == 1


def test_c6_an_account_unused_for_90_days_is_stopped_and_its_owner_told_before(officer, supervisor, staff_client, now):
    client = staff_client(officer)
    User.objects.filter(pk=officer.pk).update(last_in_at=now - timedelta(days=75))
    stop_idle_staff(now=now)
    assert not Email.objects.exists()
    stop_idle_staff(now=now + timedelta(days=1))
    stop_idle_staff(now=now + timedelta(days=14))
    assert [(one.kind, one.to) for one in Email.objects.all()] == [("staff_idle", officer.email)]
    assert client.get("/staff/").status_code == 200
    stop_idle_staff(now=now + timedelta(days=15))
    stop_idle_staff(now=now + timedelta(days=16))
    assert Email.objects.filter(kind="staff_stopped").count() == 1
    assert AuditEvent.objects.filter(act="staff.stop", actor="system", object=f"staff:{officer.pk}").count() == 1
    assert client.get("/staff/")["Location"].startswith("/staff/login/")
    officer.refresh_from_db()
    assert not permissions.may(officer, officer.roles.get().facility_id, Permission.DECIDE_REVIEW, now)
    assert "90 days" in _password(Client(), officer).content.decode()
    assert "90 days" not in _password(Client(), officer, "another long password").content.decode()


def test_c6_whoever_comes_in_again_is_not_stopped(officer, staff_client, now):
    User.objects.filter(pk=officer.pk).update(
        last_in_at=now - timedelta(days=89), idle_told_at=now - timedelta(days=13)
    )
    staff_client(officer)
    stop_idle_staff(now=now + timedelta(days=2))
    officer.refresh_from_db()
    assert (officer.stopped_at, officer.idle_told_at) == (None, None)


def test_c6_nobody_is_stopped_untold_and_who_manages_opens_again(officer, admin, staff_client, now):
    """The worker was off for half a year: two weeks' notice all the same."""
    User.objects.filter(pk=officer.pk).update(last_in_at=now - timedelta(days=180))
    stop_idle_staff(now=now)
    officer.refresh_from_db()
    assert officer.stopped_at is None
    stop_idle_staff(now=now + timedelta(days=14))
    boss = staff_client(admin)
    assert "stopped" in boss.get("/staff/team/").content.decode()
    boss.post(f"/staff/team/{officer.pk}/change/", {"act": "open"})
    set_up(officer, now)
    assert "/code/" in _password(Client(), officer)["Location"]


def test_c6_the_accounts_of_the_sample_stay(officer, now, settings):
    settings.DEMO = True
    User.objects.filter(pk=officer.pk).update(last_in_at=now - timedelta(days=400))
    stop_idle_staff(now=now)
    assert not Email.objects.exists()


def test_c7_tls_on_the_way_aes_256_at_rest_and_said_where_the_module_is_not_validated(now, settings, monkeypatch):
    """What FIPS asks of the module is the machine's: the check says whether it is so, and never claims it."""
    found = {one.about: one for one in checks.findings(now)}
    assert found["address"].state == "missing"  # http:// is never fine
    assert ("fips" in found) == (not checks.fips())
    monkeypatch.setattr(checks, "fips", lambda: True)
    assert "fips" not in _checked(now)
    settings.SECURE_HSTS_SECONDS, settings.PRIVILEGED_KEYS = 31_536_000, ("a key of this test, which is long enough",)
    assert "max-age=31536000" in Client().get("/staff/login/", secure=True)["Strict-Transport-Security"]
    sealed = confidential.seal("words", "about")
    assert confidential.unseal(sealed, "about") == "words"
    assert "words" not in sealed


def test_c8_a_session_ends_after_12_hours_however_busy(staff_client, officer, clock_at, now):
    client = staff_client(officer)
    for minutes in range(20, 12 * 60, 20):
        clock_at(now + timedelta(minutes=minutes))
        assert client.get("/staff/").status_code == 200
    clock_at(now + timedelta(hours=12, minutes=1))
    assert client.get("/staff/")["Location"].startswith("/staff/login/")
