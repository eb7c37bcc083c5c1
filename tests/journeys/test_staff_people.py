"""The people's pages in a real browser: booked, a PIN, released; an invitation to the first page; a screen enrolled and
switched off; no-contact orders told before paying (STF-1, STF-2, CON-3, KSK-1).
"""

import re
from pathlib import Path
from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, Site, Visit
from tests.journeys.test_keyboard import Keys
from tests.journeys.test_staff_money import sign_in

pytestmark = pytest.mark.journey

ADMIN, COUNTY = "sample.admin", "sample.county"


def _booked(page: Page) -> str:
    number = f"J{token_hex(4).upper()}"
    page.goto("/staff/people/new/")
    page.locator("[name=number]").fill(number)
    page.locator("[name=last_name]").fill("Journey-Sample")
    page.get_by_role("button", name="Book", exact=True).click()
    page.wait_for_url(re.compile(r"/staff/people/\d+/$"))
    return number


def test_somebody_comes_gets_a_pin_and_goes(visit: Visit, site: Site) -> None:
    page = visit("/staff/", size=DESK)
    sign_in(page, site, ADMIN)
    number = _booked(page)
    page.get_by_role("link", name="Give a new PIN").click()
    page.get_by_role("button", name="Give a new PIN").click()
    expect(page.locator("#pin")).to_have_text(re.compile(r"^\d{6}$"))
    pin = page.locator("#pin").inner_text()
    page.get_by_role("link", name="Done").click()
    expect(page.locator("main")).not_to_contain_text(pin)
    page.get_by_role("link", name="Move, transfer or release").click()
    release = page.locator("form", has_text="Type their ID number")
    release.locator("[name=number]").fill("wrong")
    release.get_by_role("button").click()
    expect(page.locator("#errors")).to_contain_text("Nothing was changed")
    release.locator("[name=number]").fill(number)
    release.get_by_role("button").click()
    expect(page.locator("#status")).to_contain_text("Released")
    expect(page.get_by_role("link", name="Book again")).to_be_visible()


def test_by_keys_alone_from_the_booking_to_the_order(visit: Visit, site: Site) -> None:
    """Booked, moved to a new unit, letters stopped and let again: nothing is pointed at (R9)."""
    page = visit("/staff/", size=DESK)
    sign_in(page, site, ADMIN)
    keys, number, unit = Keys(page), f"K{token_hex(4).upper()}", f"West {token_hex(3)}"
    page.goto("/staff/units/")
    keys.type("name", unit)
    page.keyboard.press("Enter")
    expect(page.locator("tbody")).to_contain_text(unit)
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url("**/staff/people/")
    keys.press("Book somebody")
    page.wait_for_url("**/staff/people/new/")
    keys.type("number", number)
    keys.type("last_name", "Keys-Sample")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/staff/people/\d+/$"))
    keys.press("Move, transfer or release")
    page.wait_for_url("**/place/")
    keys.to(field="unit")
    page.keyboard.type(unit)
    keys.press("Move")
    expect(page.locator("#status")).to_contain_text("Moved.")
    expect(page.locator("main")).to_contain_text(unit)
    keys.press("Stop letters")
    page.wait_for_url("**/staff/restrictions/new/**")
    expect(page.locator("[name=resident]")).to_have_value(number)
    keys.type("reason", "Sample order by keys")
    page.keyboard.press("Enter")
    expect(page.locator("#told-family")).to_contain_text("stopped letters")
    keys.press("Stop letters")
    page.wait_for_url("**/staff/restrictions/")
    keys.press("Keys-Sample")
    page.wait_for_url(re.compile(r"/staff/restrictions/\d+/$"))
    keys.press("End this restriction")
    expect(page.locator("#status")).to_contain_text("Ended.")


def test_a_file_without_a_script(visit: Visit, site: Site, tmp_path: Path) -> None:
    page = visit("/staff/", size=DESK, script=False)
    sign_in(page, site, ADMIN)
    number = f"F{token_hex(4).upper()}"
    roster = tmp_path / "roster.csv"
    roster.write_text(f"number;last_name;unit\n{number};File-Sample;Nowhere\n;;\n{number};Twice-Sample;\n")
    page.goto("/staff/people/import/")
    page.locator("[name=file]").set_input_files(roster)
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("#errors")).to_contain_text("line 4")
    roster.write_text(f"number;last_name;unit\n{number};File-Sample;North A\n")
    page.get_by_role("link", name="Another file").click()
    page.locator("[name=file]").set_input_files(roster)
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("main")).to_contain_text("File-Sample")
    page.get_by_role("button", name="Take it in").click()
    expect(page.locator("#status")).to_contain_text("taken in")
    page.locator("[name=q]").fill(number)
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody")).to_contain_text("File-Sample")


def test_from_an_invitation_to_the_first_page(visit: Visit, site: Site) -> None:
    boss = visit("/staff/", size=DESK)
    sign_in(boss, site, ADMIN)
    name = f"new.{token_hex(4)}"
    boss.goto("/staff/team/invite/")
    form = boss.locator("form", has_text="Somebody new")
    for field, text in (("first_name", "Nina"), ("last_name", "Sample"), ("email", f"{name}@staff.example"),
                        ("username", name)):  # fmt: skip
        form.locator(f"[name={field}]").fill(text)
    form.locator("[name=role]").select_option("reviewer")
    form.get_by_role("button").click()
    boss.wait_for_url(re.compile(r"/staff/team/\d+/$"))
    page = visit(site.link(f"{name}@staff.example", "/staff/invitation/"), size=DESK)
    for field in ("password1", "password2"):
        page.locator(f"[name={field}]").fill("green tractors on a hill")
    page.get_by_role("button", name="Keep this password").click()
    page.wait_for_url("**/staff/login/**")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill("green tractors on a hill")
    page.locator("main form button:not([data-reveal])").click()
    page.wait_for_url("**/staff/login/setup/**")
    page.locator("[name=code]").fill(page.locator("#sample-code").inner_text())
    page.keyboard.press("Enter")
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("main h1")).to_be_visible()
    boss.get_by_role("link", name="Change roles or sign-in").click()
    boss.get_by_role("button", name=re.compile("End the role")).click()
    page.goto("/staff/people/")
    expect(page.locator("main")).to_contain_text("has just ended")


def test_a_screen_is_enrolled_once_and_switched_off(visit: Visit, site: Site) -> None:
    page = visit("/staff/", size=DESK)
    sign_in(page, site, ADMIN)
    page.keyboard.press("g")
    page.keyboard.press("k")
    page.wait_for_url("**/staff/kiosks/")
    label = f"Journey {token_hex(3)}"
    page.locator("[name=label]").fill(label)
    page.locator("[name=label]").press("Enter")
    address = page.locator("#address").inner_text()
    screen = visit(address, size=DESK)
    screen.get_by_role("button", name="Make this browser the kiosk").click()
    expect(screen.locator("[name=pin]")).to_be_visible()
    answer = visit("/", size=DESK).goto(address)
    assert answer is not None
    assert answer.status == 404
    page.goto("/staff/kiosks/")
    page.get_by_role("link", name=label).click()
    page.get_by_role("button", name="Switch it off").click()
    page.wait_for_url("**/staff/kiosks/")
    screen.reload()
    expect(screen.locator("[name=pin]")).to_have_count(0)
