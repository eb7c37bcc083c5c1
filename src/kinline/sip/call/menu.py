"""What the caller is asked at the telephone, and what their keys mean (TEL-2, TEL-12). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from kinline.sip.call.words import Asked, Entry, Say, Speech

Question = Literal["language", "id", "pin", "number", "done"]

FIRST_KEY_MS: Final = 10_000
NEXT_KEY_MS: Final = 5_000
SILENCES: Final = 3  # questions in a row that nobody answers
LONGEST_ENTRY: Final = 24  # keys
HOTLINE_KEY: Final = "*"  # before all else: straight to the number, without a PIN (REC3)
ENTER: Final = "#"
RENAME: Final = "*"  # instead of a number, where names are taken (T6)


NOTHING: Final = Entry()


@dataclass(frozen=True, slots=True)
class Dialog:
    """Where the questions are. `fresh`: a question was just asked, and is to be said. `keys`: of the answer so far."""

    step: Question = "done"
    left: tuple[Question, ...] = ()
    languages: tuple[str, ...] = ()
    language: str = ""
    keys: str = field(default="", repr=False)
    entry: Entry = NOTHING
    silences: int = 0
    fresh: bool = True
    wrong: bool = False
    names: bool = False

    @property
    def given_up(self) -> bool:
        return self.silences >= SILENCES

    @property
    def prompt(self) -> Speech:
        sorry = (Say("wrong_key"),) if self.wrong else ()
        if self.step == "language":
            return (*sorry, *(Say(f"ask.language.{language}") for language in self.languages))
        rename = (Say("ask.rename"),) if self.names and self.step == "number" else ()
        return (*sorry, Say(f"ask.{self.step}"), *rename)


NONE: Final = Dialog()


def dialled(keys: str, asks: tuple[Asked, ...]) -> Entry:
    """`ID*PIN*NUMBER`, or as much of it as the place asks for; `*1` or `*2` behind it chooses who pays.

    A number alone is a hotline's or needs no PIN: whether that will do is not decided here.
    """
    parts = keys.split("*")
    payer = ""
    if len(parts) > 1 and parts[-1] in {"1", "2"} and len(parts) != len(asks) + 1:
        payer = parts.pop()
    if len(parts) == 1:
        return Entry(number=parts[0], payer=payer)
    known = dict(zip(asks, parts[:-1], strict=False)) if len(parts) == len(asks) + 1 else {}
    if not known:  # too many or too few stars: no number at all, rather than a PIN taken for one
        return Entry()
    return Entry(known.get("id", ""), known.get("pin", ""), parts[-1], payer)


def begin(languages: tuple[str, ...], asks: tuple[Asked, ...], *, names: bool = False) -> Dialog:
    questions: Iterable[Question] = (*(("language",) if len(languages) > 1 else ()), *asks, "number")
    first, *left = questions
    return Dialog(first, tuple(left), languages, names=names and bool(asks))


def again(dialog: Dialog) -> Dialog:
    """The passcode once more, and then straight on: the number is known."""
    return replace(dialog, step="pin", left=(), keys="", fresh=True, silences=0)


def number(dialog: Dialog) -> Dialog:
    """Who calls has been found out; now whom."""
    entry = replace(dialog.entry, number="", rename=False)
    return replace(dialog, step="number", left=(), entry=entry, keys="", fresh=True, silences=0, wrong=False)


def keyed(dialog: Dialog, key: str) -> Dialog:
    """After one more key. A key that means nothing here is said so, and the question asked again."""
    dialog = replace(dialog, fresh=False, wrong=False, silences=0)
    if dialog.step == "language":
        return _language(dialog, key)
    if key == HOTLINE_KEY and not dialog.keys and dialog.step != "number":
        return replace(dialog, step="number", left=(), entry=Entry(), fresh=True)
    if key == HOTLINE_KEY and dialog.step != "number":
        return replace(dialog, keys="", fresh=True)  # mistyped: once more
    if key == ENTER:
        return _entered(dialog) if dialog.keys else replace(dialog, fresh=True, wrong=True)
    if len(dialog.keys) >= LONGEST_ENTRY:
        return replace(dialog, keys="", fresh=True, wrong=True)
    return replace(dialog, keys=dialog.keys + key)


def waited(dialog: Dialog) -> Dialog:
    """After a silence: what was keyed counts as entered; nothing keyed is a silence, and the third ends it."""
    dialog = replace(dialog, wrong=False)
    if dialog.keys:
        return _entered(dialog)
    if dialog.step == "language":  # who chooses nothing hears the first language
        return _next(replace(dialog, language=dialog.languages[0]))
    return replace(dialog, silences=dialog.silences + 1, fresh=True)


def _language(dialog: Dialog, key: str) -> Dialog:
    if key.isdigit() and 1 <= int(key) <= len(dialog.languages):
        return _next(replace(dialog, language=dialog.languages[int(key) - 1]))
    return replace(dialog, fresh=True, wrong=True)


def _entered(dialog: Dialog) -> Dialog:
    if dialog.step == "number" and dialog.names and dialog.keys == RENAME:
        entry = replace(dialog.entry, number="", rename=True)
    elif dialog.step == "number":
        number, _, payer = dialog.keys.partition("*")
        entry = replace(dialog.entry, number=number, payer=payer if payer in {"1", "2"} else "")
    elif dialog.step == "pin":
        entry = replace(dialog.entry, pin=dialog.keys)
    else:
        entry = replace(dialog.entry, id=dialog.keys)
    return _next(replace(dialog, entry=entry))


def _next(dialog: Dialog) -> Dialog:
    if not dialog.left:
        return replace(dialog, step="done", keys="", fresh=False)
    return replace(dialog, step=dialog.left[0], left=dialog.left[1:], keys="", fresh=True, silences=0)
