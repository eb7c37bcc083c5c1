"""What carries the voices of calls: one door, and drivers behind it (rtpengine, rtp-io, silent for tests).

A call's media has two legs. `a` is the facility's telephone, `b` the outside party. From `open` until `join` neither
hears the other, whatever either sends; keys of both are reported from the beginning, and are never passed on to the
other leg. What a driver cannot do raises `MediaError`; the switch then ends the call.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from kinline.sip.call import Leg

OnKey = Callable[[Leg, str], None]


class MediaError(Exception):
    """The media server does not answer, or cannot do what it was asked."""


class MediaGone(MediaError):
    """The media server is there, and knows nothing of this call: it was restarted in the meantime."""


class MediaCall(Protocol):
    """The voices of one call. SDP is bytes as it stands in a SIP body. Every method may raise `MediaError`."""

    @property
    def answer_for_a(self) -> bytes:
        """What the telephone is answered: stays valid for the whole call, also after leg b is there."""

    @property
    def offer_for_b(self) -> bytes:
        """What the outside party is offered."""

    async def answered_by_b(self, sdp: bytes) -> None:
        """The outside party's own SDP, of its 183 or 200; again with each later one."""

    async def renegotiated(self, leg: Leg, sdp: bytes) -> bytes:
        """A re-INVITE of a leg; the answer for it. Whether they are joined stays as it is."""

    async def play(self, leg: Leg, files: Sequence[Path], *, over: bool = False, repeat: bool = False) -> int:
        """Play to a leg, instead of what is played to it now. The length in milliseconds, of one round.

        `over`: the conversation comes back by itself afterwards. Files are 8 kHz mono WAV, one after another.
        """

    async def hush(self, leg: Leg) -> None:
        """Stop what is played to a leg."""

    async def join(self) -> None:
        """From now on each hears the other, until `part`."""

    async def part(self) -> None:
        """Neither hears the other."""

    async def record(self, path: Path) -> None:
        """Write both directions to a file from now on, until `close`."""

    async def listen(self, seconds: float) -> None:
        """Keep what leg `a` says from now on, so many seconds at most, until `listened`; not while they are joined."""

    async def listened(self) -> bytes:
        """What leg `a` said since `listen`, µ-law; empty: nothing came. Of it nothing stays behind here."""

    async def heard(self) -> Mapping[Leg, float]:
        """Seconds since the last packet of each leg; a leg that never sent one is missing. May raise `MediaGone`."""

    async def close(self) -> None:
        """End it and free its ports. A second time changes nothing."""


class Media(Protocol):
    async def start(self) -> None:
        """Connect to what does the work, or start it."""

    async def stop(self) -> None:
        """End every call that is left, and let go."""

    async def open(self, call: str, offer: bytes, on_key: OnKey) -> MediaCall:
        """Media for one call, named `call` (the same name with `forget`), from the telephone's SDP.

        `on_key` is called in the event loop's thread with each finished key, `0` to `9`, `*`, `#`, `A` to `D`.
        """

    async def alive(self) -> bool:
        """Whether the server answers now; called every second, so it must not take longer than that."""

    async def forget(self, call: str) -> None:
        """Delete a call that an earlier run of the switch left behind; one that is gone changes nothing."""
