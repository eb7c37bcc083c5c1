"""What people do in the journeys, by what they see."""

import re
from itertools import count
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Site

PASSWORD = "tomatoes-and-rain-42"
_numbers = count(1)


def new_person() -> dict[str, str]:
    """Somebody who does not exist, plainly."""
    n = next(_numbers)
    return {
        "username": f"journey{n}", "first_name": "Jo", "last_name": f"Journey-{n}", "address_line1": "1 Sample Street",
        "city": "Sample City", "postal_code": "12345", "email": f"journey{n}@family.example",
    }  # fmt: skip


def fill_sign_up(page: Page, person: dict[str, str]) -> None:
    for name, value in person.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=email2]").fill(person["email"])
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("[name=password2]").fill(PASSWORD)
    choose(page, "region", 5)
    date_of_birth(page, "1980", "7", "14")
    gender = page.locator("[name=gender]").first
    if gender.evaluate("e => e.tagName") == "SELECT":
        choose(page, "gender", 1)
    else:
        gender.check()
    page.locator("[name=agree_terms]").check()


def choose(page: Page, name: str, index: int) -> None:
    field = page.locator(f"[name={name}]")
    if field.evaluate("e => e.tagName") == "SELECT":
        field.select_option(index=index)
    else:
        field.fill("NY")


def date_of_birth(page: Page, year: str, month: str, day: str) -> None:
    for part, value in (("month", month), ("day", day), ("year", year)):
        field = page.locator(f"[name=date_of_birth_{part}]")
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value=value)
        else:
            field.fill(value)


def sign_up(page: Page, person: dict[str, str]) -> None:
    page.goto("/signup/")
    fill_sign_up(page, person)
    page.get_by_role("button", name="Create Account").click()
    expect(page).not_to_have_url(re.compile("/signup/"))


def log_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.goto("/login/")
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(password)
    page.locator("main form button").last.click()
    page.wait_for_url("**/home/")


def activated(page: Page, site: Site) -> dict[str, str]:
    """A new family member, signed up, activated by the link of the email, and signed in on `page`."""
    person = new_person()
    sign_up(page, person)
    page.goto(site.link(person["email"], "/activate/"))
    page.locator("main form button").last.click()
    page.wait_for_url(re.compile("/(home|login)/"))
    if "/login/" in page.url:
        log_in(page, person["username"])
    return person


def enrol(page: Page, site: Site) -> None:
    page.goto(site.demo["kiosk"])
    page.locator("main form button").click()
    expect(page.locator("[name=number]")).to_be_visible()


def sit_down(page: Page, resident: dict[str, Any]) -> None:
    page.goto("/kiosk/")
    page.locator("[name=number]").fill(resident["number"])
    page.locator("[name=pin]").fill(resident["pin"])
    page.locator("#sign-in button").last.click()
    page.wait_for_url("**/kiosk/letters/")


def add_test_credits(page: Page) -> None:
    page.goto("/credits/")
    page.get_by_role("button", name=re.compile("test credits", re.I)).first.click()
    expect(page.locator("main")).to_contain_text(re.compile(r"\bcredits?\b"))
