"""Bad input and bad luck: two tabs, too long a letter, a lost session, a draft (MSG-1; experience.md, rule 5)."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import DESK, Site, Visit

pytestmark = pytest.mark.journey
both = pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
WORDS = "Every word of this is kept. 👩‍🌾 مرحبا\n\nAnd the second paragraph, too, as it was typed."


def writing(page: Page, contact: int, words: str) -> None:
    page.goto(f"/messages/new/?to={contact}")
    page.locator("[name=body]").fill(words)


def press_send(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Send")).click()


def letters_sent(page: Page) -> int:
    page.goto("/messages/?folder=sent")
    return page.locator("main .letter-row").count()


@both
def test_two_tabs_send_the_same_letter_once(site: Site, visit: Visit, script: bool) -> None:
    """The form's key makes the second send lead to the first letter; another text under it is another letter."""
    resident, page = steps.someone_inside(site), visit("/", script=script)
    steps.member(page, site, cents=500)
    contact = steps.befriended(page, resident)
    steps.post(page, "/drafts/save/", to=contact, body=WORDS, subject="", key="0f8fad5b-d9cb-469f-a165-70867728950e")
    tab = page.context.new_page()
    for one in (page, tab):
        one.goto(f"/messages/new/?to={contact}")
        expect(one.locator("[name=body]")).to_have_value(WORDS)
    press_send(page)
    expect(page.locator("main")).to_contain_text("Sent and delivered.")
    press_send(tab)
    expect(tab.locator("main")).to_contain_text("It was sent once and costs once.")
    assert tab.url == page.url
    assert letters_sent(page) == 1
    assert steps.credits_left(page) == "$4.50"
    page.goto("/drafts/")
    expect(page.locator("main")).not_to_contain_text("Every word")


@both
def test_too_many_characters_keep_the_text(site: Site, visit: Visit, script: bool) -> None:
    resident, page = steps.someone_inside(site), visit("/", script=script)
    steps.member(page, site, cents=500)
    contact = steps.befriended(page, resident)
    too_long = "é" * 30_000 + "!"
    writing(page, contact, too_long)
    if script:
        expect(page.locator("p[data-limit]")).to_contain_text("1 over the limit")
    press_send(page)
    expect(page.locator("#errors")).to_contain_text("30,001")
    assert page.locator("[name=body]").input_value() == too_long
    assert letters_sent(page) == 0
    assert steps.credits_left(page) == "$5.00"
    writing(page, contact, too_long[:-1])
    press_send(page)
    expect(page.locator("main")).to_contain_text("Sent and delivered.")


@both
@pytest.mark.parametrize("blank", ["", "  \n ", "\u200b\u200d\u200e"], ids=["empty", "spaces", "zero-width"])
def test_a_letter_without_a_word_is_not_sent(site: Site, visit: Visit, script: bool, blank: str) -> None:
    resident, page = steps.someone_inside(site), visit("/", script=script)
    steps.member(page, site, cents=500)
    writing(page, steps.befriended(page, resident), blank)
    page.locator("[name=subject]").fill("A subject alone")
    press_send(page)
    expect(page.locator("#errors")).to_be_visible()
    expect(page.locator("[name=subject]")).to_have_value("A subject alone")
    assert letters_sent(page) == 0


@both
def test_a_lost_session_keeps_the_text(site: Site, visit: Visit, script: bool) -> None:
    """Signed out while writing: log in, and every word is on the same page again."""
    resident, page = steps.someone_inside(site), visit("/", script=script)
    person = steps.member(page, site, cents=500)
    writing(page, steps.befriended(page, resident), WORDS)
    page.locator("[name=subject]").fill("Kept")
    page.context.clear_cookies(name="kinline_family")
    press_send(page)
    page.wait_for_url("**/login/**")
    expect(page.locator("main")).to_contain_text(re.compile("kept|still there|not lost", re.I))
    page.locator("[name=login]").fill(person["username"])
    page.locator("[name=password]").fill(steps.PASSWORD)
    page.locator("main form button").last.click()
    page.wait_for_url("**/messages/new/**")
    expect(page.locator("[name=body]")).to_have_value(WORDS)
    expect(page.locator("[name=subject]")).to_have_value("Kept")
    press_send(page)
    expect(page.locator("main")).to_contain_text("Sent and delivered.")
    assert letters_sent(page) == 1


@both
def test_a_draft_survives(site: Site, visit: Visit, script: bool) -> None:
    """By itself with scripts, by its button without; found again from another browser; thrown away when asked."""
    resident, page = steps.someone_inside(site), visit("/", script=script)
    person = steps.member(page, site, cents=500)
    contact = steps.befriended(page, resident)
    writing(page, contact, WORDS)
    if script:
        expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved", timeout=10_000)
        page.close()
    else:
        page.get_by_role("button", name="Save and finish later").click()
        page.wait_for_url("**/drafts/")
    other = visit("/", script=script, size=DESK)
    steps.log_in(other, person["username"])
    other.goto("/drafts/")
    other.locator("main").get_by_role("link", name=re.compile(resident["name"].split()[0])).first.click()
    expect(other.locator("[name=body]")).to_have_value(WORDS)
    other.goto("/drafts/")
    other.locator("summary", has_text="Throw away").click()
    other.locator("form[action$='/drop/'] button").click()
    expect(other.locator("main")).to_contain_text("Draft thrown away.")
    expect(other.locator("main")).not_to_contain_text("Every word")


def test_a_broken_connection_while_writing_loses_nothing(site: Site, visit: Visit) -> None:
    """Typed offline, kept on the page, sent once when the connection is back."""
    resident, page = steps.someone_inside(site), visit("/")
    steps.member(page, site, cents=500)
    writing(page, steps.befriended(page, resident), WORDS)
    page.context.set_offline(True)
    press_send(page)
    expect(page.locator("[data-draft-state]")).to_contain_text("No connection")
    expect(page.locator("[name=body]")).to_have_value(WORDS)
    page.context.set_offline(False)
    page.wait_for_url(re.compile(r"/messages/\d+/"), timeout=20_000)
    assert letters_sent(page) == 1


@both
def test_a_page_open_too_long_gives_the_text_back(site: Site, visit: Visit, script: bool) -> None:
    """The form's token is no longer the browser's: nothing is sent, every word is on the page that says so."""
    resident, page = steps.someone_inside(site), visit("/", script=script)
    steps.member(page, site, cents=500)
    writing(page, steps.befriended(page, resident), WORDS)
    if script:  # an answer still on its way would bring the cookie back
        expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved", timeout=10_000)
    page.context.clear_cookies(name="kinline_csrf")
    press_send(page)
    expect(page.locator("h1")).to_contain_text("This page was open too long")
    expect(page.locator("main textarea")).to_have_value(WORDS)
    page.get_by_role("button", name="Try again with what I typed").click()
    expect(page.locator("main")).to_contain_text("Sent and delivered.")
    assert letters_sent(page) == 1
