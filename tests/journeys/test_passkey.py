"""From an invitation to the first page by a passkey, and in again by it, with an authenticator that the browser plays
(ACC-7, STF-1). Beside it: a browser that cannot, and one without JavaScript, are told in words.
"""

import re
from secrets import token_hex
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.journeys.conftest import DESK, PHONE, Site, Visit
from tests.journeys.test_every_page import Walker
from tests.journeys.test_staff_money import sign_in

pytestmark = pytest.mark.journey
ADMIN, PASSWORD = "sample.admin", "green tractors on a hill"


def _by_name(site: Site, address: str = "") -> str:
    """The same page at `localhost`: browsers make no passkeys for a number."""
    parts = urlsplit(address or site.url)
    return parts._replace(netloc=f"localhost:{parts.port}").geturl()


def _device(page: Page) -> CDPSession:
    """A key in this browser whose owner shows a finger each time."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def _invited(visit: Visit, site: Site) -> tuple[str, str]:
    """(user name, address of the invitation) of somebody whom the sample's administrator invites."""
    boss = visit("/staff/", size=DESK)
    sign_in(boss, site, ADMIN)
    name = f"key.{token_hex(4)}"
    boss.goto("/staff/team/invite/")
    form = boss.locator("form", has_text="Somebody new")
    facts = {"first_name": "Kim", "last_name": "Key-Sample", "email": f"{name}@staff.example", "username": name}
    for field, text in facts.items():
        form.locator(f"[name={field}]").fill(text)
    form.locator("[name=role]").select_option("reviewer")
    form.get_by_role("button").click()
    boss.wait_for_url(re.compile(r"/staff/team/\d+/$"))
    return name, site.link(f"{name}@staff.example", "/staff/invitation/")


def _password(page: Page, name: str) -> None:
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")


def _look(page: Page, where: str) -> None:
    """For axe, on a phone and on a desk."""
    walker = Walker(page, "en")
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        walker.look(f"{where} {size['width']}")
    assert walker.wrong == []


def test_from_an_invitation_to_signing_in_by_a_passkey(visit: Visit, site: Site) -> None:
    name, link = _invited(visit, site)
    page = visit(_by_name(site, link), size=DESK)
    _device(page)
    for field in ("password1", "password2"):
        page.locator(f"[name={field}]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/login/**")
    _password(page, name)
    page.wait_for_url("**/staff/login/setup/**")
    page.locator("[name=name]").fill("Journey key")
    page.get_by_role("button", name="Set up a passkey").press("Enter")
    expect(page.locator(".recovery .code")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").press("Enter")
    expect(page.locator("header")).to_contain_text("Kim Key-Sample")
    page.goto(_by_name(site) + "/staff/account/")
    expect(page.locator("main")).to_contain_text("Journey key")
    _look(page, "my sign-in")
    page.goto(_by_name(site) + "/staff/account/passkey/")
    _look(page, "add a passkey")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("[data-said]")).to_contain_text("has a passkey for your account already")
    page.goto(_by_name(site) + "/staff/account/")
    page.locator("main form", has=page.locator("[name=key]")).get_by_role("button").click()
    expect(page.locator("#status")).to_contain_text("your only second step")
    _out_and_in(page, site, name)


def _out_and_in(page: Page, site: Site, name: str) -> None:
    page.locator("summary", has_text="Kim").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/staff/login/")
    _password(page, name)
    page.wait_for_url("**/staff/login/code/**")
    _look(page, "the second step")
    page.get_by_role("button", name="Use a passkey").press("Enter")
    page.wait_for_url(_by_name(site) + "/staff/")
    expect(page.locator("header")).to_contain_text("Kim Key-Sample")
    page.goto(_by_name(site) + "/staff/confirm/?next=/staff/account/")
    _look(page, "is it still you")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/staff/account/")


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_browser_where_it_cannot_be_is_told_so(visit: Visit, site: Site, script: bool) -> None:
    """By a number in place of a name, and without JavaScript: the app is offered beside it, and works."""
    name, link = _invited(visit, site)
    page = visit(link, size=PHONE, script=script)
    for field in ("password1", "password2"):
        page.locator(f"[name={field}]").fill(PASSWORD)
    page.get_by_role("button", name="Keep this password").click()
    _password(page, name)
    page.wait_for_url("**/staff/login/setup/**")
    if script:
        expect(page.locator("[data-said]")).to_contain_text(f"work only at {_by_name(site)}")
    else:
        page.get_by_role("button", name="Set up a passkey").click()
        expect(page.get_by_role("alert")).to_contain_text("needs JavaScript for that")
    page.locator("[name=code]").fill(page.locator("#sample-code").inner_text())
    page.keyboard.press("Enter")
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("main h1")).to_be_visible()
