"""Where every cent went (MON-5): history, a month on screen, PDF and CSV; a resident has money paid out (MON-6)."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.journeys import steps
from tests.journeys.conftest import Site, Visit

pytestmark = pytest.mark.journey
both = pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])


@both
def test_a_month_is_read_and_kept(site: Site, visit: Visit, script: bool, tmp_path: Path) -> None:
    page = visit("/", script=script)
    steps.member(page, site, cents=500)
    someone = steps.someone_inside(site)
    contact = steps.befriended(page, someone)
    steps.wrote(page, contact, "For the month", "A line of the statement.")
    page.goto("/credits/")
    page.get_by_role("link", name="History and statements").click()
    lines = page.locator("main ul.list").first
    expect(lines).to_contain_text(re.compile(r"A letter to .*−\$0\.50.*\$4\.50", re.DOTALL))
    page.locator("summary", has_text="Show only some lines").click()
    page.locator("[name=kind]").select_option("in")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(lines).to_contain_text("+$5.00")
    expect(lines).not_to_contain_text("A letter to")
    page.get_by_role("link", name="Monthly statements").click()
    page.locator("main ul.list a").first.click()
    expect(page.locator("main dl")).to_contain_text("Balance now")
    expect(page.locator("main dl")).to_contain_text("$4.50")
    pdf = PdfReader(_taken(page, "Download PDF", tmp_path / "month.pdf"))
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "A letter to" in " ".join(" ".join(sheet.extract_text() for sheet in pdf.pages).split())
    rows = list(csv.reader(io.StringIO(_taken(page, "Download CSV", tmp_path / "month.csv").read_text("utf-8-sig"))))
    assert [row[4:] for row in rows[1:]] == [["", "0.00"], ["5.00", "5.00"], ["-0.50", "4.50"], ["", "4.50"]]


def _taken(page: Page, name: str, to: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name).click()
    waiting.value.save_as(to)
    return to


@both
def test_a_receipt_from_the_history(site: Site, visit: Visit, script: bool, tmp_path: Path) -> None:
    page = visit("/", script=script)
    person = steps.member(page, site, cents=500)
    page.goto("/credits/history/")
    page.get_by_role("link", name="Money added").first.click()
    expect(page.locator("main dl")).to_contain_text("None")
    number = page.locator("h1").inner_text().removeprefix("Receipt ")
    pdf = PdfReader(_taken(page, "Download PDF", tmp_path / "receipt.pdf"))
    assert number in pdf.pages[0].extract_text()
    mail = site.mail(person["email"], "Receipt")["text"]
    for words in (number, "$5.00", "your message credits", "There is no fee", "The balance after it is $5.00."):
        assert words in " ".join(mail.split())


@both
def test_letters_as_pdf(site: Site, visit: Visit, script: bool, tmp_path: Path) -> None:
    page = visit("/", script=script)
    steps.member(page, site, cents=500)
    contact = steps.befriended(page, steps.someone_inside(site))
    steps.wrote(page, contact, "For the file", "Ünïcode, “quotes” and #markup.")
    page.goto("/account/download/")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Your letters (PDF)").click()
    waiting.value.save_as(tmp_path / "letters.pdf")
    text = " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(tmp_path / "letters.pdf").pages).split())
    for words in ("For the file", "Ünïcode, “quotes” and #markup."):
        assert words in text


@both
def test_a_resident_has_money_paid_out(site: Site, visit: Visit, script: bool) -> None:
    """Typed, looked at, asked for; what it waits for is said."""
    someone = steps.someone_inside(site)
    page = steps.seated(visit, site, someone, script=script)
    page.goto("/kiosk/money/")
    page.get_by_role("link", name="Have my money paid out").click()
    page.locator("[name=amount]").fill("0.75")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Pay out $0.75 to me").click()
    expect(page.locator("main")).to_contain_text("You asked for your money. Staff pay it out.")
    expect(page.locator("main")).to_contain_text("It is on the pay-out list.")
    expect(page.locator("main")).to_contain_text("−$0.75")
    page.get_by_role("link", name="By month").click()
    page.locator("main ul.list a").first.click()
    expect(page.locator("main")).to_contain_text("−$0.75")
