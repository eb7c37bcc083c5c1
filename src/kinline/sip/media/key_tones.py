"""A port of ours to which an outside party's sound goes until they are joined: for keys pressed as tones (TEL-2).

Only for lines whose SDP knows no telephone events. Nothing of what comes here is kept or passed on.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from kinline.sip.sdp import PCMU
from kinline.sip.sound.dtmf import Keys


class KeyTones(asyncio.DatagramProtocol):
    """`on_key` is called in the event loop's thread, once for each key.

    `keys`: what was heard so far of the same line, by another port: a key that is held meanwhile counts once.
    """

    def __init__(self, on_key: Callable[[str], None], keys: Keys) -> None:
        self._on_key = on_key
        self._keys = keys
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, host: str, on_key: Callable[[str], None], keys: Keys) -> "KeyTones":
        """raises OSError: that host is not here, or has no port free"""
        loop = asyncio.get_running_loop()
        _, opened = await loop.create_datagram_endpoint(lambda: cls(on_key, keys), local_addr=(host, 0))
        return opened

    @property
    def port(self) -> int:
        return int(self._transport.get_extra_info("sockname")[1]) if self._transport else 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # that of a datagram endpoint is one

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if len(data) < 12 or data[0] >> 6 != 2 or data[1] & 0x7F != PCMU:
            return
        for key in self._keys.heard(data[12 + 4 * (data[0] & 0x0F) :]):
            self._on_key(key)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
