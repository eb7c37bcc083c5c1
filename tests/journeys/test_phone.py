"""Money for calls and a number of one's own, by keyboard alone: added, proved, what it buys, blocked, called again; and
a note to be called (R9; TEL-8, T5, TEL-13)."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.conftest import Site, Visit
from tests.journeys.test_keyboard import Keys

pytestmark = pytest.mark.journey


def test_a_number_is_proved_blocked_and_called_again_by_keys(site: Site, visit: Visit) -> None:
    page = visit("/")
    steps.member(page, site)
    steps.befriended(page, steps.someone_inside(site))
    page.goto("/phone/")
    keys, number = Keys(page), steps.a_number()
    keys.type("number", number)
    keys.type("label", "Kitchen")
    keys.press("Add this number")
    page.wait_for_url(re.compile(r"/phone/\d+/$"))
    where = page.url
    expect(page.locator("#buys ~ ul")).to_contain_text("a minute")
    page.locator("h1").press("Tab")
    keys.press("Ask for a code" if page.get_by_text("Ask for a code").count() else "Call this number now")
    page.wait_for_selector("[name=code]")
    keys.type("code", page.locator("main .code").inner_text())
    keys.press("Confirm the number")
    expect(page.get_by_text("$0.00 for calls")).to_be_visible()
    expect(page.locator("#calls ~ section")).to_contain_text("No calls yet.")
    keys.press("Block calls to this number")
    keys.press("Yes, block")
    expect(page.get_by_text("This number is blocked: nobody in a facility can call it.")).to_be_visible()
    keys.press("Let it be called again")
    expect(page.get_by_text("The block is lifted.")).to_be_visible()
    page.goto("/phone/")
    expect(page.get_by_role("link", name="Kitchen", exact=True)).to_be_visible()
    keys.press("Leave a note")
    page.wait_for_url("**/phone/call-me/*/")
    keys.type("text", "After six")
    keys.press("Leave the note, free")
    expect(page.get_by_text("Your note waits at the kiosk.")).to_be_visible()
    expect(page.locator("main .list")).to_contain_text("After six")
    page.goto(where)
    keys.press("Take this number off my page")
    page.wait_for_url("**/phone/")


def test_the_prices_of_a_place_are_read_without_script_and_without_an_account(site: Site, visit: Visit) -> None:
    page = visit("/", script=False)
    page.goto("/prices/")
    page.locator("a[href$='/calls/']").first.click()
    expect(page.locator("table.figures").first).to_contain_text("15 minutes")
    expect(page.get_by_text("no fee of any kind").first).to_be_visible()
