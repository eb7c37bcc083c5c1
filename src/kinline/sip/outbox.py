"""What is still to be told: on disk as soon as it is there, however long what came before takes the database (TEL-6).

Two things go on: whatever comes is written at once, by a thread that does nothing else; and what is written is told.
Were it written only when its turn to be told came, a switch that dies beside a slow database would forget it.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from kinline.sip.journal import Journal, Report
from kinline.sip.quiet import sparse


class Outbox:
    """`waiting`: in order; the first `_written` of them are in the journal. Belongs to the running loop."""

    def __init__(self, path: Path) -> None:
        self.journal = Journal(path)
        self.waiting: deque[Report] = deque()
        self._written = 0
        self._one_at_a_time = asyncio.Lock()
        self._fresh, self._some_told = asyncio.Event(), asyncio.Event()
        self._disk = ThreadPoolExecutor(1, "journal")
        self._writing = asyncio.create_task(self._write_for_ever())

    def take_up(self) -> None:
        """What an earlier run did not come to tell; it is told first."""
        left = self.journal.left()
        self.waiting.extendleft(reversed(left))
        self._written += len(left)

    def put(self, report: Report) -> None:
        self.waiting.append(report)
        self._fresh.set()

    async def batch(self, most: int) -> list[Report]:
        """What is to be told next; all of it is on disk."""
        await self._write()
        return list(islice(self.waiting, min(most, self._written)))

    def told(self, number: int) -> None:
        """So many, from the first on."""
        for _ in range(number):
            self.waiting.popleft()
        self._written -= number
        self._some_told.set()
        self._some_told = asyncio.Event()

    async def ends_told(self, keys: Collection[str]) -> None:
        """Until each end of these calls is told that waits now."""
        last = next((one for one in reversed(self.waiting) if one.what == "end" and one.key in keys), None)
        while last is not None and last in self.waiting:
            await self._some_told.wait()

    async def tidy(self) -> None:
        """Nothing is kept of what is told."""
        async with self._one_at_a_time:
            if not self.waiting:
                await self._on_disk(self.journal.empty)

    async def close(self) -> None:
        self._writing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._writing
        await self._write()
        self._disk.shutdown()
        self.journal.close()

    async def _write_for_ever(self) -> None:
        while True:
            await self._fresh.wait()
            self._fresh.clear()
            await self._write()

    async def _write(self) -> None:
        async with self._one_at_a_time:
            fresh = list(islice(self.waiting, self._written, None))
            if fresh:
                await self._on_disk(self.journal.write, fresh)
                self._written += len(fresh)

    async def _on_disk(self, work: Callable[..., None], *words: object) -> None:
        """A disk that refuses keeps nothing from being told."""
        try:
            await asyncio.get_running_loop().run_in_executor(self._disk, work, *words)
        except OSError as problem:
            sparse.warn("no journal", type(problem).__name__)
