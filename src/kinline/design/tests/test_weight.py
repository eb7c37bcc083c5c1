"""What a cheap phone has to load (quality.md, P7)."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

FIRST_PAGE_BYTES = 150_000
LATER_PAGE_BYTES = 40_000
FONT_BYTES = 45_000


def wire(path: Path) -> int:
    """Bytes on the wire: fonts are compressed already, the rest is sent compressed."""
    data = path.read_bytes()
    return len(data) if path.suffix in (".woff2", ".png") else len(gzip.compress(data))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/help/", "/prices/", "/signup/"])
def test_pages_are_light(client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    linked = set(re.findall(r'(?:href|src)="/static/([^"]+)"', page))
    assert {"kinline/kinline.css", "kinline/page.js"} <= linked
    parts = sum(wire(Path(str(finders.find(name)))) for name in linked)
    assert len(page.encode()) + parts <= FIRST_PAGE_BYTES
    assert len(page.encode()) <= LATER_PAGE_BYTES


def test_the_fonts_together_are_small() -> None:
    folder = Path(str(finders.find("kinline/kinline.css"))).parent / "fonts"
    fonts = list(folder.glob("*.woff2"))
    assert len(fonts) == 4
    assert sum(wire(font) for font in fonts) <= FONT_BYTES
    assert (folder / "OFL.txt").read_text("utf-8").count("SIL OPEN FONT LICENSE") >= 1
