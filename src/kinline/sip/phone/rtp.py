"""Sound over the network (RTP, RFC 3550), PCMU in packets of 20 ms, and keys as telephone events (RFC 4733).

`Line` is one end: it sends a packet every 20 ms as long as it is open, silence if there is nothing to say, and keeps
what it hears in step with the clock: `heard[8000 * n :]` is what arrived from the n-th second on.
"""

import asyncio
import contextlib
import secrets
import struct
import time
from collections.abc import Callable
from typing import Final, cast

from kinline.sip.sdp import EVENTS, PCMU, Sdp
from kinline.sip.sound import FRAME, RATE, SILENCE

PACKET_SECONDS: Final = FRAME / RATE
KEYS: Final = "0123456789*#ABCD"  # by number of their event; 16 is the hook flash
_HEAD: Final = struct.Struct("!BBHII")
_EVENT: Final = struct.Struct("!BBH")
_LATE: Final = FRAME * 3  # samples that packets may be early or late before silence is put between


class Line(asyncio.DatagramProtocol):
    """`on_key`: called with each key the other side pressed, when it is let go."""

    def __init__(self, on_key: Callable[[str], None] | None = None) -> None:
        self.on_key = on_key or (lambda key: None)
        self.heard = bytearray()
        self.packets_in = self.packets_out = self.events_in = 0
        self.opened = time.monotonic()
        self.last_packet: float | None = None
        self.remote: tuple[str, int] | None = None
        self.events: int | None = EVENTS
        self.muted = False  # sends nothing at all, as a dead telephone
        self._say = bytearray()
        self._loop_of: bytes = b""
        self._presses: asyncio.Queue[tuple[str, int]] = asyncio.Queue()
        self._pressed = asyncio.Event()
        self._pressed.set()
        self._transport: asyncio.DatagramTransport | None = None
        self._task: asyncio.Task[None] | None = None
        self._stream, self._sequence, self._stamp = secrets.randbits(32), secrets.randbits(15), secrets.randbits(31)
        self._last_event: int | None = None

    @classmethod
    async def open(cls, host: str, port: int = 0, on_key: Callable[[str], None] | None = None) -> "Line":
        loop = asyncio.get_running_loop()
        _, line = await loop.create_datagram_endpoint(lambda: cls(on_key), local_addr=(host, port))
        return line

    @property
    def address(self) -> tuple[str, int]:
        """Where this end listens."""
        if self._transport is None:
            raise RuntimeError("a line that is not open")
        return cast("tuple[str, int]", self._transport.get_extra_info("sockname")[:2])

    # What is said

    def send_to(self, there: Sdp) -> None:
        """From now on, packets go there; nowhere while the other side holds."""
        self.remote, self.events = (None if there.held else (there.host, there.port)), there.events
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._send_all())

    def say(self, sound: bytes) -> None:
        """Say this next, after what is being said. µ-law."""
        self._say += sound

    def loop(self, sound: bytes) -> None:
        """Whenever there is nothing else to say, say this again and again; empty: silence."""
        self._loop_of = bytes(sound)

    def hush(self) -> None:
        self._say.clear()
        self._loop_of = b""

    async def press(self, keys: str, *, held: float = 0.1, gap: float = 0.06) -> None:
        """Press keys, one after another, as telephone events; returns when the last is let go."""
        for key in keys.upper():
            if key in KEYS:
                self._pressed.clear()
                await self._presses.put((key, max(2, round(held / PACKET_SECONDS))))
                await self._pressed.wait()
                await asyncio.sleep(gap)

    async def _send_all(self) -> None:
        """A packet each 20 ms by the clock, not after a pause of 20 ms: delays do not add up."""
        begun, count = time.monotonic(), 0
        while True:
            count += 1
            await asyncio.sleep(max(0.0, begun + count * PACKET_SECONDS - time.monotonic()))
            if self._presses.empty():
                self._send(PCMU, self._next_frame())
                self._stamp = self._stamp + FRAME & 0xFFFFFFFF
                continue
            key, packets = self._presses.get_nowait()
            count += await self._send_key(key, packets, begun, count)
            self._pressed.set()

    async def _send_key(self, key: str, packets: int, begun: float, count: int) -> int:
        """One event: its duration grows, its time stays, its end is said three times."""
        for index in range(1, packets + 3):
            over = index >= packets
            body = _EVENT.pack(KEYS.index(key), 0x80 * over | 10, min(index, packets) * FRAME)
            if self.events is not None:
                self._send(self.events, body, first=index == 1)
            await asyncio.sleep(max(0.0, begun + (count + index) * PACKET_SECONDS - time.monotonic()))
        self._stamp = self._stamp + (packets + 2) * FRAME & 0xFFFFFFFF
        return packets + 2

    def _next_frame(self) -> bytes:
        if len(self._say) < FRAME:
            if not self._loop_of:
                frame = bytes(self._say).ljust(FRAME, SILENCE)
                self._say.clear()
                return frame
            while len(self._say) < FRAME:
                self._say += self._loop_of
        frame = bytes(self._say[:FRAME])
        del self._say[:FRAME]
        return frame

    def _send(self, kind: int, body: bytes, *, first: bool = False) -> None:
        if self._transport is None or self.remote is None or self.muted:
            return
        head = _HEAD.pack(0x80, kind | 0x80 * first, self._sequence, self._stamp, self._stream)
        self._sequence = self._sequence + 1 & 0xFFFF
        self.packets_out += 1
        self._transport.sendto(head + body, self.remote)

    # What is heard

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if len(data) < _HEAD.size or data[0] >> 6 != 2:
            return
        first, kind, _, stamp, _ = _HEAD.unpack_from(data)
        body = data[_HEAD.size + 4 * (first & 0x0F) :]
        self.last_packet = time.monotonic()
        self.packets_in += 1
        if kind & 0x7F == PCMU:
            self._hear(body)
        elif self.events is not None and kind & 0x7F == self.events and len(body) >= _EVENT.size:
            self._hear_key(body, stamp)

    def _hear(self, sound: bytes) -> None:
        now = int((time.monotonic() - self.opened) * RATE)
        if now - len(self.heard) > len(sound) + _LATE:
            self.heard += SILENCE * (now - len(sound) - len(self.heard))
        self.heard += sound

    def _hear_key(self, body: bytes, stamp: int) -> None:
        self.events_in += 1
        event, flags, _ = _EVENT.unpack_from(body)
        if flags & 0x80 and stamp != self._last_event and event < len(KEYS):
            self._last_event = stamp
            self.on_key(KEYS[event])

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there (ICMP): a telephone goes on sending."""

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._transport is not None:
            self._transport.close()
