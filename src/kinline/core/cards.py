"""Recognises what looks like a card number, so that it is neither shown again, kept nor logged (PCI1). Pure."""

import re
import unicodedata
from typing import Final

# ISO/IEC 7812: 12 to 19 digits, of which card networks issue 13 to 19; people type them in groups.
_SHORTEST: Final = 13
_LONGEST: Final = 19
_RUN = re.compile(r"[0-9](?:[\s.\u2010-\u2015\-]?[0-9])+")


def looks_like_card(text: str) -> bool:
    """Whether a card number may stand in `text`: 13 to 19 digits in a row, grouped or not, whose check digit is right.

    One random number in ten passes too; who asks refuses such a text, so a doubt costs a retype and no secret.
    """
    plain = unicodedata.normalize("NFKC", text)
    return any(_holds_card([int(digit) for digit in run if digit.isdigit()]) for run in _RUN.findall(plain))


def _holds_card(digits: list[int]) -> bool:
    """An expiry date or a security code may stand before or after it."""
    return any(
        _checks(digits[start : start + length])
        for length in range(_SHORTEST, min(_LONGEST, len(digits)) + 1)
        for start in range(len(digits) - length + 1)
    )


def _checks(digits: list[int]) -> bool:
    """Luhn's check digit (ISO/IEC 7812-1, annex B). Zeros alone are nobody's."""
    doubled = [digit if place % 2 == 0 else digit * 2 - 9 * (digit > 4) for place, digit in enumerate(reversed(digits))]
    return any(digits) and sum(doubled) % 10 == 0
