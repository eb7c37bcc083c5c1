"""The processor of the sample, in a real browser: its pages for axe, both languages, phone and desk; the way there and
back; and a payment that is found though its payer, its event or its answer was lost (MON-3, MON-7).
"""

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys import steps
from tests.journeys.conftest import DESK, PHONE, Site, Visit

pytestmark = pytest.mark.journey


class Processor:
    """Its `/test/` page, as a program uses it."""

    def __init__(self, site: Site) -> None:
        self.url = site.demo["processor"]

    def act(self, path: str, **fields: str) -> None:
        request = urllib.request.Request(self.url + path, urllib.parse.urlencode(fields).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200

    def state(self) -> dict[str, Any]:
        with urllib.request.urlopen(self.url + "state.json", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


@pytest.fixture
def processor(site: Site) -> Iterator[Processor]:
    found = Processor(site)
    yield found
    found.act("switches", answers="normal", webhooks="on", duplicates="off", reorder="off", bank_seconds="120")


def _to_the_last_button(page: Page) -> None:
    page.goto("/credits/buy/")
    page.check("#id_suggested_1")
    page.locator("main form button").last.click()
    page.wait_for_url("**look=1**")


def _to_the_page(page: Page) -> None:
    _to_the_last_button(page)
    page.click("button[name=pay]")
    page.wait_for_url("**/c/pay/**")


def _until_there(page: Page, cents: str) -> None:
    """The balance says so, seconds later at most."""
    until = time.monotonic() + 30
    while steps.credits_left(page) != cents:
        assert time.monotonic() < until, f"not {cents} within 30 seconds"
        time.sleep(0.5)


# Its pages


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_processors_pages_are_for_everybody(visit: Visit, site: Site, language: str, size: dict[str, int]) -> None:
    page = visit("/login/", size=size, locale=language)
    steps.member(page, site)
    page.goto("/account/")
    if language == "es":
        page.locator("footer button[value=es]").click()
        page.wait_for_selector("html[lang=es]", state="attached")
    _to_the_page(page)
    _look(page, language)
    page.fill("#cardNumber", "4111 1111 1111 1111")
    page.locator("main form button").first.click()
    page.wait_for_selector("[role=alert]")
    assert "4111" not in page.content()
    _look(page, language)
    page.click("button[value=confirm]")
    page.wait_for_url("**/confirm")
    _look(page, language)
    page.click("button[value=yes]")
    page.wait_for_url("**/credits/buy/*/")
    page.goto(site.demo["processor"])
    _look(page, language)


def _look(page: Page, language: str) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.locator("html").get_attribute("lang") == language
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_there_and_back(visit: Visit, site: Site, script: bool) -> None:
    """The content policy lets a form lead to the processor, and nowhere else."""
    page = visit("/login/", script=script)
    steps.member(page, site)
    _to_the_last_button(page)
    assert "4242 4242 4242 4242" in page.inner_text("main")
    page.click("button[name=pay]")
    page.wait_for_url("**/c/pay/**")
    page.fill("#cardNumber", "4242 4242 4242 4242")
    page.fill("#cardExpiry", "12 / 34")
    page.fill("#cardCvc", "123")
    page.keyboard.press("Enter")
    page.wait_for_url("**/credits/buy/*/")
    assert "$10.00" in page.inner_text("main")
    assert steps.credits_left(page) == "$10.00"


# What may be lost


def test_a_payer_who_never_comes_back_has_their_money(visit: Visit, site: Site) -> None:
    page = visit("/login/")
    steps.member(page, site)
    _to_the_page(page)
    paid = page.request.post(page.url, form={"sample": "ok"}, max_redirects=0)  # … and the browser is closed
    assert paid.status == 303
    _until_there(page, "$10.00")


def test_a_payer_who_comes_back_before_any_event_sees_their_money(
    visit: Visit, site: Site, processor: Processor
) -> None:
    processor.act("switches", webhooks="held")
    page = visit("/login/")
    steps.member(page, site)
    _to_the_page(page)
    page.click("button[value=ok]")
    page.wait_for_url("**/credits/buy/*/")
    assert steps.credits_left(page) == "$10.00"
    processor.act("switches", webhooks="on", duplicates="on", reorder="on")
    _until_told(processor)
    assert steps.credits_left(page) == "$10.00", "booked once"


def _until_told(processor: Processor) -> None:
    until = time.monotonic() + 30
    while any(one["state"] == "waiting" for one in processor.state()["delivery"]):
        assert time.monotonic() < until, "events were not taken within 30 seconds"
        time.sleep(0.2)


def test_a_processor_that_is_down_is_said_and_the_same_button_works_later(
    visit: Visit, site: Site, processor: Processor
) -> None:
    page = visit("/login/")
    steps.member(page, site)
    _to_the_last_button(page)
    for answers in ("down", "limit", "garbage", "lost"):
        processor.act("switches", answers=answers)
        page.click("button[name=pay]")
        page.wait_for_selector("[role=alert]")
        assert "try again" in page.inner_text("[role=alert]").lower()
    processor.act("switches", answers="normal")
    page.click("button[name=pay]")
    page.wait_for_url("**/c/pay/**")
    page.click("button[value=ok]")
    page.wait_for_url("**/credits/buy/*/")
    assert steps.credits_left(page) == "$10.00"


def test_a_bank_that_says_no_a_day_later_charges_nothing(visit: Visit, site: Site, processor: Processor) -> None:
    page = visit("/login/")
    person = steps.member(page, site)
    _to_the_page(page)
    page.click("button[value=bank]")
    page.wait_for_url("**/credits/buy/*/")
    here = page.url
    assert "bank" in page.inner_text("h1").lower()
    intent = next(one for one in processor.state()["payment_intent"] if one["status"] == "processing")
    processor.act(f"bank/{intent['id']}", outcome="failed")
    site.mail(person["email"], "payment", seconds=30)
    page.goto(here)
    assert "did not work" in page.inner_text("main")
    assert steps.credits_left(page) == "$0.00"
