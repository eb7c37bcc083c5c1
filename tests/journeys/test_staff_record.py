"""The record in a real browser: a search with its purpose, a legal hold, the log that has it all (STF-3, STF-4, MSG-8);
every page of it for axe, in both languages, on a phone and on a desk.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE, Site, Visit
from tests.journeys.test_every_page import Walker
from tests.journeys.test_keyboard import Keys
from tests.journeys.test_staff_money import sign_in

pytestmark = pytest.mark.journey

SUPERVISOR, ADMIN, AUDITOR = "sample.supervisor", "sample.admin", "sample.auditor"
PAGES = (
    "/staff/search/",
    "/staff/audit/",
    "/staff/audit/?act=message",
    "/staff/retention/",
    "/staff/retention/?letter=1",
    "/staff/retention/certificates/1/",
)


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


@pytest.fixture(params=["es", "en"])
def walked(request: pytest.FixtureRequest, visit: Visit, site: Site) -> Iterator[Page]:
    page = visit("/staff/login/", size=DESK)
    sign_in(page, site, ADMIN)
    _speak(page, request.param)
    yield page
    page.goto("/staff/")
    _speak(page, "en")


def _speak(page: Page, language: str) -> None:
    page.locator("details:has(.who) summary").click()
    button = page.locator(f"details button[value={language}]")
    if button.count():
        button.click()
        page.wait_for_selector(f"html[lang={language}]", state="attached")


def test_every_page_of_the_record(walked: Page) -> None:
    walker = Walker(walked, walked.evaluate("document.documentElement.lang"))
    paths = list(PAGES)
    for what, words in (("messages", "tomatoes"), ("people", "sample"), ("money", "sample")):
        walked.goto("/staff/search/")
        walked.locator(f"[name=what][value={what}]").check()
        walked.locator("[name=words]").fill(words)
        walked.locator("main form [name=purpose]").first.fill("Sample: every page")
        walked.locator("main form button.wide").click()
        walked.wait_for_url(re.compile(r"/staff/search/\d+/"))
        if what == "messages":
            found(walked)
        paths.append(walked.url)
        paths += walked.eval_on_selector_all(
            "main a[href*='/letters/']", "all => all.map(a => a.getAttribute('href'))"
        )[:1]
    for path in paths:
        for size in (PHONE, DESK):
            walked.set_viewport_size(size)
            walked.goto(path)
            walker.look(f"{path} {size['width']}")
    walked.goto("/staff/retention/")
    walked.locator("form:has([name=act][value=set]) button").click()
    walker.look("/staff/retention/ with errors")
    assert walker.wrong == []
