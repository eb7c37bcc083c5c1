"""The review desk in a real browser (DEL-4 to DEL-6): held by a word, refused, told to both, appealed, upheld by
another person, delivered; by keys alone and without a load between two letters, and without a script.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import DESK, Site, Visit
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


def test_an_appeal_is_decided_by_keys_alone(site: Site, visit: Visit) -> None:
    """To the list, to the appeal, decided, taken back with what was written, decided otherwise; without a load."""
    family = visit("/")
    resident = steps.someone_inside(site, steps.SOUTH)
    name = steps.member(family, site, cents=500)["last_name"]
    letter = steps.wrote(family, steps.befriended(family, resident), "", "We say contraband to the cake.")
    site.command("review", "refuse", str(letter), "contraband", EXPLANATION, "--as", REVIEWER)
    family.goto(f"/appeals/new/{letter}/")
    family.locator("[name=text]").fill("It is a cake.")
    family.get_by_role("button", name="Send the appeal").click()
    page = visit("/staff/", size=DESK)
    sign_in(page, site, SUPERVISOR)
    page.keyboard.press("g")
    page.keyboard.press("e")
    page.wait_for_url("**/staff/appeals/")
    for _ in range(30):
        page.keyboard.press("j")
        if page.evaluate("(name) => document.activeElement.textContent.includes(name)", name):
            break
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("It is a cake.")
    page.evaluate("window.stays = true")
    decided(page, "ArrowDown", "It names a person.")
    expect(page.locator(".rulings")).to_contain_text(f"{name}: the letter stays undelivered")
    page.keyboard.press("z")
    expect(page.locator("#status")).to_contain_text("Taken back. Nothing was decided about this appeal.")
    expect(page.locator("[name=answer]")).to_have_value("It names a person.")
    page.keyboard.press("d")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".rulings")).to_contain_text(f"{name}: the letter is delivered")
    assert page.evaluate("window.stays") is True, "no page load between two decisions"
    expect(family.locator("main")).to_contain_text("You were right. The letter is delivered, free.", timeout=EFFECT_MS)


def decided(page: Page, choice: str, answer: str) -> None:
    """From the key that leads to the choice to the key that sends."""
    page.keyboard.press("d")
    page.keyboard.press("Space")
    page.keyboard.press(choice)
    page.keyboard.press("Tab")
    page.keyboard.type(answer)
    page.keyboard.press("Control+Enter")


def test_the_queue_shows_what_is_new_by_itself_and_keeps_the_place(site: Site, visit: Visit) -> None:
    """Without a script it is a link; with one, whoever reads a list sees what comes, and loses no focus by it."""
    page = visit("/staff/", size=DESK)
    sign_in(page, site, REVIEWER)
    page.goto("/staff/review/")
    page.keyboard.press("j")
    on = page.evaluate("document.activeElement.textContent")
    page.evaluate("document.querySelector('[data-every]').dataset.every = 1")
    (name, _) = two_letters(site, visit)
    expect(page.locator("tbody")).to_contain_text(name)
    assert page.evaluate("document.activeElement.textContent") == on
    plain = visit("/staff/", size=DESK, script=False)
    sign_in(plain, site, SUPERVISOR)
    plain.goto("/staff/review/")
    plain.get_by_role("link", name="Show what is new").click()
    expect(plain.locator("tbody")).to_contain_text(name)


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
