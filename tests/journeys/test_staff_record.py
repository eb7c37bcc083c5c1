"""The record in a real browser: a search with its purpose, a legal hold, the log of both (STF-3, STF-4, MSG-8)."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, Site, Visit
from tests.journeys.test_keyboard import Keys
from tests.journeys.test_staff_money import sign_in

pytestmark = pytest.mark.journey

SUPERVISOR, ADMIN, AUDITOR = "sample.supervisor", "sample.admin", "sample.auditor"


def search(page: Page, words: str, purpose: str) -> None:
    page.goto("/staff/search/")
    page.locator("[name=words]").fill(words)
    page.locator("main form [name=purpose]").first.fill(purpose)
    page.keyboard.press("Enter")


def found(page: Page) -> None:
    """The index follows a letter by a job."""
    for _ in range(60):
        if page.locator("tbody a").count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError("nothing is found")


def test_a_search_by_keyboard_and_without_a_purpose_nothing(visit: Visit, site: Site) -> None:
    page = visit("/staff/", size=DESK)
    sign_in(page, site, SUPERVISOR)
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/staff/search/")
    search(page, "tomatoes", "")
    expect(page.locator("#errors")).to_contain_text("what this search is for")
    assert page.locator("[name=words]").input_value() == "tomatoes"
    search(page, "tomatoes", "Sample: a journey")
    page.wait_for_url(re.compile(r"/staff/search/\d+/"))
    found(page)
    page.locator("tbody a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("article.sheet")).to_contain_text("tomatoes")
    page.goto("/staff/audit/?act=message.read")
    expect(page.locator("tbody tr").first).to_contain_text("purpose=Sample: a journey")


def test_a_hold_without_a_script(visit: Visit, site: Site) -> None:
    page = visit("/staff/", size=DESK, script=False)
    sign_in(page, site, SUPERVISOR)
    page.goto("/staff/retention/")
    page.locator("#id_hold_whom").fill("10004")
    page.locator("#id_hold_reason").fill("Sample: case 18")
    page.get_by_role("button", name="Hold", exact=True).click()
    row = page.locator("tr", has_text="Sample: case 18")
    expect(row).to_contain_text("10004")
    row.locator("summary").click()
    row.locator("[name=why]").fill("Sample: over")
    row.get_by_role("button", name="Lift the hold").click()
    expect(page.locator("tr", has_text="Sample: case 18")).to_contain_text("Sample: over")


def test_an_auditor_follows_the_record_by_keyboard(visit: Visit, site: Site) -> None:
    """From what was purged, by its certificate, to the row of the log that names its digest, and away with the file."""
    page = visit("/staff/", size=DESK)
    sign_in(page, site, AUDITOR)
    keys = Keys(page)
    keys.press("Record")
    page.wait_for_url("**/staff/audit/")
    keys.press("Keeping letters")
    page.wait_for_url("**/staff/retention/")
    assert page.locator("[name=reason]").count() == 0, "who reads the record does not change it"
    page.locator("section", has_text="Purged").locator("tbody a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/retention/certificates/*/")
    expect(page.locator("main")).to_contain_text("The letters that it names still give this digest.")
    digest = page.locator("dd.mono, dd .mono, dd code").first.inner_text()
    keys.press("Record")
    page.wait_for_url("**/staff/audit/")
    keys.type("act", "record.purge")
    page.keyboard.press("Enter")
    page.wait_for_url("**act=record.purge**")
    expect(page.locator("tbody tr")).to_contain_text(f"digest={digest}")
    with page.expect_download() as taken:
        keys.press("CSV")
    text = taken.value.path().read_text(encoding="utf-8-sig")
    assert digest in text
    page.goto("/staff/audit/?act=audit.export")
    expect(page.locator("tbody tr").first).to_contain_text(AUDITOR)
    for path in ("/staff/search/", "/staff/review/", "/staff/print/"):
        assert page.request.get(site.url + path).status == 403
