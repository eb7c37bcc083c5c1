"""The stand-in, running in this process on a port of its own; and a payer's browser without its looks."""

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from kinline.ops.fake_stripe.machine import Machine
from kinline.ops.fake_stripe.server import Server

KEY = "sk_test_sample"
SECRET = "whsec_sample"


class Clock:
    """Seconds since 1970, moved by hand."""

    def __init__(self, at: float) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


@dataclass(frozen=True)
class Page:
    status: int
    body: str
    location: str
    policy: str


@dataclass(frozen=True)
class Running:
    machine: Machine
    url: str
    clock: Clock

    def switch(self, **positions: str | int) -> None:
        with self.machine.act():
            for name, value in positions.items():
                self.machine.set_switch(name, str(value))

    def ask(self, method: str, url: str, fields: dict[str, str] | None = None, **headers: str) -> Page:
        """Follows no redirect: where one leads is the answer."""
        parts = urlsplit(url if "//" in url else self.url + url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=10)
        try:
            body = urlencode(fields) if fields is not None else None
            connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
            answer = connection.getresponse()
            headers_of = answer.headers
            return Page(
                answer.status,
                answer.read().decode(),
                headers_of.get("Location", ""),
                headers_of.get("Content-Security-Policy", ""),
            )
        finally:
            connection.close()

    def pay(self, url: str, card: str = "ok") -> Page:
        """Press "Use" beside a test card."""
        return self.ask("POST", url, {"sample": card})

    def events(self) -> list[str]:
        """What happened, oldest first."""
        return [event["type"] for event in reversed(self.machine.store.of("event"))]


@contextmanager
def running(folder: Path, at: float) -> Iterator[Running]:
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    clock = Clock(at)
    machine = Machine(folder / "processor.journal", pages=url, now=clock)
    server = Server(listening, machine, KEY)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Running(machine, url, clock)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        machine.store.close()
