"""The main journeys by keyboard alone: Tab, Enter, Space, typing; nothing is pointed at (R9; experience.md, rule 8)."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import KIOSK, Site, Visit

pytestmark = pytest.mark.journey
FAR = 80  # presses of Tab until a person would give up

NAME = """() => { const e = document.activeElement;
  return {name: e.getAttribute('name') || '', id: e.id, text: (e.innerText || e.value || '').trim(),
          seen: e.matches(':focus-visible'), tag: e.tagName}; }"""


class Keys:
    """A person with a keyboard. Where the focus is must always be visible."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, *, field: str = "", words: str = "") -> None:
        """Tab to the field of that name, or to the link or button that says so."""
        for _ in range(FAR):
            at = self.page.evaluate(NAME)
            if at["tag"] != "BODY" and (at["name"] == field if field else at["text"].startswith(words)):
                assert at["seen"], f"the focus cannot be seen on {field or words}"
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"{field or words} cannot be reached with Tab on {self.page.url}")

    def type(self, field: str, text: str) -> None:
        self.to(field=field)
        self.page.keyboard.type(text)

    def press(self, words: str, key: str = "Enter") -> None:
        self.to(words=words)
        self.page.keyboard.press(key)


def test_create_an_account_log_in_find_write_and_read(site: Site, visit: Visit) -> None:
    resident, person = steps.someone_inside(site), steps.new_person()
    page = visit("/")
    keys = Keys(page)
    create_an_account(keys, person)
    page.goto(site.link(person["email"], "/activate/"))
    log_in(keys, person)
    find_and_write(keys, resident)
    kiosk = visit("/", size=KIOSK)
    kiosk.goto(site.demo["kiosk"])
    read_and_answer(Keys(kiosk), resident)
    read(keys)


def create_an_account(keys: Keys, person: dict[str, str]) -> None:
    page = keys.page
    keys.press("Create an account")
    page.wait_for_url("**/signup/")
    page.keyboard.press("Tab")
    assert page.evaluate(NAME)["text"] == "Skip to the main part"
    page.keyboard.press("Enter")
    keys.type("username", person["username"])
    keys.type("password1", steps.PASSWORD)
    keys.type("password2", steps.PASSWORD)
    for name in ("first_name", "last_name", "address_line1", "city"):
        keys.type(name, person[name])
    keys.type("region", "NY")
    keys.type("postal_code", person["postal_code"])
    keys.type("date_of_birth_month", "July")
    keys.type("date_of_birth_day", "14")
    keys.type("date_of_birth_year", "1980")
    keys.to(field="gender")
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    keys.type("email", person["email"])
    keys.type("email2", person["email"])
    keys.to(field="agree_terms")
    page.keyboard.press("Space")
    keys.press("Create Account")
    page.wait_for_url("**/activate/**")


def log_in(keys: Keys, person: dict[str, str]) -> None:
    page = keys.page
    keys.press("Activate")
    page.wait_for_url("**/login/**")
    keys.type("login", person["username"])
    keys.type("password", steps.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/home/")


def find_and_write(keys: Keys, resident: dict[str, str]) -> None:
    page = keys.page
    keys.press("Add")
    page.wait_for_url("**/credits/")
    keys.press("Add test credits")
    expect(page.locator("main")).to_contain_text("Test money added.")
    keys.press("Home")
    page.wait_for_url("**/home/")
    keys.press("Find somebody")
    page.wait_for_url("**/people/find/")
    keys.type("q", resident["number"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/find/?**")
    keys.press("Add ")
    page.wait_for_url(re.compile(r"/people/\d+/"))
    keys.press("Write for 50¢")
    page.wait_for_url("**/messages/new/**")
    keys.type("subject", "By keyboard")
    keys.type("body", "No pointer was needed.")
    keys.press("Send for 50¢")
    page.wait_for_url(re.compile(r"/messages/\d+/"))


def read_and_answer(their: Keys, resident: dict[str, str]) -> None:
    kiosk = their.page
    their.press("Make this browser the kiosk")
    expect(kiosk.locator("[name=number]")).to_be_focused()
    kiosk.keyboard.type(resident["number"])
    their.type("pin", resident["pin"])
    kiosk.keyboard.press("Enter")
    kiosk.wait_for_url("**/kiosk/letters/")
    their.press("By keyboard")
    kiosk.wait_for_url(re.compile(r"/kiosk/letters/\d+/"))
    expect(kiosk.locator("article.sheet")).to_contain_text("No pointer was needed.")
    their.press("Answer for 50¢")
    kiosk.wait_for_url("**/kiosk/write/**")
    their.type("body", "Nor for this one.")
    their.press("Send for 50¢")
    expect(kiosk.locator("main")).to_contain_text("Your letter is sent and delivered.")
    their.press("I am done")
    expect(kiosk.locator("[name=number]")).to_be_visible()


def read(keys: Keys) -> None:
    page = keys.page
    keys.press("Letters")
    page.wait_for_url("**/messages/")
    expect(page.locator("main")).to_contain_text("Nor for this one.")
    for _ in range(FAR):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.letter-link')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("article.sheet")).to_contain_text("Nor for this one.")
    keys.press("More")
    keys.press("Archive")
    page.wait_for_url(re.compile(r"/messages/\?"))


def test_menus_and_details_open_and_close_with_keys(site: Site, visit: Visit) -> None:
    page = visit("/")
    steps.member(page, site)
    page.goto("/home/")
    keys = Keys(page)
    menu = page.locator("header details.menu")
    for _ in range(FAR):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('header details.menu > summary')"):
            break
    page.keyboard.press("Enter")
    expect(menu.get_by_role("link", name="My account")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link", name="My account")).to_be_hidden()
    page.keyboard.press("Enter")
    keys.press("My account")
    page.wait_for_url("**/account/")
