"""What a number and a PIN may be. Pure."""

import re
import unicodedata

from kinline.core.folding import fold

PIN_TRIES = 5  # TEL-12: locked after this many wrong ones, until staff reset it


def normal_number(text: str) -> str:
    """A resident's number as it is kept and compared: no spaces, capitals, plain digits."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return plain.upper().replace("\x00", "")


def search_form(text: str) -> str:
    """A name as the search compares it: without case and accents; both halves of a double name are words."""
    return fold(text).replace("-", " ")


def pin_fault(pin: str, number: str) -> str | None:
    """Why a PIN may not be chosen: `form` (not 4 to 8 digits), `easy`, or `number`; None if it may (TEL-12)."""
    if not re.fullmatch(r"[0-9]{4,8}", pin):
        return "form"
    if len(set(pin)) == 1 or pin in "01234567890" or pin in "09876543210":
        return "easy"
    if pin == number:
        return "number"
    return None
