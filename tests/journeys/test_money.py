"""Money of a family in a real browser: in by card, back to the card, topped up, for calls (MON-3 to MON-6, TEL-8)."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import Site, Visit
from tests.journeys.test_keyboard import Keys
from tests.journeys.test_processor import Processor, processor

__all__ = ["processor"]  # a fixture of the processor's own journeys
pytestmark = pytest.mark.journey

PAID, DECLINED, LATER = "4242 4242 4242 4242", "4000 0000 0000 0002", "000123456789"


def to_the_processor(page: Page, amount: str, whom: str = "me") -> None:
    """Choose, look, and on to the page where the card is typed."""
    page.goto(f"/credits/buy/?for={whom}")
    page.locator("[name=amount]").fill(amount)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**look=1**")
    page.get_by_role("button", name=re.compile("^Pay ")).click()
    page.wait_for_url("**/c/pay/**")


def with_card(page: Page, number: str) -> None:
    """Press the button beside this test card."""
    page.locator("li", has_text=number).get_by_role("button").click()


def bought(page: Page, amount: str, whom: str = "me") -> None:
    to_the_processor(page, amount, whom)
    with_card(page, PAID)
    page.wait_for_url(re.compile(r"/credits/buy/\d+/"))
    expect(page.locator("h1")).to_have_text("The money is there")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_money_comes_in_after_a_card_that_was_declined(visit: Visit, site: Site, script: bool) -> None:
    page = visit("/", script=script)
    person = steps.member(page, site)
    page.goto("/credits/")
    page.get_by_role("link", name="Add money").click()
    page.locator(".chip", has_text="$25.00").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("main")).to_contain_text("$0.00 now, then $25.00")
    page.get_by_role("button", name="Pay $25.00 by card").click()
    page.wait_for_url("**/c/pay/**")
    with_card(page, DECLINED)
    expect(page.locator("[role=alert]")).to_be_visible()
    page.locator("a", has_text="Back without paying").click()
    expect(page.locator("main")).to_contain_text("The card's bank said no and does not tell us why.")
    page.get_by_role("link", name="Go on and pay $25.00").click()
    page.wait_for_url("**/c/pay/**")
    with_card(page, PAID)
    page.wait_for_url(re.compile(r"/credits/buy/\d+/"))
    expect(page.locator("main")).to_contain_text("$25.00 was added.")
    assert steps.credits_left(page) == "$25.00"
    assert "$25.00" in site.mail(person["email"], "receipt")["text"]


def test_back_and_forth_pays_once(visit: Visit, site: Site) -> None:
    page = visit("/")
    steps.member(page, site)
    to_the_processor(page, "10")
    first = page.url
    page.go_back()
    page.get_by_role("button", name="Pay $10.00 by card").click()
    page.wait_for_url("**/c/pay/**")
    assert page.url == first
    with_card(page, PAID)
    page.wait_for_url(re.compile(r"/credits/buy/\d+/"))
    page.go_back()
    page.go_back()
    page.wait_for_url("**look=1**")
    page.get_by_role("button", name="Pay $10.00 by card").click()
    expect(page.locator("h1")).to_have_text("The money is there")
    assert steps.credits_left(page) == "$10.00"


def test_a_payment_that_is_given_up_charges_nothing(visit: Visit, site: Site) -> None:
    page = visit("/")
    steps.member(page, site)
    to_the_processor(page, "10")
    page.locator("a", has_text="Back without paying").click()
    expect(page.locator("h1")).to_have_text("Not paid yet")
    page.get_by_role("button", name="Do not pay").click()
    expect(page.locator("h1")).to_have_text("Nothing was paid")
    page.get_by_role("link", name="Begin again").click()
    expect(page.locator("[name=amount]")).to_have_value("10.00")
    assert steps.credits_left(page) == "$0.00"


def test_a_bank_that_confirms_later_is_waited_for(visit: Visit, site: Site) -> None:
    page = visit("/")
    steps.member(page, site)
    to_the_processor(page, "10")
    with_card(page, LATER)
    page.wait_for_url(re.compile(r"/credits/buy/\d+/"))
    expect(page.locator("main")).to_contain_text("$10.00 is on its way.")
    page.goto("/credits/")
    expect(page.locator("main")).to_contain_text("Your bank confirms a payment")
    assert steps.credits_left(page) == "$0.00"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_unused_money_goes_back_to_the_card(visit: Visit, site: Site, script: bool) -> None:
    page = visit("/", script=script)
    person = steps.member(page, site)
    bought(page, "25")
    page.goto("/credits/")
    page.get_by_role("link", name="Get money back").click()
    expect(page.locator("[name=amount]")).to_have_value("25.00")
    page.locator("[name=amount]").fill("20")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("main")).to_contain_text("$20.00 to the card that paid: Visa 4242")
    page.get_by_role("button", name="Send $20.00 back").click()
    page.wait_for_url(re.compile(r"/credits/refund/\d+/"))
    _until(page, "Sent to the card. Most banks show it within 10 days.")
    assert steps.credits_left(page) == "$5.00"
    assert site.mail(person["email"], "$20.00 was sent to your card")


def _until(page: Page, words: str) -> None:
    until = time.monotonic() + 40
    while words not in page.locator("main").inner_text():
        assert time.monotonic() < until, page.locator("main").inner_text()
        time.sleep(0.5)
        page.reload()


def test_a_gift_is_given_and_undone(visit: Visit, site: Site) -> None:
    page = visit("/")
    steps.member(page, site)
    contact_id = steps.befriended(page, steps.someone_inside(site))
    bought(page, "10", f"letters-{contact_id}")
    page.goto("/credits/")
    page.get_by_role("button", name=re.compile("^Undo")).click()
    page.wait_for_url(re.compile(r"/credits/refund/\d+/"))
    expect(page.locator("main")).to_contain_text("$10.00")
    page.goto("/credits/")
    expect(page.get_by_role("button", name=re.compile("^Undo"))).to_have_count(0)


def test_a_number_is_added_paid_for_and_proved(visit: Visit, site: Site) -> None:
    page = visit("/")
    steps.member(page, site)
    page.goto("/phone/")
    page.locator("[name=number]").fill("911")
    page.get_by_role("button", name="Add this number").click()
    expect(page.locator("#errors")).to_contain_text("Emergency and service numbers need no money.")
    page.locator("[name=number]").fill(steps.a_number())
    page.locator("[name=label]").fill("Sample home")
    page.get_by_role("button", name="Add this number").click()
    page.wait_for_url(re.compile(r"/phone/\d+/"))
    number = page.url
    code = f"number-{number.rstrip('/').rpartition('/')[2]}"
    bought(page, "15", code)
    page.get_by_role("link", name="See this number").click()
    expect(page.locator("main")).to_contain_text("$15.00 of what you put in is not used.")
    page.get_by_role("button", name="Call this number now").click()
    spoken = page.locator(".code").inner_text()
    page.locator("[name=code]").fill(spoken)
    page.get_by_role("button", name="Confirm the number").click()
    expect(page.locator("main")).to_contain_text("$15.00 for calls")


def test_the_top_up_is_agreed_to_and_turned_off(visit: Visit, site: Site) -> None:
    page = visit("/")
    steps.member(page, site)
    page.goto("/credits/")
    page.get_by_role("link", name="Automatic top-up").click()
    page.locator("[name=below]").fill("2")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("main")).to_contain_text("there is less than $2.00")
    page.get_by_role("button", name="Agree and pay $10.00 by card").click()
    page.wait_for_url("**/c/pay/**")
    with_card(page, PAID)
    page.wait_for_url(re.compile(r"/credits/buy/\d+/"))
    expect(page.locator("main")).to_contain_text("Automatic top-up is on from now.")
    page.get_by_role("link", name="See or stop it").click()
    expect(page.locator("main")).to_contain_text("$10.00 is added from Visa 4242")
    page.get_by_role("button", name=re.compile("^Turn it off")).click()
    expect(page.locator("main")).to_contain_text("Automatic top-up is off.")
    assert steps.credits_left(page) == "$10.00"


def test_in_and_back_by_keyboard_alone(visit: Visit, site: Site) -> None:
    page = visit("/")
    steps.member(page, site)
    page.goto("/credits/")
    keys = Keys(page)
    keys.press("Add money")
    page.wait_for_url("**/credits/buy/")
    keys.type("amount", "12.50")
    page.keyboard.press("Enter")
    page.wait_for_url("**look=1**")
    keys.press("Pay $12.50 by card")
    page.wait_for_url("**/c/pay/**")
    keys.type("cardNumber", PAID)
    keys.type("cardExpiry", "12 / 40")
    keys.type("cardCvc", "123")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/credits/buy/\d+/"))
    expect(page.locator("main")).to_contain_text("$12.50 was added.")
    keys.press("All your money")
    page.wait_for_url("**/credits/")
    keys.press("Get money back")
    page.wait_for_url("**/credits/refund/")
    keys.press("Continue")
    page.wait_for_url("**look=1**")
    keys.press("Send $12.50 back")
    page.wait_for_url(re.compile(r"/credits/refund/\d+/"))
    assert steps.credits_left(page) == "$0.00"


def test_the_open_page_hears_that_the_bank_confirmed(visit: Visit, site: Site, processor: Processor) -> None:
    page = visit("/")
    steps.member(page, site)
    to_the_processor(page, "10")
    with_card(page, LATER)
    page.wait_for_url(re.compile(r"/credits/buy/\d+/"))
    expect(page.locator("h1")).to_have_text("Your bank confirms the payment")
    processor.act(f"bank/{processor.state()['payment_intent'][0]['id']}", outcome="paid")
    expect(page.locator("h1")).to_have_text("The money is there", timeout=20_000)
