"""STF-1, ACC-7: invitations, roles from–until, nobody above themselves, a lost second factor."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyotp
import pytest
from conftest import PASSWORD, second_factor_of
from django.test import Client

from kinline.core.models import AuditEvent
from kinline.flows.send_email import _prepare
from kinline.identity import permissions
from kinline.identity import services as identity
from kinline.identity.forms.team import GrantForm
from kinline.identity.models import OneTimeCode, Role, SecondFactor, StaffRole, User
from kinline.identity.permissions import Permission
from kinline.notices.models import Email
from kinline.staff import desk as desks

pytestmark = pytest.mark.django_db
TEAM, INVITE = "/staff/team/", "/staff/team/invite/"
NEW = {
    "first_name": "Nina",
    "last_name": "Sample",
    "email": "nina@staff.example",
    "username": "nina",
    "role": "reviewer",
}
CHOSEN = "a quite different sentence"


@pytest.fixture
def boss(admin, staff_client):
    return staff_client(admin)


@pytest.fixture
def county(member, north):
    return member(Role.AGENCY_ADMIN, north)


def text(answer):
    return answer.content.decode()


def invite(client, **fields):
    return client.post(INVITE, {"act": "invite", **NEW, **fields})


def link(now):
    """The address in the newest email, which is made when it leaves."""
    email = Email.objects.filter(kind="staff_invitation").latest("pk")
    content = _prepare(email_id=email.pk, now=now).content.text
    return "/staff/invitation/" + content.split("/staff/invitation/")[1].split("/")[0] + "/"


def change(client, user, **fields):
    return client.post(f"{TEAM}{user.pk}/change/", fields)


def open_roles(user):
    return {(g.facility.slug, g.role) for g in StaffRole.objects.filter(user=user, ends_at=None)}


# Invitations


@pytest.mark.django_db(transaction=True)
def test_from_the_invitation_to_the_first_page(boss, north, now):
    answer = invite(boss)
    nina = User.objects.get(username="nina")
    assert answer["Location"] == f"{TEAM}{nina.pk}/"
    assert "invited" in text(boss.get(TEAM))
    assert not permissions.may(nina, north.pk, Permission.DECIDE_REVIEW, datetime.now(UTC))
    browser, where = Client(), link(now)
    assert browser.get(where)["Referrer-Policy"] == "same-origin"
    assert browser.get(where).status_code == 200  # a scanner that opens it uses nothing up
    done = browser.post(where, {"password1": CHOSEN, "password2": CHOSEN})
    assert done["Location"].startswith("/staff/login/")
    assert browser.post("/staff/login/", {"login": "nina", "password": CHOSEN})["Location"].startswith(
        "/staff/login/setup"
    )
    secret = text(browser.get("/staff/login/setup/")).split('id="secret">')[1].split("<")[0].replace(" ", "")
    browser.post("/staff/login/setup/", {"code": pyotp.TOTP(secret).at(datetime.now(UTC))})
    assert browser.get("/staff/").status_code == 200
    assert browser.get(where).status_code == 404
    assert browser.post(where, {"password1": CHOSEN, "password2": CHOSEN}).status_code == 404
    acts = list(AuditEvent.objects.filter(object=f"staff:{nina.pk}").order_by("pk").values_list("act", flat=True))
    assert acts == ["staff.add", "staff.password", "factor.set_up"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "typed", [("short", "short"), (CHOSEN, "another sentence here"), ("1234567890", "1234567890"), ("", "")]
)
def test_a_password_that_will_not_do_uses_nothing_up(boss, now, typed):
    invite(boss)
    where = link(now)
    answer = Client().post(where, {"password1": typed[0], "password2": typed[1]})
    assert answer.status_code == 200
    assert User.objects.get(username="nina").activated_at is None
    assert OneTimeCode.objects.get().used_at is None


@pytest.mark.django_db(transaction=True)
def test_too_old_and_sent_again(boss, now, clock_at, admin, staff_client):
    invite(boss)
    nina, old = User.objects.get(username="nina"), link(now)
    clock_at(now + timedelta(hours=73))
    assert Client().get(old).status_code == 404
    clock_at(now)
    change(boss, nina, act="again")
    new = link(now)
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_tabs_of_one_invitation(boss, now):
    """The second finds a dead link, says so, and changes nothing."""
    invite(boss)
    where, first, second = link(now), Client(), Client()
    assert [tab.get(where).status_code for tab in (first, second)] == [200, 200]
    first.post(where, {"password1": CHOSEN, "password2": CHOSEN})
    late = second.post(where, {"password1": "an entirely other sentence", "password2": "an entirely other sentence"})
    assert late.status_code == 404
    assert "can no longer be used" in text(late)
    assert User.objects.get(username="nina").check_password(CHOSEN)


@pytest.mark.django_db(transaction=True)
def test_a_link_that_ends_while_its_page_is_open(boss, now, clock_at):
    invite(boss)
    where, browser = link(now), Client()
    assert browser.get(where).status_code == 200
    clock_at(now + timedelta(hours=73))
    late = browser.post(where, {"password1": CHOSEN, "password2": CHOSEN})
    assert late.status_code == 404
    nina = User.objects.get(username="nina")
    assert (nina.activated_at, nina.has_usable_password()) == (None, False)


@pytest.mark.django_db(transaction=True)
def test_an_address_that_another_account_has_proved_meanwhile(boss, now):
    invite(boss)
    where = link(now)
    identity.create_staff(
        username="other", email="NINA@staff.example", password=CHOSEN, first_name="O", last_name="Sample", now=now
    )
    answer = Client().post(where, {"password1": CHOSEN, "password2": CHOSEN})
    assert "belongs to an active account already" in text(answer)
    nina = User.objects.get(username="nina")
    assert (nina.activated_at, nina.has_usable_password()) == (None, False)
    assert OneTimeCode.objects.get().used_at is None


@pytest.mark.django_db(transaction=True)
def test_whoever_sat_there_is_signed_out_by_somebody_elses_invitation(boss, officer, staff_client, now):
    invite(boss)
    browser = staff_client(officer)
    browser.post(link(now), {"password1": CHOSEN, "password2": CHOSEN})
    assert browser.get("/staff/")["Location"].startswith("/staff/login/")


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "ñ"])
def test_a_link_of_nobody(token):
    answer = Client().get(f"/staff/invitation/{token}/")
    assert answer.status_code == 404
    assert "can no longer be used" in text(answer)


@pytest.mark.parametrize(
    "wrong", [{"username": "ad"}, {"username": "ADMIN"}, {"email": "admin@staff.example"}, {"email": "x"},
              {"role": ""}, {"role": "agency_admin"}, {"role": "king"}, {"first_name": ""}, {"last_name": "1"},
              {"ends": "2020-01-01"}, {"starts": "2031-01-02", "ends": "2031-01-01"}, {"starts": "x"}],
)  # fmt: skip
def test_what_is_not_right_invites_nobody_and_stays_typed(boss, wrong):
    answer = invite(boss, **wrong)
    assert answer.status_code == 200
    assert 'id="errors"' in text(answer)
    if "last_name" not in wrong:
        assert 'value="Sample"' in text(answer)
    assert not User.objects.filter(email="nina@staff.example").exists()
    assert not Email.objects.exists()
    assert not AuditEvent.objects.filter(act="staff.add").exists()


def test_somebody_of_staff_elsewhere_gets_a_role_here(boss, officer_south, north, south):
    for who in ("officer.south", "OFFICER.SOUTH@staff.example"):
        answer = boss.post(INVITE, {"act": "known", "who": who, "role": "reviewer"})
        assert answer["Location"] == f"{TEAM}{officer_south.pk}/"
    assert open_roles(officer_south) == {(south.slug, "reviewer"), (north.slug, "reviewer")}
    assert "found" not in text(boss.post(INVITE, {"act": "known", "who": "mother", "role": "reviewer"}))
    assert boss.post(INVITE, {"act": "x"}).status_code == 400


# Roles


def test_a_role_is_dated_by_days_of_the_place(boss, officer, north, now):
    zone = ZoneInfo("America/New_York")
    first = (now.astimezone(zone) + timedelta(days=2)).date()
    change(boss, officer, act="grant", role="finance", starts=first.isoformat(), ends=first.isoformat())
    row = StaffRole.objects.get(user=officer, role="finance")
    assert row.starts_at == datetime(first.year, first.month, first.day, tzinfo=zone)
    moments = [row.starts_at - timedelta(seconds=1), row.starts_at, row.ends_at]
    assert [permissions.may(officer, north.pk, Permission.READ_MONEY, at) for at in moments] == [False, True, False]
    assert "later" in text(boss.get(f"{TEAM}{officer.pk}/"))
    granted = AuditEvent.objects.get(act="role.grant")
    assert (granted.object, granted.facility_id, granted.detail) == (
        f"staff:{officer.pk}",
        north.pk,
        {"role": "finance"},
    )


def test_a_role_of_next_month_may_begin_today_instead(boss, officer, north, now):
    change(boss, officer, act="grant", role="finance", starts=(now + timedelta(days=30)).date().isoformat())
    assert not permissions.may(officer, north.pk, Permission.READ_MONEY, now + timedelta(days=1))
    change(boss, officer, act="grant", role="finance")
    assert permissions.may(officer, north.pk, Permission.READ_MONEY, now + timedelta(days=1))
    assert StaffRole.objects.filter(user=officer, role="finance").count() == 1


def test_a_role_that_has_not_begun_or_is_over_opens_nothing(member, staff_client, north, now, clock_at):
    """Also with the page open when its last day ends."""
    user = member(Role.FINANCE, north)
    client, end = staff_client(user), now + timedelta(minutes=10)
    user.roles.update(ends_at=end)
    assert client.get("/staff/money/").status_code == 200
    clock_at(end)
    assert client.get("/staff/money/").status_code == 403
    assert "no role at any facility now" in text(client.get("/staff/"))
    user.roles.update(starts_at=end + timedelta(minutes=1), ends_at=None)
    assert client.get("/staff/money/").status_code == 403
    clock_at(end + timedelta(minutes=1))
    assert client.get("/staff/money/").status_code == 200


@pytest.mark.parametrize(
    ("zone", "day", "begins", "ends"),
    [
        ("America/New_York", "2031-03-09", "2031-03-09T05:00", "2031-03-10T04:00"),  # a day of 23 hours
        ("America/New_York", "2031-11-02", "2031-11-02T04:00", "2031-11-03T05:00"),  # of 25
        ("Pacific/Honolulu", "2031-03-09", "2031-03-09T10:00", "2031-03-10T10:00"),
    ],
)
def test_the_days_of_a_role_are_whole_days_of_the_place(zone, day, begins, ends, now):
    form = GrantForm({"role": "finance", "starts": day, "ends": day}, roles=[Role.FINANCE])
    assert form.is_valid()
    span = form.span(zone, now)
    found = [span[name].astimezone(UTC).isoformat()[:16] for name in ("starts_at", "ends_at")]
    assert found == [begins, ends]


def test_what_was_typed_is_there_again_after_the_idle_lock(boss, officer, clock_at, now):
    clock_at(now + desks.IDLE + timedelta(minutes=2))
    locked = invite(boss)
    assert locked["Location"] == "/staff/unlock/?next=%2Fstaff%2Fteam%2Finvite%2F"
    assert not User.objects.filter(username="nina").exists()
    assert "What you typed is kept" in text(boss.get("/staff/unlock/"))
    assert boss.post("/staff/unlock/", {"password": PASSWORD, "next": INVITE})["Location"] == INVITE
    page = text(boss.get(INVITE))
    for typed in ("nina@staff.example", "Nina", "nina"):
        assert f'value="{typed}"' in page


def test_a_revoked_role_with_the_page_open_is_refused_and_says_so(boss, officer, staff_client, contact):
    from kinline.contacts.models import Contact

    Contact.objects.filter(pk=contact.pk).update(approval_needed=True)
    theirs = staff_client(officer)
    assert theirs.get(f"/staff/contacts/{contact.pk}/").status_code == 200
    assert change(boss, officer, act="end", role="reviewer")["Location"] == f"{TEAM}{officer.pk}/"
    answer = theirs.post(f"/staff/contacts/{contact.pk}/", {"act": "approve"})
    assert answer.status_code == 403
    assert "has just ended. Nothing was changed." in text(answer)
    assert Contact.objects.get(pk=contact.pk).approved_at is None
    assert "no role" in text(theirs.get("/staff/"))
    assert AuditEvent.objects.get(act="role.end").detail == {"role": "reviewer"}


def test_nobody_gives_what_is_above_them(boss, officer, county):
    answer = change(boss, officer, act="grant", role="agency_admin")
    assert answer.status_code == 200
    assert "agency_admin" not in text(boss.get(f"{TEAM}{officer.pk}/change/"))
    assert permissions.GRANTS.keys() == {r for r, may in permissions.TABLE.items() if Permission.GRANT_ROLES in may}
    assert StaffRole.objects.filter(role="agency_admin").count() == 1


def test_nobody_takes_from_who_is_above_them(boss, county):
    for fields in ({"act": "end", "role": "agency_admin"}, {"act": "factor"}, {"act": "again"}):
        second_factor_of(county, datetime.now(UTC))
        assert "does not allow" in text(change(boss, county, **fields))
    assert StaffRole.objects.get(user=county).ends_at is None
    assert SecondFactor.objects.filter(user=county).exists()
    assert not Email.objects.exists()


def test_nobody_changes_their_own_roles(boss, admin):
    assert boss.get(f"{TEAM}{admin.pk}/change/")["Location"] == "/staff/account/"
    assert "Nobody changes their own roles" in text(change(boss, admin, act="grant", role="finance"))
    assert "Nobody changes their own roles" in text(change(boss, admin, act="end", role="facility_admin"))
    for act in ("factor", "again"):
        assert "does not allow" in text(change(boss, admin, act=act))
    assert "Change roles" not in text(boss.get(f"{TEAM}{admin.pk}/"))
    assert StaffRole.objects.filter(user=admin, ends_at=None).count() == 1


def test_no_role_is_changed_at_another_place(boss, officer, officer_south, south, member):
    assert boss.get(f"{TEAM}{officer_south.pk}/").status_code == 404
    assert change(boss, officer_south, act="end", role="reviewer").status_code == 404
    both = member(Role.REVIEWER, south)
    boss.post(INVITE, {"act": "known", "who": both.username, "role": "finance"})
    change(boss, both, act="end", role="reviewer")
    assert (south.slug, "reviewer") in open_roles(both)
    assert "does not allow" in text(change(boss, both, act="factor"))


@pytest.mark.parametrize("fields", [{"act": "x"}, {"act": "end"}, {"act": "end", "role": "king"}, {}])
def test_acts_that_are_none(boss, officer, fields):
    assert change(boss, officer, **fields).status_code == 400
    assert StaffRole.objects.get(user=officer).ends_at is None


# The second factor


def test_a_lost_factor_is_reset_by_somebody_else(boss, officer, staff_client, admin):
    theirs = staff_client(officer)
    assert change(boss, officer, act="factor").status_code == 303
    assert not SecondFactor.objects.filter(user=officer).exists()
    assert theirs.get("/staff/").status_code == 302
    assert Email.objects.get().kind == "factor_reset"
    row = AuditEvent.objects.get(act="factor.reset")
    assert (row.actor, row.object) == (f"staff:{admin.pk}", f"staff:{officer.pk}")
    again = theirs.post("/staff/login/", {"login": officer.username, "password": PASSWORD})
    assert again["Location"].startswith("/staff/login/setup/")
    assert "no second factor" in text(change(boss, officer, act="factor"))


def test_roles_need_the_password_of_the_last_ten_minutes(boss, officer, clock_at, now):
    clock_at(now + desks.FRESH + timedelta(minutes=1))
    answer = change(boss, officer, act="grant", role="finance", ends="2031-01-01")
    assert answer["Location"].startswith("/staff/confirm/")
    assert invite(boss)["Location"].startswith("/staff/confirm/")
    assert StaffRole.objects.filter(user=officer).count() == 1
    assert not User.objects.filter(username="nina").exists()
    assert "still you" in text(boss.get("/staff/confirm/"))
    boss.post("/staff/confirm/", {"password": PASSWORD, "next": INVITE})
    assert 'value="nina@staff.example"' in text(boss.get(INVITE))


# Who sees it


def test_an_auditor_reads_the_team_and_changes_nothing(member, staff_client, north, officer):
    client = staff_client(member(Role.AUDITOR, north))
    assert officer.username in text(client.get(TEAM))
    assert "Change roles" not in text(client.get(f"{TEAM}{officer.pk}/"))
    assert change(client, officer, act="end", role="reviewer").status_code == 403
    assert StaffRole.objects.get(user=officer).ends_at is None


@pytest.mark.parametrize("role", [Role.OMBUDSPERSON, Role.AUDITOR])
def test_who_only_reads_never_sees_a_letter_or_a_person_to_change(role):
    may = permissions.TABLE[role]
    acts = {p for p in Permission if not p.value.startswith("read_")}
    assert not may & acts
    assert Permission.READ_REVIEW not in may


def test_who_did_work_here_is_listed_apart(boss, officer, now):
    change(boss, officer, act="end", role="reviewer")
    assert officer.username in text(boss.get(TEAM)).rpartition("Who did before")[2]
