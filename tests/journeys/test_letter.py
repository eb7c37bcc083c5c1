"""The heart: from "Create an account" to a reply, in a real browser, with and without JavaScript."""

import re
import sys

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import DESK, Site, Visit

pytestmark = pytest.mark.journey
both = pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])

# Resolves with the moment a text is first on the page. Both browsers read one clock.
SEEN = """text => { window.seen = new Promise(done => {
  const look = () => { if (document.body.innerText.includes(text)) done(Date.now()); };
  new MutationObserver(look).observe(document.documentElement, {subtree: true, childList: true, characterData: true});
  look();
}); }"""
# When this page asked for what it shows: the moment "Send" left, so before the letter was committed.
ASKED = "() => performance.timeOrigin"


def befriend(page: Page, resident: dict[str, str]) -> None:
    """Find the resident by number and add them; the north's contacts are open at once."""
    page.goto("/people/find/")
    page.locator("main input[type=search], main input[name=q]").first.fill(resident["number"])
    page.locator("main form button").first.click()
    page.get_by_role("button", name=re.compile("Add")).first.click()
    expect(page.locator("main")).to_contain_text(resident["name"].split()[0])


def seen_after(page: Page, sender: Page) -> float:
    """Milliseconds from pressing "Send" on `sender` to the text on `page`; promised is a second, and it is printed."""
    seen = page.evaluate(
        "limit => Promise.race([window.seen, new Promise(no => setTimeout(() => no(0), limit))])", steps.NEWS_MS
    )
    assert seen, "it never came"
    return float(seen - sender.evaluate(ASKED))


@both
def test_from_create_an_account_to_a_reply(site: Site, visit: Visit, script: bool) -> None:
    """Sign-up, activation by the link, find, write, pay one credit, delivered, read, answered, read."""
    resident = steps.someone_inside(site)
    family = visit("/", script=script)
    person = steps.activated(family, site)
    steps.add_test_credits(family)
    befriend(family, resident)
    family.goto("/people/")
    family.get_by_role("link", name=re.compile("Write")).first.click()
    family.locator("[name=subject]").fill("Sunday")
    family.locator("[name=body]").fill(f"Querido, from {person['username']}. The garden came back.")
    expect(family.locator("main")).to_contain_text("10 credits, then 9")
    family.get_by_role("button", name="Send for 50¢").click()
    family.wait_for_url(re.compile(r"/messages/\d+/"))
    expect(family.locator("main")).to_contain_text("Delivered")

    kiosk = steps.seated(visit, site, resident, script=script)
    before = steps.cents(steps.kiosk_money(kiosk))
    kiosk.goto("/kiosk/letters/")
    kiosk.locator("li", has_text=person["last_name"]).locator("a.cover").first.click()
    expect(kiosk.locator("article.sheet")).to_contain_text("The garden came back.")

    steps.fresh(family, script)
    expect(family.locator("main")).to_contain_text("Opened", timeout=steps.NEWS_MS)

    family.goto("/messages/")
    kiosk.get_by_role("link", name=re.compile("Answer")).first.click()
    kiosk.locator("[name=body]").fill("Mamá, water them in the evening.")
    kiosk.get_by_role("button", name="Send for 50¢").click()
    expect(kiosk.locator("main")).to_contain_text("Your letter is sent and delivered.")
    steps.fresh(family, script)
    expect(family.locator("main")).to_contain_text("water them", timeout=steps.NEWS_MS)
    family.locator("main .letter-link").first.click()
    expect(family.locator("article.sheet")).to_contain_text("water them in the evening")
    assert steps.credits_left(family) == "$4.50"
    assert steps.cents(steps.kiosk_money(kiosk)) == before - 50


def test_a_letter_appears_on_the_open_pages_of_both_sides(site: Site, visit: Visit) -> None:
    """MSG-5: lists, counters and titles, without reload, within a second."""
    resident, family, writer = steps.someone_inside(site), visit("/"), visit("/", size=DESK)
    person = steps.member(family, site, cents=500)
    contact = steps.befriended(family, resident)
    steps.log_in(writer, person["username"])
    kiosk = steps.seated(visit, site, resident)
    listening(kiosk, "/kiosk/letters/")
    listening(family, "/messages/")
    expect(family).to_have_title(re.compile("^Inbox|^Letters"))
    writer.goto(f"/messages/new/?to={contact}")
    writer.locator("[name=subject]").fill("The live line")
    writer.locator("[name=body]").fill("Look up from what you read.")
    kiosk.evaluate(SEEN, "The live line")
    writer.get_by_role("button", name="Send for 50¢").click()
    writer.wait_for_url(re.compile(r"/messages/\d+/"))
    to_kiosk = seen_after(kiosk, writer)
    letter = kiosk.locator("li.new", has_text="The live line")
    expect(letter).to_be_visible()
    expect(letter.get_by_text("New")).to_be_visible()

    opened = writer.url
    letter.locator("a.cover").click()
    expect(writer.locator("main")).to_contain_text("Opened", timeout=steps.NEWS_MS)
    assert writer.url == opened

    kiosk.get_by_role("link", name="Answer for 50¢").click()
    kiosk.locator("[name=subject]").fill("It works both ways")
    kiosk.locator("[name=body]").fill("I did look up.")
    family.evaluate(SEEN, "It works both ways")
    kiosk.get_by_role("button", name="Send for 50¢").click()
    kiosk.wait_for_url(re.compile(r"/kiosk/letters/\d+/"))
    to_family = seen_after(family, kiosk)
    expect(family).to_have_title(re.compile(r"^\(1\) "))
    expect(family.locator("nav.tabs .count")).to_contain_text("1")
    expect(writer).to_have_title(re.compile(r"^\(1\) "))
    expect(writer.locator("nav.tabs .count")).to_contain_text("1")

    family.locator("main .letter-link", has_text="It works both ways").click()
    expect(family.locator("article.sheet")).to_contain_text("I did look up.")
    expect(writer).not_to_have_title(re.compile(r"^\("), timeout=steps.NEWS_MS)
    expect(writer.locator("nav.tabs .count")).to_have_count(0)
    sys.stdout.write(f"\nfrom pressing Send to the other's open page: {to_kiosk:.0f} ms, {to_family:.0f} ms\n")


def listening(page: Page, path: str) -> None:
    """`page` at that address, with its line to the server standing."""
    with page.expect_response(lambda answer: answer.url.endswith("/events")):
        page.goto(path)
