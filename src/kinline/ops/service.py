"""Runs one part of `up` as a process of its own: until a signal asks it to end, then in order."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop


def run(part: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Returns when the part has ended by itself or, after SIGTERM or SIGINT, has finished what it was doing."""
    uvloop.run(_until_signal(part))


async def _until_signal(part: Callable[[], Coroutine[Any, Any, None]]) -> None:
    task = asyncio.create_task(part())
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
