"""Telephone numbers in letters, however they are written: `(555) 010-1234`, `555.010.1234`, `+1 5550101234`. Pure.

What stands between the digits of a number does not matter (spaces, dots, dashes, brackets, `+`), nor in which script
the digits are. A number is found inside a longer row of digits, too: a country's prefix hides none.
"""

import unicodedata

LEAST, MOST = 7, 15  # digits: a local number; the longest of any country (E.164)
_NORTH_AMERICA = "1"


class _Kept(dict[int, str]):
    """Digits, nothing for what parts a number, and a space for all else."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        digit = unicodedata.decimal(char, None)
        between = char in "./+" or unicodedata.category(char) in {"Pd", "Ps", "Pe", "Zs", "Cf"}
        self[code] = "" if digit is None and between else " " if digit is None else str(digit)
        return self[code]


_KEPT = _Kept()


def rows(text: str) -> str:
    """The digits of a text, with a space wherever something else than a number's own signs stands between."""
    return text.translate(_KEPT)


def digits(text: str) -> str:
    """The digits of one number, without North America's prefix; empty when it is none."""
    bare = rows(text.strip())
    if " " in bare or not LEAST <= len(bare) <= MOST:
        return ""
    return bare[1:] if len(bare) == 11 and bare.startswith(_NORTH_AMERICA) else bare


def mapped(text: str) -> tuple[str, list[int]]:
    """`rows`, with the place in the text of each character."""
    chars, at = [], []
    for position, char in enumerate(text):
        if kept := _KEPT[ord(char)]:
            chars.append(kept)
            at.append(position)
    return "".join(chars), at
