"""Letters without a credit: the other side is asked to pay, once (MSG-3)."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import Site, Visit

pytestmark = pytest.mark.journey
both = pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])


def write_collect(page: Page, contact: int, words: str) -> str:
    """From the page, with no credit; the address of the letter."""
    page.goto(f"/messages/new/?to={contact}")
    expect(page.locator("main")).to_contain_text("You have no message credit for this letter.")
    expect(page.locator("main")).to_contain_text("pays 50¢ to open it")
    page.locator("[name=subject]").fill(words)
    page.locator("[name=body]").fill(f"{words}, and more of it.")
    page.get_by_role("button", name="Send collect").click()
    page.wait_for_url(re.compile(r"/messages/\d+/"))
    expect(page.locator("main")).to_contain_text("It waits for them to accept the charge.")
    return page.url


@both
def test_the_resident_accepts(site: Site, visit: Visit, script: bool) -> None:
    resident, family = steps.someone_inside(site), visit("/", script=script)
    person = steps.member(family, site)
    write_collect(family, steps.befriended(family, resident), "Rain at last")

    kiosk = steps.seated(visit, site, resident, script=script)
    before = steps.kiosk_money(kiosk)
    kiosk.goto("/kiosk/letters/")
    row = kiosk.locator("li", has_text=person["last_name"])
    expect(row).to_contain_text("Collect letter: one credit (50¢) to open.")
    expect(kiosk.locator("main")).not_to_contain_text("and more of it")
    row.get_by_role("button", name=re.compile("Open for 50¢")).click()
    expect(kiosk.locator("article.sheet")).to_contain_text("Rain at last, and more of it.")
    kiosk.reload()
    assert steps.cents(steps.kiosk_money(kiosk)) == steps.cents(before) - 50

    steps.fresh(family, script)
    expect(family.locator("main")).to_contain_text("Opened", timeout=steps.NEWS_MS)
    assert steps.credits_left(family) == "$0.00"


@both
def test_the_resident_declines_and_the_family_pays(site: Site, visit: Visit, script: bool) -> None:
    resident, family = steps.someone_inside(site), visit("/", script=script)
    person = steps.member(family, site)
    letter = write_collect(family, steps.befriended(family, resident), "A small question")

    kiosk = steps.seated(visit, site, resident, script=script)
    before = steps.kiosk_money(kiosk)
    kiosk.goto("/kiosk/letters/")
    kiosk.locator("li", has_text=person["last_name"]).get_by_role("link", name=re.compile("Not now")).click()
    kiosk.get_by_role("button", name="Say no to this letter").click()
    expect(kiosk.locator("main")).to_contain_text("You said no to this letter. You paid nothing.")
    assert steps.kiosk_money(kiosk) == before

    steps.fresh(family, script)
    expect(family.locator("main")).to_contain_text("did not accept the charge", timeout=steps.NEWS_MS)
    steps.add_test_credits(family)
    family.goto(letter)
    family.get_by_role("button", name="Pay 50¢").click()
    expect(family.locator("main")).to_contain_text("Paid from your credits, and delivered.")
    assert steps.credits_left(family) == "$4.50"

    kiosk.goto("/kiosk/letters/")
    kiosk.locator("li", has_text=person["last_name"]).locator("a.cover").click()
    expect(kiosk.locator("article.sheet")).to_contain_text("A small question, and more of it.")
    assert steps.kiosk_money(kiosk) == before


@both
def test_a_newcomer_without_credits_answers_collect(site: Site, visit: Visit, script: bool) -> None:
    """KSK-6, too: booked by staff, a PIN to start with, changed at first use; then a letter that the family pays."""
    number = f"9{'1' if script else '2'}{abs(hash(steps.new_person()['email'])) % 10**6:06d}"
    staff = ("--as", "sample.admin")
    site.command("resident", "book", steps.NORTH, number, "Nadia", "Sample-Newcomer", *staff)
    pin = re.search(r"\b\d{4,8}\b", site.command("pin", "reset", "sample-county", number, *staff).replace(number, ""))
    assert pin
    family = visit("/", script=script)
    steps.member(family, site, cents=500)
    contact = steps.befriended(family, {"number": number})
    steps.wrote(family, contact, "Welcome", "I am here, too.")

    kiosk = steps.enrolled(visit, site, script=script)
    kiosk.locator("[name=number]").fill(number)
    kiosk.locator("[name=pin]").fill(pin.group())
    kiosk.locator("#sign-in button").last.click()
    expect(kiosk.locator("h1")).to_contain_text("First, choose your own PIN")
    kiosk.goto("/kiosk/letters/")
    expect(kiosk.locator("h1")).to_contain_text("First, choose your own PIN")
    kiosk.locator("[name=old]").fill(pin.group())
    kiosk.locator("[name=new]").fill("1234")
    kiosk.locator("[name=again]").fill("1234")
    kiosk.get_by_role("button", name="Save my new PIN").click()
    expect(kiosk.locator("#errors")).to_be_visible()
    for name, value in (("old", pin.group()), ("new", "58213"), ("again", "58213")):
        kiosk.locator(f"[name={name}]").fill(value)
    kiosk.get_by_role("button", name="Save my new PIN").click()
    kiosk.get_by_role("link", name="Welcome").click()
    expect(kiosk.locator("article.sheet")).to_contain_text("I am here, too.")

    kiosk.get_by_role("link", name="Answer for 50¢").click()
    expect(kiosk.locator("main")).to_contain_text("so this letter goes collect")
    kiosk.locator("[name=body]").fill("And I am glad.")
    family.goto("/messages/")
    kiosk.get_by_role("button", name="Send collect: Jo pays 50¢").click()
    expect(kiosk.locator("main")).to_contain_text("They are asked to pay for it.")
    answer = kiosk.url

    steps.fresh(family, script)
    row = family.locator("main .letter-row", has_text="Nadia")
    expect(row.first).to_be_visible(timeout=steps.NEWS_MS)
    expect(family.locator("main")).not_to_contain_text("And I am glad.")
    row.first.locator("a").first.click()
    expect(family.locator("main")).to_contain_text("Opening it costs 50¢, once.")
    family.get_by_role("button", name="Open for 50¢").click()
    expect(family.locator("article.sheet")).to_contain_text("And I am glad.")
    assert steps.credits_left(family) == "$4.00"
    kiosk.goto(answer)
    expect(kiosk.locator("main")).to_contain_text("Opened")
    assert steps.kiosk_money(kiosk) == "$0.00"


@both
def test_always_accept(site: Site, visit: Visit, script: bool) -> None:
    """Collect letters of one person open by themselves; with no money they wait, and open when money comes."""
    resident, family = steps.someone_inside(site), visit("/", script=script)
    person = steps.member(family, site)
    contact = steps.befriended(family, resident)
    kiosk = steps.seated(visit, site, resident, script=script)
    kiosk.get_by_role("link", name=re.compile("People")).first.click()
    kiosk.get_by_role("link", name=re.compile(person["last_name"])).first.click()
    kiosk.get_by_role("button", name="Always open them, 50¢ each").click()
    expect(kiosk.locator("main")).to_contain_text("their collect letters open by themselves")
    before = steps.cents(steps.kiosk_money(kiosk))
    letter = steps.wrote(family, contact, "By itself", "Opened without asking.", collect=True)
    family.goto(f"/messages/{letter}/")
    expect(family.locator("main")).to_contain_text("Delivered")
    assert steps.cents(steps.kiosk_money(kiosk)) == before - 50
    kiosk.goto("/kiosk/letters/")
    kiosk.get_by_role("link", name="By itself").first.click()
    expect(kiosk.locator("article.sheet")).to_contain_text("Opened without asking.")
    kiosk.goto("/kiosk/people/")
    kiosk.get_by_role("link", name=re.compile(person["last_name"])).first.click()
    kiosk.get_by_role("button", name="Ask me each time").click()
    expect(kiosk.locator("main")).to_contain_text("you are asked before you pay")
    letter = steps.wrote(family, contact, "Ask first", "Not by itself.", collect=True)
    family.goto(f"/messages/{letter}/")
    expect(family.locator("main")).to_contain_text("accept the charge")
    assert steps.cents(steps.kiosk_money(kiosk)) == before - 50
