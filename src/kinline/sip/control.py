"""What the switch asks and tells about calls (TEL-10), and about the telephones that may place them.

`Control` is the door. The built-in switch passes it in process (`sip.local`); another switch has the API. A question
has three seconds; what was granted later is ended by whoever granted it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol
from uuid import UUID

from kinline.flows.call_terms import Terms
from kinline.flows.speak_code import Spoken
from kinline.sip.call import Entry, Plan, Say
from kinline.sip.call.words import LANGUAGES, Asked, Speech


@dataclass(frozen=True, slots=True)
class Telephone:
    """A facility's telephone as the switch knows it. `asks`: what is keyed before a number (TEL-12).

    `names`: callers say theirs, the first time (T6).
    """

    username: str
    password: str = field(repr=False)
    asks: tuple[Asked, ...] = ("id", "pin")
    languages: tuple[str, ...] = LANGUAGES
    names: bool = False


class Control(Protocol):
    async def telephone(self, username: str) -> Telephone | None:
        """None: there is none of that name that may call. Raises TimeoutError."""

    def seen(self, username: str) -> None:
        """A sign of life of a telephone; told when there is time."""

    async def authorise(self, key: UUID, station: str, entry: Entry, language: str, names: bool = False) -> Terms:
        """Raises TimeoutError after three seconds; what is granted after that has been ended.

        `names`: the caller could say their name now; then the answer may be `NAME_WANTED`, and nothing was decided.
        """

    async def keep_name(self, station: str, resident_id: int, sound: bytes) -> None:
        """How a caller says their name, of whom the answer to this telephone said so. Raises TimeoutError."""

    async def ask_number(self, key: UUID) -> str:
        """Ask for the number of a call that was refused: the code of a sentence. Raises TimeoutError."""

    def tell(self, key: UUID, number: int, kind: str, detail: str, elapsed_ms: int) -> None:
        """A moment of a call, the `number`th; returns at once, is told in order."""

    async def alive(self, heard: Mapping[UUID, int]) -> Sequence[UUID]:
        """These calls go on, so many milliseconds talked each. Those that are to be ended now. Raises TimeoutError."""

    async def to_end(self) -> Sequence[UUID]:
        """Calls that staff or a lockdown end now: a look that may be had often. Raises TimeoutError."""

    def ended(self, key: UUID, reason: str, side: str, billable_ms: int, sip_code: int) -> None:
        """A call is over; returns at once, is told after all its moments."""

    def recorded(self, key: UUID, file: str, length_ms: int) -> None:
        """A recording of a call lies there; told after its end."""

    async def to_speak(self) -> Sequence[Spoken]:
        """What is to be said to whom now, by calls of our own; each once. Raises TimeoutError."""

    def spoken(self, key: UUID, result: str) -> None:
        """How one of these went: one of `flows.speak_code.RESULTS`."""

    async def booted(self, boot_id: str) -> Sequence[UUID]:
        """The switch starts: calls of earlier boots are settled. Waits until the database is there."""

    async def close(self) -> None:
        """Tell what can be told; the rest stays in the journal."""


def plan(terms: Terms) -> Plan:
    """What was granted, as the machine takes it."""
    return Plan(
        seconds=terms.seconds,
        warn_at=terms.warn_at,
        ring_ms=terms.ring_ms,
        accept_ms=terms.accept_ms,
        announcement=_in_their_voice(_speech(terms.announcement), terms.name_sound),
        price=_speech(terms.price),
        parting=_speech(terms.parting),
        accept_key=terms.accept_key,
        refuse_key=terms.refuse_key,
        price_key=terms.price_key,
        block_key=terms.block_key,
        record=terms.record,
        passive=terms.passive,
        cuts=terms.cuts_forwarded,
    )


def _speech(pieces: Sequence[tuple[str, str]]) -> Speech:
    return tuple(Say(prompt, value) for prompt, value in pieces)


def _in_their_voice(speech: Speech, sound: bytes) -> Speech:
    """The caller's name is the one that "an incarcerated person at" stands behind; of no other there is a sound."""
    if not sound:
        return speech
    behind = (*speech[1:], Say(""))
    return tuple(
        replace(one, sound=sound) if one.prompt == "name" and after.prompt == "call.at" else one
        for one, after in zip(speech, behind, strict=True)
    )
