"""Which characters the fonts of our documents can draw, read out of the fonts themselves, and what stands for others.

PDF/UA refuses a character without a picture, and without that rule it would silently be blank: both are worse than
a name in brackets.
"""

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
MISSING = "\u25a1"  # a box, which the fonts have

# What has no picture of its own and needs none: the direction of writing, joiners, variants of the picture before it.
_MARKS = frozenset(
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
NAMED = 500  # in one text: who writes more of them writes a pattern, and boxes are a pattern, too
STACKED = 8  # marks upon one letter: no writing needs more, and the typesetter gives up at some thousands
_SPACES = re.compile("[\t\u00a0\u2000-\u200a\u202f\u205f\u3000]")


def shown(text: str) -> str:
    """`text` as the fonts can draw it: a picture that they lack is named, `[grinning face]`; a letter becomes a box."""
    return "".join(_pieces(_SPACES.sub(" ", unicodedata.normalize("NFC", text))))


def boxes(text: str) -> int:
    """How many letters of a writing our fonts cannot draw, such as Chinese: in `shown` each is a box."""
    return shown(text).count(MISSING) - text.count(MISSING)


def _pieces(text: str) -> Iterator[str]:
    known, stacked, named = _drawable(), 0, 0
    for sign in text:
        mark = sign in _MARKS or unicodedata.category(sign) in ("Mn", "Me")
        stacked = stacked + 1 if mark else 0
        if stacked > STACKED:
            continue
        if sign in known or sign in _MARKS:
            yield sign
        elif unicodedata.category(sign) not in ("Cc", "Cf", "Cs"):
            instead = _instead(sign)
            named += len(instead) > 1
            yield instead if named <= NAMED else MISSING


def _instead(sign: str) -> str:
    name = unicodedata.name(sign, "")
    return f"[{name.lower()}]" if name and unicodedata.category(sign) in ("So", "Sm", "Sk", "Sc", "Po") else MISSING


@cache
def _drawable() -> frozenset[str]:
    return frozenset(chr(code) for font in sorted(FONTS.glob("*.ttf")) for code in _codes(font.read_bytes())) - {
        chr(code) for code in (*range(32), *range(0x7F, 0xA0), 0xFEFF, 0xFFFE, 0xFFFF)
    }


def _codes(font: bytes) -> Iterator[int]:
    """Every code point of the font's character map (OpenType `cmap`, formats 4 and 12)."""
    (tables,) = struct.unpack_from(">H", font, 4)
    directory = {font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0] for at in range(12, 12 + 16 * tables, 16)}
    start = directory[b"cmap"]
    (count,) = struct.unpack_from(">H", font, start + 2)
    for record in range(count):
        (offset,) = struct.unpack_from(">I", font, start + 4 + 8 * record + 4)
        (form,) = struct.unpack_from(">H", font, start + offset)
        if form == 12:
            yield from _groups(font, start + offset)
        elif form == 4:
            yield from _segments(font, start + offset)


def _groups(font: bytes, at: int) -> Iterator[int]:
    (count,) = struct.unpack_from(">I", font, at + 12)
    for group in range(count):
        first, last, glyph = struct.unpack_from(">III", font, at + 16 + 12 * group)
        yield from range(first if glyph else first + 1, last + 1)


def _segments(font: bytes, at: int) -> Iterator[int]:
    (doubled,) = struct.unpack_from(">H", font, at + 6)
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", font, at + 16 + 2 * doubled)
    places = at + 16 + 3 * doubled
    offsets = struct.unpack_from(f">{count}H", font, places)
    for n, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for code in range(first, last + 1):
            glyph = code + deltas[n]
            if offsets[n]:
                (glyph,) = struct.unpack_from(">H", font, places + 2 * n + offsets[n] + 2 * (code - first))
            if glyph & 0xFFFF and code != 0xFFFF:
                yield code
