"""KSK-4 through the door: a turn ends, others come first, unfinished text is kept."""

from datetime import timedelta

import pytest
from conftest import PIN
from django.conf import settings

from kinline.core import clock
from kinline.core.models import AuditEvent
from kinline.flows.turns import set_turns
from kinline.identity.permissions import NotPermitted
from kinline.messaging.models import Draft
from kinline.residents import services as residents
from kinline.residents.models import KioskTurns, ResidentSession

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(monkeypatch, now):
    """`at(minutes)`: the kiosk's clock."""

    def moved(minutes):
        monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=minutes))

    moved(0)
    return moved


@pytest.fixture
def screen(kiosk_device, north, admin, now):
    set_turns(staff=admin, facility_id=north.pk, minutes=15, pause_minutes=20, now=now)
    north.kiosk_idle_seconds = 3600
    north.save()
    return kiosk_device(north)


def _sign_in(screen, number="1001"):
    return screen.post("/kiosk/sign-in/", {"number": number, "pin": PIN})


def test_a_turn_ends_and_what_was_written_is_kept(screen, at, resident, contact):
    assert _sign_in(screen).status_code == 303
    page = screen.get("/kiosk/letters/")
    assert 'data-turn="' in page.content.decode()
    assert int(page["Refresh"].split(";")[0]) <= 15 * 60
    at(14.9)
    assert screen.get(f"/kiosk/write/{contact.pk}/").status_code == 200
    at(15.1)
    late = screen.post(f"/kiosk/write/{contact.pk}/", {"body": "Half a sen", "key": ""})
    assert late["Location"] == "/kiosk/?ended=kept"
    assert Draft.objects.get().text == "Half a sen"
    assert screen.get("/kiosk/letters/")["Location"] == "/kiosk/"


@pytest.mark.django_db(transaction=True)  # a refusal rolls back its own transaction
def test_others_come_first_then_again(screen, at, resident, north, long_ago):
    other = residents.create(
        agency_id=north.agency_id, number="1008", first_name="Olga", last_name="Sample", now=long_ago
    )
    residents.book(resident_id=other.pk, facility_id=north.pk, now=long_ago)
    residents.set_pin(resident_id=other.pk, pin=PIN, must_change=False, now=long_ago)
    _sign_in(screen)
    at(15.1)
    refused = _sign_in(screen)
    assert refused.status_code == 422
    assert "others come first" in refused.content.decode()
    assert ResidentSession.objects.filter(resident=resident).count() == 1
    assert _sign_in(screen, "1008").status_code == 303
    screen.post("/kiosk/end/")
    at(16)
    assert _sign_in(screen).status_code == 422
    at(35.2)
    assert _sign_in(screen).status_code == 303


@pytest.mark.django_db(transaction=True)  # a refusal rolls back its own transaction
def test_a_free_screen_is_for_whoever_comes(screen, at, resident):
    _sign_in(screen)
    at(15.1)
    assert _sign_in(screen).status_code == 422
    at(17.2)
    assert _sign_in(screen).status_code == 303


def test_back_within_the_turn_has_the_rest_of_it(screen, at, resident, now):
    _sign_in(screen)
    screen.post("/kiosk/end/")
    at(5)
    assert _sign_in(screen).status_code == 303
    assert ResidentSession.objects.latest("pk").turn_ends_at == now + timedelta(minutes=15)


def test_without_a_setting_nothing_ends(kiosk_device, north, resident, at):
    screen = kiosk_device(north)
    _sign_in(screen)
    assert ResidentSession.objects.get().turn_ends_at is None
    assert "data-turn=" not in screen.get("/kiosk/letters/").content.decode()
    screen.post("/kiosk/end/")
    assert _sign_in(screen).status_code == 303
    assert settings.KIOSK_SESSION_COOKIE in screen.cookies


def test_who_sets_it(admin, officer, staff_client, north, now):
    with pytest.raises(NotPermitted):
        set_turns(staff=officer, facility_id=north.pk, minutes=15, pause_minutes=0, now=now)
    client = staff_client(admin)
    assert client.post("/staff/turns/", {"minutes": "3", "pause_minutes": "0"}).status_code == 422
    assert not KioskTurns.objects.exists()
    assert client.post("/staff/turns/", {"minutes": "20", "pause_minutes": "30"}).status_code == 303
    assert 'value="20"' in client.get("/staff/turns/").content.decode()
    assert AuditEvent.objects.get(act="turns.set").detail == {"minutes": 20, "pause_minutes": 30}
