"""PDF that a screen reader can follow (PDF/UA-1: tags, headings, table heads, title, language), by typst.

Measured on two shared cores: a receipt 0.15 s, a month of 100 lines 0.2 s, twenty letters of 30,000 characters 0.6 s
and 0.7 MB, 5,000 lines 2 s. The wheel needs no network (no template asks for a package) and no font but ours.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from kinline.design.documents.glyphs import shown

TYPESET = Path(__file__).with_name("typeset.py")
SECONDS = 60
AT_ONCE = 2  # more at the same time would only make each of them slower
LIMIT_BYTES = 4 * 2**20  # of data: about 100 letters of full length; the caller divides what is more

_places = BoundedSemaphore(AT_ONCE)


class NotTypeset(RuntimeError):
    """The document could not be made. Says nothing of what is in it."""


def make(template: str, data: Mapping[str, Any], *, title: str, language: str, at: datetime) -> bytes:
    """The PDF of `templates/<template>.typ` filled with `data`: strings, numbers, lists and mappings of them.

    Raises NotTypeset.
    """
    order = {
        "template": template,
        "at": int(at.timestamp()),
        "data": _drawn({**data, "title": title, "lang": language}),
    }
    text = json.dumps(order, ensure_ascii=False).encode()
    if len(text) > 2 * LIMIT_BYTES:
        raise NotTypeset(f"{len(text)} bytes are too many for one document")
    with _places:
        try:
            done = subprocess.run(
                [sys.executable, "-I", TYPESET], input=text, capture_output=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise NotTypeset(f"{template} took longer than {SECONDS} s") from None
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise NotTypeset(f"{template} ended with {done.returncode}")
    return done.stdout


_COUNT = re.compile(rb"/Type\s*/Pages\s*/Count (\d+)")


def pages_of(made: bytes) -> int:
    """How many pages a document has that `make` made: the typesetter leaves its tree of pages readable."""
    return max(map(int, _COUNT.findall(made)), default=0)


def _drawn(value: Any) -> Any:
    """The same data with every string as our fonts can draw it."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, Mapping):
        return {key: _drawn(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_drawn(one) for one in value]
    return value
