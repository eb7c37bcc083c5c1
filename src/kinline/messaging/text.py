"""What a letter's text is: how it is normalised, counted and judged empty (MSG-1). Pure."""

import unicodedata

LIMIT = 30_000
SUBJECT_LIMIT = 200

# Kept although they are "format" characters: joiners that emoji and several scripts need, and the marks that set
# reading direction. Everything else of categories Cc, Cf, Cs, Co, Cn counts as nothing when we ask "is it blank?".
_CONTROLS_KEPT = {"\n", "\t"}


def normalise(text: str) -> str:
    """NFC, one kind of line end (LF), no control characters that a database or a screen cannot carry.

    NUL and other control characters (category Cc, except newline and tab) are dropped: they have no meaning in a
    letter. A lone surrogate becomes U+FFFD, so that the reader sees that something was there.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(_kept(character) for character in text)
    return unicodedata.normalize("NFC", text)


def _kept(character: str) -> str:
    if character in _CONTROLS_KEPT or (
        character >= " " and character not in "\x7f" and not "\x80" <= character <= "\x9f"
    ):
        return "\ufffd" if "\ud800" <= character <= "\udfff" else character
    return ""


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
