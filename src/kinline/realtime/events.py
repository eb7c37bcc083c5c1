"""`/events`: the open page's line to the server, as plain ASGI (Django's own views cost four times the memory).

Server-sent events: `counters` first and after every gap, then `message`, `status`, `notice`, `money`, `contact` with
ids. No content ever: the page asks for itself again and gets what its reader may see.
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import Error as DatabaseError

from kinline.core.parties import Party
from kinline.realtime import who
from kinline.realtime.hub import RESYNC, Hub, Stream, event

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
R = TypeVar("R")

KEEPALIVE_SECONDS = 20.0
CHECK_SECONDS = 60.0
AGAIN_SECONDS = 2.0
GREETING = b"retry: 2000\n\n"
KEEPALIVE = b": \n\n"
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]

_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="events")


async def events(hub: Hub, scope: Scope, receive: Receive, send: Send) -> None:
    """One page's stream, from its first counters to its end."""
    path: str = scope["path"]
    key = who.cookie_for(path, _header(scope, b"cookie"))
    try:
        party = await _in_thread(who.party_of, path, key) if scope["method"] == "GET" else None
    except DatabaseError:
        await _answer(send, 503)  # the browser does not come back by itself; live.js does
        return
    if party is None or hub.closing:
        await _answer(send, 204)  # tells the browser not to ask again
        return
    with hub.page(party.channel) as stream:
        stream.task = asyncio.current_task()
        gone = asyncio.ensure_future(_until_gone(receive))
        gone.add_done_callback(stream.end)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await _write(send, GREETING)
            await _tell(hub, stream, party, functools.partial(_same, path, key, party), send)
        finally:
            gone.cancel()
    await _write(send, b"", more=False)


async def _tell(hub: Hub, stream: Stream, party: Party, still_in: Callable[[], Awaitable[bool]], send: Send) -> None:
    """Write events until the page goes, or its reader signs out."""
    clock = asyncio.get_running_loop().time
    stream.put(RESYNC)
    checked_at = clock()
    while (chunks := await stream.next(KEEPALIVE_SECONDS)) is not None:
        if clock() - checked_at > CHECK_SECONDS:
            if not await still_in():
                return
            checked_at = clock()
        if RESYNC in chunks:
            chunks = [chunk for chunk in chunks if chunk != RESYNC]
            chunks.append(await _counters(hub, stream, party))
        await _write(send, b"".join(chunks) or KEEPALIVE)


async def _same(path: str, key: str, party: Party) -> bool:
    """Whether the same person is still signed in. While the database is away, nobody is signed out."""
    try:
        return await _in_thread(who.party_of, path, key) == party
    except DatabaseError:
        return True


async def _counters(hub: Hub, stream: Stream, party: Party) -> bytes:
    """The party's counters, and how long ago something happened to it, in ms, if that was lately; nothing while the
    database cannot be asked, and then again a little later."""
    try:
        counters = await _in_thread(who.counters, party)
        ago = hub.since_last(party.channel)
        return event("counters", counters if ago is None else counters | {"ago_ms": round(ago * 1000)})
    except DatabaseError:
        asyncio.get_running_loop().call_later(AGAIN_SECONDS, stream.put, RESYNC)
        return b""


async def _in_thread(function: Callable[..., R], *args: Any) -> R:
    return await asyncio.get_running_loop().run_in_executor(_threads, function, *args)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _answer(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"cache-control", b"no-store")]})
    await _write(send, b"", more=False)


def _header(scope: Scope, name: bytes) -> str:
    return b"; ".join(value for key, value in scope["headers"] if key == name).decode("latin-1")
