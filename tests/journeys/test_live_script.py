"""`live.js` alone, in a real browser, against answers that the test writes: what is swapped, kept and said."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.journey
SCRIPT = Path(__file__).resolve().parents[2] / "src/kinline/design/static/kinline/live.js"
ORIGIN = "http://live.example"
COUNTERS = 'event: counters\ndata: {"unread":%s,"notices":0}\n\n'
LATELY = 'event: counters\ndata: {"unread":0,"notices":0,"ago_ms":%s}\n\n'
MESSAGE = 'event: message\ndata: {"message_id":1}\n\n'


class Fake:
    """A server of one page: `main` is what it shows now, `stream` what /events says at the next connection."""

    def __init__(self) -> None:
        self.main, self.unread, self.stream = "", 0, COUNTERS % 0
        self.status, self.events_status = 200, 200
        self.asked: list[str] = []
        self.meanwhile: tuple[str, int] | None = None  # becomes `main`, `unread` once the page has been given out

    def answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        self.asked.append(path)
        if path == "/live.js":
            route.fulfill(body=SCRIPT.read_text(), content_type="text/javascript")
        elif path.endswith("/events"):
            stream, self.stream = self.stream, ""
            body = f"retry: 100\n\n{stream}"
            route.fulfill(body=body, content_type="text/event-stream", status=self.events_status)
        elif path == "/login/":
            route.fulfill(body="<p>Log in</p>", content_type="text/html")
        elif self.status == 302:
            route.fulfill(status=302, headers={"location": "/login/"})
        else:
            route.fulfill(body=self.page(), content_type="text/html", status=self.status)
            if self.meanwhile is not None:
                self.main, self.unread = self.meanwhile

    def page(self) -> str:
        count = f'<span class="count"><span aria-hidden="true">{self.unread}</span><i>{self.unread} new</i></span>'
        return (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Letters · Kinline</title>'
            '<script src="/live.js" defer data-message="A new letter is here."></script>'
            f'<nav>Letters<span data-live="unread">{count if self.unread else ""}</span></nav>'
            f'<main>{self.main}</main><p id="outside">outside</p></html>'
        )

    def happens(self, main: str, unread: int = 0) -> None:
        self.main, self.unread, self.stream = main, unread, MESSAGE


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def page(chromium: Browser, fake: Fake) -> Iterator[Page]:
    context = chromium.new_context()
    context.route("**/*", fake.answer)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(15_000)
    yield page
    context.close()
    assert errors == []


def show(page: Page, fake: Fake, main: str, path: str = "/messages/") -> None:
    fake.main = main
    page.goto(ORIGIN + path)
    expect(page.locator("body > p[role=status]")).to_be_attached()


def test_regions_are_swapped_and_the_rest_is_left_alone(page: Page, fake: Fake) -> None:
    show(page, fake, '<ul data-live="inbox"><li>old</li></ul><p>before</p>')
    page.evaluate("window.mark = document.querySelector('main > p')")
    fake.happens('<ul data-live="inbox"><li>new</li><li>old</li></ul><p>after</p>', unread=2)
    expect(page.locator("ul")).to_have_text("newold")
    assert page.evaluate("window.mark === document.querySelector('main > p') && mark.textContent") == "before"
    expect(page).to_have_title("(2) Letters · Kinline")
    expect(page.locator("body > p[role=status]")).to_have_text("A new letter is here.")


def test_what_happened_before_the_line_stood_is_not_missed(page: Page, fake: Fake) -> None:
    """The page was made, then a letter was delivered, and only then did the page hear: its unread count is the same."""
    fake.meanwhile = ('<div data-live="a">delivered</div>', 0)
    fake.stream = LATELY % 10
    show(page, fake, '<div data-live="a">on its way</div>')
    expect(page.locator("[data-live=a]")).to_have_text("delivered")


def test_what_happened_before_the_page_was_made_is_in_it(page: Page, fake: Fake) -> None:
    fake.stream = LATELY % 90_000
    show(page, fake, '<div data-live="a">delivered</div>')
    page.wait_for_timeout(1500)
    assert fake.asked.count("/messages/") == 1


def test_a_region_without_news_stays_the_same_nodes(page: Page, fake: Fake) -> None:
    token = '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
    show(page, fake, f'<div data-live="a">{token.format("one")}<b>same</b></div><div data-live="b">old</div>')
    page.evaluate("window.mark = document.querySelector('b')")
    fake.happens(f'<div data-live="a">{token.format("two")}<b>same</b></div><div data-live="b">new</div>')
    expect(page.locator("[data-live=b]")).to_have_text("new")
    assert page.evaluate("window.mark.isConnected")


@pytest.mark.parametrize(
    ("control", "act"),
    [
        ('<textarea id="c"></textarea>', "c.value = 'Dear Daniel'"),
        ('<input id="c" value="x">', "c.value = 'Dear Daniel'"),
        ('<input id="c" type="checkbox">', "c.checked = true"),
        ('<select id="c"><option>a<option>b</select>', "c.selectedIndex = 1"),
        ('<input id="c">', "c.focus()"),
    ],
)
def test_where_somebody_types_or_chooses_nothing_is_swapped(page: Page, fake: Fake, control: str, act: str) -> None:
    show(page, fake, f'<div data-live="a"><p>old</p>{control}</div><div data-live="b">old</div>')
    page.evaluate(f"{{ const c = document.getElementById('c'); {act} }}")
    fake.happens(f'<div data-live="a"><p>new</p>{control}</div><div data-live="b">new</div>')
    expect(page.locator("[data-live=b]")).to_have_text("new")
    expect(page.locator("[data-live=a] > p")).to_have_text("old")


def test_when_the_typing_is_over_the_region_catches_up(page: Page, fake: Fake) -> None:
    show(page, fake, '<div data-live="a"><p>old</p><input id="c"></div><button>else</button>')
    page.locator("#c").focus()
    fake.happens('<div data-live="a"><p>new</p><input id="c"></div><button>else</button>', unread=1)
    expect(page).to_have_title(re.compile(r"^\(1\)"))
    expect(page.locator("[data-live=a] > p")).to_have_text("old")
    page.locator("button").focus()
    expect(page.locator("[data-live=a] > p")).to_have_text("new")


def test_a_focused_link_and_an_open_part_stay_as_they_are(page: Page, fake: Fake) -> None:
    part = '<a href="/x/">x</a><details{}><summary>More</summary>text</details>'
    show(page, fake, f'<div data-live="a">{part.format("")}</div>')
    page.locator("summary").click()
    page.locator("main a").focus()
    fake.happens(f'<div data-live="a"><p>new</p>{part.format("")}</div>')
    expect(page.locator("[data-live=a] > p")).to_have_text("new")
    expect(page.locator("main a")).to_be_focused()
    expect(page.locator("details")).to_have_attribute("open", "")


def test_who_was_signed_out_keeps_the_page(page: Page, fake: Fake) -> None:
    """What is on it may be text that nobody has saved yet; the next click leads to the log-in page."""
    show(page, fake, '<div data-live="a">old</div>')
    fake.status = 302
    fake.happens('<div data-live="a">new</div>')
    page.wait_for_timeout(1200)
    expect(page.locator("[data-live=a]")).to_have_text("old")
    assert page.url == f"{ORIGIN}/messages/"


@pytest.mark.parametrize("status", [404, 405, 500])
def test_a_page_that_cannot_be_had_again_stays(page: Page, fake: Fake, status: int) -> None:
    show(page, fake, '<div data-live="a">old</div>')
    fake.status = status
    fake.happens('<div data-live="a">new</div>')
    page.wait_for_timeout(1200)
    expect(page.locator("[data-live=a]")).to_have_text("old")


def test_what_happened_before_the_line_stood_is_seen(page: Page, fake: Fake) -> None:
    fake.stream = COUNTERS % 3
    fake.meanwhile = '<div data-live="a">new</div>', 3
    show(page, fake, '<div data-live="a">old</div>')
    expect(page.locator("[data-live=a]")).to_have_text("new")
    expect(page).to_have_title("(3) Letters · Kinline")


def test_counters_that_agree_cost_no_second_page(page: Page, fake: Fake) -> None:
    show(page, fake, '<div data-live="a">old</div>')
    page.wait_for_timeout(800)
    assert fake.asked.count("/messages/") == 1


def test_a_refused_line_is_tried_again_later(page: Page, fake: Fake) -> None:
    page.clock.install()
    fake.events_status = 503
    with page.expect_response(lambda answer: answer.url.endswith("/events")):
        show(page, fake, '<div data-live="a">old</div>')
    page.wait_for_timeout(300)
    assert fake.asked.count("/events") == 1
    fake.events_status = 200
    fake.happens('<div data-live="a">new</div>')
    page.clock.fast_forward(5000)
    expect(page.locator("[data-live=a]")).to_have_text("new")


def test_the_kiosk_has_a_line_of_its_own_and_a_title_that_tells_nothing(page: Page, fake: Fake) -> None:
    fake.stream = COUNTERS % 0
    show(page, fake, '<div data-live="inbox">old</div>', path="/kiosk/letters/")
    fake.happens('<div data-live="inbox">new</div>', unread=2)
    expect(page.locator("[data-live=inbox]")).to_have_text("new")
    assert "/kiosk/events" in fake.asked
    assert "/events" not in fake.asked
    expect(page).to_have_title("Letters · Kinline")


def test_a_sitting_that_ends_hears_nothing_more(page: Page, fake: Fake) -> None:
    show(page, fake, '<div data-live="inbox">old</div>', path="/kiosk/letters/")
    page.evaluate("document.dispatchEvent(new CustomEvent('kiosk:ending', {detail: []}))")
    page.evaluate("fetch('/after').then(() => 1)")  # what was asked before is known by now
    lines = fake.asked.count("/kiosk/events")
    fake.happens('<div data-live="inbox">new</div>')
    page.wait_for_timeout(800)
    assert fake.asked.count("/kiosk/events") == lines
    expect(page.locator("[data-live=inbox]")).to_have_text("old")


def test_a_page_with_nothing_live_asks_for_nothing(page: Page, fake: Fake) -> None:
    fake.main = "<p>text</p>"
    page.route(
        "**/plain/",
        lambda route: route.fulfill(
            body='<title>x</title><script src="/live.js" defer></script><p>text</p>', content_type="text/html"
        ),
    )
    page.goto(f"{ORIGIN}/plain/")
    page.wait_for_timeout(500)
    assert "/events" not in fake.asked
