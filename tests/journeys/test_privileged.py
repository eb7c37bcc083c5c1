"""CON-5, DEL-7 in a real browser, by keyboard alone: an attorney asks with proof, staff verify, a sealed letter is read
at the kiosk; staff find no word of it. Where it is not offered, nobody writes without having been told (M11).
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import DESK, Site, Visit
from tests.journeys.test_staff_money import sign_in
from tests.journeys.test_switch import clean

pytestmark = pytest.mark.journey
WORDS = "The cormorant witness speaks on Monday."


def typed(page: Page, name: str, text: str) -> None:
    page.locator(f"[name={name}]").first.focus()
    page.keyboard.type(text)


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).first.focus()
    page.keyboard.press("Enter")


def test_asked_verified_written_sealed_and_read_by_keyboard_alone(visit: Visit, site: Site) -> None:
    person = steps.someone_inside(site)
    counsel = visit("/")
    them = steps.member(counsel, site, cents=500)
    contact = steps.befriended(counsel, person)
    counsel.goto(f"/people/{contact}/attorney/")
    clean(counsel)
    counsel.locator("[name=profession]").first.focus()
    counsel.keyboard.press("Space")
    typed(counsel, "organisation", "Sample Defenders")
    typed(counsel, "document", "Bar card")
    press(counsel, "Send to the facility")
    expect(counsel.get_by_text("Type your bar number.").first).to_be_visible()
    clean(counsel)
    typed(counsel, "bar_number", "NY 1234567")
    press(counsel, "Send to the facility")
    expect(counsel.get_by_text("Sent to the facility.")).to_be_visible()
    clean(counsel)
    desk = visit("/staff/", size=DESK)
    sign_in(desk, site, "sample.supervisor")
    desk.goto("/staff/privileged/")
    clean(desk)
    name = f"{them['first_name']} {them['last_name']}"
    desk.get_by_role("link", name=name).focus()
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(r"/staff/privileged/\d+/"))
    clean(desk)
    press(desk, "I have seen the proof: verify")
    expect(desk.get_by_text("Verified. Both are told.")).to_be_visible()
    _written_and_read(visit, site, counsel, contact, person)
    _nobody_finds(desk, counsel)


def _written_and_read(visit: Visit, site: Site, counsel: Page, contact: int, person: dict[str, str]) -> None:
    counsel.goto(f"/messages/new/?to={contact}")
    expect(counsel.locator("main")).to_contain_text(re.compile("confidential", re.I))
    clean(counsel)
    typed(counsel, "subject", "Cormorant motion")
    typed(counsel, "body", WORDS)
    press(counsel, "Send")
    counsel.wait_for_url(re.compile(r"/messages/\d+/"))
    expect(counsel.get_by_text(WORDS)).to_be_visible()
    clean(counsel)
    kiosk = steps.seated(visit, site, person)
    kiosk.get_by_role("link", name=re.compile("Cormorant motion")).first.focus()
    kiosk.keyboard.press("Enter")
    expect(kiosk.get_by_text(WORDS)).to_be_visible()
    expect(kiosk.locator("main")).to_contain_text(re.compile("confidential", re.I))
    counsel.reload()
    expect(counsel.locator("main")).to_contain_text(re.compile("opened", re.I))


def _nobody_finds(desk: Page, counsel: Page) -> None:
    """Not by its address at the review desk, and not by its words in search."""
    number = re.findall(r"\d+", counsel.url)[-1]
    answer = desk.request.get(f"/staff/review/{number}/")
    assert answer.status == 404
    answer = desk.request.get("/staff/review/")
    assert "ormorant" not in answer.text()


def test_m11_where_it_is_not_offered_nobody_writes_without_having_been_told(visit: Visit, site: Site) -> None:
    person = steps.someone_inside(site, steps.SOUTH)
    page = visit("/")
    steps.member(page, site, cents=500)
    contact = steps.befriended(page, person)
    page.goto(f"/people/{contact}/attorney/")
    expect(page.locator("main")).to_contain_text("does not offer confidential letters")
    clean(page)
    expect(page.locator("[name=profession]")).to_have_count(0)
