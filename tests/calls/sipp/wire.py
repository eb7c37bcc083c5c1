"""Every UDP packet of the loopback, with the kernel's time: who said what to whom, and which tone in which second.

A raw socket instead of tcpdump: SIPp needs root for its voices anyway, and no packet waits in a file to be written.
"""

import socket
import struct
import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from kinline.sip.sound import RATE, tones

_IGNORE_OUTGOING = 23  # PACKET_IGNORE_OUTGOING: on the loopback each packet would be seen twice
_TIMESTAMP_NS = 35  # SO_TIMESTAMPNS
_SOL_PACKET = 263
KEY = 101  # the payload type of keys, as in the scenarios' SDP
_LEAST = RATE // 4  # of a second's sound, to say anything about it


@dataclass(frozen=True, slots=True)
class Packet:
    at: float
    source: int
    target: int
    load: bytes

    @property
    def is_sip(self) -> bool:
        return b"SIP/2.0" in self.load[:80].split(b"\r\n", 1)[0]

    @property
    def first_line(self) -> str:
        return self.load.split(b"\r\n", 1)[0].decode(errors="replace")

    @property
    def kind(self) -> int | None:
        """The payload type, if it is RTP."""
        if len(self.load) < 12 or self.load[0] >> 6 != 2 or 72 <= self.load[1] & 0x7F <= 76:  # 72 to 76: RTCP
            return None
        return self.load[1] & 0x7F


@dataclass
class Wire:
    """While it is open it listens; afterwards it can be asked."""

    packets: list[Packet] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
        self._socket.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, _TIMESTAMP_NS, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, 33, 1 << 26)  # SO_RCVBUFFORCE
        self._socket.bind(("lo", 0x0800))
        self._socket.settimeout(0.2)
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                data, notes, _, _ = self._socket.recvmsg(65535, 64)
            except TimeoutError:
                continue
            if data[9] != socket.IPPROTO_UDP:
                continue
            head = 4 * (data[0] & 0x0F)
            source, target, length = struct.unpack_from("!HHH", data, head)
            seconds, nanos = struct.unpack("qq", notes[0][2])
            self.packets.append(Packet(seconds + nanos / 1e9, source, target, data[head + 8 : head + length]))

    # What was on it

    @cached_property
    def _to(self) -> dict[int, list[Packet]]:
        """RTP by the port where it arrived."""
        found: dict[int, list[Packet]] = {}
        for one in self.packets:
            if one.kind is not None:
                found.setdefault(one.target, []).append(one)
        return found

    @cached_property
    def _sip(self) -> list[Packet]:
        return [one for one in self.packets if one.is_sip]

    def sip(self, *, to: int = 0, begins: str = "", says: str = "") -> list[Packet]:
        """SIP messages to a port whose first line begins so, and that say this somewhere."""
        found = (one for one in self._sip if to in {0, one.target} and one.first_line.startswith(begins))
        return [one for one in found if says.encode() in one.load]

    def rtp(self, to: int) -> list[Packet]:
        return self._to.get(to, [])

    def keys(self, to: int) -> list[Packet]:
        """Telephone events that reached a port."""
        return [one for one in self.rtp(to) if one.kind == KEY]

    def hears(self, to: int, hertz: int, since: float, until: float) -> list[bool]:
        """By whole seconds of that time: whether whoever listens at that port heard the tone. A second with hardly any
        sound is silent.
        """
        return [_has(sound, hertz) for sound in self._cut(to, since, until, 1)]

    def seconds_with(self, to: int, hertz: int, *, until: float) -> list[int]:
        """From the first sound at that port on: which seconds held the tone, before that moment."""
        begun = min((one.at for one in self.rtp(to)), default=until)
        return [n for n, heard in enumerate(self.hears(to, hertz, begun, until)) if heard]

    def is_interrupted(self, to: int, hertz: int, since: float, until: float) -> bool:
        """Whether something else is heard for a fifth of a second."""
        parts = self._cut(to, since, until, 0.2)
        return any(len(part) > _LEAST // 5 and not tones.hears(part, hertz) for part in parts)

    def _cut(self, to: int, since: float, until: float, length: float) -> list[bytes]:
        """The sound that arrived at a port, by parts of so many seconds."""
        parts = [bytearray() for _ in range(int((until - since) / length))]
        for one in self.rtp(to):
            part = int((one.at - since) // length)
            if one.kind == 0 and 0 <= part < len(parts):
                parts[part] += one.load[12:]
        return list(map(bytes, parts))


def _has(sound: bytes, hertz: int) -> bool:
    return len(sound) >= _LEAST and tones.hears(sound, hertz)
