"""The desk of calls by keyboard alone, in both languages, each of its pages for axe: a call that goes on is seen and
ended for a reason, found again with a purpose, and new prices are checked against the law and set (TEL-9, TEL-5, R9).
"""

import re

import pytest
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE, Site, Visit
from tests.journeys.test_demo_call import GRACE, TALK_MS, call_somebody
from tests.journeys.test_every_page import Walker
from tests.journeys.test_every_staff_page import COUNTY, speak
from tests.journeys.test_keyboard import Keys
from tests.journeys.test_staff_money import sign_in

pytestmark = pytest.mark.journey
PURPOSE = "Sample: a journey"


class Clerk(Keys):
    """Reads `language`, and looks at each page with axe, on a phone and on a desk."""

    def __init__(self, page: Page, language: str) -> None:
        super().__init__(page)
        self.language = language
        self.walker = Walker(page, language, desk=True)

    def word(self, english: str) -> str:
        with translation.override(self.language):
            return gettext(english)

    def choose(self, english: str) -> None:
        """Press the link or button that says so, in the desk's language."""
        self.press(self.word(english))

    def go(self, key: str, path: str) -> None:
        self.page.keyboard.press("g")
        self.page.keyboard.press(key)
        self.page.wait_for_url(path)

    def look(self, name: str) -> None:
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        self.walker.look(name)
        self.page.set_viewport_size(DESK)  # type: ignore[arg-type]

    def again(self, field: str, text: str) -> None:
        """Another text in the place of the one that stands there."""
        self.to(field=field)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)


@pytest.fixture(params=["es", "en"])
def clerk(request: pytest.FixtureRequest, visit: Visit, site: Site) -> Clerk:
    page = visit("/staff/login/", size=DESK)
    sign_in(page, site, COUNTY)
    speak(page, request.param)
    return Clerk(page, request.param)


def test_a_call_is_seen_ended_and_found_and_prices_are_set(clerk: Clerk, visit: Visit, site: Site) -> None:
    line = visit(f"/dev/call/?resident={GRACE}", size=DESK)
    call_somebody(line, site, GRACE)
    expect(line.locator('[data-call="head"]')).to_contain_text("They talk", timeout=TALK_MS)
    _end(clerk, line)
    _find(clerk)
    _price(clerk)
    assert clerk.walker.wrong == []
    assert len(clerk.walker.seen) == 10
    speak(clerk.page, "en")


def _end(clerk: Clerk, line: Page) -> None:
    page = clerk.page
    clerk.go("4", "**/staff/calls/")
    clerk.look("calls now")
    clerk.press("Grace Example")
    page.wait_for_url(re.compile(r"/staff/calls/\d+/$"))
    clerk.look("a call that goes on")
    clerk.choose("End this call")
    page.wait_for_url("**/end/")
    clerk.choose("End this call")
    expect(page.locator("#errors")).to_be_visible()
    clerk.look("an end without a reason")
    expect(line.locator('[data-call="head"]')).to_contain_text("They talk")  # nothing happened
    clerk.to(field="reason")
    page.keyboard.press("Space")
    clerk.choose("End this call")
    page.wait_for_url("**/staff/calls/")
    expect(line.locator('[data-call="record"]')).to_contain_text("completed", timeout=TALK_MS)


def _find(clerk: Clerk) -> None:
    page = clerk.page
    clerk.go("5", "**/staff/calls/search/")
    clerk.type("who", GRACE)
    page.keyboard.press("Enter")
    expect(page.locator("#errors")).to_be_visible()
    clerk.look("a search without a purpose")
    clerk.type("purpose", PURPOSE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/calls/found/")
    clerk.look("calls that were found")
    page.locator("tbody a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/staff/calls/\d+/$"))
    clerk.look("a call that is over")
    expect(page.locator("main")).to_contain_text(clerk.word("Safety of the place"))
    page.goto("/staff/calls/found/")
    page.locator("tbody tr", has_text="$0.80").locator("a").first.click()
    page.locator("main a[href$='/correct/']").click()
    page.wait_for_url("**/correct/")
    clerk.look("money of a call given back")


def _price(clerk: Clerk) -> None:
    page = clerk.page
    clerk.choose("Prices of calls")
    page.wait_for_url("**/staff/rates/")
    clerk.choose("New prices")
    page.wait_for_url("**/staff/rates/new/")
    clerk.again("price_domestic", "9")
    clerk.choose("Check against the law")
    expect(page.locator("#errors")).to_be_visible()
    clerk.look("prices above the law")
    clerk.again("price_domestic", "0.05")
    if clerk.language == "en":
        _a_year_later(clerk)  # no two prices begin at one moment
    clerk.choose("Check against the law")
    expect(page.locator("#draft")).to_contain_text("0.05")
    clerk.look("prices before they are set")
    clerk.choose("Set these prices")
    page.wait_for_url("**/staff/rates/")
    expect(page.locator("main table").first).to_contain_text("0.05")
    clerk.look("prices")


def _a_year_later(clerk: Clerk) -> None:
    clerk.to(field="effective_from")
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):  # over month and day to the year
        clerk.page.keyboard.press(key)
