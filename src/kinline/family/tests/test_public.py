"""What everybody may read: it says what the program really does, in both languages, to anybody."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from tests.calls.line import Line

from kinline.facilities import services as facilities
from kinline.facilities.models import Agency, Facility
from kinline.family import places
from kinline.identity.models import User
from kinline.telephony.models import CallRate, RatePlan

PAGES = (
    "/",
    "/facilities/",
    "/facilities/sample-north/",
    "/prices/",
    "/terms/",
    "/privacy/",
    "/accessibility/",
    "/help/",
)


def page(client: Client, path: str, language: str = "en") -> str:
    answer = client.get(path, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def price(agency: Agency, cents: int, at: datetime) -> None:
    facilities.set_price(agency_id=agency.pk, cents=cents, effective_from=at, now=at)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("language", "help_word", "switch"), [("en", "Help", "Español"), ("es", "Ayuda", "English")])
def test_open_to_all(client: Client, north: Facility, path: str, language: str, help_word: str, switch: str) -> None:
    text = page(client, path, language)
    assert f'<html lang="{language}" dir="ltr"' in text
    assert f'<a href="/help/">{help_word}</a>' in text
    assert f">{switch}</button>" in text
    assert text.count("<h1") == 1
    assert "<main" in text


@pytest.mark.parametrize("path", PAGES)
def test_nothing_in_a_page_that_the_csp_refuses(client: Client, north: Facility, path: str) -> None:
    text = page(client, path)
    assert "style=" not in text
    assert "<style" not in text
    assert "onclick" not in text
    assert text.count("<script") == text.count("<script src=")


@pytest.mark.parametrize("path", PAGES)
def test_only_reading(client: Client, north: Facility, path: str) -> None:
    assert client.post(path).status_code == 405


def test_an_empty_site_says_so(client: Client, db: None) -> None:
    assert "No facility has joined this site yet." in page(client, "/")
    assert "No facility has joined this site yet." in page(client, "/facilities/")
    assert "A letter costs" not in page(client, "/")


def test_the_front_page_names_the_price_and_the_places(client: Client, agency: Agency, north: Facility) -> None:
    text = page(client, "/")
    assert "A letter costs 50¢." in text
    assert 'href="/facilities/sample-north/"' in text


@pytest.mark.parametrize(
    ("language", "section", "price"),
    [
        ("en", "How calls work", "A letter costs 50¢, a minute of a call from $0.11. No fee on top."),
        ("es", "Cómo funcionan las llamadas", "Una carta cuesta 50¢; un minuto de llamada, desde $0.11."),
    ],
)
def test_the_front_page_speaks_of_calls_where_there_are_any(
    client: Client, line: Line, language: str, section: str, price: str
) -> None:
    text = page(client, "/", language)
    assert section in text
    assert price in text
    Facility.objects.update(calls_offered=False)
    text = page(client, "/", language)
    assert section not in text
    assert "$0.11" not in text


def test_the_front_page_gives_no_price_of_free_calls(client: Client, line: Line, north: Facility) -> None:
    plan = RatePlan.objects.create(facility=north, effective_from=line.now, made_at=line.now)
    CallRate.objects.create(plan=plan, kind="domestic", base_micro=0)
    text = page(client, "/")
    assert "How calls work" in text
    assert "a minute of a call" not in text


def test_prices_are_those_that_are_charged(client: Client, agency: Agency, north: Facility, now: datetime) -> None:
    price(agency, 75, now - timedelta(days=1))
    price(agency, 90, now + timedelta(days=1))
    text = page(client, "/prices/")
    assert "75¢ a letter" in text
    assert "ten letters cost $7.50" in text
    assert "90¢" not in text
    assert "A letter costs 75¢" in page(client, "/facilities/sample-north/")


def test_where_the_agency_pays_nobody_is_asked(client: Client, agency: Agency, north: Facility, now: datetime) -> None:
    price(agency, 0, now - timedelta(days=1))
    assert "Letters are free here" in page(client, "/facilities/sample-north/")
    assert "Letters are free" in page(client, "/prices/")


def test_a_facility_in_plain_words(client: Client, north: Facility, south: Facility) -> None:
    """DEL-8: rules, reasons, how long, and how to appeal."""
    text = page(client, "/facilities/sample-south/")
    assert "delivered 30 minutes after sending." in text
    assert "delivered only from 7:00 am to 9:00 pm." in text
    assert "It threatens somebody." in text
    assert "within 20 days" in text
    assert "too few for an honest number" in text
    spanish = page(client, "/facilities/sample-south/", "es")
    assert "se entregan solo de 7:00 a 21:00." in spanish
    assert "Amenaza a alguien." in spanish


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("open", "Anybody with an account."),
        ("consent", "must agree first."),
        ("approval", "The facility must approve you first."),
        ("both", "must agree and the facility must approve you first."),
    ],
)
def test_who_may_write(client: Client, north: Facility, rule: str, words: str) -> None:
    Facility.objects.filter(pk=north.pk).update(contact_rule=rule)
    assert words in page(client, "/facilities/sample-north/")


def test_a_place_without_letters_offers_none(client: Client, north: Facility) -> None:
    Facility.objects.filter(pk=north.pk).update(messages_offered=False)
    text = page(client, "/facilities/sample-north/")
    assert "Letters are not offered here now." in text
    assert "Write to somebody here" not in text


def test_a_place_that_is_not_there(client: Client, db: None) -> None:
    assert client.get("/facilities/nowhere/").status_code == 404


def test_sample_terms_say_that_they_are(client: Client, db: None) -> None:
    assert "sample terms" in page(client, "/terms/")
    assert "condiciones de ejemplo" in page(client, "/terms/", "es")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("A title\nText.", [("A title", ["Text."])]),
        ("Text first.\n\nA title\nMore. \nAnd more!", [("", ["Text first."]), ("A title", ["More.", "And more!"])]),
    ],
)
def test_terms_are_headings_and_paragraphs(text: str, expected: list[tuple[str, list[str]]]) -> None:
    assert [(one.title, one.paragraphs) for one in places.passages(text)] == expected


@pytest.mark.parametrize(
    ("back", "where"),
    [
        ("/help/", "/help/"),
        ("/people/find/?q=a", "/people/find/?q=a"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_the_language_switch_returns_only_to_us(client: Client, db: None, back: str, where: str) -> None:
    answer = client.post("/language/", {"language": "es", "next": back})
    assert answer.status_code == 303
    assert answer.headers["Location"] == where
    assert 'lang="es"' in client.get("/help/").content.decode()


def test_who_is_signed_in_keeps_the_language(family_client: Callable[[User], Client], mother: User) -> None:
    browser = family_client(mother)
    browser.post("/language/", {"language": "es", "next": "/"})
    mother.refresh_from_db()
    assert mother.language == "es"
    assert '<html lang="es"' in browser.get("/help/").content.decode()


def test_an_unknown_language_changes_nothing(client: Client, db: None) -> None:
    answer = client.post("/language/", {"language": "xx", "next": "/help/"})
    assert answer.status_code == 303
    assert "kinline_language" not in answer.cookies


@pytest.mark.parametrize(("accent", "css"), [("#0b5f66", ":root{--accent:#0b5f66;"), ("", ""), ("red;}", "")])
def test_an_agencys_colour_is_a_stylesheet(client: Client, agency: Agency, accent: str, css: str) -> None:
    Agency.objects.filter(pk=agency.pk).update(accent=accent)
    answer = client.get("/theme/sample-county.css")
    assert answer.headers["Content-Type"] == "text/css"
    assert answer.content.decode()[: len(css) or None] == css


def test_a_facility_page_wears_its_agencys_colour(client: Client, agency: Agency, north: Facility) -> None:
    assert "/theme/" not in page(client, "/facilities/sample-north/")
    Agency.objects.filter(pk=agency.pk).update(accent="#7a1f5c")
    assert '<link rel="stylesheet" href="/theme/sample-county.css">' in page(client, "/facilities/sample-north/")


def test_search_engines_see_no_private_address(client: Client, db: None) -> None:
    text = page(client, "/robots.txt")
    for path in ("/messages/", "/people/", "/kiosk/", "/staff/", "/account/"):
        assert f"Disallow: {path}\n" in text


def test_the_old_icon_address(client: Client, db: None) -> None:
    assert client.get("/favicon.ico").headers["Location"] == "/static/kinline/icon.png"
