"""KSK-5 in a real browser: a resident files at the kiosk, staff answer, the resident reads it; without a script, and
by keyboard alone. STF-8: what staff say to everybody is read at the kiosk.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import DESK, Site, Visit
from tests.journeys.test_staff_money import sign_in

pytestmark = pytest.mark.journey
REVIEWER, SUPERVISOR = "sample.reviewer", "sample.supervisor"


def _resident(site: Site, place: int) -> dict[str, str]:
    return [one for one in site.demo["residents"] if one["facility"] == steps.NORTH][place]


def _file(page: Page, words: str) -> None:
    page.get_by_role("link", name="Requests", exact=True).click()
    page.get_by_role("link", name="Say that something is wrong").click()
    page.get_by_label("What happened?").fill(words)
    page.get_by_label("In the yard").check()
    page.get_by_role("button", name="File it, free").click()
    page.wait_for_url(re.compile(r"/kiosk/requests/\d+/"))


@pytest.mark.parametrize("script", [True, False])
def test_filed_answered_asked_again_and_answered_by_another(visit: Visit, site: Site, script: bool) -> None:
    words = f"The gate squeaks, {'with' if script else 'without'} a script."
    kiosk = steps.enrolled(visit, site, script=script)
    steps.sit_down(kiosk, _resident(site, 5 if script else 6))
    _file(kiosk, words)
    where = kiosk.url
    expect(kiosk.get_by_text("Waits for an answer.")).to_be_visible()
    for username, answer in ((REVIEWER, "It is oiled on Friday."), (SUPERVISOR, "It is oiled today.")):
        page = visit("/staff/", size=DESK, script=script)
        sign_in(page, site, username)
        page.goto(where.replace("/kiosk/requests/", "/staff/requests/"))
        expect(page.get_by_text(words)).to_be_visible()
        page.get_by_label("Granted", exact=True).check()
        page.get_by_label("Answer", exact=True).fill(answer)
        page.get_by_role("button", name="Answer", exact=True).click()
        page.wait_for_url("**/staff/requests/")
        kiosk.goto(where)
        expect(kiosk.get_by_text(answer)).to_be_visible()
        if username == REVIEWER:
            kiosk.locator("#again textarea").fill("Friday is late.")
            kiosk.get_by_role("button", name="Ask another person").click()
            expect(kiosk.get_by_text("Another person looks at it.").first).to_be_visible()


def test_what_is_begun_is_saved_by_itself_and_is_there_at_the_next_sign_in(visit: Visit, site: Site) -> None:
    person = _resident(site, 7)
    page = steps.enrolled(visit, site)
    steps.sit_down(page, person)
    page.get_by_role("link", name="Requests", exact=True).click()
    page.get_by_role("link", name="Say that something is wrong").click()
    page.get_by_label("What happened?").fill("Half a sen")
    expect(page.locator("#draft-state")).to_have_text("Saved.", timeout=10_000)
    page.get_by_role("button", name="I am done").click()
    page.wait_for_url("**/kiosk/?ended=done")
    steps.sit_down(page, person)
    page.goto("/kiosk/requests/")
    page.get_by_role("heading", name="Begun, not sent").wait_for()
    page.get_by_role("link", name="Say that something is wrong").first.click()
    expect(page.get_by_label("What happened?")).to_have_value("Half a sen")


def test_staff_answer_by_keyboard_alone(visit: Visit, site: Site) -> None:
    kiosk = steps.enrolled(visit, site)
    steps.sit_down(kiosk, _resident(site, 8))
    _file(kiosk, "By keyboard, please.")
    number = re.findall(r"\d+", kiosk.url)[-1]
    page = visit("/staff/", size=DESK)
    sign_in(page, site, REVIEWER)
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/staff/requests/")
    page.locator(f"a[href='/staff/requests/{number}/']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/staff/requests/{number}/")
    page.locator("[name=outcome]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Yes.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/requests/")


def test_everybody_in_the_facility_reads_it_at_the_kiosk(visit: Visit, site: Site) -> None:
    page = visit("/staff/", size=DESK)
    sign_in(page, site, SUPERVISOR)
    page.goto("/staff/broadcast/")
    page.get_by_label("In English").fill("The library is open until nine today.")
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Send it now").click()
    page.get_by_text(re.compile(r"Told \d+ residents")).wait_for()
    kiosk = steps.enrolled(visit, site)
    steps.sit_down(kiosk, _resident(site, 5))
    kiosk.goto("/kiosk/notices/")
    expect(kiosk.get_by_text("The library is open until nine today.").first).to_be_visible()
