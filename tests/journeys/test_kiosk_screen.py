"""The shared screen in a real browser: time-out, nothing left, drafts, a breaking network, no script (KSK-1 to 3).

The facility's idle time is 20 s here, the shortest that is allowed; the warning comes at 10 s. Where a test would only
wait, `later` moves the clocks of server and page; the browser's own, of the Refresh header, is waited for.
"""

import re
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kinline.contacts.models import Contact
from kinline.core import clock
from kinline.core.parties import Party
from kinline.facilities import services as facilities
from kinline.facilities.models import Facility
from kinline.flows.send_message import send
from kinline.messaging.models import Body, Draft, Message
from kinline.residents.models import Resident, ResidentSession
from kinline.residents.queries import idle_end

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

WORDS = "The window faces east, so I have the morning."
IDLE_SECONDS = 20
WARNED_SECONDS = 10
ENDED_MS = (IDLE_SECONDS + 10) * 1000


@pytest.fixture
def screen(
    chromium: Browser, live_server, north: Facility, resident: Resident, contact: Contact, now: datetime
) -> Iterator[Callable[..., Page]]:
    """`screen()`: an enrolled browser at the first screen; `screen(script=False)`: without scripts."""
    Facility.objects.update(kiosk_idle_seconds=IDLE_SECONDS)
    _, token = facilities.enrol_kiosk(facility_id=north.pk, unit_id=north.units.get().pk, label="Screen", now=now)
    contexts: list[BrowserContext] = []

    def enrolled(*, script: bool = True) -> Page:
        context = chromium.new_context(java_script_enabled=script, viewport={"width": 1024, "height": 768})
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{live_server.url}/kiosk/enrol/{token}/")
        page.get_by_role("button", name="Make this browser the kiosk").click()
        return page

    yield enrolled
    for context in contexts:
        context.close()
    # A page that is left says so in the background: what the server still does for it would hold, or write, rows of
    # tables that are emptied next.
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=10)
            assert not thread.is_alive()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`later(seconds, page)`: so much time passes at once, for the server and for the scripts of the page alike.

    The page must have been given a clock (`page.clock.install()`) before it was opened; one without scripts needs none.
    """
    real, passed = clock.now, timedelta()

    def pass_by(seconds: int, page: Page | None = None) -> None:
        nonlocal passed
        passed += timedelta(seconds=seconds)
        if page is not None:
            page.clock.fast_forward(seconds * 1000)

    monkeypatch.setattr(clock, "now", lambda: real() + passed)
    return pass_by


def sign_in(page: Page, number: str = "1001") -> None:
    page.get_by_label("Your number").fill(number)
    page.locator("[name=pin]").fill("2580")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your letters")).to_be_visible()


def write(page: Page) -> None:
    page.get_by_role("link", name="Write a letter").click()
    page.get_by_role("link", name="Marta Sample").click()
    expect(page.get_by_role("heading", name="Write to Marta Sample")).to_be_visible()


def nothing_to_see(page: Page) -> None:
    expect(page.get_by_label("Your number")).to_be_visible()
    text = page.content()
    assert "Marta" not in text
    assert WORDS not in text


@pytest.fixture
def letter(mother_party: Party, contact: Contact, money, now: datetime) -> int:
    money(mother_party, 100)
    sent = send(
        mother_party, contact_id=contact.pk, subject="Garden", body="It came back.", client_key=uuid4(),
        collect=False, now=now,
    )  # fmt: skip
    return sent.message_id


def test_number_keys(screen, letter: int) -> None:
    page = screen()
    for digit in "1001":
        page.get_by_role("button", name=digit, exact=True).click()
    page.locator("[name=pin]").click()
    for digit in "25809":
        page.get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="Erase the last one").click()
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your letters")).to_be_visible()


def test_a_letter_and_its_answer_by_keyboard_alone(screen, letter: int, resident_party: Party, money) -> None:
    money(resident_party, 50)
    page = screen()
    expect(page.get_by_label("Your number")).to_be_focused()
    page.keyboard.type("1001")
    page.keyboard.press("Tab")
    page.keyboard.type("2580")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kiosk/letters/")

    def press(name: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent.trim()").startswith(name):
                page.keyboard.press("Enter")
                return
        pytest.fail(f"{name} cannot be reached with Tab")

    press("Garden")
    page.wait_for_url(f"**/kiosk/letters/{letter}/")
    press("Answer for 50¢")
    page.wait_for_url("**/kiosk/write/**")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "body":
            break
    page.keyboard.type(WORDS)
    press("Send for 50¢")
    expect(page.get_by_text("Your letter is sent and delivered.")).to_be_visible()
    assert Body.objects.get(message__sender="resident").text == WORDS


def test_time_runs_out_with_a_warning_that_can_be_answered(screen, later, letter: int) -> None:
    page = screen()
    page.clock.install()
    sign_in(page)
    page.goto(page.url + f"{letter}/")
    dialog = page.get_by_role("dialog", name="Are you still there?")
    later(WARNED_SECONDS, page)
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Keep going")).to_be_focused()
    with page.expect_response("**/kiosk/alive/"):
        page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    later(WARNED_SECONDS, page)
    expect(dialog).to_be_visible()
    assert idle_end(ResidentSession.objects.get()) > clock.now()  # the server knows that the warning was answered
    later(IDLE_SECONDS - WARNED_SECONDS, page)
    expect(page.get_by_text("Time ran out")).to_be_visible()
    nothing_to_see(page)
    assert ResidentSession.objects.get().end_reason == "idle"


def test_nothing_is_left_after_i_am_done(screen, letter: int) -> None:
    page = screen()
    sign_in(page)
    page.get_by_role("link", name="Garden").click()
    expect(page.get_by_text("It came back.")).to_be_visible()
    inside = page.url
    page.evaluate("sessionStorage.setItem('letter-1', 'left by a script')")
    page.get_by_role("button", name="I am done").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    assert page.evaluate("localStorage.length") == 0
    for step in (page.go_back, page.go_back, page.go_forward, page.reload):
        step()
        page.wait_for_load_state()
        nothing_to_see(page)
    page.goto(inside)
    nothing_to_see(page)
    cookies = {cookie["name"] for cookie in page.context.cookies()}
    assert "kinline_kiosk" not in cookies
    assert "kinline_kiosk_device" in cookies


def test_what_was_being_written_when_time_ran_out_is_in_the_drafts(screen, later, letter: int) -> None:
    page = screen()
    page.clock.install()
    sign_in(page)
    write(page)
    page.get_by_label("Your letter").press_sequentially(WORDS)
    expect(page.get_by_text("Saved in your drafts.")).to_be_visible(timeout=10_000)
    page.get_by_label("Your letter").press_sequentially(" And")
    later(IDLE_SECONDS, page)
    expect(page.get_by_text("Time ran out")).to_be_visible()
    nothing_to_see(page)
    assert Draft.objects.get().text == WORDS + " And"
    sign_in(page)
    page.get_by_role("link", name=re.compile("Drafts")).click()
    page.get_by_role("link", name=re.compile("The window")).click()
    expect(page.get_by_label("Your letter")).to_have_value(WORDS + " And")


class TestBreakingNetwork:
    @pytest.fixture
    def page(self, screen, letter: int, resident_party: Party, money) -> Page:
        money(resident_party, 150)
        Facility.objects.update(kiosk_idle_seconds=120)
        page: Page = screen()
        sign_in(page)
        write(page)
        page.wait_for_load_state("networkidle")
        return page

    def test_typed_while_offline_it_is_kept_locked_and_saved_later(self, page: Page) -> None:
        page.context.set_offline(True)
        page.get_by_label("Your letter").fill(WORDS)
        expect(page.get_by_text("No connection. Your text is kept on this screen")).to_be_visible(timeout=10_000)
        kept = page.evaluate("JSON.stringify(sessionStorage)")
        assert len(kept) > 50
        assert "window" not in kept
        assert not Draft.objects.exists()
        page.context.set_offline(False)
        expect(page.get_by_text("Saved in your drafts.")).to_be_visible(timeout=20_000)
        assert Draft.objects.get().text == WORDS
        assert page.evaluate("sessionStorage.length") == 0

    def test_a_reload_in_the_same_sitting_unlocks_it(self, page: Page) -> None:
        page.route("**/draft/", lambda route: route.abort())
        page.get_by_label("Your letter").fill(WORDS)
        expect(page.get_by_text("No connection. Your text is kept on this screen")).to_be_visible(timeout=10_000)
        page.reload()
        expect(page.get_by_label("Your letter")).to_have_value(WORDS)

    def test_a_later_sitting_cannot_read_it(self, page: Page) -> None:
        page.route("**/draft/", lambda route: route.abort())
        page.get_by_label("Your letter").fill(WORDS)
        expect(page.get_by_text("No connection. Your text is kept on this screen")).to_be_visible(timeout=10_000)
        kept = page.evaluate("JSON.stringify(sessionStorage)")
        desk = page.url
        page.context.clear_cookies(name="kinline_kiosk")  # the power goes: no script of ours tidies up
        page.goto(page.url)
        nothing_to_see(page)
        page.unroute("**/draft/")
        sign_in(page)
        page.evaluate(
            "kept => Object.entries(JSON.parse(kept)).forEach(([k, v]) => sessionStorage.setItem(k, v))", kept
        )
        page.goto(desk)
        page.wait_for_load_state("networkidle")
        expect(page.get_by_label("Your letter")).to_have_value("")
        assert page.evaluate("sessionStorage.length") == 0

    def test_a_send_that_breaks_is_tried_again_and_is_one_letter(self, page: Page) -> None:
        answers: list[int] = []

        def break_it(route) -> None:
            """The first reaches the server and its answer is lost; the second is lost; the third comes through."""
            if route.request.method != "POST":
                route.continue_()
                return
            answers.append(1)
            if len(answers) == 1:
                route.fetch(max_redirects=0)
                route.abort()
            elif len(answers) == 2:
                route.abort()
            else:
                route.continue_()

        page.route(re.compile(r"/kiosk/write/\d+/$"), break_it)
        page.get_by_label("Your letter").fill(WORDS)
        page.get_by_role("button", name="Send for 50¢").click()
        expect(page.get_by_text("No connection. Your letter is kept, and we try again.")).to_be_visible()
        expect(page.get_by_text("It was sent once, and costs once.")).to_be_visible(timeout=20_000)
        assert len(answers) == 3
        assert Message.objects.filter(sender="resident").count() == 1
        assert not Draft.objects.exists()

    def test_done_while_offline_closes_the_screen_and_keeps_the_text(self, page: Page) -> None:
        page.context.set_offline(True)
        page.get_by_label("Your letter").fill(WORDS)
        page.get_by_role("button", name="I am done").click()
        expect(page.get_by_text("This screen is closed")).to_be_visible()
        assert WORDS not in page.content()
        page.context.set_offline(False)
        expect(page.get_by_text("You are signed out.")).to_be_visible(timeout=20_000)
        assert Draft.objects.get().text == WORDS
        assert ResidentSession.objects.get().end_reason == "left"

    def test_a_refusal_gives_the_text_back(self, page: Page) -> None:
        page.get_by_label("Your letter").fill("   ")
        page.get_by_role("button", name="Send for 50¢").click()
        expect(page.get_by_text("Your letter is empty.").first).to_be_visible()
        assert not Message.objects.filter(sender="resident").exists()


class TestWithoutScript:
    def test_read_answer_and_leave(self, screen, letter: int, resident_party: Party, money) -> None:
        money(resident_party, 50)
        page = screen(script=False)
        assert page.locator("#keypad").is_hidden()
        sign_in(page)
        page.get_by_role("link", name="Garden").click()
        expect(page.get_by_text("It came back.")).to_be_visible()
        page.get_by_role("link", name="Answer for 50¢").click()
        page.get_by_label("Your letter").fill(WORDS)
        page.get_by_role("button", name="Save for later").click()
        assert Draft.objects.get().text == WORDS
        page.get_by_role("link", name=re.compile("Re: Garden")).click()
        page.get_by_role("button", name="Send for 50¢").click()
        expect(page.get_by_text("Your letter is sent and delivered.")).to_be_visible()
        page.get_by_role("button", name="I am done").click()
        nothing_to_see(page)
        page.go_back()
        nothing_to_see(page)

    def test_the_refresh_header_closes_the_screen(self, screen, letter: int) -> None:
        page = screen(script=False)
        sign_in(page)
        page.goto(page.url + f"{letter}/")
        expect(page.get_by_text("Time ran out")).to_be_visible(timeout=ENDED_MS)
        nothing_to_see(page)
        page.go_back()
        nothing_to_see(page)
        assert ResidentSession.objects.get().end_reason == "idle"

    def test_a_letter_sent_too_late_is_a_draft(self, screen, later, letter: int) -> None:
        page = screen(script=False)
        sign_in(page)
        write(page)
        page.get_by_label("Your letter").fill(WORDS)
        later(IDLE_SECONDS + 1)
        page.get_by_role("button", name=re.compile("Send")).click()
        expect(page.get_by_text("kept in your drafts")).to_be_visible()
        nothing_to_see(page)
        assert Draft.objects.get().text == WORDS
        assert Message.objects.count() == 1
