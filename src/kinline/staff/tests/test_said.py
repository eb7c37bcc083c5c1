"""STF-8, REC2 at the staff face: what is said to everybody begins, ends and is taken back; how abuse is reported."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from kinline.core.models import AuditEvent
from kinline.core.parties import RESIDENT, Party
from kinline.flows.broadcast import broadcast
from kinline.identity.models import Role
from kinline.notices import errors, queries
from kinline.notices.models import Broadcast, Notice
from kinline.requests.models import Reporting

pytestmark = pytest.mark.django_db
WORDS = "The yard is closed."
HOUR = timedelta(hours=1)
WAYS = {
    "outside": "Sample Rights Office, 1 Sample Street. You need not say who you are.",
    "outside_es": "Oficina de Derechos de Muestra. No hace falta decir quién es.",
    "others": "Families call 555-0100.", "others_es": "",
}  # fmt: skip


@pytest.fixture
def say(supervisor, north, resident, now):
    def said(**more):
        told = broadcast(
            staff=supervisor, facility_id=north.pk, unit_id=None, told={"en": WORDS, "es": ""}, client_key=uuid4(),
            now=now, **more,
        )  # fmt: skip
        assert told == 1
        return Broadcast.objects.latest("pk")

    return said


def seen(resident, at):
    party = Party(RESIDENT, resident.pk)
    return len(queries.notices_of(party, now=at)), queries.unread_count(party, at)


def test_stf_8_it_is_read_from_until(say, resident, now):
    say(starts_at=now + HOUR, until=now + 3 * HOUR)
    moments = [now, now + HOUR, now + 3 * HOUR - timedelta(seconds=1), now + 3 * HOUR]
    assert [seen(resident, at) for at in moments] == [(0, 0), (1, 1), (1, 1), (0, 0)]


def test_without_an_end_it_stays(say, resident, now):
    made = say(starts_at=now - HOUR)
    assert made.starts_at == now
    assert seen(resident, now + timedelta(days=300)) == (1, 1)


def test_an_end_before_the_beginning_or_in_the_past_tells_nobody(say, now):
    for starts, until in ((now + 2 * HOUR, now + HOUR), (None, now), (now - 2 * HOUR, now - HOUR)):
        with pytest.raises(errors.BadSpan):
            say(starts_at=starts, until=until)
    assert (Broadcast.objects.count(), Notice.objects.count()) == (0, 0)
    made = say()
    with pytest.raises(IntegrityError), transaction.atomic():
        Broadcast.objects.filter(pk=made.pk).update(until=made.starts_at)


def test_taken_back_nobody_reads_it_and_it_stays_on_record(say, resident, supervisor, staff_client, kiosk_client, now):
    made, client, screen = say(), staff_client(supervisor), kiosk_client(resident)
    assert WORDS in screen.get("/kiosk/notices/").content.decode()
    screen.post("/kiosk/notices/", {"ids": str(Notice.objects.get().pk)})
    page = client.get("/staff/broadcast/").content.decode()
    assert "1 has read it" in page
    for _ in range(2):
        assert client.post(f"/staff/broadcast/{made.pk}/withdraw/").status_code == 303
    assert WORDS not in screen.get("/kiosk/notices/").content.decode()
    page = client.get("/staff/broadcast/").content.decode()
    assert "Taken back" in page
    assert "/withdraw/" not in page
    assert AuditEvent.objects.filter(act="broadcast.withdraw").count() == 1


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.FINANCE, Role.AUDITOR])
def test_who_may_not_say_may_not_take_back(say, role, member, north, south, staff_client):
    made = say()
    where = f"/staff/broadcast/{made.pk}/withdraw/"
    assert staff_client(member(role, north)).post(where).status_code == 403
    staff_client(member(Role.SUPERVISOR, south)).post(where)
    made.refresh_from_db()
    assert made.withdrawn_at is None


def test_typed_with_its_span_and_looked_at_first(supervisor, staff_client, north, resident, now):
    client = staff_client(supervisor)
    with timezone.override(north.time_zone):
        until = timezone.localtime(now + 5 * HOUR).strftime("%Y-%m-%dT%H:%M")
    typed = {"told": WORDS, "unit": "", "until": until, "starts": "", "key": str(uuid4())}
    page = client.post("/staff/broadcast/", typed).content.decode()
    assert f'name="until" value="{until}"' in page
    assert client.post("/staff/broadcast/", typed | {"starts": until, "send": "1"}).status_code == 422
    assert client.post("/staff/broadcast/", typed | {"until": "soon", "send": "1"}).status_code == 422
    assert Broadcast.objects.count() == 0
    assert client.post("/staff/broadcast/", typed | {"send": "1"}).status_code == 303
    assert abs(Broadcast.objects.get().until - now - 5 * HOUR) < timedelta(minutes=1)


# REC2


def test_rec2_ways_to_report_outside_and_for_families_are_published(
    admin, staff_client, north, resident, kiosk_client, client
):
    """28 CFR 115.51, 115.53, 115.54: at the kiosk, before one writes to staff, and in public without signing in."""
    public, screen = f"/facilities/{north.slug}/", kiosk_client(resident)
    assert "has not published here how families report abuse" in client.get(public).content.decode()
    desk = staff_client(admin)
    assert "It is not published yet." in desk.get("/staff/requests/forms/").content.decode()
    assert desk.post("/staff/requests/reporting/", WAYS).status_code == 303
    page = client.get(public).content.decode()
    assert "Families call 555-0100." in page
    assert "Sample Rights Office" in page
    client.cookies["kinline_language"] = "es"
    assert "Oficina de Derechos" in client.get(public, headers={"accept-language": "es"}).content.decode()
    assert "You need not say who you are." in screen.get("/kiosk/requests/").content.decode()
    assert "Families call" in desk.get("/staff/requests/reporting/").content.decode()
    assert AuditEvent.objects.get(act="reporting.publish").facility_id == north.pk


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SUPERVISOR, Role.FINANCE])
def test_rec2_only_who_edits_forms_publishes_it(role, member, north, south, staff_client):
    assert staff_client(member(role, north)).post("/staff/requests/reporting/", WAYS).status_code == 403
    staff_client(member(Role.FACILITY_ADMIN, south)).post("/staff/requests/reporting/", WAYS)
    assert not Reporting.objects.filter(facility=north).exists()
    assert Reporting.objects.get().facility == south
