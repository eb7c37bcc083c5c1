"""Enrolment, sign-in, PIN, language, and leaving nothing behind (KSK-1, KSK-2, KSK-6)."""

import base64

import pytest
from django.conf import settings
from django.test import Client

from kinline.facilities import services as facilities
from kinline.facilities.models import Facility
from kinline.residents import services as residents
from kinline.residents.models import Pin, Resident, ResidentSession

GOOD = {"number": "1001", "pin": "2580"}


def signed_in(client: Client) -> bool:
    return client.get("/kiosk/letters/").status_code == 200


def test_enrolling_takes_a_button(north: Facility, now) -> None:
    _, token = facilities.enrol_kiosk(facility_id=north.pk, unit_id=north.units.get().pk, label="K", now=now)
    client = Client()
    page = client.get(f"/kiosk/enrol/{token}/")
    assert "Sample North" in page.content.decode()
    assert settings.KIOSK_DEVICE_COOKIE not in client.cookies
    response = client.post(f"/kiosk/enrol/{token}/")
    assert (response.status_code, response.url) == (303, "/kiosk/")
    cookie = client.cookies[settings.KIOSK_DEVICE_COOKIE]
    assert cookie["httponly"]
    assert cookie["path"] == "/kiosk/"
    assert cookie["max-age"] > 365 * 24 * 3600
    assert 'name="pin"' in client.get("/kiosk/").content.decode()


def test_the_first_screen_has_no_content(kiosk_device, north: Facility, resident: Resident) -> None:
    text = kiosk_device(north).get("/kiosk/").content.decode()
    assert 'name="number"' in text
    assert "Daniel" not in text


def test_signing_in(kiosk_device, north: Facility, resident: Resident) -> None:
    client = kiosk_device(north)
    response = client.post("/kiosk/sign-in/", GOOD)
    assert (response.status_code, response.url) == (303, "/kiosk/letters/")
    cookie = client.cookies[settings.KIOSK_SESSION_COOKIE]
    assert cookie["httponly"]
    assert not cookie["max-age"]
    assert signed_in(client)
    assert client.get("/kiosk/").url == "/kiosk/letters/"


@pytest.mark.parametrize(
    "wrong", [{"number": "1001", "pin": "2581"}, {"number": "9999", "pin": "2580"}, {"number": "1001", "pin": ""}, {}]
)
def test_a_wrong_pin_and_an_unknown_number_open_nothing(
    wrong: dict[str, str], kiosk_device, north: Facility, resident: Resident
) -> None:
    client = kiosk_device(north)
    response = client.post("/kiosk/sign-in/", wrong)
    assert response.status_code == 422
    assert "2581" not in response.content.decode()
    assert not signed_in(client)
    assert not ResidentSession.objects.exists()


def test_wrong_and_unknown_read_alike(kiosk_device, north: Facility, resident: Resident) -> None:
    client = kiosk_device(north)
    pages = [
        client.post("/kiosk/sign-in/", {"number": number, "pin": "9170"}).content.decode()
        for number in ("1001", "9999")
    ]
    sentence = "That number and PIN do not go together"
    assert [sentence in page for page in pages] == [True, True]


def test_five_wrong_tries_lock_until_staff_reset(kiosk_device, north: Facility, resident: Resident, now) -> None:
    client = kiosk_device(north)
    for _ in range(5):
        response = client.post("/kiosk/sign-in/", {"number": "1001", "pin": "9999"})
    assert "locked" in response.content.decode()
    assert "locked" in client.post("/kiosk/sign-in/", GOOD).content.decode()
    assert not ResidentSession.objects.exists()
    residents.set_pin(resident_id=resident.pk, pin="8302", must_change=True, now=now)
    assert client.post("/kiosk/sign-in/", {"number": "1001", "pin": "8302"}).url == "/kiosk/letters/"


def test_a_resident_of_another_place_cannot_sign_in_here(
    kiosk_device, north: Facility, resident_south: Resident
) -> None:
    response = kiosk_device(north).post("/kiosk/sign-in/", {"number": "1002", "pin": "2580"})
    assert response.status_code == 422
    assert not ResidentSession.objects.exists()


class TestPin:
    @pytest.fixture
    def client(self, kiosk_client, resident: Resident, now) -> Client:
        residents.set_pin(resident_id=resident.pk, pin="4071", must_change=True, now=now)
        seated: Client = kiosk_client(resident)
        return seated

    def test_first_use(self, client: Client) -> None:
        assert client.get("/kiosk/letters/").url == "/kiosk/pin/"
        assert "First, choose your own PIN" in client.get("/kiosk/pin/").content.decode()
        response = client.post("/kiosk/pin/", {"old": "4071", "new": "73915", "again": "73915"})
        assert response.url == "/kiosk/letters/"
        assert not Pin.objects.get().must_change
        page = client.get("/kiosk/letters/").content.decode()
        assert "Your PIN is changed" in page
        assert "73915" not in page

    @pytest.mark.parametrize(
        ("old", "new", "again", "why"),
        [
            ("4072", "73915", "73915", "do not go together"),
            ("4071", "73915", "73916", "not the same"),
            ("4071", "1234", "1234", "too easy"),
            ("4071", "7777", "7777", "too easy"),
            ("4071", "73", "73", "4 to 8 digits"),
            ("4071", "4071", "4071", "PIN you have now"),
        ],
    )
    def test_what_is_no_new_pin(self, client: Client, old: str, new: str, again: str, why: str) -> None:
        before = Pin.objects.get().hash
        response = client.post("/kiosk/pin/", {"old": old, "new": new, "again": again})
        assert response.status_code == 422
        assert why in response.content.decode()
        assert Pin.objects.get().hash == before
        assert client.get("/kiosk/letters/").url == "/kiosk/pin/"


def test_i_am_done(kiosk_client, resident: Resident) -> None:
    client = kiosk_client(resident)
    key = client.cookies[settings.KIOSK_SESSION_COOKIE].value
    client.get("/kiosk/letters/")
    response = client.post("/kiosk/end/")
    assert (response.status_code, response.url) == (303, "/kiosk/?ended=done")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert response.cookies[settings.KIOSK_SESSION_COOKIE]["max-age"] == 0
    sitting = ResidentSession.objects.get()
    assert sitting.end_reason == "left"
    assert bytes(sitting.offline_key) == b""
    client.cookies[settings.KIOSK_SESSION_COOKIE] = key  # a cookie kept by somebody
    assert client.get("/kiosk/letters/").url == "/kiosk/"


def test_the_refresh_ends_it_by_get(kiosk_client, resident: Resident) -> None:
    client = kiosk_client(resident)
    page = client.get("/kiosk/letters/")
    assert page.headers["Refresh"] == "120; url=/kiosk/end/?idle"
    assert client.get("/kiosk/end/?idle").url == "/kiosk/?ended=idle"
    assert not signed_in(client)
    assert "Time ran out" in client.get("/kiosk/?ended=idle").content.decode()


def test_with_a_script_the_page_counts_itself(kiosk_client, resident: Resident) -> None:
    client = kiosk_client(resident)
    client.cookies["kinline_kiosk_script"] = "1"
    page = client.get("/kiosk/letters/")
    assert "Refresh" not in page.headers
    text = page.content.decode()
    assert '<noscript><meta http-equiv="refresh" content="120; url=/kiosk/end/?idle"></noscript>' in text


def test_no_page_is_kept(kiosk_client, kiosk_device, north: Facility, resident: Resident) -> None:
    client = kiosk_client(resident)
    for path in ("/kiosk/", "/kiosk/letters/", "/kiosk/people/", "/kiosk/money/", "/kiosk/nothing/"):
        assert "no-store" in client.get(path).headers["Cache-Control"], path


def test_the_offline_key_comes_at_sign_in_and_goes_with_the_sitting(kiosk_client, resident: Resident) -> None:
    client = kiosk_client(resident)
    key = base64.b64decode(client.post("/kiosk/key/").json()["key"])
    assert len(key) == 32
    client.post("/kiosk/end/")
    answer = client.post("/kiosk/key/", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json() == {"ended": True}


class TestLanguage:
    def test_on_the_first_screen_and_then_the_residents_own(
        self, kiosk_device, north: Facility, resident: Resident
    ) -> None:
        client = kiosk_device(north)
        client.post("/kiosk/language/", {"language": "es"})
        assert 'lang="es"' in client.get("/kiosk/").content.decode()[:200]
        client.post("/kiosk/sign-in/", GOOD)
        page = client.get("/kiosk/letters/")
        assert page.headers["Content-Language"] == "es"
        resident.refresh_from_db()
        assert resident.language == "es"
        client.post("/kiosk/end/")
        assert 'lang="en"' in client.get("/kiosk/").content.decode()[:200]

    def test_signed_in(self, kiosk_client, resident: Resident) -> None:
        client = kiosk_client(resident)
        client.post("/kiosk/language/", {"language": "es"})
        assert client.get("/kiosk/letters/").headers["Content-Language"] == "es"
        client.post("/kiosk/language/", {"language": "xx"})
        assert client.get("/kiosk/letters/").headers["Content-Language"] == "es"


def test_times_are_the_facilitys(kiosk_client, resident: Resident, north: Facility) -> None:
    north.time_zone = "Asia/Tokyo"
    north.save()
    from django.utils import timezone

    from kinline.kiosk.middleware import KioskMiddleware

    seen: list[str] = []
    client = kiosk_client(resident)

    def look(request):
        from django.http import HttpResponse

        seen.append(timezone.get_current_timezone_name())
        return HttpResponse()

    request = client.get("/kiosk/letters/").wsgi_request
    KioskMiddleware(look)(request)
    assert seen == ["Asia/Tokyo"]
    assert timezone.get_current_timezone_name() == settings.TIME_ZONE
