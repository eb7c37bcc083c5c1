"""The web server: one uvicorn with the mux of `project.asgi`."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator
from importlib import import_module

import uvicorn

GRACE_SECONDS = 10


class Server(uvicorn.Server):
    """Ends the open pages' streams before it waits for connections to finish; leaves signals to its caller."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        from kinline.realtime.hub import hub

        hub.close()
        await super().shutdown(sockets)


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def inherit(descriptor: int) -> socket.socket:
    """The listening socket that the supervisor opened: it outlives a restart of this process."""
    return socket.socket(fileno=descriptor)


def await_end(pipe: int) -> None:
    """Load the pages beside the making of the tables, and wait until those are there: the first page comes sooner."""
    from django.conf import settings

    import_module(settings.ROOT_URLCONF)  # and with it every view
    with open(pipe, "rb") as waiting:
        waiting.read()


async def run_web(listener: socket.socket) -> None:
    """Serve until cancelled; then finish the requests that are running."""
    server = Server(
        uvicorn.Config(
            "kinline.project.asgi:app",
            http="httptools",
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=os.environ.get("KINLINE_BEHIND_PROXY") == "1",
            backlog=2048,
            timeout_keep_alive=20,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise
    finally:
        listener.close()
