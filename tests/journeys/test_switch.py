"""STF-8 in a real browser, keyboard only at the desk: a supervisor stops all letters, people are told before they pay,
what was sent waits, and all goes out again. What is said to everybody is taken back.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import DESK, PHONE, Site, Visit
from tests.journeys.test_staff_money import sign_in

pytestmark = pytest.mark.journey
WHY = "The building is without power."


def clean(page: Page) -> None:
    """axe finds nothing, and nothing is wider than a telephone or a desk."""
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found = [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(page).response["violations"]]
        assert found == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]


def keyed(page: Page, keys: str, where: str) -> None:
    """To a page by the two keys that the list of keys shows."""
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_url(f"**{where}")


def test_stopped_told_held_and_let_go_by_keyboard_alone(visit: Visit, site: Site) -> None:
    """At the south, where no other journey writes."""
    person = steps.someone_inside(site, steps.SOUTH)
    family = visit("/")
    steps.member(family, site, cents=500)
    contact = steps.befriended(family, person)
    desk = visit("/staff/", size=DESK)
    sign_in(desk, site, "sample.supervisor.south")
    keyed(desk, "gv", "/staff/emergency/")
    clean(desk)
    desk.locator("[name=told]").focus()
    desk.keyboard.type(WHY)
    desk.keyboard.press("Tab")
    desk.keyboard.type("El edificio está sin luz.")
    _press(desk, "button.bad")
    expect(desk.get_by_text("Letters are stopped. Everybody here and their families are told.")).to_be_visible()
    clean(desk)
    try:
        family.goto("/home/")
        expect(family.locator("main")).to_contain_text("Sample South Jail: letters are stopped until")
        expect(family.locator("main")).to_contain_text(WHY)
        clean(family)
        family.goto(f"/messages/new/?to={contact}")
        expect(family.locator("main")).to_contain_text(WHY)
        family.goto("/facilities/sample-south-jail/")
        expect(family.locator("main")).to_contain_text(WHY)
        message = steps.wrote(family, contact, "Light", "Is it dark where you are?")
        family.goto(f"/messages/{message}/")
        expect(family.locator("main")).to_contain_text("Waits until the facility lets letters through again")
        kiosk = steps.seated(visit, site, person)
        expect(kiosk.locator("main")).to_contain_text(WHY)
        expect(kiosk.locator("main")).not_to_contain_text("Light")
    finally:
        desk.goto("/staff/emergency/")
        _press(desk, "button[name=go]")
    expect(desk.get_by_text("Letters go again.")).to_be_visible()
    expect(kiosk.locator("main")).not_to_contain_text(WHY)
    family.goto(f"/messages/{message}/")
    expect(family.locator("main")).not_to_contain_text("Waits until the facility lets", timeout=60_000)
    expect(family.locator("main")).to_contain_text(re.compile("deliver", re.I))  # after this place's half hour


def _press(desk: Page, button: str) -> None:
    desk.locator(button).focus()
    desk.keyboard.press("Enter")


def test_said_until_noon_and_taken_back(visit: Visit, site: Site) -> None:
    words = "The gym is closed for cleaning."
    desk = visit("/staff/", size=DESK)
    sign_in(desk, site, "sample.supervisor")
    keyed(desk, "gy", "/staff/broadcast/")
    clean(desk)
    desk.locator("[name=told]").focus()
    desk.keyboard.type(words)
    desk.locator("[name=until]").fill("2099-01-01T12:00")
    _press(desk, "main form button >> nth=0")
    expect(desk.get_by_text(re.compile("Tell .* residents?"))).to_be_visible()
    clean(desk)
    _press(desk, "button[name=send]")
    expect(desk.get_by_text(re.compile(r"Told \d+ residents"))).to_be_visible()
    kiosk = steps.seated(visit, site, steps.someone_inside(site))
    kiosk.goto("/kiosk/notices/")
    expect(kiosk.get_by_text(words)).to_be_visible()
    _press(desk, f"li:has-text('{words}') form button")
    expect(desk.get_by_text("Taken back. Nobody reads it any more.")).to_be_visible()
    kiosk.reload()
    expect(kiosk.locator("main")).not_to_contain_text(words)


def test_how_abuse_is_reported_is_read_before_one_writes_to_staff(visit: Visit, site: Site) -> None:
    """REC2: at the kiosk and, without signing in, by families."""
    kiosk = steps.seated(visit, site, steps.someone_inside(site))
    kiosk.goto("/kiosk/requests/")
    expect(kiosk.get_by_role("heading", name="Tell somebody outside")).to_be_visible()
    public = visit("/facilities/sample-north-jail/")
    expect(public.get_by_role("heading", name="If somebody is harmed here")).to_be_visible()
    expect(public.locator("main")).to_contain_text("You need not say who you are.")
    desk = visit("/staff/", size=DESK)
    sign_in(desk, site, "sample.county")
    desk.goto("/staff/requests/forms/")
    clean(desk)
    desk.get_by_role("link", name="Write how").click()
    clean(desk)
