"""Default deny: every kiosk address, by everybody who may not see it (KSK-1, R4)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kinline.contacts.models import Contact
from kinline.core.parties import FAMILY, Party
from kinline.facilities.models import Facility, Kiosk
from kinline.flows import requests as asking
from kinline.flows.send_message import send
from kinline.identity.models import User
from kinline.kiosk.urls import urlpatterns
from kinline.messaging.models import Draft, Message
from kinline.messaging.pictures import Picture
from kinline.messaging.services import photos
from kinline.residents import services as residents
from kinline.residents.models import Resident, ResidentSession
from kinline.telephony.services import call_me, lists

OPEN_TO_ALL = {"kiosk", "kiosk_enrol"}
OPEN_TO_DEVICE = OPEN_TO_ALL | {"kiosk_sign_in", "kiosk_language", "kiosk_end"}
OPEN_BEFORE_THE_CHANGE = OPEN_TO_DEVICE | {"kiosk_pin", "kiosk_alive", "kiosk_key"}
EVERY = [pattern.name for pattern in urlpatterns if getattr(pattern, "name", None)]
NUMBER = "+18135550142"
WORDS = "The tomatoes came back"


@pytest.fixture
def theirs(
    mother: User, resident: Resident, contact: Contact, admin: User, money: Callable[[Party, int], None], now
) -> dict[str, object]:
    """A letter, a contact and a request of Daniel, with the values of every address."""
    party = Party(FAMILY, mother.pk)
    money(party, 500)
    sent = send(party, contact_id=contact.pk, subject="Garden", body=WORDS, client_key=uuid4(), collect=False, now=now)
    photo = photos.keep_photo(contact.pk, Picture(b"large", b"small", 2, 2), b"digest", limit=1, now=now)
    photos.attach_photo(photo, sent.message_id, price_cents=0, hold_id=None)
    photos.count_photos(sent.message_id, 1)
    form_id, request_id = _filed(admin, resident, contact.resident.custodies.get().facility_id, now)
    return {
        "form_id": form_id,
        "request_id": request_id,
        "message_id": sent.message_id,
        "photo_id": photo.pk,
        "number": 1,
        "listed_id": lists.ask(resident_id=resident.pk, number=NUMBER, name=WORDS, relation="", limit=30, now=now).pk,
        "note_id": call_me.leave(user=mother, number=NUMBER, resident_id=resident.pk, text=WORDS, now=now).pk,
        "contact_id": contact.pk,
        "folder": "sent",
        "act": "block",
        "token": "no-such-token",
        "month": f"{timezone.localtime(now):%Y-%m}",
    }


def _filed(admin: User, resident: Resident, facility_id: int, now: datetime) -> tuple[int, int]:
    """A form of the place, and what he filed on it."""
    values = {"kind": "request", "name": "Blanket", "questions": [{"kind": "text", "label": {"en": "Why?"}}],
              "code": "blanket"}  # fmt: skip
    form_id = asking.save_form(staff=admin, facility_id=facility_id, form_id=None, values=values, now=now)
    said = [{"kind": "text", "label": {"en": "Why?"}, "text": WORDS}]
    return form_id, asking.file(
        resident_id=resident.pk, form_id=form_id, answers=said, emergency=False, client_key=uuid4(), now=now
    )


def address(name: str, values: dict[str, object]) -> str:
    pattern = next(p for p in urlpatterns if p.name == name)
    wanted = pattern.pattern.converters
    return reverse(name, kwargs={key: values[key] for key in wanted})


def says_nothing(response) -> None:
    text = response.content.decode()
    assert WORDS not in text
    assert "Garden" not in text
    assert "Marta" not in text


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_device(name: str, method: str, theirs: dict[str, object]) -> None:
    response = getattr(Client(), method)(address(name, theirs))
    says_nothing(response)
    if name == "kiosk":
        assert response.status_code == {"get": 200, "post": 405}[method]
    elif name == "kiosk_enrol":
        assert response.status_code == 404
    else:
        assert response.status_code in {303, 405}
        assert response.status_code == 405 or response.url == "/kiosk/"


@pytest.mark.parametrize("name", [name for name in EVERY if name not in OPEN_TO_DEVICE])
@pytest.mark.parametrize("method", ["get", "post"])
def test_with_a_device_and_nobody_signed_in(
    name: str, method: str, theirs: dict[str, object], kiosk_device: Callable[[Facility], Client], north: Facility
) -> None:
    before = Message.objects.values_list("state", "opened_at").get()
    response = getattr(kiosk_device(north), method)(address(name, theirs), {"body": "mine now", "to": "archive"})
    says_nothing(response)
    assert response.status_code in {303, 405}
    assert response.status_code == 405 or response.url == "/kiosk/"
    assert Message.objects.values_list("state", "opened_at").get() == before
    assert not Draft.objects.exists()


@pytest.mark.parametrize("name", [name for name in EVERY if "_id" in str(urlpatterns[EVERY.index(name)].pattern)])
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_residents_ids_are_no_page(
    name: str, method: str, theirs: dict[str, object], kiosk_client, resident_south: Resident
) -> None:
    before = Message.objects.values_list("state", "opened_at").get()
    form = {"body": "mine now", "to": "archive", "text": "why", "key": str(uuid4())}
    response = getattr(kiosk_client(resident_south), method)(address(name, theirs), form)
    says_nothing(response)
    assert response.status_code in {404, 405}
    assert Message.objects.values_list("state", "opened_at").get() == before
    assert not Draft.objects.exists()
    assert Contact.objects.get().resident_blocked_at is None


@pytest.mark.parametrize(
    "name", [n for n in EVERY if n not in OPEN_TO_DEVICE | {"kiosk_pin", "kiosk_alive", "kiosk_key"}]
)
def test_before_the_first_use_change_there_is_only_the_pin_page(
    name: str, theirs: dict[str, object], kiosk_client, resident: Resident, now
) -> None:
    residents.set_pin(resident_id=resident.pk, pin="4071", must_change=True, now=now)
    response = kiosk_client(resident).get(address(name, theirs))
    says_nothing(response)
    assert response.status_code in {303, 405}
    assert response.status_code == 405 or response.url == "/kiosk/pin/"


def test_every_signed_in_page_opens(theirs: dict[str, object], kiosk_client, resident: Resident) -> None:
    """The control of the walks above: with the right cookies, the same addresses do answer."""
    client = kiosk_client(resident)
    for name in EVERY:
        response = client.get(address(name, theirs))
        assert response.status_code in {200, 303, 404, 405}, name
    assert WORDS in client.get(address("kiosk_letter", theirs)).content.decode()


def test_a_cookie_carried_to_another_screen_opens_nothing(
    kiosk_client, kiosk_device, resident: Resident, north: Facility
) -> None:
    key = kiosk_client(resident).cookies[settings.KIOSK_SESSION_COOKIE].value
    other = kiosk_device(north)
    other.cookies[settings.KIOSK_SESSION_COOKIE] = key
    assert other.get("/kiosk/letters/").url == "/kiosk/"


def test_a_disabled_screen_is_no_screen(kiosk_client, resident: Resident, now) -> None:
    client = kiosk_client(resident)
    Kiosk.objects.update(disabled_at=now)
    response = client.get("/kiosk/letters/")
    assert response.url == "/kiosk/"
    assert "not set up" in client.get("/kiosk/").content.decode()


def test_release_ends_the_sitting(kiosk_client, resident: Resident, now) -> None:
    client = kiosk_client(resident)
    assert client.get("/kiosk/letters/").status_code == 200
    residents.end_custody(resident_id=resident.pk, reason="release", now=now)
    assert client.get("/kiosk/letters/").url == "/kiosk/"


def test_the_family_portal_does_not_know_residents(kiosk_client, resident: Resident) -> None:
    client = kiosk_client(resident)
    assert client.get("/home/").status_code in {302, 303}


def test_idle_time_is_counted_on_the_server(kiosk_client, resident: Resident, north: Facility) -> None:
    client = kiosk_client(resident)
    assert client.get("/kiosk/letters/").status_code == 200
    sitting = ResidentSession.objects.get()
    ResidentSession.objects.update(last_seen_at=sitting.last_seen_at - timedelta(seconds=north.kiosk_idle_seconds))
    response = client.get("/kiosk/letters/")
    assert response.url == "/kiosk/"
    assert response.cookies[settings.KIOSK_SESSION_COOKIE]["max-age"] == 0
    assert '"storage"' in response.headers["Clear-Site-Data"]
    sitting.refresh_from_db()
    assert sitting.end_reason == "idle"
    assert bytes(sitting.offline_key) == b""


def test_touching_the_screen_keeps_it_open_but_its_own_refreshing_does_not(kiosk_client, resident: Resident) -> None:
    client = kiosk_client(resident)
    long_ago = ResidentSession.objects.get().last_seen_at - timedelta(seconds=60)
    ResidentSession.objects.update(last_seen_at=long_ago)
    assert client.get("/kiosk/letters/", headers={"X-Kinline-Live": "1"}).status_code == 200
    assert ResidentSession.objects.get().last_seen_at == long_ago
    assert client.post("/kiosk/alive/").json() == {"seconds": 120}
    assert ResidentSession.objects.get().last_seen_at > long_ago


@pytest.mark.parametrize("path", ["letters/%s/", "letters/%s/appeal/", "write/%s/", "people/%s/"])
def test_a_number_that_no_row_can_have(path: str, kiosk_client, resident: Resident) -> None:
    assert kiosk_client(resident).get("/kiosk/" + path % ("9" * 30)).status_code == 404


def test_a_form_of_another_site_does_nothing(kiosk_client, resident: Resident, contact: Contact) -> None:
    client = kiosk_client(resident)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    response = strict.post(f"/kiosk/write/{contact.pk}/", {"body": "Not mine.", "pay": "collect", "collect_ok": "1"})
    assert response.status_code == 403
    assert "I am done" in response.content.decode()
    assert not Message.objects.exists()


def test_the_error_page_of_the_kiosk_has_no_person(rf) -> None:
    """Shown when even the request cannot be used."""
    from kinline.design.errors import server_error

    response = server_error(rf.get("/kiosk/letters/"))
    assert response.status_code == 500
    assert "Something went wrong" in response.content.decode()
