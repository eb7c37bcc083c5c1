"""Who has a page open, and how they hear: one LISTEN for the process, fanned out by party.

A stream is one open page. It costs a few kilobytes: its party, a list of what waits to be written, a timer.
All of this runs in the event loop's one thread, so nothing here is locked.
"""

import asyncio
import contextlib
import json
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from typing import Any

import psycopg

from kinline.core.events import CHANNEL

MOST_WAITING = 64  # events; a page that reads slower than this is dropped and comes back for its counters
MOST_PAGES = 20  # of one party; the oldest goes
REMEMBERED = 10_000  # parties to whom something happened last
REMEMBERED_SECONDS = 120.0  # a page whose line took longer to stand has been waited for by nobody
SHORTEST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0
QUIET_SECONDS = 15.0  # without a notice for so long, ask the database whether it is still there
ANSWER_SECONDS = 5.0

log = logging.getLogger(__name__)
RESYNC = b""  # a wish for counters, among the chunks of a stream


class Stream:
    """What one open page has still to be told."""

    __slots__ = ("_ended", "_timer", "_waiter", "channel", "chunks", "task")

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.chunks: list[bytes] = []
        self.task: asyncio.Task[Any] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ended = False

    def put(self, chunk: bytes) -> None:
        self.chunks.append(chunk)
        self._wake()
        if len(self.chunks) > MOST_WAITING and self.task is not None:
            self.task.cancel()  # its writer hangs on a connection that nobody reads

    def end(self, *_: object) -> None:
        self._ended = True
        self._wake()

    async def next(self, seconds: float) -> list[bytes] | None:
        """What is to be written now; empty after `seconds` of silence; None when the stream has ended."""
        if not self.chunks and not self._ended:
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            self._timer = loop.call_later(seconds, self._wake)
            await self._waiter
        if self._ended:
            return None
        chunks, self.chunks = self.chunks, []
        return chunks

    def _wake(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        self._waiter = None


class Hub:
    """The open pages of this process by party."""

    def __init__(self) -> None:
        self.pages: dict[str, list[Stream]] = {}
        self._last: OrderedDict[str, float] = OrderedDict()
        self.closing = False
        self.listening = False

    @contextlib.contextmanager
    def page(self, channel: str) -> Any:
        stream = Stream(channel)
        pages = self.pages.setdefault(channel, [])
        pages.append(stream)
        if len(pages) > MOST_PAGES:
            pages[0].end()
        try:
            yield stream
        finally:
            pages.remove(stream)
            if not pages:
                self.pages.pop(channel, None)

    def __len__(self) -> int:
        return sum(len(pages) for pages in self.pages.values())

    def publish(self, payload: str) -> None:
        """Tell the party of one notice, nobody else. What is not a notice of ours is ignored."""
        try:
            notice = json.loads(payload)
            channel = notice.pop("to")
            self._remember(channel)
            pages = self.pages.get(channel)
            if pages:
                chunk = event(str(notice.pop("kind")), notice)
                for stream in list(pages):
                    stream.put(chunk)
        except (ValueError, KeyError, AttributeError, TypeError):
            log.warning("a notice on %s could not be read", CHANNEL)

    def _remember(self, channel: str) -> None:
        self._last[channel] = time.monotonic()
        self._last.move_to_end(channel)
        if len(self._last) > REMEMBERED:
            self._last.popitem(last=False)

    def since_last(self, channel: str) -> float | None:
        """Seconds since something happened to that party; None: not lately. A page may have been made before it, and
        its line stand only now."""
        last = self._last.get(channel)
        ago = None if last is None else time.monotonic() - last
        return ago if ago is not None and ago < REMEMBERED_SECONDS else None

    def resync(self) -> None:
        """Something may have been missed: every page gets its counters anew."""
        for stream in self._all():
            stream.put(RESYNC)

    def close(self) -> None:
        """End every stream, so that the server can stop; pages come back to another one."""
        self.closing = True
        for stream in self._all():
            stream.end()

    def _all(self) -> list[Stream]:
        return [stream for pages in list(self.pages.values()) for stream in list(pages)]


def event(kind: str, data: dict[str, Any]) -> bytes:
    """One server-sent event. JSON holds no line breaks, so one `data` line is enough."""
    return f"event: {kind}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


async def listen(hub: Hub, connection_params: Callable[[], dict[str, Any]]) -> None:
    """Pass on notices for as long as the process lives. A lost database is waited for; then the pages catch up."""
    pause = SHORTEST_PAUSE_SECONDS
    while True:
        try:
            async with _connection(connection_params()) as connection:
                pause = SHORTEST_PAUSE_SECONDS
                hub.listening = True
                hub.resync()
                await _pass_on(hub, connection)
        except (psycopg.Error, OSError, TimeoutError) as problem:
            log.warning("lost the database's notices (%s), trying again", type(problem).__name__)
        finally:
            hub.listening = False
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


@contextlib.asynccontextmanager
async def _connection(params: dict[str, Any]) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    connection = await psycopg.AsyncConnection.connect(**params, autocommit=True, connect_timeout=5)
    try:
        await connection.execute(f"LISTEN {CHANNEL}")
        yield connection
    finally:
        await connection.close()


async def _pass_on(hub: Hub, connection: psycopg.AsyncConnection[Any]) -> None:
    while True:
        async for notice in connection.notifies(timeout=QUIET_SECONDS):
            hub.publish(notice.payload)
        await asyncio.wait_for(connection.execute("SELECT 1"), ANSWER_SECONDS)


hub = Hub()  # the one of this process: the mux serves it, the server closes it
