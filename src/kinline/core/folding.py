"""Text as a search compares it: without case, accents and invisible characters. Pure."""

import re
import unicodedata

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_DROPPED = {"Mn", "Me", "Cf"}  # accents, enclosing marks, zero-width and direction characters


def fold(text: str) -> str:
    """`Peña` → `pena`, `STRASSE` and `Straße` → `strasse`; letters, digits and spaces stay apart as they were."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return _NOT_ASCII.sub(_without_marks, folded)


def _without_marks(run: re.Match[str]) -> str:
    return "".join(c for c in run.group() if unicodedata.category(c) not in _DROPPED)
