"""STF-1, ACC-7: two factors, limits, the idle lock, a lost phone."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from conftest import PASSWORD
from conftest import second_factor_of as set_up
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from kinline.core.models import AuditEvent
from kinline.flows import staff_sign_in
from kinline.identity import queries
from kinline.identity.errors import FactorUsed, StaffLocked, WrongFactor
from kinline.identity.models import RecoveryCode, Role, SecondFactor, Session
from kinline.identity.permissions import NotPermitted
from kinline.identity.services import second_factor
from kinline.notices.models import Email
from kinline.staff import desk

pytestmark = pytest.mark.django_db


def password(client: Client, user, typed: str = PASSWORD):
    return client.post("/staff/login/", {"login": user.username, "password": typed})


def signed_in(client: Client) -> bool:
    return client.get("/staff/").status_code == 200


def test_nobody_is_led_to_the_door_and_back(client: Client):
    answer = client.get("/staff/?x=1")
    assert answer.status_code == 302
    assert answer["Location"] == "/staff/login/?next=%2Fstaff%2F%3Fx%3D1"


def test_the_first_sign_in_sets_up_the_app(client: Client, officer, now):
    assert password(client, officer)["Location"].startswith("/staff/login/setup/")
    assert not signed_in(client)
    page = client.get("/staff/login/setup/").content.decode()
    shown = re.search(r'id="secret">([A-Z2-7 ]+)<', page)
    assert shown
    assert client.get("/staff/login/setup/qr.svg")["Content-Type"] == "image/svg+xml"
    secret = shown[1].replace(" ", "")
    wrong = client.post("/staff/login/setup/", {"code": "000000"})
    assert "does not fit" in wrong.content.decode()
    assert not signed_in(client)
    done = client.post("/staff/login/setup/", {"code": pyotp.TOTP(secret).at(datetime.now(UTC))})
    codes = re.findall(r'class="code">([a-z0-9]{5}-[a-z0-9]{5})<', done.content.decode())
    assert len(codes) == second_factor.RECOVERY_CODES
    assert signed_in(client)
    stored = {bytes(one.digest) for one in RecoveryCode.objects.all()}
    assert len(stored) == len(codes)
    assert not any(code.encode() in digest for code in codes for digest in stored)
    assert client.get("/staff/login/setup/qr.svg").status_code == 404


def test_the_secret_is_not_in_the_database(officer, now, settings):
    factor = set_up(officer, now)
    row = SecondFactor.objects.values().get(pk=factor.pk)
    assert second_factor.secret(factor) not in str(row)
    before = second_factor.secret(factor)
    settings.PIN_PEPPER = "another"
    assert second_factor.secret(factor) != before


def test_who_saw_an_earlier_plan_knows_nothing_of_the_app(client: Client, officer, now):
    """Somebody who has only the password looks at the set-up page and waits for its owner to finish."""
    thief, secrets_seen = Client(), []
    for browser in (thief, client):
        password(browser, officer)
        page = browser.get("/staff/login/setup/").content.decode()
        secrets_seen.append(re.search(r'id="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", ""))
    assert secrets_seen[0] != secrets_seen[1]
    client.post("/staff/login/setup/", {"code": pyotp.TOTP(secrets_seen[1]).at(datetime.now(UTC))})
    assert signed_in(client)
    thief.post("/staff/login/setup/", {"code": pyotp.TOTP(secrets_seen[0]).at(datetime.now(UTC))})
    thief.post("/staff/login/code/", {"code": pyotp.TOTP(secrets_seen[0]).at(datetime.now(UTC))})
    assert not signed_in(thief)
    assert second_factor.secret(SecondFactor.objects.get()) == secrets_seen[1]


def test_both_factors_are_needed(client: Client, officer, now):
    factor = set_up(officer, now)
    assert password(client, officer)["Location"].startswith("/staff/login/code/")
    assert not signed_in(client)
    assert Session.objects.filter(user=officer).count() == 0
    client.post("/staff/login/code/", {"code": second_factor.usable_code(factor, now)})
    assert signed_in(client)
    assert AuditEvent.objects.filter(act="sign_in", actor=f"staff:{officer.pk}").count() == 1


def test_a_code_without_the_password_is_nothing(client: Client, officer, now):
    factor = set_up(officer, now)
    answer = client.post("/staff/login/code/", {"code": second_factor.usable_code(factor, now)})
    assert answer["Location"].startswith("/staff/login/")
    assert not signed_in(client)


def test_the_half_way_ends_after_ten_minutes_and_with_the_password(client: Client, officer, now, clock_at):
    factor = set_up(officer, now)
    password(client, officer)
    clock_at(now + timedelta(minutes=11))
    late = client.post("/staff/login/code/", {"code": second_factor.usable_code(factor, now + timedelta(minutes=11))})
    assert late["Location"].startswith("/staff/login/")
    clock_at(now)
    password(client, officer)
    officer.set_password("quite another password")
    officer.save()
    client.post("/staff/login/code/", {"code": second_factor.usable_code(factor, now)})
    assert not signed_in(client)


def test_the_same_code_is_refused(officer, now):
    factor = set_up(officer, now)
    code = second_factor.usable_code(factor, now)
    staff_sign_in.check_factor(user=officer, code=code, now=now)
    with pytest.raises(FactorUsed):
        staff_sign_in.check_factor(user=officer, code=code, now=now)
    older = second_factor.code_at(factor, int(now.timestamp()) // 30 - 1)
    with pytest.raises(FactorUsed):
        staff_sign_in.check_factor(user=officer, code=older, now=now)
    staff_sign_in.check_factor(
        user=officer, code=second_factor.code_at(factor, int(now.timestamp()) // 30 + 1), now=now
    )


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(officer, now, steps, fits):
    factor = set_up(officer, now)
    code = second_factor.code_at(factor, int(now.timestamp()) // 30 + steps)
    try:
        staff_sign_in.check_factor(user=officer, code=code, now=now)
    except WrongFactor:
        assert not fits
    else:
        assert fits


def test_five_wrong_codes_lock_out_also_the_right_one(officer, now):
    factor = set_up(officer, now)
    for _ in range(5):
        with pytest.raises(WrongFactor):
            staff_sign_in.check_factor(user=officer, code="no-such-code", now=now)
    later = now + timedelta(days=30)
    with pytest.raises(StaffLocked):
        staff_sign_in.check_factor(user=officer, code=second_factor.usable_code(factor, later), now=later)
    assert Email.objects.filter(kind="staff_locked", user=officer).count() == 1
    assert AuditEvent.objects.filter(act="sign_in.locked", object=f"staff:{officer.pk}").count() == 1
    call_command("staff", "open", "officer")
    staff_sign_in.check_factor(user=officer, code=second_factor.usable_code(factor, later), now=later)
    with pytest.raises(CommandError, match="not_locked"):
        call_command("staff", "open", "officer")


def test_wrong_codes_long_apart_lock_nothing(officer, now):
    set_up(officer, now)
    for hour in range(8):
        with pytest.raises(WrongFactor):
            staff_sign_in.check_factor(user=officer, code="no-such-code", now=now + timedelta(hours=hour))


def test_five_wrong_passwords_lock_and_look_alike_for_nobody(client: Client, officer):
    class Nobody:
        username = "nobody.here"

    for who in (officer, Nobody):
        said = [password(client, who, "wrong").content.decode() for _ in range(5)]
        assert all("do not fit together" in page for page in said)
        locked = password(client, who)
        assert locked.status_code == 429
        assert "is locked until whoever manages" in locked.content.decode()
    assert Email.objects.count() == 1


def test_many_names_from_one_address_pause_it(client: Client, officer):
    for number in range(20):
        client.post("/staff/login/", {"login": f"nobody{number}", "password": "wrong"})
    paused = password(client, officer)
    assert paused.status_code == 429
    assert "paused until" in paused.content.decode()


def test_a_locked_door_does_not_lock_the_desk(staff_client, officer, clock_at, now):
    """Whoever knows only a user name locks out nobody who sits there already."""
    client, stranger = staff_client(officer), Client()
    for _ in range(6):
        password(stranger, officer, "wrong")
    clock_at(now + timedelta(minutes=31))
    client.post("/staff/unlock/", {"password": PASSWORD, "next": "/staff/"})
    assert signed_in(client)


def test_a_family_account_does_not_open_the_staff_face(client: Client, mother):
    assert "do not fit together" in password(client, mother).content.decode()
    assert not signed_in(client)


def test_a_recovery_code_works_once(client: Client, officer, now):
    factor = second_factor.planned(officer.pk, second_factor.new_salt())
    first = second_factor.code_at(factor, int(now.timestamp()) // 30)
    codes = staff_sign_in.confirm_factor(user=officer, factor=factor, code=first, now=now)
    password(client, officer)
    client.post("/staff/login/code/", {"code": codes[3].upper().replace("-", " ")})
    assert signed_in(client)
    with pytest.raises(WrongFactor):
        staff_sign_in.check_factor(user=officer, code=codes[3], now=now)
    staff_sign_in.check_factor(user=officer, code=codes[4], now=now)


def test_thirty_idle_minutes_lock_and_the_password_opens(staff_client, officer, now, clock_at):
    client = staff_client(officer)
    start = datetime.now(UTC)
    clock_at(start + timedelta(minutes=29))
    assert signed_in(client)
    clock_at(start + timedelta(minutes=60))
    locked = client.get("/staff/?a=b")
    assert locked.status_code == 302
    assert locked["Location"] == "/staff/unlock/?next=%2Fstaff%2F%3Fa%3Db"
    wrong = client.post("/staff/unlock/", {"password": "wrong", "next": "/staff/"})
    assert "not your current password" in wrong.content.decode()
    assert not signed_in(client)
    answer = client.post("/staff/unlock/", {"password": PASSWORD, "next": "/staff/?a=b"})
    assert answer["Location"] == "/staff/?a=b"
    assert signed_in(client)


def test_a_lock_stays_also_when_somebody_keeps_trying(staff_client, officer, clock_at):
    client = staff_client(officer)
    start = datetime.now(UTC)
    clock_at(start + timedelta(minutes=31))
    for _ in range(3):
        assert not signed_in(client)
    clock_at(start + timedelta(minutes=32))
    assert not signed_in(client)


def test_twelve_hours_end_it(staff_client, officer, clock_at):
    client = staff_client(officer)
    start = datetime.now(UTC)
    for minutes in range(0, 12 * 60 + 20, 20):
        clock_at(start + timedelta(minutes=minutes))
        client.get("/staff/")
    assert client.get("/staff/")["Location"].startswith("/staff/login/")


def test_signing_out_is_a_button(staff_client, officer):
    client = staff_client(officer)
    assert client.get("/staff/sign-out/").status_code == 405
    assert client.post("/staff/sign-out/").status_code == 303
    assert not signed_in(client)
    assert Session.objects.filter(user=officer).count() == 0


def test_the_next_page_is_never_elsewhere(client: Client, officer, now):
    factor = set_up(officer, now)
    password(client, officer)
    code = second_factor.usable_code(factor, now)
    answer = client.post("/staff/login/code/", {"code": code, "next": "//evil.example/staff/"})
    assert answer["Location"] == "/staff/"


def test_a_lost_phone(staff_client, officer, now):
    client = staff_client(officer)
    call_command("staff", "reset-factor", "officer")
    assert not signed_in(client)
    assert queries.factor_of(officer.pk) is None
    assert password(client, officer)["Location"].startswith("/staff/login/setup/")
    assert AuditEvent.objects.get(act="factor.reset").actor == "operator"
    assert Email.objects.filter(kind="factor_reset", user=officer).count() == 1
    with pytest.raises(CommandError, match="no_factor"):
        call_command("staff", "reset-factor", "officer")


def test_only_who_could_give_the_roles_resets(officer, officer_south, admin, supervisor, member, north, south, now):
    for user in (officer, officer_south, admin):
        set_up(user, now)
    for actor, target in ((supervisor, officer), (admin, officer_south), (admin, admin)):
        with pytest.raises(NotPermitted):
            staff_sign_in.reset_factor(staff=actor, user_id=target.pk, now=now)
        assert queries.factor_of(target.pk) is not None
    staff_sign_in.reset_factor(staff=admin, user_id=officer.pk, now=now)
    assert queries.factor_of(officer.pk) is None


def test_the_demo_shows_the_code_and_nothing_else_does(client: Client, officer, now, settings):
    set_up(officer, now)
    password(client, officer)
    assert "sample-code" not in client.get("/staff/login/code/").content.decode()
    settings.DEMO = True
    page = client.get("/staff/login/code/").content.decode()
    shown = re.search(r'id="sample-code">(\d{6})<', page)
    assert shown
    client.post("/staff/login/code/", {"code": shown[1]})
    assert signed_in(client)
    again = Client()
    password(again, officer)
    next_shown = re.search(r'id="sample-code">(\d{6})<', again.get("/staff/login/code/").content.decode())
    assert next_shown
    assert next_shown[1] != shown[1]


def test_a_role_that_ended_says_so(staff_client, officer, north, now):
    client = staff_client(officer)
    officer.roles.update(ends_at=now - timedelta(seconds=1))
    page = client.get("/staff/").content.decode()
    assert "no role at any facility now" in page
    assert client.post("/staff/place/", {"place": north.slug}).status_code == 403


def test_a_place_is_chosen_only_of_ones_own(staff_client, member, north, south, far):
    client = staff_client(member(Role.REVIEWER, north, south))
    assert client.post("/staff/place/", {"place": far.slug}).status_code == 403
    assert client.get("/staff/place/").status_code == 303
    assert client.post("/staff/place/", {"place": south.slug}).status_code == 303
    assert "<h1>Sample South</h1>" in client.get("/staff/").content.decode()
    assert timezone.get_current_timezone_name() != ""


def test_the_language_of_staff(staff_client, officer):
    client = staff_client(officer)
    client.post("/staff/language/", {"language": "es", "next": "/staff/"})
    assert '<html lang="es"' in client.get("/staff/").content.decode()


def test_desk_limits():
    assert (timedelta(minutes=30), timedelta(minutes=10)) == (desk.IDLE, desk.FRESH)
