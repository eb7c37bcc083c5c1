"""Figures and reports in a real browser: by two keys to the dashboard, from there to a report and its filter; every
page of them for axe, in both languages, on a phone and on a desk (STF-5, STF-7).
"""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE, Site, Visit
from tests.journeys.test_every_page import Walker
from tests.journeys.test_staff_money import sign_in
from tests.journeys.test_staff_record import walked  # noqa: F401 (a fixture)

pytestmark = pytest.mark.journey

OMBUDSPERSON = "sample.ombudsperson"
PAGES = (
    "/staff/figures/",
    "/staff/figures/?since=2020-01-01&until=2020-01-31",
    "/staff/reports/",
    "/staff/reports/decisions/",
    "/staff/reports/contacts/",
    "/staff/reports/stopped/",
    "/staff/reports/moves/",
    "/staff/reports/tries/",
    "/staff/reports/acts/",
    "/staff/reports/unclaimed/",
)


def test_an_ombudsperson_by_keyboard(visit: Visit, site: Site) -> None:
    page = visit("/staff/", size=DESK)
    sign_in(page, site, OMBUDSPERSON)
    page.keyboard.press("g")
    page.keyboard.press("1")
    page.wait_for_url("**/staff/figures/")
    drawn = page.locator("img.chart").evaluate_all("all => all.map(one => one.complete && one.naturalWidth > 0)")
    assert drawn == [True, True, True]
    page.keyboard.press("g")
    page.keyboard.press("2")
    page.wait_for_url("**/staff/reports/")
    page.locator("a[href='/staff/reports/decisions/']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/reports/decisions/")
    rows = page.locator("tbody tr").count()
    page.locator("[name=only]").select_option("won")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**only=won**")
    expect(page.locator("tbody tr").first).to_contain_text("won")
    assert page.locator("tbody tr").count() < rows


def test_every_page_of_figures(walked: Page) -> None:  # noqa: F811 (the fixture)
    walker = Walker(walked, walked.evaluate("document.documentElement.lang"))
    for path in PAGES:
        for size in (PHONE, DESK):
            walked.set_viewport_size(size)
            walked.goto(path)
            walker.look(f"{path} {size['width']}")
    assert walker.wrong == []
