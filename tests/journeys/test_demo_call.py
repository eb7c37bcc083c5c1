"""A newcomer places a call on the page of the demo: watched to its end, with and without script, in both languages."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE, Site, Visit

DANIEL, GRACE = "10001", "10002"
TALK_MS = 40_000  # ringing, announcement and a key, on a machine that does much else


def _choose(page: Page, **wanted: str) -> None:
    for name, value in wanted.items():
        page.locator(f"select[name={name}]").select_option(value)


def _call(page: Page) -> None:
    page.locator("form[method=post] button.wide").click()
    page.wait_for_url(re.compile(r"/dev/call/[0-9a-f]{32}/"))


def call_somebody(page: Page, site: Site, resident: str) -> None:
    """From that page of the demo to a number of the resident's own that has money, and whose owner accepts."""
    _choose(page, number=_own(site, resident))
    _call(page)


def _own(site: Site, number: str) -> str:
    """A number of this resident's own list that has money, and whose owner accepts."""
    who = next(one for one in site.demo["residents"] if one["number"] == number)
    return str(next(one["number"] for one in who["ppc_numbers"] if one["number"][-2:] < "90"))


def _prepaid(site: Site, number: str) -> int:
    found = json.loads(site.command("ledger", "balances", "--json"))
    return int(found.get(f"number:{number}:prepaid", 0))


def test_a_call_is_accepted_talked_and_paid(visit: Visit, site: Site) -> None:
    number = _own(site, GRACE)
    before = _prepaid(site, number)
    page = visit(f"/dev/call/?resident={GRACE}", size=DESK)
    _choose(page, number=number)
    _call(page)
    story = page.locator("[data-call-story]")
    expect(story).to_contain_text("The person called hears the telephone system speak.", timeout=TALK_MS)
    expect(page.locator('[data-call="spoken"]')).to_contain_text("from Grace Example")
    expect(page.locator('[data-call="head"]')).to_contain_text("They talk", timeout=TALK_MS)
    expect(story).to_contain_text("The resident hears the person called.", timeout=TALK_MS)
    page.wait_for_timeout(7_000)  # seven seconds are a cent: ten cents a minute, rounded down
    page.locator("section[aria-labelledby=leg-caller] button[name=hang_up]").click()
    record = page.locator('[data-call="record"]')
    expect(record).to_contain_text("completed", timeout=TALK_MS)
    expect(record).to_contain_text("The resident hung up.")
    assert "The person called hears the resident." in story.inner_text()
    after = _prepaid(site, number)
    seconds = int(re.findall(r"(\d+) second", record.inner_text())[0])
    assert seconds >= 6
    assert before - after == seconds * 10 // 60


def test_a_refusal_is_heard_and_costs_nothing(visit: Visit, site: Site) -> None:
    page = visit(f"/dev/call/?resident={DANIEL}", size=PHONE)
    page.locator("[name=other]").fill("911")
    _call(page)
    head = page.locator('[data-call="head"]')
    expect(head).to_contain_text("Emergency numbers cannot be called from here.", timeout=TALK_MS)
    expect(page.locator('[data-call="record"]')).to_contain_text("emergency_number")
    expect(page.locator('[data-call="record"]')).to_contain_text("$0.00")


def test_whoever_plays_the_called_person_decides(visit: Visit, site: Site) -> None:
    """The page's own keys, in Spanish: refused with 2."""
    page = visit(f"/dev/call/?resident={DANIEL}", size=PHONE, locale="es-US")
    _choose(page, number="+13155550197", who="by_hand")
    _call(page)
    expect(page.locator("[data-call-story]")).to_contain_text("Alguien contesta allí.", timeout=TALK_MS)
    page.locator("section[aria-labelledby=leg-called] button[value='2']").click()
    expect(page.locator('[data-call="record"]')).to_contain_text("refused_by_called_party", timeout=TALK_MS)
    expect(page.locator('[data-call="head"]')).to_contain_text("no cuesta nada")


def test_without_script_a_reload_shows_how_far_it_is(visit: Visit, site: Site) -> None:
    page = visit(f"/dev/call/?resident={DANIEL}", script=False)
    _choose(page, number="+13155550191")
    _call(page)
    for _ in range(60):
        if "busy" in page.locator('[data-call="record"]').inner_text():
            break
        page.get_by_role("link", name="Look again").click()
    assert "busy" in page.locator('[data-call="record"]').inner_text()
    assert "The line is busy." in page.locator('[data-call="head"]').inner_text()


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_nothing_is_off_the_screen_and_no_pin_is_on_it(visit: Visit, site: Site, size: dict[str, int]) -> None:
    page = visit(f"/dev/call/?resident={DANIEL}", size=size)
    _choose(page, number="+13155550198")
    _call(page)
    expect(page.locator('[data-call="record"]')).to_contain_text("no_such_number", timeout=TALK_MS)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    pin = next(one["pin"] for one in site.demo["residents"] if one["number"] == DANIEL)
    assert pin not in page.content()
