"""STF-7: the reports for other programs, by a key of one place; what the key's maker may not read, it does not."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from kinline.core.audit import record
from kinline.core.models import AuditEvent
from kinline.identity import services as identity
from kinline.identity.models import ReportKey, Role, StaffRole
from kinline.identity.services import report_keys

pytestmark = pytest.mark.django_db
API = "/api/v1/reports/"


@pytest.fixture
def admin(member, north):
    return member(Role.FACILITY_ADMIN, north)


@pytest.fixture
def secret(admin, staff_client, north):
    """As somebody makes it: on the page, where it is read once."""
    page = staff_client(admin).post("/staff/reports/keys/", {"name": "The county", "days": "30"}).content.decode()
    return re.search(r'id="secret">(klr_[\w-]{43})<', page).group(1)


def ask(path, secret):
    return Client().get(path, headers={"Authorization": f"Bearer {secret}"})


def test_a_key_is_made_shown_once_kept_as_a_digest_and_ended(secret, admin, staff_client, north):
    client = staff_client(admin)
    (row,) = ReportKey.objects.all()
    assert bytes(row.digest) == report_keys.digest(secret)
    page = client.get("/staff/reports/keys/").content.decode()
    assert "The county" in page
    assert secret not in page
    assert ask(API, secret).status_code == 200
    client.post("/staff/reports/keys/", {"end": str(row.pk)})
    assert ask(API, secret).status_code == 401
    noted = AuditEvent.objects.filter(act__startswith="report_key.").order_by("pk")
    assert list(noted.values_list("act", "object")) == [
        ("report_key.make", f"report_key:{row.pk}"), ("report_key.end", f"report_key:{row.pk}"),
    ]  # fmt: skip
    assert secret not in str(list(AuditEvent.objects.values_list("detail", flat=True)))


def test_the_same_rows_as_json_and_as_a_file_of_that_place_alone(secret, officer, officer_south, north, south, now):
    for _ in range(2):
        record(f"staff:{officer.pk}", "message.refuse", "message:7", now=now, facility_id=north.pk)
    record(f"staff:{officer_south.pk}", "message.refuse", "message:8", now=now, facility_id=south.pk)
    answer = ask(f"{API}acts/?only=staff:{officer.pk}", secret)
    found = answer.json()
    assert answer["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert (found["report"], found["facility"], found["more"]) == ("acts", north.slug, False)
    assert found["columns"] == ["Who", "Act", "How often", "Last"]
    assert [row[:3] for row in found["rows"]] == [["officer", "Refused a letter", 2]]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", found["rows"][0][3])
    file = b"".join(ask(f"{API}acts/?format=csv&only=staff:{officer.pk}", secret).streaming_content).decode("utf-8-sig")
    assert file.startswith("Who,Act,How often,Last\r\nofficer,Refused a letter,2,")
    assert "officer.south" not in str(ask(f"{API}acts/", secret).json())
    cents = ask(f"{API}unclaimed/", secret).json()
    assert [row[2] for row in cents["rows"]] == [0, 0, 0, 0, 0]
    assert "since" not in cents
    taken = AuditEvent.objects.filter(act="report.take")
    assert set(taken.values_list("facility_id", flat=True)) == {north.pk}
    assert ReportKey.objects.get().last_used_at is not None


def test_the_list_says_what_there_is(secret, north):
    found = ask(API, secret).json()
    assert found["facility"] == north.slug
    assert {one["name"]: one["url"] for one in found["reports"]}["moves"] == "/api/v1/reports/moves/"


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer klr_wrong", "Basic {}", "{}"])
def test_no_open_key_no_report(sent, secret):
    for path in (API, f"{API}acts/", f"{API}nothing/"):
        answer = Client().get(path, headers={"Authorization": sent.format(secret)} if sent else {})
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"] == "Bearer"
        assert answer.json()["status"] == 401
    assert not AuditEvent.objects.filter(act="report.take").exists()


def test_a_session_of_staff_is_no_key(admin, staff_client):
    assert staff_client(admin).get(f"{API}acts/").status_code == 401


def test_it_ends_by_itself_and_with_the_role_of_its_maker(secret, admin, north, now, clock_at):
    clock_at(now + timedelta(days=31))
    assert ask(API, secret).status_code == 401
    clock_at(now)
    StaffRole.objects.filter(user=admin).update(ends_at=now - timedelta(seconds=1))
    assert ask(API, secret).json()["reports"] == []
    assert ask(f"{API}acts/", secret).status_code == 403
    identity.grant_role(user_id=admin.pk, facility_id=north.pk, role=Role.OMBUDSPERSON, now=now)
    assert [one["name"] for one in ask(API, secret).json()["reports"]] == [
        "decisions", "tries", "calls", "call-hours", "call-telephones", "call-results", "call-strangers", "complaints",
    ]  # fmt: skip
    assert ask(f"{API}contacts/", secret).status_code == 403
    assert not AuditEvent.objects.filter(act="report.take").exists()


def test_what_cannot_be_read_is_said(secret):
    assert ask(f"{API}nothing/", secret).status_code == 404
    for query in ("since=soon", "only=nobody", "format=xml"):
        answer = ask(f"{API}acts/?{query}", secret)
        assert answer.status_code == 400
        assert query.split("=")[0] in answer.json()["detail"]
    assert Client().post(f"{API}acts/", headers={"Authorization": f"Bearer {secret}"}).status_code == 405


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.FACILITY_ADMIN, Role.AGENCY_ADMIN}])
def test_other_roles_make_none(role, member, staff_client, north):
    client = staff_client(member(role, north))
    assert client.post("/staff/reports/keys/", {"name": "Mine", "days": "30"}).status_code == 403
    assert not ReportKey.objects.exists()


def test_another_place_does_not_end_it(secret, member, staff_client, south):
    client = staff_client(member(Role.FACILITY_ADMIN, south))
    assert "The county" not in client.get("/staff/reports/keys/").content.decode()
    client.post("/staff/reports/keys/", {"end": str(ReportKey.objects.get().pk)})
    assert ask(API, secret).status_code == 200


def test_not_without_a_fresh_password_and_no_more_than_twenty(admin, staff_client, north, now, clock_at):
    client = staff_client(admin)
    for typed in ({"name": "", "days": "30"}, {"name": "x", "days": "9999"}):
        client.post("/staff/reports/keys/", typed)
    assert not ReportKey.objects.exists()
    for n in range(21):
        page = client.post("/staff/reports/keys/", {"name": f"Key {n}", "days": "30"}).content.decode()
    assert "End one first" in page
    assert ReportKey.objects.count() == 20
    clock_at(now + timedelta(minutes=20))
    assert client.post("/staff/reports/keys/", {"name": "Late", "days": "30"})["Location"].startswith("/staff/confirm/")
    assert ReportKey.objects.count() == 20
