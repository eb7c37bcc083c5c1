"""Every page in every state, in English and Spanish, on a phone and a desk, in light and dark (R9, P7).

axe finds nothing; nothing is wider than the screen, shifts while it loads, or throws; one h1, a title of its own, the
right language; light enough for a slow network. `--screens DIR` also keeps a picture of each.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Browser, BrowserContext, expect

from tests.journeys import pages, steps
from tests.journeys.conftest import DESK, KIOSK, PHONE, Site
from tests.journeys.pages import Look

pytestmark = pytest.mark.journey

FIRST_PAGE_BYTES, LATER_PAGE_BYTES, LATER_KIOSK_BYTES = 150_000, 40_000, 100_000  # P7
REFLOW = {"width": 320, "height": 640}  # WCAG 1.4.10
LOW_KIOSK = {"width": 800, "height": 600}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = Axe()

SHIFTS = """() => new Promise(done => {
  let sum = 0; const add = list => { for (const one of list) sum += one.value; };
  const watch = new PerformanceObserver(list => add(list.getEntries()));
  watch.observe({type: 'layout-shift', buffered: true});
  document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => {
    add(watch.takeRecords()); done(sum); })));
})"""
WEIGHT = """() => performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))
  .reduce((sum, one) => sum + one.transferSize, 0)"""
FACTS = """() => ({lang: document.documentElement.lang, title: document.title,
  h1: document.querySelectorAll('h1').length,
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth})"""
WIDE = """() => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 0.5)
  .slice(0, 3).map(e => e.outerHTML.slice(0, 120))"""


class Viewer:
    """One person's browser. What is wrong with each page they look at is kept in `wrong`, its title in `titles`."""

    def __init__(self, context: BrowserContext, ids: dict[str, Any], kiosk: bool, screens: Path | None) -> None:
        self.page, self.ids, self.kiosk, self.screens = context.new_page(), ids, kiosk, screens
        self.page.set_default_timeout(15_000)
        self.wrong: list[str] = []
        self.titles: dict[str, set[str]] = defaultdict(set)
        self.said: list[str] = []
        self.language, self.looked = "", 0
        self.page.on("console", lambda said: self.said.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def speak(self, language: str) -> None:
        """As the buttons do; asked before signing in, a kiosk would forget it after three minutes."""
        if language != self.language:
            path = "/kiosk/language/" if self.kiosk else "/language/"
            steps.post(self.page, path, language=language)
            self.language = language

    def look(self, at: Look) -> None:
        big, small = (KIOSK, LOW_KIOSK) if self.kiosk else (PHONE, REFLOW)
        wide = LOW_KIOSK if self.kiosk else DESK
        for language, size, scheme in (("en", big, "light"), ("en", wide, "light"), ("es", big, "dark")):
            self.speak(language)
            where = f"{at.name} {language} {size['width']} {scheme}"
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            self.open(at, where)
            self.judge(at, where)
            self.keep(at, language, size["width"])
        for size in (small, wide):  # Spanish is the longer one
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            if (by := self.page.evaluate(FACTS)["wide"]) > 0:
                self.note(f"{at.name} es {size['width']}", f"wider by {by}: {self.page.evaluate(WIDE)}")
        self.keep(at, "es", wide["width"])

    def open(self, at: Look, where: str) -> None:
        self.said.clear()
        path = at.path.format(**self.ids)
        answer = self.page.goto(path)
        shifted = self.page.evaluate(SHIFTS)
        if at.press:
            self.page.evaluate("window.before = true")
            with self.page.expect_navigation() as pressed:
                self.page.locator(at.press).first.click()
            answer = pressed.value
            expect(self.page.locator("#errors")).to_be_visible()
            shifted = self.page.evaluate(SHIFTS)
        assert answer is not None
        expected = {at.status, 422} if at.press else {at.status}  # which of the two a form answers is the face's own
        if answer.status not in expected:
            self.note(where, f"status {answer.status}")
        if shifted > 0:
            self.note(where, f"shifts by {shifted:.4f}")
        if said := [one for one in self.said if "Failed to load resource" not in one or answer.status == 200]:
            self.note(where, f"console: {said}")

    def judge(self, at: Look, where: str) -> None:
        facts, weight = self.page.evaluate(FACTS), self.page.evaluate(WEIGHT)
        first = self.looked == 0
        later = LATER_KIOSK_BYTES if self.kiosk else LATER_PAGE_BYTES
        self.looked += 1
        if weight > (FIRST_PAGE_BYTES if first else later):
            self.note(where, f"weighs {weight} bytes")
        if facts["lang"] != self.language or facts["h1"] != 1 or "Kinline" not in facts["title"]:
            self.note(where, str(facts))
        if facts["wide"] > 0:
            self.note(where, f"wider by {facts['wide']}: {self.page.evaluate(WIDE)}")
        if at.status == 200 and not at.press and self.language == "en":
            self.titles[facts["title"]].add(str(resolve(urlsplit(self.page.url).path).url_name))
        found = AXE.run(self.page, options={"runOnly": RULES}).response["violations"]
        for one in found:
            self.note(where, f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}")

    def keep(self, at: Look, language: str, width: int) -> None:
        if self.screens is None or (language == "es" and width in (DESK["width"], LOW_KIOSK["width"])):
            return
        if self.kiosk and width != KIOSK["width"]:
            return
        name = f"{at.name}.{language}.{width}.jpg"
        self.page.screenshot(path=self.screens / name, full_page=True, type="jpeg", quality=72)

    def note(self, where: str, what: str) -> None:
        self.wrong.append(f"{where}: {what}")


@pytest.fixture(scope="module")
def ids(site: Site) -> dict[str, Any]:
    """The stage, set."""
    said = site.command("shell", "-v0", "-c", (Path(__file__).parent / "stage.py").read_text())
    enrol = site.demo["kiosk"].removeprefix(site.url)
    mail = site.mail("sample.ana@family.example")["id"]
    return {**json.loads(said.splitlines()[-1]), "enrol": enrol, "mail": mail}


View = Callable[..., Viewer]


@pytest.fixture
def view(chromium: Browser, site: Site, ids: dict[str, Any], request: pytest.FixtureRequest) -> Iterator[View]:
    contexts: list[BrowserContext] = []
    folder = request.config.getoption("--screens", default=None)

    def begin(*, kiosk: bool = False) -> Viewer:
        context = chromium.new_context(viewport=PHONE, locale="en-US", base_url=site.url)  # type: ignore[arg-type]
        contexts.append(context)
        return Viewer(context, ids, kiosk, Path(folder) if folder else None)

    yield begin
    for context in contexts:
        context.close()


def said_by(viewer: Viewer) -> str:
    """What is wrong, and titles that two different pages share; by code or by link, it is the same activation."""
    doubles = [
        f"{title!r} is the title of {sorted(views)}"
        for title, views in viewer.titles.items()
        if len(views - {"letter_print", "activate_link"}) > 1
    ]
    return "\n".join(viewer.wrong + doubles)


def test_public_pages_and_doors(view: View) -> None:
    viewer = view()
    for look in pages.NOBODY:
        viewer.look(look)
    assert not said_by(viewer), said_by(viewer)


@pytest.mark.parametrize("username", pages.FAMILIES)
def test_pages_of_the_family(view: View, username: str) -> None:
    viewer = view()
    steps.post(viewer.page, "/login/", login=username, password="sample-letters")
    for look in pages.FAMILIES[username]:
        viewer.look(look)
    viewer.speak("es" if username == "sample.carmen" else "en")
    assert not said_by(viewer), said_by(viewer)


def test_pages_of_the_screen(view: View, site: Site) -> None:
    viewer = view(kiosk=True)
    steps.enrol(viewer.page, site)
    for look in pages.SCREEN:
        viewer.look(look)
    assert not said_by(viewer), said_by(viewer)


@pytest.mark.parametrize("number", pages.RESIDENTS)
def test_pages_of_the_kiosk(view: View, site: Site, number: str) -> None:
    viewer = view(kiosk=True)
    steps.enrol(viewer.page, site)
    pins = {one["number"]: one["pin"] for one in site.demo["residents"]}
    steps.post(viewer.page, "/kiosk/sign-in/", number=number, pin=pins.get(number, pages.STAGED_PIN))
    if number == "10041":  # who must choose a PIN first can choose no language yet
        viewer.speak = lambda language: setattr(viewer, "language", "en")  # type: ignore[method-assign]
    for look in pages.RESIDENTS[number]:
        viewer.look(look)
    viewer.speak("en")
    assert not said_by(viewer), said_by(viewer)


def test_no_page_is_missing_from_the_table(ids: dict[str, Any]) -> None:
    looks = [*pages.NOBODY, *pages.SCREEN]
    looks += [look for table in (pages.FAMILIES, pages.RESIDENTS) for group in table.values() for look in group]
    looked = set()
    for look in looks:
        path = re.sub(r"\?.*", "", look.path.format(**ids))
        if look.status != 404:
            looked.add(resolve(path).url_name)
    assert set(names(get_resolver())) - looked - pages.NO_PAGE == set()
    assert len({look.name for look in looks}) == len(looks)


def names(resolver: URLResolver) -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield str(one.name)
        else:
            yield from names(one)


def test_a_page_that_was_open_too_long(view: View) -> None:
    """The answer to a form without its token: nothing was done, what was typed is given back."""
    viewer = view()
    for language in ("en", "es"):
        viewer.speak(language)
        viewer.page.goto("/signup/")
        viewer.page.locator("[name=address_line1]").fill(
            "1 Sample Street, the house behind the garden with the tomatoes"
        )
        viewer.page.context.clear_cookies(name="kinline_csrf")
        viewer.page.locator("main form button:not([data-reveal])").last.click()
        expect(viewer.page.locator("main textarea")).to_be_visible()
        viewer.judge(Look("open-too-long", "/signup/", status=403), f"open-too-long {language}")
        viewer.keep(Look("open-too-long", ""), language, PHONE["width"])
    assert not said_by(viewer), said_by(viewer)
