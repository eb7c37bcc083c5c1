"""C5: the audit log is read every week, and it is on record who did; the day begins where the place is."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from kinline.core.audit import record
from kinline.core.models import AuditEvent
from kinline.identity.models import Role

pytestmark = pytest.mark.django_db
PAGE = "/staff/audit/week/"


@pytest.fixture
def sunday(north, now):
    """Half an hour before the end of the last Sunday where the place is: in UTC it is Monday already."""
    today = now.astimezone(ZoneInfo(north.time_zone)).date()
    day = today - timedelta(days=today.weekday() + 1)
    moment = datetime.combine(day, time(23, 30), ZoneInfo(north.time_zone)).astimezone(UTC)
    assert moment.weekday() == 0
    return moment


@pytest.fixture
def monday(sunday, north):
    """Of the week that ends with it."""
    return sunday.astimezone(ZoneInfo(north.time_zone)).date() - timedelta(days=6)


def test_c5_the_log_of_a_week_is_read_once_and_that_is_on_record(
    sunday, monday, supervisor, staff_client, north, clock_at
):
    client = staff_client(supervisor)
    clock_at(sunday)
    assert f"to {monday - timedelta(days=1)}" in client.get(PAGE).content.decode()
    assert client.get(f"{PAGE}?week={monday}").status_code == 404
    clock_at(sunday + timedelta(hours=1))
    page = client.get(PAGE).content.decode()
    assert f"The audit log from {monday} to {monday + timedelta(days=6)}" in page
    assert "I have read this week" in page
    assert "Weeks of the audit log to be read" in client.get("/staff/").content.decode()
    for _ in range(2):
        assert client.post(PAGE).status_code == 303
    row = AuditEvent.objects.get(act="audit.week")
    assert (row.actor, row.object) == (f"staff:{supervisor.pk}", f"week:{north.pk}:{monday}")
    assert "I have read this week" not in client.get(PAGE).content.decode()
    assert "Weeks of the audit log to be read" not in client.get("/staff/").content.decode()
    assert "I have read this week" in client.get(f"{PAGE}?week={monday - timedelta(days=7)}").content.decode()


def test_its_lines_are_of_these_days_and_this_place_what_is_rare_first(
    sunday, monday, supervisor, officer, officer_south, staff_client, north, south, clock_at
):
    actor = f"staff:{officer.pk}"
    for minutes in (0, 29, 31):  # the last is Monday
        at = sunday + timedelta(minutes=minutes)
        record(actor, "message.refuse", "message:7", now=at, facility_id=north.pk)
    record(actor, "sign_in.wrong_password", now=sunday)
    record(f"staff:{officer_south.pk}", "message.refuse", "message:8", now=sunday, facility_id=south.pk)
    record("family:1", "message.send", "message:9", now=sunday, facility_id=north.pk)
    client = staff_client(supervisor)
    clock_at(sunday + timedelta(hours=1))
    page = client.get(f"{PAGE}?week={monday}").content.decode()
    assert page.index("Wrong password") < page.index("Refused a letter")
    assert '<td class="num">2</td>' in page
    assert "officer.south" not in page
    assert "Sent a letter" not in page
    assert page.count("worth a look") == 1


@pytest.mark.parametrize("typed", ["2026-03-03", "1999-01-04", "soon", "9999-12-27"])
def test_no_such_week(typed, supervisor, staff_client, sunday, clock_at):
    client = staff_client(supervisor)
    clock_at(sunday)
    assert client.get(f"{PAGE}?week={typed}").status_code == 404
    assert client.post(f"{PAGE}?week={typed}").status_code == 404
    assert not AuditEvent.objects.filter(act="audit.week").exists()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.OMBUDSPERSON, Role.FINANCE])
def test_whoever_may_not_read_the_log_notes_nothing(role, member, staff_client, north):
    client = staff_client(member(role, north))
    assert client.post(PAGE).status_code == 403
    assert not AuditEvent.objects.filter(act="audit.week").exists()
