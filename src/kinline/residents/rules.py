"""What a number and a PIN may be, and whose turn it is at a kiosk. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

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


# Turns at a kiosk (KSK-4)

FREE_FOR = timedelta(minutes=2)  # nobody stands before a screen that was free for so long


@dataclass(frozen=True, slots=True)
class Turns:
    """`minutes`: how long a turn is; `pause_minutes`: how long others come first after it. 0: no limit, no pause."""

    minutes: int = 0
    pause_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Last:
    """A resident's last sitting: when it ended (`now` while it goes on), and when its turn ends or would have."""

    ended_at: datetime
    turn_ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Turn:
    """`ends_at` None: no limit. `again_at`: not now, but then; the rest is then empty."""

    ends_at: datetime | None = None
    again_at: datetime | None = None


def turn(rules: Turns, last: Last | None, free_since: datetime | None, now: datetime) -> Turn:
    """Who comes back within a turn has the rest of it; after it others come first, unless nobody wants the screen.

    `free_since`: when somebody last left this screen; None: nobody ever sat there.
    """
    fresh = Turn(ends_at=now + timedelta(minutes=rules.minutes) if rules.minutes else None)
    if last is None or not rules.pause_minutes:
        return _rest(last, now) or fresh if rules.minutes else fresh
    again_at = last.ended_at + timedelta(minutes=rules.pause_minutes)
    if now >= again_at:
        return fresh
    rest = _rest(last, now)
    if rest is not None:
        return rest
    if free_since is None or now - free_since >= FREE_FOR:
        return fresh
    return Turn(again_at=again_at)


def _rest(last: Last | None, now: datetime) -> Turn | None:
    """A sitting at another screen, or after a power cut, is the same turn."""
    if last is None or last.turn_ends_at is None or now >= last.turn_ends_at:
        return None
    return Turn(ends_at=last.turn_ends_at)
