"""A telephone number as people here type it: `(813) 555-0142`, `1-813-555-0142`, `+44 20 7946 0000`. Pure."""

import re
import unicodedata
from typing import Final

from kinline.telephony.dialling import Dialled, dialled

LONGEST: Final = 40
_BETWEEN: Final = re.compile(r"[\s()./\-\u2010-\u2015\u00a0]+")


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
