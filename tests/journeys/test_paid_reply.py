"""A reply that the other side paid for (MSG-3): offered, used once, and said to both."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.conftest import Site, Visit

pytestmark = pytest.mark.journey
both = pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])


@both
def test_a_resident_pays_for_the_answer(site: Site, visit: Visit, script: bool) -> None:
    resident, family = steps.someone_inside(site), visit("/", script=script)
    person = steps.member(family, site)
    contact = steps.befriended(family, resident)

    kiosk = steps.seated(visit, site, resident, script=script)
    kiosk.goto(f"/kiosk/write/{contact}/")
    kiosk.locator("[name=body]").fill("Please write back, this one is on me.")
    tick = kiosk.get_by_label(re.compile(f"Pay for the reply of {person['first_name']}"))
    expect(tick).not_to_be_checked()
    tick.check()
    kiosk.get_by_role("button", name="Send for 50¢").click()
    kiosk.wait_for_url(re.compile(r"/kiosk/letters/\d+/"))
    expect(kiosk.locator("main")).to_contain_text("50¢ is set aside for it until")

    family.goto(f"/people/{contact}/")
    family.get_by_role("link", name=re.compile("this one is on me")).first.click()
    expect(family.locator("main")).to_contain_text("paid for your reply. It costs you nothing until")
    family.get_by_role("link", name="Answer", exact=True).click()
    expect(family.locator("form#letter")).to_contain_text("It costs you nothing.")
    family.locator("[name=body]").fill("Thank you for the reply that you paid.")
    family.get_by_role("button", name="Send", exact=True).click()
    family.wait_for_url(re.compile(r"/messages/\d+/"))
    expect(family.locator("main")).to_contain_text("paid for this reply.")
    assert steps.credits_left(family) == "$0.00"

    kiosk.goto("/kiosk/letters/")
    kiosk.get_by_role("link", name=re.compile("Thank you for the reply")).first.click()
    expect(kiosk.locator("main")).to_contain_text("You paid for this reply.")
