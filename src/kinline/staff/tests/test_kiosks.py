"""KSK-1, STF-2: a screen is enrolled by an address that works once, and switched off."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from kinline.core.models import AuditEvent
from kinline.facilities.models import Kiosk
from kinline.identity.models import Role

pytestmark = pytest.mark.django_db
LIST = "/staff/kiosks/"


@pytest.fixture
def clerk(admin, staff_client):
    return staff_client(admin)


def text(answer):
    return answer.content.decode()


def address(answer):
    found = re.search(r'id="address">https?://[^/]+(/kiosk/enrol/[\w-]+/)<', text(answer))
    assert found
    return found[1]


def made(clerk, north):
    return clerk.post(LIST, {"unit": north.units.get().pk, "label": "West door"})


def open_at(browser, where):
    """The button on the page of the address."""
    return browser.post(where)


def test_the_address_makes_one_browser_the_kiosk_once(clerk, north, admin):
    answer = made(clerk, north)
    where, screen, thief = address(answer), Client(), Client()
    assert answer["Cache-Control"] == "no-store"
    assert "West door" in text(screen.get(where))
    assert screen.get(where).status_code == 200  # opening it uses nothing up
    assert open_at(screen, where)["Location"] == "/kiosk/"
    assert "not enrolled" not in text(screen.get("/kiosk/"))
    assert open_at(thief, where).status_code == 404
    assert thief.get(where).status_code == 404
    assert where not in text(clerk.get(LIST))
    row = AuditEvent.objects.get(act="kiosk.enrol")
    assert (row.actor, row.facility_id, row.detail) == (f"staff:{admin.pk}", north.pk, {})


def test_the_address_itself_is_no_key_of_the_device(clerk, north, settings):
    token = address(made(clerk, north)).split("/")[3]
    browser = Client()
    browser.cookies[settings.KIOSK_DEVICE_COOKIE] = token
    assert browser.get("/kiosk/sign-in/").status_code == 303
    assert b'name="pin"' not in browser.get("/kiosk/").content


def test_after_a_day_the_address_is_dead(clerk, north, clock_at, now):
    where = address(made(clerk, north))
    clock_at(now + timedelta(hours=25))
    assert Client().get(where).status_code == 404
    assert open_at(Client(), where).status_code == 404
    assert Kiosk.objects.get().link_digest is not None


def test_a_new_address_puts_the_old_screen_out(clerk, north, kiosk_client, resident):
    screen = kiosk_client(resident)
    kiosk = Kiosk.objects.get()
    assert screen.get("/kiosk/letters/").status_code == 200
    where = address(clerk.post(f"{LIST}{kiosk.pk}/", {"act": "link"}))
    assert screen.get("/kiosk/letters/").status_code == 303
    other = Client()
    open_at(other, where)
    assert b'name="pin"' in other.get("/kiosk/").content


def test_switched_off_it_opens_nothing_and_its_address_is_dead(clerk, north, kiosk_client, resident):
    screen = kiosk_client(resident)
    kiosk = Kiosk.objects.get()
    assert clerk.post(f"{LIST}{kiosk.pk}/", {"act": "off"})["Location"] == LIST
    assert screen.get("/kiosk/letters/").status_code == 303
    assert b'name="pin"' not in screen.get("/kiosk/").content
    assert "switched off" in text(clerk.get(LIST))
    clerk.post(f"{LIST}{kiosk.pk}/", {"act": "off"})
    assert AuditEvent.objects.filter(act="kiosk.disable").count() == 1
    where = address(clerk.post(f"{LIST}{kiosk.pk}/", {"act": "link"}))
    clerk.post(f"{LIST}{kiosk.pk}/", {"act": "off"})
    assert open_at(Client(), where).status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"label": ""}, {"unit": ""}, {"unit": "999999"}, {"label": "x" * 61}, {"label": "\x00"}]
)
def test_what_is_not_whole_makes_no_kiosk(clerk, north, wrong):
    answer = clerk.post(LIST, {"unit": north.units.get().pk, "label": "West door", **wrong})
    assert answer.status_code == 200
    assert 'id="errors"' in text(answer)
    assert not Kiosk.objects.exists()


def test_another_places_kiosk_is_not_there(clerk, north, south, kiosk, member, staff_client):
    theirs = staff_client(member(Role.FACILITY_ADMIN, south))
    for act in ("link", "off"):
        assert theirs.post(f"{LIST}{kiosk.pk}/", {"act": act}).status_code == 404
    assert theirs.post(LIST, {"unit": north.units.get().pk, "label": "Mine"}).status_code == 200
    assert Kiosk.objects.get().disabled_at is None
    assert "Test kiosk" not in text(theirs.get(LIST))
    assert clerk.post(f"{LIST}{kiosk.pk}/", {"act": "x"}).status_code == 400


def test_others_neither_see_nor_make_one(member, staff_client, north, kiosk):
    for role in (Role.SUPERVISOR, Role.AUDITOR, Role.MAILROOM):
        client = staff_client(member(role, north))
        assert [client.get(LIST).status_code, client.post(f"{LIST}{kiosk.pk}/", {"act": "off"}).status_code] == [
            403,
            403,
        ]
    assert Kiosk.objects.get().disabled_at is None
