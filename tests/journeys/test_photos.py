"""Photos and paper in a real browser (MSG-9, MSG-10): chosen, shown with their price, looked at in the review desk
without leaving it, seen at the kiosk; what is no photo; letters printed and handed over. With scripts and without.
"""

from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Page, expect

from kinline.messaging.tests.photo_files import DRAWING, archive, jpeg, png
from tests.journeys import steps
from tests.journeys.conftest import DESK, PHONE, Site, Visit
from tests.journeys.test_keyboard import Keys
from tests.journeys.test_staff_money import sign_in
from tests.journeys.test_staff_review import EFFECT_MS

pytestmark = pytest.mark.journey
both = pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
REVIEWER, CLERK = "sample.reviewer", "sample.mailroom"


def choose(page: Page, *files: Path, script: bool) -> None:
    """With a script the photos go up as soon as they are chosen; without one, by the button after the field."""
    field = page.locator("input[name=photos]")
    if script:
        with page.expect_navigation():
            field.set_input_files(list(files))
        return
    field.set_input_files(list(files))
    with page.expect_navigation():
        page.get_by_role("button", name="Put beside the letter").click()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    made = {"one.jpg": jpeg(), "two.png": png((300, 400)), "zip.jpg": archive(), "drawing.svg": DRAWING}
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in made}


@both
def test_from_the_telephone_to_the_kiosk(site: Site, visit: Visit, files: dict[str, Path], script: bool) -> None:
    resident, family = steps.someone_inside(site), visit("/", size=PHONE, script=script)
    person = steps.member(family, site, cents=500)
    contact = steps.befriended(family, resident)
    family.goto(f"/messages/new/?to={contact}")
    family.locator("[name=body]").fill("Look at the garden.")
    choose(family, files["zip.jpg"], files["drawing.svg"], script=script)
    expect(family.locator(".summary")).to_contain_text("zip.jpg: This file is an archive")
    expect(family.locator(".summary")).to_contain_text("drawing.svg: This file is a drawing")
    expect(family.locator("[name=body]")).to_have_value("Look at the garden.")
    choose(family, files["one.jpg"], files["two.png"], script=script)
    expect(family.locator("ul.photos img")).to_have_count(2)
    expect(family.locator("[name=body]")).to_have_value("Look at the garden.")
    family.get_by_role("button", name="Take photo 2 away").click()
    expect(family.locator("ul.photos img")).to_have_count(1)
    family.get_by_role("button", name="Send for $1").click()
    expect(family.locator("#status")).to_contain_text("The facility reads it first.")
    expect(family.locator("main")).to_contain_text("50¢ more is set aside for the photos.")

    reviewer = visit("/staff/", size=DESK, script=script)
    sign_in(reviewer, site, REVIEWER)
    reviewer.goto("/staff/review/")
    reviewer.locator("tbody tr", has_text=person["last_name"]).get_by_role("button", name="Read").click()
    expect(reviewer.locator("div.why")).to_contain_text("A letter with photos is always read first.")
    small = reviewer.locator("ul.photos summary img")
    assert small.evaluate("e => e.complete && e.naturalWidth") == 320
    address = reviewer.url
    small.click()
    large = reviewer.locator("ul.photos details > img")
    expect(large).to_be_visible()
    expect(large).to_have_js_property("naturalWidth", 640)
    assert reviewer.url == address
    reviewer.get_by_role("button", name="Approve").first.click()
    expect(family.locator("main")).to_contain_text("Look at the garden.")
    kiosk = steps.seated(visit, site, resident)
    letter = family.url
    until_delivered(family, letter)
    kiosk.goto("/kiosk/letters/")
    kiosk.locator("li", has_text=person["last_name"]).locator("a.cover").click()
    kiosk.locator("ul.photos a").click()
    photo = kiosk.locator("img.whole-photo")
    expect(photo).to_be_visible()
    expect(photo).to_have_js_property("naturalWidth", 640)
    kiosk.get_by_role("link", name="Back to the letter").click()
    expect(kiosk.locator("article.sheet")).to_contain_text("Look at the garden.")
    assert steps.credits_left(family) == "$4.00"


def until_delivered(page: Page, letter: str) -> None:
    """The decision takes effect after ten seconds."""
    for _ in range(EFFECT_MS // 1000):
        page.goto(letter)
        if "You paid 50¢ for the photos." in page.locator("main").inner_text():
            return
        page.wait_for_timeout(1000)
    raise AssertionError("not delivered")


def test_a_batch_is_printed_and_handed_over_by_keyboard(site: Site, visit: Visit) -> None:
    """The sample's letter for Ivan, who cannot use a kiosk."""
    clerk = visit("/staff/", size=DESK)
    sign_in(clerk, site, CLERK)
    keys = Keys(clerk)
    clerk.keyboard.press("g")
    clerk.keyboard.press("b")
    clerk.wait_for_url("**/staff/print/")
    keys.press("Make a batch")
    expect(clerk.locator("h1")).to_contain_text("Batch")
    keys.to(words="Print (PDF)")
    path = clerk.evaluate("document.activeElement.getAttribute('href')")
    document = pypdf.PdfReader(BytesIO(clerk.request.get(site.url + path).body()))
    assert "the cat sends you nothing" in "".join(page.extract_text() for page in document.pages)
    clerk.reload()
    expect(clerk.locator("main")).to_contain_text(f"{len(document.pages)} pages.")
    expect(clerk.get_by_role("link", name="Print again (PDF)")).to_be_visible()
    keys.to(field="handed")
    clerk.keyboard.press("Space")
    expect(clerk.locator("[name=handed]")).not_to_be_checked()
    clerk.keyboard.press("Space")
    keys.press("Handed over")
    expect(clerk.locator("#status")).to_contain_text("1 letter is delivered.")
    expect(clerk.locator("tbody")).to_contain_text("Given")
