"""The number that people watch while they write is the number by which a letter is judged (MSG-1)."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from kinline.design import fields
from kinline.messaging import text as letters

pytestmark = pytest.mark.journey
SCRIPT = Path(fields.__file__).parent / "static" / "kinline" / "count.js"
PAGE = """<textarea id="body"></textarea><p data-count-for="body" data-limit="30000"
data-text="{count} of {limit} characters" data-over="{over} characters too many"></p>"""

TEXTS = [
    "",
    "abc",
    "one\ntwo\n\nthree",
    "e\u0301 and é",  # composed by NFC: one character each
    "क़ \u0958",  # NFC takes this one apart instead
    "👩‍🌾 👨‍👩‍👧‍👦 🇲🇽",
    "𝒳" * 100,
    "\u200b\u200d\u202eשלום\u202c مرحبا",
    "tab\tand\x07bell",
    "x" * 29_999 + "é",
]


@pytest.mark.parametrize("typed", TEXTS, ids=range(len(TEXTS)))
def test_three_counts_agree(chromium: Browser, typed: str) -> None:
    """What the browser shows, what the page shows without script, and what the server decides by."""
    context = chromium.new_context()
    page = context.new_page()
    page.set_content(PAGE)
    page.add_script_tag(path=str(SCRIPT))
    page.fill("#body", typed)
    shown = page.inner_text("p[data-limit]")
    context.close()
    n = letters.length(letters.normalise(typed))
    assert shown == f"{n:,} of 30,000 characters"
    assert fields.length(typed) == n


def test_too_many_says_how_many(chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.set_content(PAGE)
    page.add_script_tag(path=str(SCRIPT))
    page.fill("#body", "é" * 31_234)
    assert page.inner_text("p[data-limit]") == "1,234 characters too many"
    assert "over" in str(page.get_attribute("p[data-limit]", "class"))
    page.wait_for_function("document.querySelector('[role=status]').textContent === '1,234 characters too many'")
    context.close()
