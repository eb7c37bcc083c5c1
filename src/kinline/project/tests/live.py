"""A real uvicorn on a loopback port, in a thread of the test, and an SSE client for it."""

import asyncio
import contextlib
import http.client
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

from kinline.ops.web import bind, run_web


class Live:
    """The running server; `port` is where."""

    def __init__(self) -> None:
        self.listener = bind("127.0.0.1", 0)
        self.port: int = self.listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(run_web(self.listener))
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._task)
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def start(self) -> None:
        self._thread.start()
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                self.get("/healthz")
                return
            time.sleep(0.02)
        raise AssertionError("the server did not come up")

    def stop(self) -> float:
        """Ask it to end, and wait; seconds that took."""
        began = time.monotonic()
        if self._thread.is_alive() and self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)
            self._thread.join(20)
        assert not self._thread.is_alive()
        return time.monotonic() - began

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    @contextlib.contextmanager
    def page(self, path: str, cookie: str) -> Iterator["Page"]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers={"Cookie": cookie, "Accept": "text/event-stream"})
        try:
            yield Page(connection.getresponse())
        finally:
            connection.close()


class Page:
    """An open page's stream of events."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.answer = answer
        self.status = answer.status

    def next(self) -> tuple[str, dict[str, Any]] | None:
        """The next event, waiting for it; None when the stream ended."""
        kind = ""
        while line := self.answer.readline():
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "event":
                kind = value
            if name == "data":
                return kind, json.loads(value)
        return None
