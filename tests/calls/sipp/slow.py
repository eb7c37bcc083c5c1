"""A database as slow as one wants: a socket between it and the switch that keeps each statement for so many seconds.

What a client sends is passed on after that time, what comes back at once; so a round trip takes as long as a statement
of a database that is that slow. Each connection waits by itself, as each would.
"""

import contextlib
import selectors
import socket
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl, quote, urlsplit

_LOOK_SECONDS = 0.2


@dataclass
class Slow:
    """`seconds` may be changed at any time; a statement that waits is let go when it becomes less."""

    folder: Path
    real: str
    seconds: float = 0.0
    statements: int = 0  # that were kept
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    @property
    def url(self) -> str:
        parts, place = urlsplit(self.real), quote(str(self.folder))
        return f"postgresql://{parts.username}:{parts.password or ''}@{parts.path}?host={place}&port=5432"

    def __enter__(self) -> Self:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.folder / ".s.PGSQL.5432"))
        self._listener.listen(50)
        self._listener.settimeout(_LOOK_SECONDS)
        self._run(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for one in self._threads:
            one.join()
        self._listener.close()

    def _run(self, work: object, *words: object) -> None:
        thread = threading.Thread(target=work, args=words)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                client, _ = self._listener.accept()
                self._run(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with client, self._connected() as server, selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            with contextlib.suppress(OSError):
                while not self._over.is_set():
                    for key, _ in ready.select(_LOOK_SECONDS):
                        data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                        if not data:
                            return
                        if key.fileobj is client:
                            self._keep()
                        key.data.sendall(data)

    def _keep(self) -> None:
        since = time.monotonic()
        self.statements += self.seconds > 0
        while time.monotonic() - since < self.seconds and not self._over.is_set():
            time.sleep(0.05)

    def _connected(self) -> socket.socket:
        query = dict(parse_qsl(urlsplit(self.real).query))
        host, port = query["host"], query["port"]
        if not host.startswith("/"):
            return socket.create_connection((host, int(port)))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{host}/.s.PGSQL.{port}")
        return server
