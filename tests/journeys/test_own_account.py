"""My account (ACC-7): profile, email, password, sessions, download, language, closing."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.conftest import DESK, Site, Visit

pytestmark = pytest.mark.journey
both = pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])


@both
def test_profile(site: Site, visit: Visit, script: bool) -> None:
    page = visit("/", script=script)
    steps.member(page, site)
    page.goto("/account/")
    page.get_by_role("link", name="Profile").click()
    page.locator("[name=city]").fill("Exampleville")
    page.locator("[name=first_name]").fill("Joséphine")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("main")).to_contain_text("Your profile is saved.")
    expect(page.locator("main h2").first).to_contain_text("Joséphine")
    page.get_by_role("link", name="Profile").click()
    expect(page.locator("[name=city]")).to_have_value("Exampleville")
    expect(page.locator("[name=date_of_birth_year]")).to_have_value("1980")


@both
def test_another_email_address(site: Site, visit: Visit, script: bool) -> None:
    """Both addresses are told; the new one counts when its link is opened here and its button pressed."""
    page, new = visit("/", script=script), steps.new_person()["email"]
    person = steps.member(page, site)
    page.goto("/account/email/")
    page.locator("[name=email]").fill(new)
    page.locator("[name=email2]").fill(new)
    page.locator("[name=current_password]").fill(steps.PASSWORD)
    page.get_by_role("button", name="Send a link to the new address").click()
    expect(page.locator("h1")).to_contain_text("Confirm your new email address")
    assert new not in site.mail(person["email"])["text"]
    link = site.link(new, "/account/email/")
    page.goto("/account/")
    expect(page.locator("main dl")).to_contain_text(person["email"])
    stranger = visit("/", script=script)
    steps.member(stranger, site)
    stranger.goto(link)
    expect(stranger.get_by_role("button", name="Use this address")).to_have_count(0)
    page.goto(link)
    page.get_by_role("button", name="Use this address").click()
    expect(page.locator("main")).to_contain_text("Your email address is changed.")
    expect(page.locator("main dl")).to_contain_text(new)
    steps.log_in(visit("/", script=script), new)


@both
def test_sessions(site: Site, visit: Visit, script: bool) -> None:
    page, other = visit("/", script=script), visit("/", script=script, size=DESK)
    person = steps.member(page, site)
    steps.log_in(other, person["username"])
    page.goto("/account/sessions/")
    expect(page.locator("main li")).to_have_count(2)
    expect(page.locator("main li", has_text="this one")).to_have_count(1)
    page.get_by_role("button", name=re.compile("^End")).click()
    expect(page.locator("main li")).to_have_count(1)
    other.goto("/home/")
    assert urlsplit(other.url).path == "/login/"
    page.goto("/home/")
    assert urlsplit(page.url).path == "/home/"


@both
def test_password(site: Site, visit: Visit, script: bool) -> None:
    """The old one is asked for; other browsers are signed out, this one stays."""
    page, other = visit("/", script=script), visit("/", script=script)
    person = steps.member(page, site)
    steps.log_in(other, person["username"])
    page.goto("/account/password/")
    for current in ("not the password", steps.PASSWORD):
        page.locator("[name=current_password]").fill(current)
        page.locator("[name=password1]").fill("lanterns-over-water-7")
        page.locator("[name=password2]").fill("lanterns-over-water-7")
        page.get_by_role("button", name="Save the new password").click()
        if current != steps.PASSWORD:
            expect(page.locator("#errors")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Your password is changed.")
    other.goto("/home/")
    assert urlsplit(other.url).path == "/login/"
    steps.log_in(other, person["username"], "lanterns-over-water-7")


@both
def test_download_everything(site: Site, visit: Visit, script: bool, tmp_path: Path) -> None:
    page = visit("/", script=script)
    person = steps.member(page, site, cents=500)
    contact = steps.befriended(page, steps.someone_inside(site))
    steps.wrote(page, contact, "For the file", "Ünïcode, “quotes” and 👩‍🌾.")
    page.goto("/account/download/")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the file").click()
    file = tmp_path / "mine.json"
    waiting.value.save_as(file)
    assert waiting.value.suggested_filename.startswith(f"kinline-{person['username']}-")
    whole = file.read_text()
    assert json.loads(whole)
    for part in ("For the file", "Ünïcode, “quotes” and 👩‍🌾.", person["email"]):
        assert part in whole


@both
def test_language_stays(site: Site, visit: Visit, script: bool) -> None:
    """Chosen once: on this browser before signing in, with the account after; in the emails, too."""
    page = visit("/", script=script)
    page.get_by_role("button", name="Español").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.goto("/help/")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    person = steps.new_person()
    page.goto("/signup/")
    steps.fill_sign_up(page, person)
    page.locator("main form button:not([data-reveal])").last.click()
    page.wait_for_url("**/activate/**")
    assert "código" in site.mail(person["email"])["text"]
    page.goto(site.link(person["email"], "/activate/"))
    page.locator("main form button").last.click()
    elsewhere = visit("/", script=script, locale="en-US")
    expect(elsewhere.locator("html")).to_have_attribute("lang", "en")
    steps.log_in(elsewhere, person["username"])
    expect(elsewhere.locator("html")).to_have_attribute("lang", "es")
    elsewhere.goto("/account/settings/")
    elsewhere.locator("main [name=language][value=en]").check()
    elsewhere.locator("main form button:not([data-reveal])").last.click()
    expect(elsewhere.locator("html")).to_have_attribute("lang", "en")


@both
def test_close_the_account(site: Site, visit: Visit, script: bool) -> None:
    page = visit("/", script=script)
    person = steps.member(page, site, cents=500)
    page.goto("/account/close/")
    expect(page.locator("main")).to_contain_text("You have $5.00 of unused money. It stays yours.")
    page.locator("[name=current_password]").fill(steps.PASSWORD)
    page.get_by_role("button", name="Close my account").click()
    expect(page.locator("#errors")).to_be_visible()
    page.locator("[name=current_password]").fill(steps.PASSWORD)
    page.locator("[name=sure]").check()
    page.get_by_role("button", name="Close my account").click()
    expect(page.locator("h1")).to_contain_text("Your account is closed")
    assert "$5.00" in site.mail(person["email"], "closed")["text"]
    page.goto("/login/")
    page.locator("[name=login]").fill(person["username"])
    page.locator("[name=password]").fill(steps.PASSWORD)
    page.locator("main form button").last.click()
    expect(page.locator("#errors, .errors, [role=alert]").first).to_be_visible()


@both
def test_sign_out(site: Site, visit: Visit, script: bool) -> None:
    page = visit("/", script=script)
    steps.member(page, site)
    page.goto("/home/")
    page.locator("header details.menu > summary").click()
    page.locator("header").get_by_role("button", name="Sign out").click()
    expect(page.locator("main")).to_contain_text("You are signed out.")
    page.go_back()
    page.goto("/home/")
    assert urlsplit(page.url).path == "/login/"
