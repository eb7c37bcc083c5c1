"""Reads what is to be translated and what is: no gettext tools are needed to run the tests."""

import ast
import gettext
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

SRC = Path(__file__).resolve().parents[2] / "src" / "kinline"

# How a call names its strings: (context?, singular, plural?) by position.
_CALLS = {
    "_": (None, 0, None), "gettext": (None, 0, None), "gettext_lazy": (None, 0, None), "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1), "ngettext_lazy": (None, 0, 1), "pgettext": (0, 1, None), "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2), "npgettext_lazy": (0, 1, 2),
}  # fmt: skip
_STRING = r"""(?:u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
_IN_TEMPLATE = re.compile(
    rf"\b(n?p?gettext|_)\(\s*({_STRING})(?:\s*,\s*({_STRING}))?(?:\s*,\s*({_STRING}))?", re.DOTALL
)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


@dataclass(frozen=True, order=True)
class Wanted:
    """One string that people read: `context` and `plural` may be empty."""

    context: str
    singular: str
    plural: str
    where: str

    @property
    def key(self) -> str:
        return f"{self.context}\x04{self.singular}" if self.context else self.singular


def wanted() -> list[Wanted]:
    """Every marked string of our Python files and templates (tests aside)."""
    found: set[Wanted] = set()
    for path in sorted(SRC.rglob("*")):
        if "tests" in path.parts or "migrations" in path.parts or not path.is_file():
            continue
        where = str(path.relative_to(SRC))
        if path.suffix == ".py":
            found.update(_in_python(path.read_text("utf-8"), where))
        elif path.suffix in (".html", ".txt") and "templates" in path.parts:
            found.update(_in_template(path.read_text("utf-8"), where))
    return sorted(found)


def _in_python(source: str, where: str) -> Iterator[Wanted]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in _CALLS:
            texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
            yield from _named(name, texts, where)


def _in_template(source: str, where: str) -> Iterator[Wanted]:
    for name, *strings in _IN_TEMPLATE.findall(templatize(source)):
        yield from _named(name, [ast.literal_eval(text) if text else None for text in strings], where)


def _named(name: str, texts: list[object], where: str) -> Iterator[Wanted]:
    context, singular, plural = (None if n is None or n >= len(texts) else texts[n] for n in _CALLS[name])
    if isinstance(singular, str) and singular:
        yield Wanted(str(context or ""), singular, str(plural or ""), where)


@dataclass(frozen=True)
class Entry:
    """One translation of a .po file; `forms` has one text, or one a plural form."""

    key: str
    plural: str
    forms: tuple[str, ...]
    fuzzy: bool


def read_po(path: Path) -> list[Entry]:
    """The living entries of a catalogue (obsolete ones, `#~`, are skipped)."""
    return [entry for block in path.read_text("utf-8").split("\n\n") if (entry := _entry(block)) is not None]


def _entry(block: str) -> Entry | None:
    parts: dict[str, str] = {}
    part, fuzzy = "", False
    for line in block.splitlines():
        if line.startswith("#"):
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        match = re.match(r'(msg\w+(?:\[\d\])?)?\s*(".*")\s*$', line)
        if match:
            part = match[1] or part
            parts[part] = parts.get(part, "") + ast.literal_eval(match[2])
    if not parts.get("msgid"):
        return None
    key = f"{parts['msgctxt']}\x04{parts['msgid']}" if "msgctxt" in parts else parts["msgid"]
    forms = tuple(text for name, text in sorted(parts.items()) if name.startswith("msgstr"))
    return Entry(key, parts.get("msgid_plural", ""), forms, fuzzy)


def read_mo(path: Path) -> dict[object, str]:
    """What the program really uses: `key`, or `(key, form)` for plurals, to text."""
    with path.open("rb") as file:
        return dict(gettext.GNUTranslations(file)._catalog)


def catalogues() -> list[Path]:
    return sorted(SRC.rglob("locale/es/LC_MESSAGES/django.po"))
