"""Media without sound, for tests of the switch: it remembers what was asked. All speech takes equally long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kinline.sip.call import Leg
from kinline.sip.media import MediaError, MediaGone, OnKey

_BODY: Final = (
    "v=0\r\no=kinline 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
)


def body(port: int = 9) -> bytes:
    return _BODY.format(port=port).encode()


@dataclass
class SilentCall:
    """`done`: every request in order, as `("play", "b", "announcement.wav")`. `quiet`: seconds since each leg spoke.
    `gone`: the server was restarted since.
    """

    media: "SilentMedia"
    name: str
    offer: bytes
    on_key: OnKey
    done: list[tuple[str, ...]] = field(default_factory=list)
    joined: bool = False
    closed: bool = False
    quiet: dict[Leg, float] = field(default_factory=dict)
    gone: bool = False
    answer_for_a: bytes = field(default_factory=lambda: body(40000))
    offer_for_b: bytes = field(default_factory=lambda: body(40002))

    def _do(self, *what: str) -> None:
        if not self.media.up:
            raise MediaError("down")
        self.done.append(what)

    async def answered_by_b(self, sdp: bytes) -> None:
        self._do("answered_by_b")

    async def renegotiated(self, leg: Leg, sdp: bytes) -> bytes:
        self._do("renegotiated", leg)
        return self.answer_for_a if leg == "a" else self.offer_for_b

    async def play(self, leg: Leg, files: Sequence[Path], *, over: bool = False, repeat: bool = False) -> int:
        self._do("play", leg, *(one.name for one in files))
        return self.media.speech_ms

    async def hush(self, leg: Leg) -> None:
        self._do("hush", leg)

    async def join(self) -> None:
        self._do("join")
        self.joined = True

    async def part(self) -> None:
        self._do("part")
        self.joined = False

    async def record(self, path: Path) -> None:
        self._do("record", path.name)

    async def listen(self, seconds: float) -> None:
        self._do("listen")

    async def listened(self) -> bytes:
        self._do("listened")
        return self.media.says

    async def heard(self) -> Mapping[Leg, float]:
        self._do("heard")
        if self.gone:
            raise MediaGone("restarted")
        return dict(self.quiet)

    async def close(self) -> None:
        self.closed = True
        self.media.calls.pop(self.name, None)


@dataclass
class SilentMedia:
    """`up`: whether the server answers. `speech_ms`: how long whatever is said takes. `says`: leg a, to who listens."""

    speech_ms: int = 200
    says: bytes = b""
    up: bool = True
    calls: dict[str, SilentCall] = field(default_factory=dict)
    past: list[SilentCall] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        for call in list(self.calls.values()):
            await call.close()

    async def open(self, call: str, offer: bytes, on_key: OnKey) -> SilentCall:
        if not self.up:
            raise MediaError("down")
        opened = SilentCall(self, call, offer, on_key)
        self.calls[call] = opened
        self.past.append(opened)
        return opened

    async def alive(self) -> bool:
        return self.up

    async def forget(self, call: str) -> None:
        self.forgotten.append(call)
