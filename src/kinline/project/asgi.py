"""The mux: `/events` as plain ASGI, everything else to Django as WSGI in a few threads (stack.md, server)."""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.db import connections

from kinline.project.wsgi import application
from kinline.realtime.events import events
from kinline.realtime.hub import hub, listen
from kinline.realtime.who import PATHS

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

THREADS = int(os.environ.get("KINLINE_THREADS", "8"))
BODY_SECONDS = 60.0

_django: Any = application
_pages: Any = WSGIMiddleware(_django, workers=THREADS)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] != "http":
        await send({"type": "websocket.close", "code": 1000})
    elif scope["path"] in PATHS:
        await events(hub, scope, receive, send)
    else:
        await _page(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    """Listen to the database for as long as the server runs. It need not be there yet: pages say so themselves."""
    await receive()
    hub.closing = False
    listener = asyncio.create_task(listen(hub, _connection_params))
    await send({"type": "lifespan.startup.complete"})
    await receive()
    listener.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await listener
    await send({"type": "lifespan.shutdown.complete"})


def _connection_params() -> dict[str, Any]:
    """As Django connects, without what only its own cursors want."""
    params = connections["default"].get_connection_params()
    return {name: value for name, value in params.items() if name not in {"cursor_factory", "context"}}


async def _page(scope: Scope, receive: Receive, send: Send) -> None:
    """The whole body is here before a thread is taken: slow senders hold no thread, a broken one starts nothing."""
    try:
        scope["query_string"].decode("ascii")
        body = await asyncio.wait_for(_body(receive), BODY_SECONDS)
    except (UnicodeDecodeError, TimeoutError):
        await _refuse(send, 400)
        return
    if body is None:
        return  # the sender has gone before the end: half a letter is no letter
    if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        await _refuse(send, 413)
        return

    async def received() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    # `X_Forwarded_For` would look like `X-Forwarded-For` to WSGI: a way past a proxy that only knows the latter.
    headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
    await _pages({**scope, "headers": headers}, received, send)


async def _body(receive: Receive) -> bytes | None:
    """The request's body, one byte over the limit at most; None if the sender went away."""
    parts, size, more = [], 0, True
    while more and size <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
    return b"".join(parts)


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"connection", b"close")]})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
