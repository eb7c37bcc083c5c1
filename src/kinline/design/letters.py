"""How the text of a letter becomes paragraphs. The text is a stranger's: everything in it is escaped."""

import re

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

# Controls mean nothing on a page (NUL, bells, C1); line and paragraph separators are line breaks.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_BREAKS = re.compile(r"\r\n|[\r\x85\u2028]")
_LINE_END = SafeString("<br>")
_PARAGRAPHS = re.compile(r"\n[ \t]*(?:\n[ \t]*)+|\u2029")


def paragraphs(text: str) -> list[list[str]]:
    """The text as paragraphs of lines. An empty line, or several, ends a paragraph."""
    clean = _CONTROLS.sub("", _BREAKS.sub("\n", text)).strip("\n")
    return [part.split("\n") for part in _PARAGRAPHS.split(clean) if part]


def as_html(text: str) -> SafeString:
    """Escaped paragraphs. `dir="auto"` on each isolates it: an override that a writer leaves open ends with the
    paragraph, and Arabic or Hebrew runs the right way beside English."""
    parts = (format_html_join(_LINE_END, "{}", ((line,) for line in lines)) for lines in paragraphs(text))
    return format_html_join("", '<p dir="auto">{}</p>', ((part,) for part in parts))
