"""Figures and reports in a real browser: by two keys to the dashboard, from there to a report and its filter (STF-5,
STF-7). Every page of them is walked in `test_every_staff_page`.
"""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, Site, Visit
from tests.journeys.test_staff_money import sign_in

pytestmark = pytest.mark.journey

OMBUDSPERSON = "sample.ombudsperson"


def test_an_ombudsperson_by_keyboard(visit: Visit, site: Site) -> None:
    page = visit("/staff/", size=DESK)
    sign_in(page, site, OMBUDSPERSON)
    page.keyboard.press("g")
    page.keyboard.press("1")
    page.wait_for_url("**/staff/figures/")
    drawn = page.locator("img.chart").evaluate_all("all => all.map(one => one.complete && one.naturalWidth > 0)")
    assert drawn == [True] * 4  # letters, times to decide, kiosks, calls
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
