"""What people do in the journeys, by what they see."""

import json
import os
import re
from itertools import count, cycle
from typing import Any
from uuid import uuid4

from playwright.sync_api import APIResponse, Page, expect

from tests.journeys.conftest import KIOSK, Site, Visit

PASSWORD = "tomatoes-and-rain-42"
NORTH, SOUTH = "sample-north-jail", "sample-south-jail"
FIRST_UNTOUCHED = 10009  # those before have a part in the sample's own stories
POOL = 60
NEWS_MS = 10_000  # until an open page shows what happened; a page that does not hear it never does
# Sign-up is limited in number (ACC-3) and slow on purpose; journeys that begin later begin here.
MAKE_MEMBERS = """
import json
from datetime import date
from kinline.core import clock
from kinline.identity import services
from kinline.identity.hashers import Argon2
Argon2.time_cost, Argon2.memory_cost = 1, 64
for one in json.loads(%r):
    services.create_family_user(password=%r, now=clock.now(), activated=True, region="NY", gender="prefer_not_to_say",
                                date_of_birth=date(1980, 7, 14), **one)
"""
_numbers = count(1)
_run = f"{os.getpid():x}"  # a site may see several runs
_next: dict[str, Any] = {}
_members: list[dict[str, str]] = []  # made, not yet used


def new_person() -> dict[str, str]:
    """Somebody who does not exist, plainly."""
    n = next(_numbers)
    return {
        "username": f"jo.{_run}.{n}", "first_name": "Jo", "last_name": f"Journey-{n}-{_run}",
        "address_line1": "1 Sample Street", "city": "Sample City", "postal_code": "12345",
        "email": f"jo.{_run}.{n}@family.example",
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


def log_in_fails_before_activation(page: Page, username: str) -> None:
    """ACC-6: the right password of an account that waits leads to its activation."""
    page.goto("/login/")
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").last.click()
    page.wait_for_url("**/activate/")
    page.goto("/home/")
    page.wait_for_url("**/login/**")


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


# Shortcuts for what another journey proves: the same requests, without looking at the pages between.


def post(page: Page, path: str, **fields: Any) -> APIResponse:
    """Send a form as `page`'s browser would."""
    page.request.get("/help/")  # a browser without a token gets one
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "kinline_csrf")
    form = {name: str(value) for name, value in fields.items()}
    answer = page.request.post(path, form={"csrfmiddlewaretoken": token, **form})
    assert answer.ok, f"{path}: {answer.status}"
    return answer


def member(page: Page, site: Site, *, cents: int = 0) -> dict[str, str]:
    """A family member of their own, signed in on `page`'s browser, with `cents` (0, 500, 1000, 2500) of credits."""
    if not _members:
        _members.extend(new_person() for _ in range(POOL))
        site.command("shell", "-v0", "-c", MAKE_MEMBERS % (json.dumps(_members), PASSWORD))
    person = _members.pop()
    post(page, "/login/", login=person["username"], password=PASSWORD)
    if cents:
        post(page, "/credits/test/", amount_cents=cents, key=uuid4())
    return person


def befriended(page: Page, resident: dict[str, Any]) -> int:
    """The resident as one of the person's people; the contact's id. The sample's places open contacts at once."""
    found = page.request.get(f"/people/find/?q={resident['number']}").text()
    resident_id = re.search(r'name="resident" value="(\d+)"', found)
    assert resident_id, found
    answer = post(page, "/people/add/", resident=resident_id[1])
    contact = re.search(r"/people/(\d+)/", answer.url)
    assert contact, answer.url
    return int(contact[1])


def someone_inside(site: Site, place: str = NORTH) -> dict[str, Any]:
    """The next resident of that place who has no part in the sample's stories; they have $3.00."""
    if place not in _next:
        ours = [
            one
            for one in site.demo["residents"]
            if one["facility"] == place and int(one["number"]) >= FIRST_UNTOUCHED and not one.get("first_use")
        ]
        _next[place] = cycle(ours)
    return dict(next(_next[place]))


def seated(visit: Visit, site: Site, resident: dict[str, Any], *, script: bool = True) -> Page:
    """A kiosk of its own with the resident signed in."""
    page = enrolled(visit, site, resident["facility"], script=script)
    sit_down(page, resident)
    return page


def enrolled(visit: Visit, site: Site, place: str = NORTH, *, script: bool = True) -> Page:
    """A kiosk of that place, nobody signed in."""
    page = visit("/", script=script, size=KIOSK)
    page.goto(site.demo["kiosk"] if place == NORTH else south_kiosk(site))
    page.locator("main form button").click()
    expect(page.locator("[name=number]")).to_be_visible()
    return page


def south_kiosk(site: Site) -> str:
    """The address that enrols a kiosk of the south; the sample has one in the north only."""
    if "kiosk" not in _next:
        said = site.command("kiosk", "enrol", SOUTH, "South A", "Journey", "--as", "sample.county")
        found = re.search(r"/kiosk/enrol/[\w-]+/", said)
        assert found, said
        _next["kiosk"] = site.url + found.group()
    return str(_next["kiosk"])


def wrote(page: Page, contact_id: int, subject: str, body: str, *, collect: bool = False) -> int:
    """A letter sent by the family member of `page`'s browser; its id."""
    pay = {"pay": "collect", "collect_ok": "on"} if collect else {"pay": "credits"}
    answer = post(page, "/messages/new/", to=contact_id, subject=subject, body=body, key=uuid4(), **pay)
    found = re.search(r"/messages/(\d+)/", answer.url)
    assert found, answer.url
    return int(found[1])


def credits_left(page: Page) -> str:
    """The person's balance, as the page of credits says it."""
    page.goto("/credits/")
    said = page.locator("main [data-live=money]").inner_text()
    found = re.search(r"\$\d+\.\d\d", said)
    assert found, said
    return found.group()


def kiosk_money(page: Page) -> str:
    page.goto("/kiosk/money/")
    return page.locator("main [data-live=money] .lead").inner_text()


def cents(amount: str) -> int:
    return int(amount.replace("$", "").replace(".", ""))


def fresh(page: Page, script: bool) -> Page:
    """What a person without JavaScript does to see news; with it, the page does so by itself."""
    if not script:
        page.reload()
    return page


AREAS = ("201", "202", "206", "212", "213", "214", "215", "216", "303", "305", "312", "313", "404", "415", "504", "512",
         "602", "615", "617", "702", "713", "718", "813", "816", "901", "919")  # fmt: skip


def a_number() -> str:
    """A telephone number that nobody has: 555-01xx is kept free for stories. Another one each time, and in each run."""
    n = os.getpid() * 37 + next(_numbers)
    return f"({AREAS[n // 100 % len(AREAS)]}) 555-01{n % 100:02d}"
