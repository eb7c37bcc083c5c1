"""What a letter's text is: how it is normalised, counted and judged empty (MSG-1). Pure."""

import re
import unicodedata

LIMIT = 30_000
SUBJECT_LIMIT = 200

# Control characters but newline and tab: they have no meaning in a letter, and NUL has no place in a database.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def normalise(text: str) -> str:
    """NFC, one kind of line end (LF), no control characters that a database or a screen cannot carry.

    Zero-width and direction marks stay: emoji and several scripts need them. A lone surrogate becomes U+FFFD, so that
    the reader sees that something was there.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _LONE_SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))
    return unicodedata.normalize("NFC", text)


def length(text: str) -> int:
    """Characters as MSG-1 counts them: Unicode code points of the normalised text, spaces included."""
    return len(text)


def is_blank(text: str) -> bool:
    """True when a reader would see an empty page: only spaces, line ends, zero-width and control characters."""
    return all(
        character.isspace()
        or unicodedata.category(character) in {"Cc", "Cf"}
        or character in "\u3164\u115f\u1160\uffa0\u2800"
        for character in text
    )


def one_line(text: str) -> str:
    """A subject: normalised, on one line, no outer spaces."""
    return " ".join(normalise(text).split())
