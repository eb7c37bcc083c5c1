"""Coming in: create an account, activate it by link or code, and every way back in (ACC-1 to ACC-6)."""

import re
import time
import urllib.request
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import DESK, Site, Visit

pytestmark = pytest.mark.journey
both = pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
NEW_PASSWORD = "lanterns-over-water-7"


def submit(page: Page) -> None:
    page.locator("main form button:not([data-reveal])").first.click()


def type_code(page: Page, identifier: str, code: str) -> None:
    page.goto("/activate/")
    page.locator("[name=identifier]").first.fill(identifier)
    page.locator("[name=code]").fill(code)
    page.get_by_role("button", name="Activate", exact=True).click()


@both
def test_sign_up_with_the_link(site: Site, visit: Visit, script: bool) -> None:
    page, person = visit("/", script=script), steps.new_person()
    page.get_by_role("link", name="Create an account").first.click()
    steps.fill_sign_up(page, person)
    page.get_by_role("button", name="Create Account").click()
    expect(page.locator("main")).to_contain_text("We sent an email for")
    expect(page.locator("main")).to_contain_text("spam")

    steps.log_in_fails_before_activation(page, person["username"])

    link = site.link(person["email"], "/activate/")
    for _ in range(3):  # a mail scanner follows links
        with urllib.request.urlopen(link) as answer:
            assert answer.status == 200
    steps.log_in_fails_before_activation(page, person["username"])

    page.goto(link)
    page.get_by_role("button", name="Activate").click()
    expect(page.locator("main")).to_contain_text("Your account is active")
    steps.log_in(page, person["username"])
    expect(page.locator("h1")).to_contain_text("Jo")

    page.goto(link)
    expect(page.locator("main")).to_contain_text("This link no longer works")


@both
def test_sign_up_with_the_code_in_another_browser(site: Site, visit: Visit, script: bool) -> None:
    person = steps.new_person()
    steps.sign_up(visit("/", script=script), person)
    code = site.code(person["email"])
    other = visit("/", script=script, size=DESK)
    type_code(other, person["email"], f"  {code.lower()} ")
    expect(other.locator("main")).to_contain_text("Your account is active")
    steps.log_in(other, person["email"])
    type_code(other, person["username"], code)
    expect(other.locator("[name=code]")).to_have_attribute("aria-invalid", "true")


@both
def test_a_code_typed_wrong_five_times_is_void(site: Site, visit: Visit, script: bool) -> None:
    page, person = visit("/", script=script), steps.new_person()
    steps.sign_up(page, person)
    code = site.code(person["email"])
    wrong = re.sub(r"\w", lambda one: "7" if one.group() != "7" else "8", code)
    for _ in range(5):
        type_code(page, person["username"], wrong)
        expect(page.locator("[name=code]")).to_be_visible()
    type_code(page, person["username"], code)
    expect(page.locator("main")).not_to_contain_text("Your account is active")
    steps.log_in_fails_before_activation(page, person["username"])

    before = len(site.mails(person["email"]))
    page.goto("/activate/resend/")
    page.locator("[name=identifier]").first.fill(person["username"])
    submit(page)
    expect(page.locator("main")).to_contain_text("a new email is on its way")
    expect_mails(site, person["email"], before + 1)
    type_code(page, person["username"], site.code(person["email"]))
    expect(page.locator("main")).to_contain_text("Your account is active")


def expect_mails(site: Site, to: str, n: int) -> None:
    """Waits for the n-th email to that address."""
    until = time.monotonic() + 15
    while len(site.mails(to)) < n:
        assert time.monotonic() < until, f"{len(site.mails(to))} emails to {to}, not {n}"
        time.sleep(0.1)


@both
def test_forgotten_password(site: Site, visit: Visit, script: bool) -> None:
    """The link sets a new password, once; every other browser is signed out, and the owner is told (ACC-5)."""
    elsewhere = visit("/", script=script, size=DESK)
    person = steps.member(elsewhere, site)
    elsewhere.goto("/home/")

    page = visit("/login/", script=script)
    page.get_by_role("link", name="Trouble logging in?").click()
    page.get_by_role("link", name="I forgot my password").click()
    page.locator("[name=identifier]").fill(person["email"])
    submit(page)
    expect(page.locator("main")).to_contain_text("an email with a link is on its way")
    site.mail(person["email"], "password")
    link = site.link(person["email"], "/password/reset/")
    page.goto(link)
    page.locator("[name=password1]").fill("short")
    page.locator("[name=password2]").fill("short")
    page.get_by_role("button", name="Save the new password").click()
    expect(page.locator("[name=password1]")).to_have_attribute("aria-invalid", "true")
    page.locator("[name=password1]").fill(NEW_PASSWORD)
    page.locator("[name=password2]").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Save the new password").click()
    expect(page.locator("main")).to_contain_text("Your new password is set")

    elsewhere.goto("/home/")
    assert urlsplit(elsewhere.url).path == "/login/"
    expect_mails(site, person["email"], 2)
    assert "password" in site.mail(person["email"])["subject"].lower()

    page.locator("[name=login]").fill(person["username"])
    page.locator("[name=password]").fill(steps.PASSWORD)
    submit(page)
    expect(page.locator("#errors, .errors, [role=alert]").first).to_be_visible()
    steps.log_in(page, person["username"], NEW_PASSWORD)
    page.goto(link)
    expect(page.locator("main")).to_contain_text("Ask for a new one here")


@both
def test_forgotten_username(site: Site, visit: Visit, script: bool) -> None:
    person = steps.member(visit("/", script=script), site)
    page = visit("/login/help/", script=script)
    page.get_by_role("link", name="I forgot my username").click()
    page.locator("[name=email]").fill(person["email"])
    submit(page)
    expect(page.locator("main")).to_contain_text("its username is on its way")
    expect_mails(site, person["email"], 1)
    assert person["username"] in site.mail(person["email"])["text"]


def test_an_email_in_use_looks_like_success_and_its_owner_is_told(site: Site, visit: Visit) -> None:
    """ACC-3: whoever signs up learns nothing."""
    person = steps.member(visit("/"), site)
    page = visit("/")
    again = {**steps.new_person(), "email": person["email"]}
    steps.sign_up(page, again)
    expect(page.locator("main")).to_contain_text("We sent an email for")
    expect_mails(site, person["email"], 1)
    assert "/activate/" not in site.mail(person["email"])["text"]


@both
def test_errors_stand_together_and_everything_but_passwords_is_kept(visit: Visit, script: bool) -> None:
    """ACC-2: a list that leads to each field, the words beside each, and what was typed still there."""
    page, person = visit("/signup/", script=script), steps.new_person()
    steps.fill_sign_up(page, {**person, "username": "a", "postal_code": "x"})
    page.locator("[name=email2]").fill("else@family.example")
    page.get_by_role("button", name="Create Account").click()
    summary = page.locator("#errors")
    expect(summary).to_be_visible()
    assert page.url.endswith("/signup/")
    for name in ("username", "postal_code", "email2"):
        summary.locator(f"a[href='#id_{name}']").click()
        expect(page.locator(f"[name={name}]")).to_be_focused()
        expect(page.locator(f"[name={name}]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=first_name]")).to_have_value(person["first_name"])
    expect(page.locator("[name=password1]")).to_have_value("")
    expect(page.locator("[name=date_of_birth_year]")).to_have_value("1980")
