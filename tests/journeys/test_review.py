"""Rules, review and due process (DEL-1 to DEL-6): a delay, a letter held and refused, the appeal that is won."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import Site, Visit

pytestmark = pytest.mark.journey
both = pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
COUNTY = ("--as", "sample.county")
EXPLANATION = "It speaks of a thing that may not come in."


def waiting_for(site: Site, place: str, reviewer: str, sender: str) -> str:
    """The number of the sender's held letter, from the list that the reviewer sees."""
    listed = site.command("review", "list", place, "--as", reviewer)
    found = re.search(rf"^(\d+) .*{re.escape(sender)}", listed, re.M)
    assert found, listed
    return found[1]


def refuse(site: Site, message: str, reviewer: str) -> None:
    site.command("review", "refuse", message, "contraband", EXPLANATION, "--as", reviewer)


def win(site: Site, place: str, message: str) -> None:
    """Decided by somebody who had no part in the refusal."""
    listed = site.command("appeal", "list", place, *COUNTY)
    found = re.search(rf"^(\d+) +message {message},", listed, re.M)
    assert found, listed
    site.command("appeal", "decide", found[1], "won", "A cake is only a cake.", *COUNTY)


@both
def test_a_delay_is_said_and_can_be_taken_back(site: Site, visit: Visit, script: bool) -> None:
    """The south waits half an hour and delivers by day only: the letter's page says when; taking back is free."""
    resident, family = steps.someone_inside(site, steps.SOUTH), visit("/", script=script)
    person = steps.member(family, site, cents=500)
    contact = steps.befriended(family, resident)
    family.goto(f"/messages/new/?to={contact}")
    family.locator("[name=body]").fill("Good night, or good morning.")
    family.get_by_role("button", name="Send for 50¢").click()
    expect(family.locator("main")).to_contain_text("Sent. It is delivered later, as this facility's rules say.")
    expect(family.locator("main")).to_contain_text(
        re.compile(r"Waits for the facility's delivery time, (today|tomorrow) at \d{1,2}:\d\d [ap]m")
    )
    letter = family.url
    expect(family.locator("main")).to_contain_text("50¢")
    assert steps.credits_left(family) == "$4.50"

    kiosk = steps.seated(visit, site, resident, script=script)
    expect(kiosk.locator("main")).not_to_contain_text(person["last_name"])

    family.goto(letter)
    family.locator("summary", has_text="Take it back").click()
    family.get_by_role("button", name="Yes, take it back").click()
    expect(family.locator("main")).to_contain_text("Taken back. It is not delivered, and you paid nothing.")
    assert steps.credits_left(family) == "$5.00"


@both
def test_the_family_wins_an_appeal(site: Site, visit: Visit, script: bool) -> None:
    """Held by a word, refused with a reason, told to both, appealed in the portal, won, delivered free."""
    resident, family = steps.someone_inside(site, steps.SOUTH), visit("/", script=script)
    person = steps.member(family, site, cents=500)
    contact = steps.befriended(family, resident)
    letter = steps.wrote(family, contact, "The cake", "We say contraband to the cake, since nobody may have any.")
    family.goto(f"/messages/{letter}/")
    expect(family.locator("main")).to_contain_text("Being read by the facility since")
    assert steps.credits_left(family) == "$4.50"
    family.goto(f"/messages/{letter}/")

    held = waiting_for(site, steps.SOUTH, "sample.reviewer.south", person["last_name"])
    assert held == str(letter)
    refuse(site, held, "sample.reviewer.south")
    steps.fresh(family, script)
    told = family.locator("section.warn")
    expect(told).to_contain_text("It was not delivered", timeout=steps.NEWS_MS)
    expect(told).to_contain_text(EXPLANATION)
    expect(told).to_contain_text("things that are not allowed")
    assert steps.credits_left(family) == "$5.00"
    family.goto("/notices/")
    expect(family.locator("main li").first).to_contain_text("was not delivered")

    kiosk = steps.seated(visit, site, resident, script=script)
    expect(kiosk.locator("main li", has_text=person["last_name"])).to_have_count(0)
    kiosk.get_by_role("link", name=re.compile("Notices")).first.click()
    notice = kiosk.locator("main li", has_text=f"A letter from Jo {person['last_name']}")
    expect(notice).to_contain_text("was not delivered")
    expect(notice).to_contain_text(EXPLANATION)
    notice.get_by_role("link", name=re.compile("Look")).click()
    expect(kiosk.locator("main")).to_contain_text("A letter that was not delivered")
    expect(kiosk.locator("main")).not_to_contain_text("We say")

    family.goto(f"/messages/{letter}/")
    family.get_by_role("link", name="Ask another person to decide").click()
    family.locator("[name=text]").fill("Nobody brings anything in. It is a cake in a joke.")
    family.get_by_role("button", name="Send the appeal").click()
    expect(family.locator("main")).to_contain_text("Somebody who took no part in the refusal reads it.")
    win(site, steps.SOUTH, held)
    steps.fresh(family, script)
    expect(family.locator("main")).to_contain_text(
        "You were right. The letter is delivered, free.", timeout=steps.NEWS_MS
    )
    expect(family.locator("main")).to_contain_text("A cake is only a cake.")
    assert steps.credits_left(family) == "$5.00"

    kiosk.goto("/kiosk/letters/")
    kiosk.locator("li", has_text=person["last_name"]).locator("a.cover").click()
    expect(kiosk.locator("article.sheet")).to_contain_text("We say contraband to the cake")


@both
def test_the_resident_wins_an_appeal(site: Site, visit: Visit, script: bool) -> None:
    """The same from the kiosk: the north reads what residents write when a word fires."""
    resident, family = steps.someone_inside(site), visit("/", script=script)
    person = steps.member(family, site)
    steps.befriended(family, resident)
    kiosk = steps.seated(visit, site, resident, script=script)
    before = steps.kiosk_money(kiosk)
    send_from_kiosk(kiosk, person["last_name"], "We call it contraband, the last piece of cake.")
    expect(kiosk.locator("main")).to_contain_text("The facility reads it first.")
    letter = kiosk.url
    held = waiting_for(site, steps.NORTH, "sample.reviewer", f"{resident['name']} to Jo {person['last_name']}")
    refuse(site, held, "sample.reviewer")
    steps.fresh(kiosk, script)
    kiosk.goto(letter)
    expect(kiosk.locator("main")).to_contain_text(EXPLANATION)
    assert steps.kiosk_money(kiosk) == before

    kiosk.goto(letter)
    kiosk.get_by_role("link", name="Ask another person to decide").click()
    kiosk.locator("[name=text]").fill("It was only cake.")
    kiosk.get_by_role("button", name="File my appeal").click()
    expect(kiosk.locator("main")).to_contain_text("Your appeal is filed.")
    family.goto("/notices/")
    expect(family.locator("main")).to_contain_text("was not delivered")
    family.goto("/messages/")
    expect(family.locator("main")).not_to_contain_text("cake")
    win(site, steps.NORTH, held)
    steps.fresh(family, script)
    expect(family.locator("main")).to_contain_text("the last piece of cake", timeout=steps.NEWS_MS)
    kiosk.goto(letter)
    expect(kiosk.locator("main")).to_contain_text("The appeal was won: it was delivered, free.")
    expect(kiosk.locator("main")).to_contain_text(EXPLANATION)
    assert steps.kiosk_money(kiosk) == before


def send_from_kiosk(kiosk: Page, name: str, words: str) -> None:
    kiosk.get_by_role("link", name="Your letters").first.click()
    kiosk.get_by_role("link", name="Write a letter").click()
    kiosk.get_by_role("link", name=re.compile(name)).first.click()
    kiosk.locator("[name=body]").fill(words)
    kiosk.get_by_role("button", name="Send for 50¢").click()
    kiosk.wait_for_url(re.compile(r"/kiosk/letters/\d+/"))


def test_a_held_letter_that_is_released_arrives_as_any_other(site: Site, visit: Visit) -> None:
    resident, family = steps.someone_inside(site), visit("/")
    person = steps.member(family, site)
    steps.befriended(family, resident)
    kiosk = steps.seated(visit, site, resident)
    kiosk.goto("/kiosk/money/")
    send_from_kiosk(kiosk, person["last_name"], "They tell a story of an escape at sea.")
    family.goto("/messages/")
    held = waiting_for(site, steps.NORTH, "sample.reviewer", f"{resident['name']} to Jo {person['last_name']}")
    site.command("review", "release", held, "--as", "sample.reviewer")
    expect(family.locator("main")).to_contain_text("an escape at sea", timeout=steps.NEWS_MS)
    expect(kiosk.locator("main")).to_contain_text("Delivered", timeout=steps.NEWS_MS)
