"""Words of a letter against the phrases of a facility's lists, in one pass (DEL-1, STF-6). Pure.

A phrase is whole words, literally: there are no patterns, so nothing can backtrack, and the time grows with the letter
alone. Compared are *tokens*: case, accents, vowel marks, tatweel, zero-width and direction characters are dropped
(`Peña`, `PEÑA` and `pena` are one word; `es<zero width>cape` is `escape`), compatibility forms are one (`ﬁ` is `fi`),
punctuation parts words, an emoji or a sign such as `$` is a word of its own. What lies between two words of a phrase
(punctuation, line ends, emoji if the phrase has none) does not matter. Letters of another script that only look alike
are other letters; a text in base64 is one long word. Scripts that do not part words are found anywhere.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

import ahocorasick_rs

from kinline.delivery import numbers

Tier = Literal["alert", "review", "refuse"]
STRICTNESS: dict[str, int] = {"refuse": 0, "review": 1, "alert": 2}
MOST_HITS = 200  # a letter that holds more phrases is told by the strictest of them

_TATWEEL = "\u0640"
# Scripts written without spaces between words: a phrase in them is found anywhere.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_SIGN_KINDS = {"So", "Sk", "Sc", "Sm"}
# Bounded, and begun only where a name begins: the time grows with the letter alone.
_LINK = re.compile(
    r"https?:/|\bwww[.]\w|(?<![\w@.-])(?:[\w-]{1,63}[.]){1,8}"
    r"(?:com|net|org|info|biz|io|co|me|tv|app|xyz|online|site|link|ly|gg|us|mx|es|ru)(?![\w-]|[.]\w)",
    re.IGNORECASE,
)


class _Kept(dict[int, str]):
    """What each character of a text in NFC becomes. Filled as characters come, so it holds those of the letters here:
    one pass over a letter instead of three (normalise, fold case, drop), and Hangul stays short."""

    def __init__(self, *, signs: bool) -> None:
        super().__init__()
        self.signs = signs

    def __missing__(self, code: int) -> str:
        bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", chr(code)).casefold())
        kept = unicodedata.normalize("NFC", "".join(self._one(char) for char in bare))
        self[code] = kept
        return kept

    def _one(self, char: str) -> str:
        kind = unicodedata.category(char)
        if kind in {"Mn", "Me", "Cf"} or char == _TATWEEL:
            return ""
        if kind[0] in "LN" or kind == "Mc":
            return char
        return f" {char} " if self.signs and kind in _SIGN_KINDS else " "


_WORDS, _SIGNS = _Kept(signs=False), _Kept(signs=True)


class Folded:
    """A text as phrases are looked for in it: ` word word `. Computed when first asked for, once."""

    def __init__(self, text: str) -> None:
        self.text = unicodedata.normalize("NFC", text)

    @cached_property
    def words(self) -> str:
        return f" {' '.join(self.text.translate(_WORDS).split())} "

    @cached_property
    def signs(self) -> str:
        """With emoji and signs as words."""
        return f" {' '.join(self.text.translate(_SIGNS).split())} "

    def holds(self, phrases: Iterable[str]) -> bool:
        """Whether one of the folded phrases stands in it. For the few words of a rule; lists have a `Screen`."""
        return any(needle(phrase) in (self.signs if has_sign(phrase) else self.words) for phrase in phrases)

    @cached_property
    def digits(self) -> str:
        """Its numbers, as those of a list are looked for."""
        return numbers.rows(self.text)

    @cached_property
    def has_link(self) -> bool:
        """An address of the web: with `http`, `www.`, or a name that ends as such names do. An email is none."""
        return bool(_LINK.search(unicodedata.normalize("NFKC", self.text)))


def phrase(text: str) -> str:
    """Its words, folded, one space between them and none around; empty when it has neither letter, digit nor sign."""
    return Folded(text).signs.strip()


def has_sign(folded: str) -> bool:
    return any(unicodedata.category(char) in _SIGN_KINDS for char in folded)


def needle(folded: str) -> str:
    return folded if _UNSPACED.search(folded) else f" {folded} "


@dataclass(frozen=True, slots=True)
class ListFacts:
    """One list. `until`: its last day, in the facility's time; `reason`, `why`: told when its words refuse."""

    id: int
    until: date
    reason: str = ""
    why: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One phrase (`folded`), telephone number (`number`) or person (`party`: `family:7`, `resident:9`) of a list."""

    id: int
    list_id: int
    tier: Tier
    folded: str = ""
    party: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that fits a letter."""

    entry: Entry
    of: ListFacts

    @property
    def order(self) -> tuple[int, int, int]:
        return STRICTNESS[self.entry.tier], self.of.id, self.entry.id


class Screen:
    """The lists of one facility, ready to be asked: an automaton for words, for phrases with signs, for numbers."""

    def __init__(self, lists: Iterable[ListFacts], entries: Iterable[Entry]) -> None:
        self.lists = {one.id: one for one in lists}
        rows = [one for one in entries if one.list_id in self.lists]
        self._people: dict[str, list[Entry]] = {}
        for one in rows:
            if one.party:
                self._people.setdefault(one.party, []).append(one)
        phrases = [one for one in rows if one.folded]
        self._words = _Automaton((needle(one.folded), one) for one in phrases if not has_sign(one.folded))
        self._signs = _Automaton((needle(one.folded), one) for one in phrases if has_sign(one.folded))
        self._numbers = _Automaton((one.number, one) for one in rows if one.number)

    def words_in(self, text: Folded, today: date) -> list[Hit]:
        """Each phrase and number that stands in the text and whose list counts on `today`; the strictest first."""
        return self._hits(self._phrases_in(text), today)

    def people_among(self, parties: Iterable[str], today: date) -> list[Hit]:
        return self._hits((one for party in parties for one in self._people.get(party, ())), today)

    def _phrases_in(self, text: Folded) -> Iterator[Entry]:
        if self._words:
            yield from self._words.found(text.words)
        if self._signs:
            yield from self._signs.found(text.signs)
        if self._numbers:
            yield from self._numbers.found(text.digits)

    def _hits(self, entries: Iterable[Entry], today: date) -> list[Hit]:
        hits = [Hit(one, self.lists[one.list_id]) for one in entries if today <= self.lists[one.list_id].until]
        return sorted(hits, key=lambda hit: hit.order)[:MOST_HITS]


class _Automaton:
    """All phrases at once (Aho-Corasick, on UTF-8: positions in characters are not needed to decide)."""

    def __init__(self, entries: Iterable[tuple[str, Entry]]) -> None:
        by_needle: dict[str, list[Entry]] = {}
        for looked_for, one in entries:
            by_needle.setdefault(looked_for, []).append(one)
        self._entries = list(by_needle.values())
        self._found = ahocorasick_rs.BytesAhoCorasick([one.encode() for one in by_needle]) if by_needle else None

    def __bool__(self) -> bool:
        return self._found is not None

    def found(self, haystack: str) -> Iterator[Entry]:
        if self._found is not None:
            matches = self._found.find_matches_as_indexes(haystack.encode(), overlapping=True)
            for number in {match[0] for match in matches}:
                yield from self._entries[number]


# Where they stand: for people who look at a letter, not for deciding


@dataclass(frozen=True, slots=True)
class Found:
    """`text[start:end]` is the phrase, in code points."""

    start: int
    end: int
    folded: str


def places(text: str, phrases: Iterable[str]) -> list[Found]:
    """Every place of the folded phrases in the text, by where they begin."""
    wanted = {one for one in phrases if one}
    found = [*_places(text, [one for one in wanted if not has_sign(one)], signs=False)]
    found += _places(text, [one for one in wanted if has_sign(one)], signs=True)
    return sorted(found, key=lambda one: (one.start, -one.end, one.folded))


def number_places(text: str, wanted: Iterable[str]) -> list[Found]:
    """The same of telephone numbers."""
    found = list(wanted)
    haystack, at = numbers.mapped(text)
    matches = ahocorasick_rs.AhoCorasick(found).find_matches_as_indexes(haystack, overlapping=True) if found else []
    return [Found(at[start], at[end - 1] + 1, found[number]) for number, start, end in matches]


def _places(text: str, wanted: list[str], *, signs: bool) -> Iterator[Found]:
    if not wanted:
        return
    haystack, at = _mapped(text, _SIGNS if signs else _WORDS)
    automaton = ahocorasick_rs.AhoCorasick([needle(one) for one in wanted])
    for number, start, end in automaton.find_matches_as_indexes(haystack, overlapping=True):
        inside = 1 if haystack[start] == " " else 0  # the spaces around are no part of it
        yield Found(at[start + inside], at[end - inside - 1] + 1, wanted[number])


def _mapped(text: str, kept: _Kept) -> tuple[str, list[int]]:
    """The haystack of `Folded`, character by character, with where each came from in the text, which is NFC."""
    chars, at = [" "], [0]
    for position, char in enumerate(text):
        for one in kept[ord(char)]:
            if one != " " or chars[-1] != " ":
                chars.append(one)
                at.append(position)
    if chars[-1] != " ":
        chars.append(" ")
        at.append(len(text))
    return "".join(chars), at
