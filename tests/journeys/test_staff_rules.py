"""Rules and word lists in a real browser: a draft tried, published and seen in the history; a list filled from a file
(DEL-1, DEL-2, STF-6).
"""

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import DESK, Site, Visit
from tests.journeys.test_staff_money import sign_in

pytestmark = pytest.mark.journey

ADMIN, COUNTY = "sample.admin", "sample.county"


def test_a_list_from_a_file_stops_a_letter_that_is_tried(visit: Visit, site: Site) -> None:
    page = visit("/staff/", size=DESK)
    sign_in(page, site, ADMIN)
    page.goto("/staff/words/")
    page.get_by_role("link", name="New list").click()
    page.locator("[name=name]").fill("Kitchen")
    page.locator("[name=purpose]").fill("Yeast went missing.")
    page.locator("[name=until]").fill(page.evaluate("new Date(Date.now() + 2592e6).toISOString().slice(0, 10)"))
    page.get_by_role("button", name="Keep this list").click()
    page.get_by_role("link", name="Take in a file").click()
    content = "phrase,tier\nyeast,review\nraisin wine,\n".encode("utf-8-sig")
    page.locator("[name=file]").set_input_files({"name": "w.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("main")).to_contain_text("2 words and phrases")
    page.get_by_role("button", name="Take it in").click()
    expect(page.locator("tbody").first).to_contain_text("raisin wine")
    page.goto("/staff/rules/try/")
    page.locator("[name=text]").fill("The RAISIN — wine is good.")
    page.get_by_role("button", name="Try it", exact=True).click()
    expect(page.locator("#result")).to_contain_text("read by staff first")
    expect(page.locator("#result mark")).to_have_text("RAISIN — wine")
    page.get_by_role("button", name=re.compile("Try the (draft|rules and lists)")).click()
    expect(page.locator("#month")).to_contain_text("letters would have gone another way")


def test_a_rule_by_keyboard_from_draft_to_its_effect_on_a_letter(visit: Visit, site: Site) -> None:
    """By keys alone: written, tried while it decides nothing, published, seen in the history; and a letter waits."""
    resident, family = steps.someone_inside(site, steps.SOUTH), visit("/")
    steps.member(family, site, cents=500)
    contact = steps.befriended(family, resident)
    words = f"pomegranate {uuid4().hex[:8]}"
    page = visit("/staff/", size=DESK)
    sign_in(page, site, COUNTY)
    page.goto("/staff/")
    page.locator("details.place-menu summary").focus()
    page.keyboard.press("Enter")
    _press(page, "button", "Sample South Jail")
    expect(page.locator("h1")).to_have_text("Sample South Jail")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/staff/rules/")
    _press(page, "button", "Open a draft")
    _press(page, "link", "Add a rule")
    _type(page, "rule", "fruit")
    _type(page, "words", words)
    _press(page, "button", "Keep it in the draft")
    expect(page.locator("main")).to_contain_text(words)
    _press(page, "link", "Try it")
    _type(page, "text", f"A {words.upper()} for you.")
    _press(page, "button", "Try it")
    expect(page.locator("#result")).to_contain_text("read by staff first")
    before = steps.wrote(family, contact, "Before", f"A {words} for you.")
    assert not _is_read_first(family, before), "a draft decides nothing"
    page.goto("/staff/rules/")
    _type(page, "note", "Fruit is read first.")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/staff/rules/history/\d+/"))
    expect(page.locator("ins").first).to_contain_text(words)
    assert _is_read_first(family, steps.wrote(family, contact, "After", f"A {words} for you."))


def _is_read_first(family: Page, letter: Any) -> bool:
    family.goto(f"/messages/{letter}/")
    return "Being read by the facility" in family.locator("main").inner_text()


def _type(page: Page, name: str, words: str) -> None:
    page.locator(f"[name={name}]").focus()
    page.keyboard.type(words)


def _press(page: Page, role: str, name: str) -> None:
    page.get_by_role(role, name=name).focus()  # type: ignore[arg-type]  # a name of a role
    page.keyboard.press("Enter")


def test_without_a_script(visit: Visit, site: Site) -> None:
    page = visit("/staff/", size=DESK, script=False)
    sign_in(page, site, ADMIN)
    page.goto("/staff/rules/rule/")
    page.locator("[name=rule]").fill("broken")
    page.get_by_label("Deliver after some minutes").check()
    page.locator("[name=words]").fill("(a+)+$")
    page.get_by_role("button", name="Keep it in the draft").click()
    expect(page.locator("#errors")).to_contain_text("this is a pattern")
    expect(page.locator("#errors")).to_contain_text("Type how many minutes")
    assert page.locator("[name=words]").input_value() == "(a+)+$"
