"""A letter for a reviewer's eyes: escaped, in paragraphs, with the words marked that fired (DEL-4). Pure."""

import re
from collections.abc import Iterable, Iterator

from django.utils.safestring import SafeString, mark_safe

from kinline.design.letters import as_html

# Never characters (Unicode's own "noncharacters"), so no letter needs them; one that holds them loses only these two.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_LINE = re.compile(r"[^\r\n\x85\u2028\u2029]+")


def marked(text: str, spans: Iterable[tuple[int, int]]) -> SafeString:
    """`spans`: from–to in `text`, in order and apart. A mark ends with its line, so that no paragraph is torn."""
    safe = text.replace(_OPEN, "\ufffd").replace(_CLOSE, "\ufffd")
    parts, at = [], 0
    for start, end in _by_line(safe, spans):
        parts += [safe[at:start], _OPEN, safe[start:end], _CLOSE]
        at = end
    html = as_html("".join([*parts, safe[at:]]))
    return mark_safe(html.replace(_OPEN, "<mark>").replace(_CLOSE, "</mark>"))  # noqa: S308  (as_html escapes)


def _by_line(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in spans:
        for line in _LINE.finditer(text, start, end):
            yield line.span()
