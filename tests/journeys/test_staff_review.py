"""The review desk in a real browser (DEL-4 to DEL-6): held by a word, refused, told to both, appealed, upheld by
another person, delivered; by keys alone and without a load between two letters, and without a script.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import DESK, PHONE, Site, Visit
from tests.journeys.test_every_page import Walker
from tests.journeys.test_staff_money import sign_in

pytestmark = pytest.mark.journey
both = pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
REVIEWER, SUPERVISOR = "sample.reviewer.south", "sample.supervisor.south"
EFFECT_MS = 20_000
EXPLANATION = "It speaks of a thing that may not come in."


def opened(page: Page, name: str) -> None:
    """The letter of that sender, from the queue: claimed by whoever reads it."""
    page.goto("/staff/review/")
    page.locator("tbody tr", has_text=name).get_by_role("button", name="Read").click()
    expect(page.locator("article.sheet")).to_be_visible()


@both
def test_from_a_word_to_the_upheld_appeal(site: Site, visit: Visit, script: bool) -> None:
    resident, family = steps.someone_inside(site, steps.SOUTH), visit("/")
    person = steps.member(family, site, cents=500)
    contact = steps.befriended(family, resident)
    letter = steps.wrote(family, contact, "The cake", "We say contraband to the cake, since nobody may have any.")
    reviewer = visit("/staff/", size=DESK, script=script)
    sign_in(reviewer, site, REVIEWER)
    opened(reviewer, person["last_name"])
    expect(reviewer.locator("article mark")).to_have_text("contraband")
    expect(reviewer.locator(".why")).to_contain_text("Letters with certain words are read by a person first.")
    refuse_incompletely(reviewer)
    reviewer.get_by_label("things that are not allowed").check()
    reviewer.locator("form:has([name=explanation]) button").click()
    expect(reviewer.locator(".rulings")).to_contain_text(f"{person['last_name']} to")
    family.goto(f"/messages/{letter}/")
    expect(family.locator("main")).to_contain_text("Being read by the facility since")
    expect(family.locator("section.warn")).to_contain_text(EXPLANATION, timeout=EFFECT_MS)
    assert steps.credits_left(family) == "$5.00"
    family.goto(f"/messages/{letter}/")
    family.get_by_role("link", name="Ask another person to decide").click()
    family.locator("[name=text]").fill("It is a cake in a joke.")
    family.get_by_role("button", name="Send the appeal").click()

    expect(reviewer.locator("header nav").first).to_be_visible()
    answer = reviewer.request.get("/staff/appeals/")
    assert answer.status == 403, "a reviewer decides letters, not appeals"
    decider = visit("/staff/", size=DESK, script=script)
    sign_in(decider, site, SUPERVISOR)
    decider.goto("/staff/appeals/")
    decider.locator("tbody tr", has_text=person["last_name"]).get_by_role("link", name="Open").click()
    for words in ("It is a cake in a joke.", EXPLANATION, "We say contraband to the cake"):
        expect(decider.locator("main")).to_contain_text(words)
    decider.get_by_label("Deliver the letter, free").check()
    decider.locator("[name=answer]").fill("A cake is only a cake.")
    decider.get_by_role("button", name="Decide the appeal").click()
    expect(decider.locator("#status")).to_contain_text("Decided. It takes effect in ten seconds")
    expect(family.locator("main")).to_contain_text("You were right. The letter is delivered, free.", timeout=EFFECT_MS)
    kiosk = steps.seated(visit, site, resident)
    kiosk.goto("/kiosk/letters/")
    kiosk.locator("li", has_text=person["last_name"]).locator("a.cover").click()
    expect(kiosk.locator("article.sheet")).to_contain_text("We say contraband to the cake")


def refuse_incompletely(page: Page) -> None:
    """Without a reason nothing is decided, and the sentence stays."""
    page.locator("summary", has_text="Do not deliver").click()
    page.locator("[name=explanation]").fill(EXPLANATION)
    page.locator("form:has([name=explanation]) button").click()
    expect(page.locator("#errors")).to_contain_text("Choose a reason from this facility's list.")
    assert page.locator("[name=explanation]").input_value() == EXPLANATION


def two_letters(site: Site, visit: Visit) -> list[str]:
    """Two letters of new people that wait in the south; the senders' last names."""
    names = []
    for _ in range(2):
        resident, family = steps.someone_inside(site, steps.SOUTH), visit("/")
        names.append(steps.member(family, site, cents=500)["last_name"])
        steps.wrote(family, steps.befriended(family, resident), "", "A word: contraband.")
    return names


def test_by_keys_alone_and_without_a_load(site: Site, visit: Visit) -> None:
    first, second = two_letters(site, visit)
    page = visit("/staff/", size=DESK)
    sign_in(page, site, REVIEWER)
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/staff/review/")
    page.evaluate("window.stays = true")
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_contain_text("Take the last decision back")
    page.keyboard.press("Escape")
    until(page, first)
    page.keyboard.press("a")
    expect(page.locator(".rulings")).to_contain_text(first)
    page.keyboard.press("z")
    expect(page.locator("#status")).to_contain_text("Taken back. Nothing was decided about this letter.")
    expect(page.locator(".desk-letter")).to_contain_text(first)
    page.keyboard.press("r")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Please, a sentence with the letters a n z.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".rulings")).to_contain_text(f"{first} to")
    until(page, second)
    page.keyboard.press("i")
    page.keyboard.type("Look twice.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#status")).to_contain_text("Passed on to an investigator.")
    assert page.evaluate("window.stays") is True, "no page load between two decisions"


def until(page: Page, name: str) -> None:
    """Next, and next, until the letter of that sender is open."""
    for _ in range(30):
        expect(page.locator("[data-desk][aria-busy]")).to_have_count(0)
        if page.locator(".desk-letter", has_text=name).count():
            return
        page.keyboard.press("n")
    raise AssertionError(f"the letter of {name} never came")


def test_without_a_connection_nothing_typed_is_lost(site: Site, visit: Visit) -> None:
    (name, _) = two_letters(site, visit)
    page = visit("/staff/", size=DESK)
    sign_in(page, site, REVIEWER)
    opened(page, name)
    page.locator("summary", has_text="Do not deliver").click()
    page.get_by_label("things that are not allowed").check()
    page.locator("[name=explanation]").fill(EXPLANATION)
    page.context.set_offline(True)
    page.locator("form:has([name=explanation]) button").click()
    expect(page.locator("#status")).to_contain_text("No connection. Nothing was decided")
    assert page.locator("[name=explanation]").input_value() == EXPLANATION
    page.context.set_offline(False)
    page.locator("form:has([name=explanation]) button").click()
    expect(page.locator(".rulings")).to_contain_text(name)


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_page_of_the_review_desk(site: Site, visit: Visit, language: str) -> None:
    """axe, no page wider than the screen, on a phone and on a desk."""
    page = visit("/staff/login/", size=DESK)
    sign_in(page, site, "sample.supervisor")
    _speak(page, language)
    walker = Walker(page, language)
    paths = ["/staff/review/", "/staff/review/?list=passed", "/staff/appeals/"]
    for path, links in (("/staff/review/", "[formaction], a[href*='/review/']"), ("/staff/appeals/", "a[href]")):
        page.goto(path)
        found = page.eval_on_selector_all(
            f"main tbody :is({links})", "all => all.map(a => a.getAttribute('formaction') || a.getAttribute('href'))"
        )
        assert found, path
        paths += found[:2]
        if path == "/staff/review/":
            paths.append(f"{found[0]}conversation/")
    for path in paths:
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            walker.go(path)
    page.goto(next(path for path in paths if re.fullmatch(r"/staff/review/\d+/", path)))
    page.locator("details[data-do=refuse] summary").click()
    page.locator("form:has([name=explanation]) button").click()
    expect(page.locator("#errors")).to_be_visible()
    walker.look("/staff/review/ with errors")
    _speak(page, "en")
    assert walker.wrong == []


def _speak(page: Page, language: str) -> None:
    page.locator("details:has(.who) summary").click()
    button = page.locator(f"details button[value={language}]")
    if button.count():
        button.click()
        page.wait_for_selector(f"html[lang={language}]", state="attached")
