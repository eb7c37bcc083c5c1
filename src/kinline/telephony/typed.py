"""A telephone number as people here type it: `(813) 555-0142`, `1-813-555-0142`, `+44 20 7946 0000`. Pure."""

import re
import unicodedata
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from kinline.telephony.dialling import Dialled, dialled

LONGEST: Final = 40
_BETWEEN: Final = re.compile(r"[\s()./\-\u2010-\u2015\u00a0]+")
_DEAR: Final = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})
_BEGINS: Final = re.compile(r"1[2-9][0-9]{1,9}|[2-9][0-9]{0,13}")


def keys(text: str) -> str:
    """What one would press on a telephone for it: digits of any script; `+` is `011`, or nothing before the `1`."""
    line = _BETWEEN.sub("", text.strip()[:LONGEST])
    pressed = "".join(str(unicodedata.digit(one, one)) for one in line)
    if not pressed.startswith("+"):
        return pressed
    return pressed[1:] if pressed.startswith("+1") else f"011{pressed[1:]}"


def read(text: str) -> Dialled:
    """The number that is meant, or the code of why it is none (`dialling.dialled`)."""
    return dialled(keys(text))


def anybodys(text: str) -> str:
    """E.164 of any number that exists, toll-free ones too (a hotline's); nothing for what is none, or costs extra."""
    pressed = keys(text)
    line = f"+{pressed[3:]}" if pressed.startswith("011") else pressed
    try:
        found = phonenumbers.parse(line, "US")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(found) or phonenumbers.number_type(found) in _DEAR:
        return ""
    return phonenumbers.format_number(found, PhoneNumberFormat.E164)


def beginning(text: str) -> str:
    """What several numbers begin with, as `+1876` of `876`, `1 876` or `+1 876`, `+53` of `011 53`; nothing for what
    begins none, and for `+1` alone, which would be every number here."""
    pressed = keys(text)
    if not pressed.isascii() or not pressed.isdecimal():
        return ""
    rest = pressed[3:] if pressed.startswith("011") else f"1{pressed.removeprefix('1')}"
    return f"+{rest}" if _BEGINS.fullmatch(rest) else ""
