"""The heart: from "Create an account" to a reply, in a real browser, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import DESK, KIOSK, Site, Visit

pytestmark = pytest.mark.journey


def befriend(page: Page, resident: dict[str, str]) -> None:
    """Find the resident by number and add them; the north's contacts are open at once."""
    page.goto("/people/find/")
    page.locator("main input[type=search], main input[name=q]").first.fill(resident["number"])
    page.locator("main form button").first.click()
    page.get_by_role("button", name=re.compile("Add")).first.click()
    expect(page.locator("main")).to_contain_text(resident["name"].split()[0])


@pytest.mark.parametrize("script", [True, False])
def test_from_create_an_account_to_a_reply(site: Site, visit: Visit, script: bool) -> None:
    """Sign-up, activation by the link, find, write, pay one credit, delivered, read, answered, read."""
    resident = site.demo["residents"][3 if script else 0]
    resident = next(one for one in site.demo["residents"] if one["facility"] == site.demo["kiosks"][0]["facility"])
    family = visit("/", script=script)
    person = steps.activated(family, site)
    steps.add_test_credits(family)
    befriend(family, resident)
    family.goto("/people/")
    family.get_by_role("link", name=re.compile("Write")).first.click()
    family.locator("[name=subject]").fill("Sunday")
    family.locator("[name=body]").fill(f"Querido, from {person['username']}. The garden came back.")
    expect(family.locator("main")).to_contain_text("50¢")
    family.get_by_role("button", name="Send for 50¢").click()
    family.wait_for_url(re.compile(r"/messages/\d+/"))
    letter = family.url
    expect(family.locator("main")).to_contain_text("Delivered")

    kiosk = visit("/", script=script, size=KIOSK)
    steps.enrol(kiosk, site)
    steps.sit_down(kiosk, resident)
    kiosk.locator("li", has_text=person["last_name"]).locator("a.cover").first.click()
    expect(kiosk.locator("article.sheet")).to_contain_text("The garden came back.")

    if not script:
        family.reload()
    expect(family.locator("main")).to_contain_text("Opened", timeout=2000)

    family.goto("/messages/")
    kiosk.get_by_role("link", name=re.compile("Answer")).first.click()
    kiosk.locator("[name=body]").fill("Mamá, water them in the evening.")
    kiosk.get_by_role("button", name=re.compile("Send")).click()
    expect(kiosk.locator("main")).to_contain_text(re.compile("Delivered|Being read|collect", re.I))
    if not script:
        family.reload()
    expect(family.locator("main")).to_contain_text(re.compile("water them|collect|50¢"), timeout=2000)
    assert letter
