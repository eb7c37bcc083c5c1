"""What one leg says for a few seconds, taken from its packets as they come: a name, and nothing else (T6).

A port of ours that hears only while it is asked to. Sound lies where its sender's clock puts it, whatever order packets
arrive in; what is longer than asked for is dropped. Nothing is written anywhere.
"""

import asyncio
import struct
from typing import Any, Final

from kinline.sip.sdp import PCMU
from kinline.sip.sound import RATE, SILENCE

_HEAD: Final = struct.Struct("!BBHI")
_CLOCK: Final = 1 << 32


class Ear(asyncio.DatagramProtocol):
    """`most`: samples that it takes, from the first packet on."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._from: int | None = None
        self._heard = bytearray()
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, host: str, seconds: float) -> "Ear":
        """raises OSError: no port is free"""
        loop = asyncio.get_running_loop()
        _, ear = await loop.create_datagram_endpoint(lambda: cls(round(seconds * RATE)), local_addr=(host, 0))
        return ear

    @property
    def port(self) -> int:
        return int(self._transport.get_extra_info("sockname")[1]) if self._transport else 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # that of a datagram endpoint is one

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if len(data) < 12 or data[0] >> 6 != 2 or data[1] & 0x7F != PCMU:
            return
        stamp = _HEAD.unpack_from(data)[3]
        if self._from is None:
            self._from = stamp
        self._put((stamp - self._from) % _CLOCK, data[12 + 4 * (data[0] & 0x0F) :])

    def _put(self, at: int, sound: bytes) -> None:
        if at >= self._most:
            return
        sound = sound[: self._most - at]
        self._heard += SILENCE * (at + len(sound) - len(self._heard))
        self._heard[at : at + len(sound)] = sound

    def close(self) -> bytes:
        """Hears nothing any more; what was heard, in µ-law."""
        if self._transport is not None:
            self._transport.close()
        return bytes(self._heard)
