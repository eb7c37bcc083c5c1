"""What sippy takes for its event loop, on asyncio's: timers, and what it would have printed.

`install` puts it in place of the module `sippy.Core.EventDispatcher`, before anything else of sippy is imported.
"""

import asyncio
import random
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from kinline.sip.quiet import sparse


class Timer:
    """A timer as sippy knows them (`EventListener`)."""

    def __init__(self, call: Callable[..., None], seconds: float, ticks: int, words: tuple[Any, ...]) -> None:
        self._call: Callable[..., None] | None = call
        self._seconds, self._ticks, self._words = seconds, ticks, words
        self._handle: asyncio.TimerHandle | None = None
        self._spread = 0.0

    def spread_runs(self, part: float) -> None:
        self._spread = part

    def go(self) -> None:
        # Random for spreading load, no secret.
        seconds = self._seconds * (1 + self._spread * (1 - 2 * random.random()))  # noqa: S311
        self._handle = asyncio.get_running_loop().call_later(max(0.0, seconds), self._fire)

    def _fire(self) -> None:
        call, last = self._call, self._ticks == 1
        if call is None:
            return
        if last:
            self._call = None
        else:
            self._ticks -= self._ticks > 1
            self.go()
        try:
            call(*self._words)
        except Exception as fault:
            sparse.warn("timer failed", fault=fault)

    def cancel(self) -> None:
        self._call = None
        if self._handle is not None:
            self._handle.cancel()


class Dispatcher:
    """What sippy calls `ED2`, on whatever loop runs."""

    def regTimer(  # noqa: N802 - sippy's name
        self, call: Callable[..., None], seconds: Any, ticks: int | None = 1, absolute: bool = False, *words: Any
    ) -> Timer:
        if absolute:  # a MonoTime
            seconds, ticks = -seconds.offsetFromNow(), 1
        return Timer(call, seconds, ticks or 1, words)

    def callFromThread(self, call: Callable[..., None], *words: Any) -> None:  # noqa: N802 - sippy's name
        asyncio.get_running_loop().call_soon(call, *words)

    def breakLoop(self, *words: Any) -> None:  # noqa: N802 - sippy's name
        raise RuntimeError("sippy asked to end the loop")


def silent(*words: Any, **more: Any) -> None:
    """In place of sippy's printing, which quotes packets."""


def swallow(message: str, *words: Any, **more: Any) -> None:
    """In place of its tracebacks: that something was wrong with a packet is counted, what it said is not kept."""
    fault = sys.exc_info()[1]
    if fault is None:
        return
    if "parse" in message:
        sparse.warn("unreadable packet", type(fault).__name__)
    else:
        sparse.warn("packet failed", fault=fault)


def install() -> None:
    """Before anything of sippy that could start its loop. Harmless a second time."""
    name = "sippy.Core.EventDispatcher"
    if name in sys.modules and not isinstance(getattr(sys.modules[name], "ED2", None), Dispatcher):
        raise RuntimeError("sippy was imported before kinline.sip.aio")
    ours = ModuleType(name)
    ours.ED2 = Dispatcher()  # type: ignore[attr-defined]
    sys.modules[name] = ours
    import sippy.Core.Exceptions

    sippy.Core.Exceptions.dump_exception = swallow
