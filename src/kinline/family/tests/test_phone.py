"""Money for calls, through the door (MON-2, MON-4, TEL-8)."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from kinline.contacts.models import Contact
from kinline.facilities.models import Facility
from kinline.flows import numbers
from kinline.identity.models import User
from kinline.payments.models import ListedNumber, NumberCode, PrepaidNumber
from kinline.payments.services.numbers import code_to_speak


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def listed(mother: User, now: datetime) -> int:
    return numbers.list_number(mother, number="813 555 0142", label="Kitchen", now=now)


def add(browser: Client, number: str, label: str = "") -> Any:
    return browser.post("/phone/", {"number": number, "label": label})


def test_a_number_is_added_by_typing_it(at_home: Client, mother: User, contact: Contact) -> None:
    answer = add(at_home, "(813) 555-0142", "Grandmother")
    one = ListedNumber.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/phone/{one.pk}/")
    page = words(at_home.get(f"/phone/{one.pk}/"))
    assert "Grandmother" in page
    assert "(813) 555-0142" in page
    assert f"/credits/buy/?for=number-{one.pk}" in page
    assert "The balance is not shown" in page
    add(at_home, "+1 813 555 0142")
    assert ListedNumber.objects.count() == 1


@pytest.mark.parametrize(
    ("number", "sentence"),
    [("", "Type a telephone number with its area code."), ("911", "Emergency and service numbers need no money."),
     ("1-900-555-0100", "charges whoever calls it"), ("800 555 0199", "Toll-free numbers"),
     ("+52 55 1234 5678", "Only numbers of this country"), ("hello", "This is not a telephone number we know."),
     ("4242 4242 4242 4242", "This looks like a card number. We did not keep it."), ("\x00", "Null"), ("8" * 61, "60")],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_its_sentence(at_home: Client, number: str, sentence: str) -> None:
    answer = add(at_home, number)
    assert answer.status_code == 200
    assert sentence in words(answer)
    assert not PrepaidNumber.objects.exists()
    assert "4242 4242" not in words(answer)


def test_a_card_number_is_no_label(at_home: Client) -> None:
    answer = add(at_home, "813 555 0142", "4242 4242 4242 4242")
    assert "This looks like a card number." in words(answer)
    assert "4242 4242" not in words(answer)
    assert not ListedNumber.objects.exists()


def test_a_number_is_proved_by_its_code(at_home: Client, mother: User, listed: int) -> None:
    page = words(at_home.get(f"/phone/{listed}/"))
    assert "Is this your number?" in page
    assert 'name="code"' not in page
    at_home.post(f"/phone/{listed}/code/")
    page = words(at_home.get(f"/phone/{listed}/"))
    assert "It comes when telephones are connected here." in page
    code = code_to_speak(NumberCode.objects.get())
    assert code not in page, "only the demo shows it"
    for wrong in ("", "123", "0" * 40):
        assert at_home.post(f"/phone/{listed}/prove/", {"code": wrong}).status_code == 200
    assert PrepaidNumber.objects.get().holder_id is None
    done = at_home.post(f"/phone/{listed}/prove/", {"code": f"{code[:3]} {code[3:]}"})
    assert (done.status_code, done["Location"]) == (303, f"/phone/{listed}/")
    page = words(at_home.get(f"/phone/{listed}/"))
    assert "$0.00 for calls" in page
    assert "Confirmed as yours" in page


def test_the_demo_calls_nobody_and_shows_the_code(at_home: Client, listed: int, settings: Settings) -> None:
    settings.DEMO = True
    at_home.post(f"/phone/{listed}/code/")
    found = re.search(r'<span class="code nowrap">(\d{6})</span>', words(at_home.get(f"/phone/{listed}/")))
    assert found is not None
    assert at_home.post(f"/phone/{listed}/prove/", {"code": found[1]}).status_code == 303


def test_a_number_on_my_page_is_mine_alone(
    at_home: Client, elsewhere: Client, client: Client, mother: User, listed: int
) -> None:
    assert elsewhere.get(f"/phone/{listed}/").status_code == 404
    for act in ("code", "prove", "remove"):
        where = f"/phone/{listed}/{act}/"
        assert elsewhere.post(where, {"code": "123456"}).status_code == 404
        assert client.post(where).status_code == 303
        assert at_home.get(where).status_code == 405
    assert not NumberCode.objects.exists()
    assert ListedNumber.objects.get().removed_at is None
    assert "Kitchen" not in words(elsewhere.get("/phone/"))


def test_a_number_is_taken_off_the_page(at_home: Client, listed: int) -> None:
    answer = at_home.post(f"/phone/{listed}/remove/")
    assert (answer.status_code, answer["Location"]) == (303, "/phone/")
    assert at_home.get(f"/phone/{listed}/").status_code == 404
    assert at_home.post(f"/phone/{listed}/remove/").status_code == 404


def test_what_a_place_does_not_offer_is_explained(
    at_home: Client, contact: Contact, north: Facility, listed: int
) -> None:
    page = words(at_home.get("/phone/"))
    assert f"/credits/buy/?for=calls-{contact.pk}" in page
    assert f"/credits/buy/?for=number-{listed}" in page
    Facility.objects.filter(pk=north.pk).update(pin_debit=False, prepaid_numbers=False)
    page = words(at_home.get("/phone/"))
    assert "Sample North does not offer calling accounts (PIN Debit). Ask the facility how calls are paid" in page
    assert "The facilities of your people do not offer prepaid numbers (PPC)." in page
    assert "/credits/buy/?for=" not in page


def test_the_pages_speak_spanish(at_home: Client, mother: User, contact: Contact, listed: int) -> None:
    User.objects.update(language="es")
    assert "Números prepagados" in words(at_home.get("/phone/"))
    assert "¿Es este su número?" in words(at_home.get(f"/phone/{listed}/"))
    assert "Los números de emergencia" in words(add(at_home, "911"))
