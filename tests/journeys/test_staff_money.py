"""The finance desk in a real browser: in by two factors, cash over the counter, a receipt, a cheque settled (MON-3,
MON-6, STF-1).
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, Site, Visit

pytestmark = pytest.mark.journey

FINANCE, COUNTY = "sample.finance", "sample.county"
LAST_CODE: dict[str, str] = {}  # of each user name


def sign_in(page: Page, site: Site, username: str) -> None:
    """By password and by the code that the demo's page shows, which is one that is not used yet."""
    person = next(one for one in site.demo["staff_users"] if one["username"] == username)
    page.goto("/staff/")
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(person["password"])
    page.locator("main form button:not([data-reveal])").click()
    page.wait_for_url("**/staff/login/code/**")
    while (code := page.locator("#sample-code").inner_text()) == LAST_CODE.get(username):
        page.wait_for_timeout(500)  # a code works once, and the next comes within half a minute
        page.reload()
    LAST_CODE[username] = code
    page.locator("[name=code]").fill(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/")


def test_cash_over_the_counter_and_a_cheque(visit: Visit, site: Site) -> None:
    page = visit("/staff/", size=DESK)
    sign_in(page, site, FINANCE)
    page.get_by_role("link", name="Money", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Money in and out")
    page.get_by_role("link", name="Take money").click()
    page.get_by_label("A resident's calling account (PIN Debit)").check()
    page.locator("[name=who]").fill("10006")
    page.locator("[name=amount]").fill("12.50")
    page.locator("[name=payer_name]").fill("Uncle Sample")
    page.get_by_role("button", name="Look at it once more").click()
    expect(page.locator("main")).to_contain_text("Maya")
    page.get_by_role("button", name="Record $12.50").click()
    page.wait_for_url("**/staff/money/receipts/**")
    for words in ("$12.50", "Uncle Sample", "Calling account", "10006"):
        expect(page.locator(".receipt")).to_contain_text(words)
    page.emulate_media(media="print")
    for nav in page.locator("header nav").all():
        expect(nav).to_be_hidden()
    expect(page.locator(".receipt")).to_be_visible()
    page.emulate_media(media="screen")
    _settle_a_cheque(page)


def _settle_a_cheque(page: Page) -> None:
    page.goto("/staff/money/payouts/")
    row = page.locator("tbody tr").filter(has_text="Cheque").first
    row.get_by_role("link").click()
    page.wait_for_url(re.compile(r"/payouts/\d+/"))
    address = page.url
    page.locator("[name=reference]").first.fill("C-9001")
    page.get_by_role("button", name=re.compile("as paid")).click()
    expect(page.locator("#status")).to_contain_text("Paid and booked")
    page.goto(address)
    expect(page.locator("main")).to_contain_text("C-9001")
    expect(page.get_by_role("button", name="Note that it came back")).to_be_visible()


def test_by_keyboard_alone(visit: Visit, site: Site) -> None:
    page = visit("/staff/", size=DESK)
    sign_in(page, site, FINANCE)  # each of the two comes in twice: half a minute has no third code
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/staff/money/payouts/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_without_a_script(visit: Visit, site: Site) -> None:
    page = visit("/staff/", size=DESK, script=False)
    sign_in(page, site, "sample.admin")
    page.goto("/staff/money/deposit/")
    page.locator("[name=who]").fill("nobody-of-this-name")
    page.locator("[name=amount]").fill("5")
    page.locator("main form button").first.click()
    expect(page.locator("#errors")).to_contain_text("found nobody")
    assert page.locator("[name=amount]").input_value() == "5"
