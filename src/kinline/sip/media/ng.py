"""rtpengine's control protocol "NG": one UDP datagram each way, a cookie and a bencoded dictionary.

A request that is sent again with its cookie gets the answer of the first, so repeating is safe.
"""

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any, Final, cast

from kinline.sip.media import MediaError, MediaGone

TRIES_SECONDS: Final = (0.2, 0.3, 0.5)
DEEPEST: Final = 20


class Unreadable(ValueError):
    """Not bencoded."""


def encoded(value: object) -> bytes:
    """Keys in their order; text as UTF-8. raises TypeError"""
    if isinstance(value, bool) or value is None:
        raise TypeError("bencoding knows neither truth nor nothing")
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, Mapping):
        return b"d" + b"".join(encoded(key) + encoded(value[key]) for key in sorted(value)) + b"e"
    if isinstance(value, list | tuple):
        return b"l" + b"".join(map(encoded, value)) + b"e"
    raise TypeError(f"cannot be bencoded: {type(value).__name__}")


def decoded(data: bytes) -> Any:
    """Text stays bytes, keys become text. raises Unreadable"""
    value, end = _value(data, 0, 0)
    if end != len(data):
        raise Unreadable("more than one value")
    return value


def _value(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    kind = data[at : at + 1]
    if depth > DEEPEST:
        raise Unreadable("too deep")
    if kind == b"i":
        end = _found(data, b"e", at)
        return _number(data[at + 1 : end]), end + 1
    if kind == b"l":
        return _list(data, at + 1, depth + 1)
    if kind == b"d":
        pairs, end = _list(data, at + 1, depth + 1)
        if len(pairs) % 2 or not all(isinstance(key, bytes) for key in pairs[::2]):
            raise Unreadable("a dictionary without its keys")
        return {key.decode("utf-8", "replace"): value for key, value in zip(pairs[::2], pairs[1::2], strict=True)}, end
    colon = _found(data, b":", at)
    end = colon + 1 + _number(data[at:colon])
    if end > len(data) or end <= colon:
        raise Unreadable("cut short")
    return data[colon + 1 : end], end


def _list(data: bytes, at: int, depth: int) -> tuple[list[Any], int]:
    values = []
    while data[at : at + 1] != b"e":
        value, at = _value(data, at, depth)
        values.append(value)
    return values, at + 1


def _found(data: bytes, mark: bytes, at: int) -> int:
    end = data.find(mark, at, at + 24)
    if end < 0:
        raise Unreadable("no end")
    return end


def _number(digits: bytes) -> int:
    if not digits.removeprefix(b"-").isdigit():
        raise Unreadable("no number")
    return int(digits)


class Client(asyncio.DatagramProtocol):
    """One socket to one rtpengine."""

    def __init__(self) -> None:
        self._waiting: dict[bytes, asyncio.Future[dict[str, Any]]] = {}  # by cookie
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def connect(cls, host: str, port: int) -> "Client":
        loop = asyncio.get_running_loop()
        _, client = await loop.create_datagram_endpoint(cls, remote_addr=(host, port))
        return client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        cookie, _, body = data.partition(b" ")
        waiting = self._waiting.get(cookie)
        if waiting is None or waiting.done():
            return
        try:
            answer = decoded(body)
        except Unreadable:
            return
        if isinstance(answer, dict):
            waiting.set_result(answer)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there: the request runs out of time."""

    async def ask(self, command: str, **facts: object) -> dict[str, Any]:
        """The answer; `_` in names stands for `-`. raises MediaError: no, or nothing; MediaGone: no such call"""
        named = {name.replace("_", "-"): value for name, value in facts.items()}
        answer = await self._exchange(encoded({"command": command, **named}))
        if answer.get("result") not in {b"ok", b"pong"}:
            reason = answer.get("error-reason", b"")
            kind = MediaGone if b"Unknown call" in reason else MediaError
            raise kind(f"rtpengine: {command}: {reason.decode('utf-8', 'replace')[:200]}")
        return answer

    async def _exchange(self, body: bytes) -> dict[str, Any]:
        if self._transport is None or self._transport.is_closing():
            raise MediaError("rtpengine is not connected")
        cookie = secrets.token_hex(8).encode()
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[cookie] = answer
        try:
            for seconds in TRIES_SECONDS:
                self._transport.sendto(cookie + b" " + body)
                done, _ = await asyncio.wait([answer], timeout=seconds)
                if done:
                    return answer.result()
        finally:
            del self._waiting[cookie]
            answer.cancel()
        raise MediaError("rtpengine does not answer")

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
