"""Every page of the staff face, found by following its links as each role: none leads to a door that is closed, and a
page that nothing leads to fails this test. As the agency's administrator each is looked at with axe, on a phone in both
languages and on a desk in English; as every other role for one first heading, 320 pixels, the order of the keyboard,
its language and a silent console (experience.md 8, 10; R9; STF-1).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.urls import resolve
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kinline.identity.models import Role
from kinline.identity.permissions import TABLE as RIGHTS
from kinline.staff import pages, urls
from tests.journeys import steps
from tests.journeys.conftest import PHONE, Site
from tests.journeys.test_every_page import Walker
from tests.journeys.test_staff_money import sign_in
from tests.journeys.test_staff_record import found

pytestmark = pytest.mark.journey

COUNTY = "sample.county"
OTHERS = {
    Role.MAILROOM: "sample.mailroom", Role.REVIEWER: "sample.reviewer", Role.SUPERVISOR: "sample.supervisor",
    Role.INVESTIGATOR: "sample.investigator", Role.FINANCE: "sample.finance", Role.FACILITY_ADMIN: "sample.admin",
    Role.AUDITOR: "sample.auditor", Role.OMBUDSPERSON: "sample.ombudsperson",
}  # fmt: skip
FILE = re.compile(r"\.(csv|pdf|svg|jpg)$")
MANY = {
    "/staff/review/N/": 3,
    "/staff/people/N/": 2,
    "/staff/team/N/": 3,
    "/staff/requests/N/": 2,
}  # else one of a kind
# What answers no GET with a page of its own, but is an act, or a way to another page.
ACTS = {
    "staff_place", "staff_review_next", "staff_review_approve",
    "staff_review_withdraw", "staff_rules_draft", "staff_request_form_retire", "staff_deposit_record",
    "staff_appeal_withdraw", "staff_broadcast_withdraw", "staff_passkey_own",
}  # fmt: skip
# Behind a POST; the journeys of searching walk them.
ASKED_FOR = {
    "staff_search_found", "staff_search_letter", "staff_call_found", "staff_call", "staff_call_end", "staff_recording",
    "staff_recording_sound", "staff_call_correct", "staff_resident_name_sound",
}  # fmt: skip
# Only once a letter is old enough to be purged, while a comparison of days waits, with a switch of the agency's own.
RARE = {"staff_certificate", "staff_difference", "staff_switch"}

# The keyboard goes as the page reads: nothing jumps the queue, the way to the content comes first, and all of it is
# where one can see it.
ORDER = """() => {
    const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary";
    const all = [...document.querySelectorAll(kinds)].filter(one => one.checkVisibility());
    const wrong = all.filter(one => one.tabIndex > 0).map(one => "first by force: " + one.outerHTML.slice(0, 90));
    if (!all.length || all[0].getAttribute("href") !== "#main") wrong.push("no way to the content comes first");
    const main = document.getElementById("main"), inside = all.map(one => main.contains(one));
    if (inside.indexOf(true) >= 0 && inside.indexOf(true) < all.findIndex(one => one.closest("header")))
        wrong.push("the content before the navigation");
    return wrong;
}"""


class StaffWalker(Walker):
    def __init__(self, page: Page, language: str, *, thorough: bool) -> None:
        super().__init__(page, language, desk=language == "en")
        self.thorough = thorough
        self.names: set[str] = set()

    def visit(self, path: str) -> bool:
        """Opens a page and looks at it; whether it is one of the staff face."""
        answer = self.page.goto(path)
        if answer is None or answer.status != 200:
            self.wrong.append(f"{path}: {answer.status if answer else 'nothing'}")
            return False
        self.names.add(_name(self.page.url) or "")
        if self.thorough:
            self.look(path)
        else:
            self.glance(path)
        if wrong := self.page.evaluate(ORDER):
            self.wrong.append(f"{path}: {wrong}")
        return True

    def glance(self, path: str) -> None:
        """What needs no axe, on the smallest screen there is."""
        self.page.wait_for_load_state()
        self.seen.append(path)
        lang, headings = self.page.evaluate("[document.documentElement.lang, document.querySelectorAll('h1').length]")
        wide = self._wider()
        if lang != self.language or headings != 1 or wide > 0 or self.said or not self.page.title():
            self.wrong.append(f"{path}: lang {lang}, {headings} headings, wider by {wide}, said {self.said}")
        self.said.clear()

    def fill(self, path: str, **fields: str) -> None:
        self.page.goto(path)
        for name, value in fields.items():
            self.page.locator(f"[name={name}]").fill(value)

    def sent(self, button: str, name: str) -> None:
        """The page that comes when that button of a form is pressed."""
        with self.page.expect_navigation():
            self.page.locator(button).last.click()
        self.look(name)

    def refused(self, button: str, name: str) -> None:
        """The errors that are shown when that button of a form is pressed."""
        self.page.locator(button).last.click()
        expect(self.page.locator("#errors")).to_be_visible()
        self.look(name)

    def everywhere(self) -> None:
        """Every page from the first on, by its links; at most a few that differ in numbers only."""
        kinds: Counter[str] = Counter()
        waiting, known = ["/staff/"], {"/staff/"}
        while waiting:
            path = waiting.pop(0)
            if not self.visit(path):
                continue
            for href in self._onward(path):
                kind = re.sub(r"=[^&]*", "=", re.sub(r"\d+|/rule/[\w-]+/", "N", href))
                if href not in known and kinds[kind] < MANY.get(kind, 1):
                    kinds[kind] += 1
                    known.add(href)
                    waiting.append(href)

    def _onward(self, path: str) -> list[str]:
        """Links, and the forms of a GET and the buttons that open a page of their own."""
        found = self.page.eval_on_selector_all(
            "a[href], button[formaction]", "all => all.map(a => a.getAttribute('href') || a.getAttribute('formaction'))"
        )
        whole = [path.split("?", maxsplit=1)[0] + one if one.startswith("?") else one for one in found]
        wanted = [one.split("#")[0] for one in whole if one.startswith("/staff/")]
        return [one for one in wanted if not FILE.search(one.split("?")[0]) and _name(one) not in ACTS]


def _name(path: str) -> str | None:
    return resolve(re.sub(r"^https?://[^/]+", "", path).split("?")[0]).url_name


def _files() -> set[str]:
    return {one.name for one in urls.urlpatterns if FILE.search(str(one.pattern))}  # type: ignore[misc, union-attr]


Desk = Callable[..., Page]


@pytest.fixture(scope="module")
def desk(chromium: Browser, site: Site) -> Iterator[Desk]:
    """`desk("sample.county", "es")`: signed in once for the module, as half a minute has no third code."""
    contexts: dict[str, BrowserContext] = {}

    def at(username: str, language: str, size: dict[str, int]) -> Page:
        if username not in contexts:
            contexts[username] = chromium.new_context(viewport=size, base_url=site.url, reduced_motion="reduce")  # type: ignore[arg-type]
            page = contexts[username].new_page()
            page.set_default_timeout(10_000)
            sign_in(page, site, username)
        page = contexts[username].pages[0]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="dark" if language == "es" else "light")
        speak(page, language)
        return page

    yield at
    for username, context in contexts.items():
        context.pages[0].unroute_all(behavior="ignoreErrors")  # a script that is held back would hold the close, too
        speak(at(username, "en", PHONE), "en")  # as they were found
        context.close()


def speak(page: Page, language: str) -> None:
    page.goto("/staff/")
    page.locator("details:has(.who) summary").click()
    button = page.locator(f"details button[value={language}]")
    if button.count():
        button.click()
        page.wait_for_selector(f"html[lang={language}]", state="attached")


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_page_with_axe(desk: Desk, language: str) -> None:
    walker = StaffWalker(desk(COUNTY, language, PHONE), language, thorough=True)
    walker.everywhere()
    walker.visit("/staff/confirm/")
    assert walker.wrong == []
    assert set(pages.TABLE) - walker.names - _files() - ACTS - ASKED_FOR - RARE == set()


@pytest.mark.parametrize("language", ["es", "en"])
def test_pages_between_two_buttons_with_axe(desk: Desk, site: Site, language: str) -> None:
    """What no link leads to: forms that are refused, looked at before they are sent, and what was searched for."""
    walker = StaffWalker(desk(COUNTY, language, PHONE), language, thorough=True)
    _still_me(walker.page, site)
    for path in ("/staff/invitation/no-link/", "/staff/retention/?letter=1", "/staff/retention/certificates/1/"):
        walker.go(path)
    walker.page.goto("/staff/review/")
    walker.page.goto(walker.page.locator("tbody [formaction]").first.get_attribute("formaction") or "")
    walker.page.locator("details[data-do=refuse] summary").click()
    walker.refused("form:has([name=explanation]) button", "a letter refused without a reason")
    walker.fill("/staff/deadlines/", sender_appeal_days="0")
    walker.refused("form:has([name=sender_appeal_days]) button", "deadlines with errors")
    walker.fill("/staff/restrictions/new/", resident=site.resident(steps.NORTH)["number"], reason="Sample")
    walker.sent("main form button.wide", "a restriction looked at")
    walker.fill("/staff/kiosks/")
    walker.refused("main form button.wide", "a kiosk with errors")
    walker.fill("/staff/retention/")
    walker.refused("form:has([name=act][value=set]) button", "retention with errors")
    for act in ("text", "month"):
        walker.fill("/staff/rules/try/", text="A shank at the north gate. 🔪")
        walker.sent(f"button[value={act}]", f"the rules tried on a {act}")
    for what, words in (("messages", "tomatoes"), ("people", "sample"), ("money", "sample")):
        _search(walker, what, words)
    assert walker.wrong == []
    assert "staff_search_letter" in walker.names


def _still_me(page: Page, site: Site) -> None:
    """The password again, since some of these forms want one of the last ten minutes: the walks before take long."""
    page.goto("/staff/confirm/")
    person = next(one for one in site.demo["staff_users"] if one["username"] == COUNTY)
    page.locator("[name=password]").fill(person["password"])
    page.locator("main form button:not([data-reveal])").last.click()
    page.wait_for_url(lambda url: "/confirm/" not in url)


def _search(walker: StaffWalker, what: str, words: str) -> None:
    page = walker.page
    page.goto("/staff/search/")
    page.locator(f"[name=what][value={what}]").check()
    page.locator("[name=words]").fill(words)
    page.locator("main form [name=purpose]").first.fill("Sample: every page")
    page.locator("main form button.wide").click()
    page.wait_for_url(re.compile(r"/staff/search/\d+/"))
    if what == "messages":
        found(page)
    walker.look(f"found among {what}")
    for href in [one for one in walker.links("main", "/staff/search/") if "/letters/" in one][:1]:
        walker.visit(href)


@pytest.mark.parametrize("role", OTHERS)
def test_every_page_of_a_role_and_no_closed_door(desk: Desk, role: Role) -> None:
    walker = StaffWalker(desk(OTHERS[role], "es", {"width": 320, "height": 568}), "es", thorough=False)
    walker.everywhere()
    assert walker.wrong == []
    menu = {name for name, entry in pages.TABLE.items() if entry.menu and entry.permission in RIGHTS[role] | {None}}
    assert menu - walker.names == set()
