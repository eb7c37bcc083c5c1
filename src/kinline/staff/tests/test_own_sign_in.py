"""ACC-7 for staff: one's own password, app, recovery codes and browsers."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from conftest import PASSWORD
from django.test import Client

from kinline.core.models import AuditEvent
from kinline.identity.models import RecoveryCode, SecondFactor, Session
from kinline.identity.services import second_factor
from kinline.notices.models import Email
from kinline.staff import desk as desks

pytestmark = pytest.mark.django_db
ACCOUNT, NEW = "/staff/account/", "green tractors on a hill"


def text(answer):
    return answer.content.decode()


def signed_in(client):
    return client.get("/staff/").status_code == 200


def acts(user):
    return list(
        AuditEvent.objects.filter(actor=f"staff:{user.pk}").exclude(act="sign_in").values_list("act", flat=True)
    )


def test_it_shows_who_one_is_and_until_when(staff_client, officer, north, now):
    client = staff_client(officer)
    officer.roles.update(ends_at=datetime(2031, 5, 1, 4, tzinfo=UTC))
    page = text(client.get(ACCOUNT))
    for words in ("officer@staff.example", "Reviewer", north.name, "May 1, 2031"):
        assert words in page
    assert 'href="/staff/account/"' in text(client.get("/staff/"))


def test_another_password(staff_client, officer):
    client, other = staff_client(officer), staff_client(officer)
    fields = {"current_password": PASSWORD, "password1": NEW, "password2": NEW}
    wrong = client.post(f"{ACCOUNT}password/", fields | {"current_password": "wrong"})
    assert "not your current password" in text(wrong)
    assert "banned" not in text(
        client.post(f"{ACCOUNT}password/", fields | {"password1": "short", "password2": "short"})
    )
    assert signed_in(other)
    assert client.post(f"{ACCOUNT}password/", fields)["Location"] == ACCOUNT
    assert (signed_in(client), signed_in(other)) == (True, False)
    officer.refresh_from_db()
    assert officer.check_password(NEW)
    assert [one.kind for one in Email.objects.all()] == ["staff_password_changed"]
    assert acts(officer) == ["sign_in.wrong_password", "account.password"]


def test_another_phone(staff_client, officer):
    client = staff_client(officer)
    before = second_factor.secret(SecondFactor.objects.get())
    page = text(client.get(f"{ACCOUNT}app/"))
    secret = re.search(r'id="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert secret != before
    assert client.get(f"{ACCOUNT}app/qr.svg")["Content-Type"] == "image/svg+xml"
    wrong = client.post(f"{ACCOUNT}app/", {"code": "000000"})
    assert "does not fit" in text(wrong)
    assert second_factor.secret(SecondFactor.objects.get()) == before
    client.post(f"{ACCOUNT}app/", {"code": pyotp.TOTP(secret).at(datetime.now(UTC))})
    assert second_factor.secret(SecondFactor.objects.get()) == secret
    assert acts(officer) == ["factor.app"]
    assert Email.objects.get().to == officer.email


def test_new_recovery_codes_end_those_of_before(staff_client, officer):
    client = staff_client(officer)
    first, second = (re.findall(r'class="code">([a-z0-9-]{11})<', text(client.post(ACCOUNT, {"act": "codes"})))
                     for _ in range(2))  # fmt: skip
    assert len(first) == len(second) == second_factor.RECOVERY_CODES
    assert RecoveryCode.objects.count() == second_factor.RECOVERY_CODES
    assert "10 codes are left" in text(client.get(ACCOUNT))
    half = Client()
    half.post("/staff/login/", {"login": officer.username, "password": PASSWORD})
    half.post("/staff/login/code/", {"code": first[0]})
    assert not signed_in(half)
    half.post("/staff/login/code/", {"code": second[0]})
    assert signed_in(half)
    assert "9 codes are left" in text(client.get(ACCOUNT))


def test_browsers_are_ended_by_their_owner_alone(staff_client, officer, supervisor):
    mine, other, theirs = staff_client(officer), staff_client(officer), staff_client(supervisor)
    handle = re.search(r'name="handle" value="(\w+)"', text(mine.get(ACCOUNT)))[1]
    theirs.post(ACCOUNT, {"act": "session", "handle": handle})
    assert signed_in(other)
    mine.post(ACCOUNT, {"act": "session", "handle": handle})
    assert (signed_in(mine), signed_in(other)) == (True, False)
    another = staff_client(officer)
    mine.post(ACCOUNT, {"act": "others"})
    assert (signed_in(mine), signed_in(another), signed_in(theirs)) == (True, False, True)
    assert Session.objects.filter(user=officer).count() == 1


@pytest.mark.parametrize("act", ["key", "app", "codes", "session", "others"])
def test_after_ten_minutes_the_password_comes_first(staff_client, officer, clock_at, act):
    client = staff_client(officer)
    clock_at(datetime.now(UTC) + desks.FRESH + timedelta(minutes=1))
    answer = client.post(ACCOUNT, {"act": act, "key": "1"})
    assert answer["Location"] == "/staff/confirm/?next=%2Fstaff%2Faccount%2F"
    assert acts(officer) == []
    assert not Email.objects.exists()


def test_only_who_is_in(client, family_client, mother):
    for browser in (client, family_client(mother)):
        for path in ("", "password/", "app/", "app/qr.svg", "passkey/"):
            assert browser.get(ACCOUNT + path)["Location"].startswith("/staff/login/")
