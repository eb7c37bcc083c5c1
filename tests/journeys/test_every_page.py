"""Every page, found by following the links of the sample county: axe without a violation, in English and Spanish, on a
phone (in English on a desk, too; R9), in light and dark; one heading of the first rank, nothing wider than the screen
(nor than 320 px, as with everything four times as large), nothing that moves by itself, no error of a script and
nothing that the content policy had to stop (experience.md 1, 8; P7).

`KINLINE_SCREENS=docs/screens pytest tests/journeys/test_every_page.py` also keeps a picture of each page.
"""

import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route, expect

from tests.journeys import steps
from tests.journeys.conftest import DESK, PHONE, Site

pytestmark = pytest.mark.journey

PUBLIC = (
    "/",
    "/facilities/",
    "/facilities/sample-south-jail/",
    "/facilities/sample-north-jail/calls/",
    "/prices/",
    "/terms/",
    "/privacy/",
    "/accessibility/",
    "/help/",
)
DOORS = (
    "/signup/", "/login/", "/login/help/", "/activate/", "/activate/resend/", "/password/reset/", "/username/remind/",
    "/staff/", "/dev/mail/", "/dev/call/", "/no/such/page/",
)  # fmt: skip
FAMILY = (
    "/home/", "/people/", "/people/find/", "/people/find/?q=sample", "/people/find/?q=nobody-of-this-name",
    "/messages/", "/messages/new/", "/drafts/", "/credits/", "/phone/", "/notices/", "/account/",
)  # fmt: skip
OF_A_KIND = 3  # the fourth of a kind teaches little …
MANY = {"/messages/N/": 14, "/kiosk/letters/N/": 8}  # … but each letter is in another state
# Spanish first: the sample people are left as they were found, in English.
LANGUAGES = [("es", "dark"), ("en", "light")]
SCREEN = {"width": 1024, "height": 768}
SMALLEST = {"width": 320, "height": 568}


# What moved after it was first shown, by its share of the screen, but for what a touch moved (P7).
SHIFT = """() => new Promise(done => {
    let moved = 0;
    new PerformanceObserver(list => list.getEntries().forEach(one => { if (!one.hadRecentInput) moved += one.value }))
        .observe({type: "layout-shift", buffered: true});
    requestAnimationFrame(() => setTimeout(() => done(moved), 0));
})"""
LATE_SECONDS = 0.1
AXE = Axe().axe_script
# Only what is wrong: to bring over all that is right takes as long as a quarter of the finding.
BROKEN = "axe.run({resultTypes: ['violations']}).then(all => all.violations.map(one => [one.id, one.nodes[0].html]))"
STILL = 0.01  # news that come while the page is open may move a line of it


class Walker:
    """Looks at pages and keeps what is wrong with each."""

    def __init__(self, page: Page, language: str, *, desk: bool = False) -> None:
        self.page = page
        self.language = language
        self.desk = desk  # axe looks at each page of the phone on a desk as well
        self.seen: list[str] = []
        self.wrong: list[str] = []
        self.said: list[str] = []  # by the browser's console, since the last look
        self.held = False  # the scripts of this page
        page.on("request", self._asked)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("console", self._heard)
        page.route("**/*.js", self._late)

    def _heard(self, message: ConsoleMessage) -> None:
        # A page that is refused (404, 422) is an error to the browser, and as it should be to us.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.said.append(message.text)

    def _asked(self, request: Request) -> None:
        if request.is_navigation_request():
            self.held = False

    def _late(self, route: Route) -> None:
        """After the page was painted, as on a slow line: what a script shows must have had its place.

        Held is the first script of a page, and with it those that come after.
        """
        if not self.held:
            self.held = True
            time.sleep(LATE_SECONDS)
        route.continue_()

    def go(self, path: str) -> None:
        self.page.goto(path)
        self.look(path)

    def look(self, name: str) -> None:
        """axe, the width, the language and the title of the page that is open."""
        self.page.wait_for_load_state()  # a click comes back when the next page has only begun
        self.seen.append(name)
        self.page.evaluate(AXE)
        broken, wide = self._judged()
        lang = self.page.evaluate("document.documentElement.lang")
        moved = self.page.evaluate(SHIFT)
        if broken or wide > 0 or moved > STILL or lang != self.language or not self.page.title():
            facts = f"wider by {wide}, moved by {moved:.4f}, lang {lang}, title {self.page.title()!r}"
            self.wrong.append(f"{name}: {broken} {facts}")
        self._keep(name)
        headings = self.page.locator("h1").count()
        if headings != 1 or self.said:
            self.wrong.append(f"{name}: {headings} headings, the console said {self.said}")
        self.said.clear()
        if self.page.viewport_size == PHONE:
            self.page.set_viewport_size(SMALLEST)
            if wide := self._wider():
                self.wrong.append(f"{name}: wider than 320 px by {wide}")
            self.page.set_viewport_size(DESK)
            if (judged := self._judged() if self.desk else ([], self._wider())) != ([], 0):
                self.wrong.append(f"{name} on a desk: {judged}")
            if self.desk:
                self._keep(f"{name} on a desk")
            self.page.set_viewport_size(PHONE)

    def _judged(self) -> tuple[list[list[str]], int]:
        """What axe finds, and by how much the page is wider than the screen."""
        return self.page.evaluate(BROKEN), self._wider()

    def _wider(self) -> int:
        wider: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return wider

    def _keep(self, name: str) -> None:
        if folder := os.environ.get("KINLINE_SCREENS"):
            file = re.sub(r"\W+", "-", name).strip("-") or "front"
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(folder) / f"{file}.{self.language}.png", full_page=True)

    def links(self, within: str, prefix: str) -> list[str]:
        """Addresses in a part of the page that begin so."""
        found: list[str] = self.page.eval_on_selector_all(
            f"{within} a[href]", "all => all.map(a => a.getAttribute('href'))"
        )
        return [href.split("#")[0] for href in found if href.startswith(prefix)]

    def follow(self, start: tuple[str, ...], within: str, prefix: str, skip: str) -> None:
        """Every page from `start` on, by its links; at most a few that differ in numbers only."""
        kinds: Counter[str] = Counter()
        waiting, known = list(start), set(start)
        while waiting:
            path = waiting.pop(0)
            self.go(path)
            for href in self.links(within, prefix):
                kind = re.sub(r"\d+", "N", href)
                if href not in known and kinds[kind] < MANY.get(kind, OF_A_KIND) and not re.match(skip, href):
                    kinds[kind] += 1
                    known.add(href)
                    waiting.append(href)


Walk = Callable[..., Walker]


@pytest.fixture(params=LANGUAGES, ids=lambda pair: pair[0])
def walk(request: pytest.FixtureRequest, chromium: Browser, site: Site) -> Iterator[Walk]:
    language, scheme = request.param
    contexts: list[Any] = []

    def begin(size: dict[str, int]) -> Walker:
        context = chromium.new_context(
            viewport=size, color_scheme=scheme, locale=language, base_url=site.url, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return Walker(page, language, desk=size == PHONE and language == "en")

    yield begin
    for context in contexts:
        context.close()


def test_public_pages_and_doors(walk: Walk) -> None:
    walker = walk(PHONE)
    for path in (*PUBLIC, *DOORS):
        walker.go(path)
    for path in ("/signup/", "/login/", "/activate/"):
        walker.page.goto(path)
        walker.page.locator("main form button:not([data-reveal])").first.click()
        expect(walker.page.locator("#errors")).to_be_focused()
        walker.look(f"{path} with errors")
    assert walker.wrong == []


def test_pages_of_the_family(walk: Walk, site: Site) -> None:
    walker = walk(PHONE)
    steps.log_in(walker.page, **site.demo["families"][0])
    _speak(walker)
    walker.follow(FAMILY, "main", "/", skip=r"/(help|facilities|prices|dev|terms|account/download)|.*\.(pdf|csv|jpg)")
    assert walker.wrong == []
    assert len(walker.seen) > 30
    assert any(re.fullmatch(r"/messages/\d+/", path) for path in walker.seen)


def test_pages_of_money_on_its_way(walk: Walk, site: Site) -> None:
    """Those that stand between two buttons, and each end of a payment."""
    walker = walk(PHONE)
    page = walker.page
    steps.member(page, site)
    page.goto("/home/")
    _speak(walker)
    _buy(walker, "x")
    walker.look("/credits/buy/ with errors")
    for card, end in (("000123456789", "waiting"), ("4242 4242 4242 4242", "paid")):
        _buy(walker, "10")
        walker.look("/credits/buy/ looked at")
        page.locator("button[name=pay]").click()
        page.wait_for_url("**/c/pay/**")
        if end == "paid":
            page.locator("main a").first.click()
            page.wait_for_url("**/credits/buy/*/")
            walker.look("/credits/buy/ not paid yet")
            page.locator("main a.btn").first.click()
            page.wait_for_url("**/c/pay/**")
        page.locator("li", has_text=card).get_by_role("button").click()
        page.wait_for_url("**/credits/buy/*/")
        walker.look(f"/credits/buy/ {end}")
    _buy(walker, "10")
    page.locator("button[name=pay]").click()
    page.wait_for_url("**/c/pay/**")
    page.locator("main a").first.click()
    page.locator("button[name=give_up]").click()
    walker.look("/credits/buy/ given up")
    walker.go("/credits/")
    _back(walker)
    _topped_up(walker)
    _numbers(walker)
    assert walker.wrong == []


def _buy(walker: Walker, amount: str) -> None:
    walker.page.goto("/credits/buy/")
    walker.page.locator("[name=amount]").fill(amount)
    walker.page.locator("main form button.wide").click()


def _back(walker: Walker) -> None:
    page = walker.page
    walker.go("/credits/refund/")
    page.locator("[name=amount]").fill("999")
    page.locator("main form button.wide").click()
    walker.look("/credits/refund/ with errors")
    page.locator("[name=amount]").fill("4")
    page.locator("main form button.wide").click()
    page.wait_for_url("**look=1**")
    walker.look("/credits/refund/ looked at")
    page.locator("button[name=ask]").click()
    page.wait_for_url(re.compile(r"/credits/refund/\d+/"))
    walker.look("/credits/refund/ asked for")
    walker.go("/credits/refund/")


def _topped_up(walker: Walker) -> None:
    page = walker.page
    walker.go("/credits/topup/")
    page.locator("main form button.wide").click()
    page.wait_for_url("**look=1**")
    walker.look("/credits/topup/ looked at")
    page.locator("button[name=pay]").click()
    page.wait_for_url("**/c/pay/**")
    page.locator("li", has_text="4242 4242 4242 4242").get_by_role("button").click()
    page.wait_for_url("**/credits/buy/*/")
    walker.look("/credits/buy/ with the top-up")
    walker.go("/credits/topup/")
    walker.go("/credits/topup/change/?for=me")


def _numbers(walker: Walker) -> None:
    page = walker.page
    walker.go("/phone/")
    page.locator("main form button.wide").click()
    walker.look("/phone/ with errors")
    page.locator("[name=number]").fill(steps.a_number())
    page.locator("main form button.wide").click()
    page.wait_for_url(re.compile(r"/phone/\d+/"))
    walker.look("/phone/ a number")
    page.locator("form[action$='/code/'] button").click()
    page.wait_for_selector("[name=code]")
    walker.look("/phone/ with a code")
    page.locator("[name=code]").fill(page.locator(".code").inner_text())
    page.locator("form[action$='/prove/'] button").click()
    page.wait_for_selector("[name=code]", state="detached")
    walker.look("/phone/ proved")
    walker.go(f"{page.url}calls/")
    page.go_back()
    page.locator("form[action$='/block/'] button").evaluate("button => button.closest('details').open = true")
    walker.look("/phone/ about to block")
    page.locator("form[action$='/block/'] button").click()
    walker.look("/phone/ blocked")
    page.locator("form[action$='/unblock/'] button").click()
    walker.go("/phone/")
    walker.go("/credits/keep/no-link/")


def _speak(walker: Walker) -> None:
    button = walker.page.locator(f"footer button[value={walker.language}]")
    if button.count():
        button.click()
        walker.page.wait_for_selector(f"html[lang={walker.language}]", state="attached")


def test_pages_of_the_kiosk(walk: Walk, site: Site) -> None:
    walker = walk(SCREEN)
    steps.enrol(walker.page, site)
    walker.look("/kiosk/")
    steps.sit_down(walker.page, site.demo["residents"][0])
    walker.page.goto("/kiosk/language/")
    walker.page.locator(f"main button[value={walker.language}]").click()
    walker.page.wait_for_selector(f"html[lang={walker.language}]", state="attached")
    walker.follow(("/kiosk/letters/",), "body", "/kiosk/", skip=r"/kiosk/end/")
    assert walker.wrong == []
    assert len(walker.seen) > 15
