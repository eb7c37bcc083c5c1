"""Who writes with whom: not here yet, block and unblock, an invitation from the kiosk, consent (CON-1 to CON-3)."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.conftest import Site, Visit

pytestmark = pytest.mark.journey
both = pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])


@both
def test_tell_me_when_they_are_here(site: Site, visit: Visit, script: bool) -> None:
    page, number = visit("/", script=script), f"8{uuid4().int % 10**7:07d}"
    person = steps.member(page, site)
    page.goto("/people/find/")
    page.locator("[name=q]").fill(number)
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("main")).to_contain_text("Nobody found")
    page.locator("main [name=number]").fill(number)
    page.get_by_role("button", name="Tell me when they are here").click()
    expect(page.locator("main")).to_contain_text(number)
    site.command("resident", "book", steps.NORTH, number, "Ariel", "Sample-Arrival", "--as", "sample.admin")
    told = site.mail(person["email"], "can be found now")
    assert "Sample North" not in told["text"]
    page.goto("/notices/")
    expect(page.locator("main")).to_contain_text("Ariel Sample-Arrival is now at Sample North Jail.")


@both
def test_block_and_unblock(site: Site, visit: Visit, script: bool) -> None:
    """By either side, silently: the other only sees that writing is not possible."""
    resident, page = steps.someone_inside(site), visit("/", script=script)
    person = steps.member(page, site, cents=500)
    contact = steps.befriended(page, resident)
    kiosk = steps.seated(visit, site, resident, script=script)
    kiosk.get_by_role("link", name=re.compile("People")).first.click()
    kiosk.get_by_role("link", name=re.compile(person["last_name"])).first.click()
    kiosk.get_by_role("button", name="Block Jo").click()
    expect(kiosk.locator("main")).to_contain_text("This person is blocked. We do not tell them.")
    page.goto(f"/people/{contact}/")
    expect(page.locator("main").get_by_role("link", name=re.compile("Write"))).to_have_count(0)
    expect(page.locator("main")).not_to_contain_text("blocked")
    page.goto(f"/messages/new/?to={contact}")
    expect(page.locator("[name=body]")).to_have_count(0)
    kiosk.get_by_role("button", name="Unblock").click()
    page.goto(f"/people/{contact}/")
    expect(page.locator("main").get_by_role("link", name="Write for 50¢")).to_be_visible()

    page.locator("summary", has_text="Block").click()
    page.get_by_role("button", name="Yes, block").click()
    expect(page.locator("main")).to_contain_text("You blocked this person.")
    kiosk.goto("/kiosk/write/")
    row = kiosk.locator("main li", has_text=person["last_name"])
    expect(row.get_by_role("link", name=re.compile("Why"))).to_be_visible()
    expect(row).not_to_contain_text("blocked")
    page.get_by_role("button", name="Unblock").click()
    expect(page.locator("main").get_by_role("link", name="Write for 50¢")).to_be_visible()


@both
def test_an_invitation_from_the_kiosk(site: Site, visit: Visit, script: bool) -> None:
    resident, person = steps.someone_inside(site), steps.new_person()
    kiosk = steps.seated(visit, site, resident, script=script)
    kiosk.goto("/kiosk/people/")
    kiosk.get_by_role("link", name="Invite somebody").first.click()
    kiosk.locator("[name=email]").fill(person["email"])
    kiosk.get_by_role("button", name="Send the invitation").click()
    expect(kiosk.locator("main")).to_contain_text("We send them an email.")
    expect(kiosk.locator("main")).to_contain_text(person["email"])
    mail = site.mail(person["email"])
    assert "Sample North" not in mail["text"]
    link = re.search(r"http\S+", mail["text"])
    assert link
    page = visit("/", script=script)
    page.goto(link.group())
    assert "/signup/" in page.url
    steps.sign_up(page, person)
    page.goto(site.link(person["email"], "/activate/"))
    page.locator("main form button").last.click()
    steps.log_in(page, person["username"])
    page.goto("/people/")
    page.get_by_role("button", name=re.compile("Say yes")).click()
    expect(page.locator("main")).to_contain_text(resident["name"].split()[0])
    expect(page.locator("main").get_by_role("link", name=re.compile("Write for 50¢")).first).to_be_visible()
    kiosk.goto("/kiosk/people/")
    expect(kiosk.get_by_role("link", name=re.compile(person["last_name"])).first).to_be_visible()


@both
def test_consent_and_approval(site: Site, visit: Visit, script: bool) -> None:
    """A place that wants the resident's yes and the staff's: each page says who is waited for."""
    resident, page = steps.someone_inside(site), visit("/", script=script)
    site.command("facility", "set", steps.NORTH, "--contact-rule", "both", "--as", "sample.county")
    try:
        person = steps.member(page, site)
        contact = steps.befriended(page, resident)
    finally:
        site.command("facility", "set", steps.NORTH, "--contact-rule", "open", "--as", "sample.county")
    page.goto(f"/people/{contact}/")
    expect(page.locator("main .state")).to_be_visible()
    expect(page.locator("main").get_by_role("link", name=re.compile("Write"))).to_have_count(0)
    kiosk = steps.seated(visit, site, resident, script=script)
    kiosk.get_by_role("link", name=re.compile("People")).first.click()
    kiosk.locator("li", has_text=person["last_name"]).get_by_role("button", name=re.compile("Yes")).click()
    expect(kiosk.locator("main")).to_contain_text("You said yes.")
    listed = site.command("contact", "waiting", steps.NORTH, "--as", "sample.admin")
    assert re.search(rf"^{contact} ", listed, re.M), listed
    site.command("contact", "approve", str(contact), "--as", "sample.admin")
    steps.fresh(page, script)
    expect(page.locator("main").get_by_role("link", name="Write for 50¢")).to_be_visible(timeout=steps.NEWS_MS)
