"""STF-8 at the staff face: telling everybody in a place or unit, and the emergency switch."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from kinline.core.models import AuditEvent
from kinline.delivery.models import Stop
from kinline.facilities import services as facilities
from kinline.flows.broadcast import broadcast
from kinline.identity.models import Role
from kinline.identity.permissions import NotPermitted
from kinline.notices import errors
from kinline.notices.models import Broadcast, Notice
from kinline.residents import services as residents

pytestmark = pytest.mark.django_db
TOLD = {"told": "The water is off until noon.", "told_es": "No hay agua hasta el mediodía.", "unit": ""}


@pytest.fixture
def screen(kiosk_client, resident):
    return kiosk_client(resident)


@pytest.fixture
def neighbour(screen, north, long_ago):
    """Somebody in another unit of the north."""
    unit = facilities.add_unit(facility_id=north.pk, name="B")
    person = residents.create(
        agency_id=north.agency_id, number="1009", first_name="Nora", last_name="Sample", now=long_ago
    )
    residents.book(resident_id=person.pk, facility_id=north.pk, unit_id=unit.pk, now=long_ago)
    return person


def _key(page):
    return re.search(r'name="key" value="([0-9a-f-]{36})"', page).group(1)


def test_looked_at_first_then_told_once(supervisor, staff_client, screen, resident, neighbour):
    client = staff_client(supervisor)
    typed = TOLD | {"key": str(uuid4())}
    page = client.post("/staff/broadcast/", typed).content.decode()
    assert "Tell 2 residents?" in page
    assert Notice.objects.count() == 0
    sent = typed | {"key": _key(page), "send": "1"}
    for _ in range(2):
        assert client.post("/staff/broadcast/", sent).status_code == 303
    assert Notice.objects.filter(kind="broadcast").count() == 2
    assert Broadcast.objects.get().reached == 2
    assert "The water is off until noon." in screen.get("/kiosk/notices/").content.decode()
    residents.set_language(resident_id=resident.pk, language="es")
    assert "No hay agua hasta el mediodía." in screen.get("/kiosk/notices/").content.decode()
    assert "The water" in client.get("/staff/broadcast/").content.decode()
    row = AuditEvent.objects.get(act="broadcast.send")
    assert row.detail == {"unit_id": None, "reached": 2}


def test_one_unit_only(supervisor, north, resident, neighbour, resident_south, now):
    unit = neighbour.custodies.get().unit
    told = broadcast(
        staff=supervisor, facility_id=north.pk, unit_id=unit.pk, told={"en": "Yard is closed.", "es": "Cerrado."},
        client_key=uuid4(), now=now,
    )  # fmt: skip
    assert told == 1
    assert Notice.objects.get().resident == neighbour


def test_back_keeps_the_words(supervisor, staff_client, north):
    page = staff_client(supervisor).post("/staff/broadcast/", TOLD | {"back": "1"}).content.decode()
    assert "The water is off until noon." in page
    assert Notice.objects.count() == 0


def test_refusals_tell_nobody(supervisor, officer, staff_client, north, south, resident, resident_south, now):
    elsewhere = resident_south.custodies.get().unit_id
    with pytest.raises(errors.NoSuchUnit):
        broadcast(
            staff=supervisor, facility_id=north.pk, unit_id=elsewhere, told={"en": "x"}, client_key=uuid4(), now=now
        )
    with pytest.raises(NotPermitted):
        broadcast(staff=officer, facility_id=north.pk, unit_id=None, told={"en": "x"}, client_key=uuid4(), now=now)
    with pytest.raises(NotPermitted):
        broadcast(staff=supervisor, facility_id=south.pk, unit_id=None, told={"en": "x"}, client_key=uuid4(), now=now)
    client = staff_client(supervisor)
    assert client.post("/staff/broadcast/", TOLD | {"told": " ", "send": "1"}).status_code == 422
    assert client.post("/staff/broadcast/", TOLD | {"unit": str(elsewhere), "send": "1"}).status_code == 422
    assert staff_client(officer).get("/staff/broadcast/").status_code == 403
    assert Notice.objects.count() == 0


# The switch


def _typed(now, hours=2, **more):
    until = timezone.localtime(now + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")
    return {"told": "The network is repaired.", "told_es": "Se repara la red.", "until": until, **more}


def test_stopped_changed_and_let_go(supervisor, staff_client, north, resident, kiosk_client, now):
    client = staff_client(supervisor)
    with timezone.override(north.time_zone):
        assert client.post("/staff/emergency/", _typed(now)).status_code == 303
        stop = Stop.objects.get()
        assert abs(stop.until - now - timedelta(hours=2)) < timedelta(minutes=1)
        assert "Letters are stopped here until" in client.get("/staff/emergency/").content.decode()
        assert "Letters are stopped" in kiosk_client(resident).get("/kiosk/letters/").content.decode()
        assert client.post("/staff/emergency/", {"until": _typed(now, 5)["until"]}).status_code == 303
    stop.refresh_from_db()
    assert stop.until > now + timedelta(hours=4)
    assert client.post("/staff/emergency/", {"go": "1"}).status_code == 303
    stop.refresh_from_db()
    assert stop.ended_by == supervisor
    assert "Letters are stopped" not in kiosk_client(resident).get("/kiosk/letters/").content.decode()


@pytest.mark.parametrize("change", [{"told": ""}, {"until": ""}, {"until": "soon"}, {"until": "2020-01-01T00:00"},
                                    {"until": "2999-01-01T00:00"}])  # fmt: skip
def test_what_is_wrong_stops_nothing_and_keeps_the_words(change, supervisor, staff_client, north, now):
    answer = staff_client(supervisor).post("/staff/emergency/", _typed(now) | change)
    assert answer.status_code == 422
    assert "Se repara la red." in answer.content.decode()
    assert not Stop.objects.exists()


def test_it_needs_a_password_of_the_last_minutes(supervisor, staff_client, north, now, clock_at):
    client = staff_client(supervisor)
    clock_at(now + timedelta(minutes=20))
    assert client.post("/staff/emergency/", _typed(now))["Location"].startswith("/staff/confirm/")
    assert not Stop.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.SUPERVISOR, Role.FACILITY_ADMIN,
                                                                         Role.AGENCY_ADMIN}])  # fmt: skip
def test_other_roles_stop_nothing(role, member, staff_client, north, now):
    client = staff_client(member(role, north))
    assert client.post("/staff/emergency/", _typed(now)).status_code == 403
    assert client.post("/staff/emergency/", {"go": "1"}).status_code == 403
    assert not Stop.objects.exists()


def test_letting_go_what_is_not_stopped_says_so(supervisor, staff_client, north):
    answer = staff_client(supervisor).post("/staff/emergency/", {"go": "1"})
    assert "not stopped here any more" in answer.content.decode()
