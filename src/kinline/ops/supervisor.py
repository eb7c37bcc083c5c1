"""Keeps the parts of `up` running: starts them, restarts what ends, and ends them all in order.

Knows processes, not Kinline: what the parts are is said in `up.py`.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kinline.ops.obstacles import Obstacle
from kinline.ops.postgres import tail

FIRST_TRIES = 3  # a part that never came up is given up after so many tries
READY_SECONDS = 60
HEALTHY_SECONDS = 20  # after so long the next failure counts as the first again
SLOWEST_RESTART_SECONDS = 10.0
LARGEST_LOG_BYTES = 5_000_000
LOG_CHECK_SECONDS = 60


class Stopped(Exception):
    """Somebody asked us to end: Ctrl-C, a signal, `./kinline down`."""


@dataclass(frozen=True)
class Part:
    """One process to keep. `ready` answers once when it serves; `prepare` runs before each start."""

    name: str
    label: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ready: Callable[[int], Awaitable[bool]]
    stop_signals: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))
    keep_open: tuple[int, ...] = ()
    prepare: Callable[[], None] = field(default=lambda: None)
    folder: Path | None = None  # where it runs; None: where we do


class Keeper:
    """One part's process, restarted with a growing pause whenever it ends before it was told to."""

    def __init__(self, part: Part, logs: Path, report: Callable[[str], None], changed: Callable[[], None]) -> None:
        self.part = part
        self.log = logs / f"{part.name}.log"
        self.is_up = asyncio.Event()
        self.process: asyncio.subprocess.Process | None = None
        self._report = report
        self._changed = changed
        self._ending = False
        self._was_ready = False

    async def keep(self) -> None:
        """Returns after `end`; raises Obstacle if the part never comes up."""
        failures = 0
        while not self._ending:
            began = time.monotonic()
            code = await self._run_once()
            if self._ending:
                return
            failures = 1 if time.monotonic() - began > HEALTHY_SECONDS else failures + 1
            if not self._was_ready and failures >= FIRST_TRIES:
                raise Obstacle(f"The {self.part.label} does not start. The end of {self.log}:\n{tail(self.log)}")
            pause = min(SLOWEST_RESTART_SECONDS, 0.1 * 3 ** (failures - 1))
            self._report(f"The {self.part.label} ended ({_how(code)}); starting it again. See {self.log}")
            await asyncio.sleep(pause)

    async def _run_once(self) -> int:
        """Start, wait until it serves, wait until it ends. The child is reaped before this returns."""
        self.part.prepare()
        with self.log.open("ab") as output:
            self.process = await asyncio.create_subprocess_exec(
                *self.part.command,
                env=dict(self.part.environment),
                cwd=self.part.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=self.part.keep_open,
                process_group=0,  # a Ctrl-C reaches us alone, and we end the parts in order
            )
        self._changed()
        ended = asyncio.ensure_future(self.process.wait())
        await self._await_ready(self.process.pid, ended)
        code = await ended
        self.is_up.clear()
        return code

    async def _await_ready(self, pid: int, ended: "asyncio.Future[int]") -> None:
        until: float | None = None
        while not ended.done():
            if await self.part.ready(pid):
                self._was_ready = True
                self.is_up.set()
                return
            until = until or time.monotonic() + READY_SECONDS  # from the first answer on: `ready` may wait for others
            if time.monotonic() > until and not self._was_ready:
                raise Obstacle(f"The {self.part.label} does not answer. The end of {self.log}:\n{tail(self.log)}")
            await asyncio.sleep(0.02)

    async def end(self, hurry: asyncio.Event) -> None:
        """Ask, then insist. A second Ctrl-C (`hurry`) skips the waiting."""
        self._ending = True
        process = self.process
        if process is None:
            return
        for sign, seconds in self.part.stop_signals:
            if process.returncode is not None:
                return
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(sign)
            await _first(process.wait(), hurry.wait(), asyncio.sleep(seconds))
        await process.wait()


class Supervisor:
    """All parts together. `end` must be called whatever happened before."""

    def __init__(self, logs: Path, report: Callable[[str], None], changed: Callable[[], None]) -> None:
        self.keepers: list[Keeper] = []
        self._logs, self._report, self._changed = logs, report, changed
        self._tasks: list[asyncio.Task[None]] = []
        self._stop, self._hurry = asyncio.Event(), asyncio.Event()
        self._tasks.append(asyncio.create_task(self._tend_logs()))
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(sign) is not signal.SIG_IGN:  # nohup means it
                asyncio.get_running_loop().add_signal_handler(sign, self._asked_to_stop)

    def _asked_to_stop(self) -> None:
        (self._hurry if self._stop.is_set() else self._stop).set()

    def parts(self) -> dict[str, int]:
        return {each.part.name: each.process.pid for each in self.keepers if each.process}

    def start(self, part: Part) -> Keeper:
        keeper = Keeper(part, self._logs, self._report, self._changed)
        self.keepers.append(keeper)
        self._tasks.append(asyncio.create_task(keeper.keep()))
        return keeper

    async def until(self, awaited: Coroutine[Any, Any, Any]) -> None:
        """Wait for it; raises Stopped if we are asked to end first, and what a keeper raises if it gives up."""
        task = asyncio.ensure_future(awaited)
        stop = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({task, stop, *self._tasks}, return_when=asyncio.FIRST_COMPLETED)
            for each in self._tasks:
                if each.done():
                    each.result()
            if stop.done():
                raise Stopped
            task.result()
        finally:
            await _cancel(task, stop)

    async def run_once(self, part: Part) -> None:
        """Run a program that ends by itself; raises Obstacle with the end of its output if it fails."""
        log = self._logs / f"{part.name}.log"
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *part.command,
                env=dict(part.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,
            )
        try:
            await self.until(process.wait())
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            raise Obstacle(f"{part.label} failed. The end of {log}:\n{tail(log)}")

    async def end(self) -> None:
        """End the parts in the reverse order of groups: all but the first at once, then the first (the database)."""
        await asyncio.gather(*(keeper.end(self._hurry) for keeper in self.keepers[1:]))
        for keeper in self.keepers[:1]:
            await keeper.end(self._hurry)
        await _cancel(*self._tasks)

    async def _tend_logs(self) -> None:
        while True:
            for log in self._logs.glob("*.log"):
                with contextlib.suppress(OSError):  # a full disk must not end what still runs
                    shorten(log)
            await asyncio.sleep(LOG_CHECK_SECONDS)


def shorten(log: Path) -> None:
    """Keep one older generation. The parts write at the end of the file wherever that is, so cutting it is enough."""
    if log.stat().st_size > LARGEST_LOG_BYTES:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


async def _first(*awaited: Awaitable[Any]) -> None:
    tasks = [asyncio.ensure_future(each) for each in awaited]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    await _cancel(*tasks)


async def _cancel(*tasks: "asyncio.Future[Any]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
