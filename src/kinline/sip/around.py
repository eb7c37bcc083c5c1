"""What all calls of a switch share."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kinline.sip import dialogs
from kinline.sip.call.words import Speech
from kinline.sip.control import Control, Telephone
from kinline.sip.media import Media
from kinline.sip.options import Options
from kinline.sip.quiet import sparse
from kinline.sip.trunk import Trunk

if TYPE_CHECKING:
    from kinline.sip.gateway import LiveCall

Prompts = Callable[[Speech, str], Sequence[Path]]
Identify = Callable[[Any], Awaitable[Telephone | None]]


@dataclass
class Around:
    """What calls share. `config`: sippy's. `tasks`: what runs beside, kept from being collected."""

    options: Options
    control: Control
    media: Media
    prompts: Prompts
    dialogs: dialogs.Dialogs
    config: dict[str, Any]
    trunk: Trunk
    calls: dict[str, "LiveCall"] = field(default_factory=dict)
    tasks: set[asyncio.Future[Any]] = field(default_factory=set)

    def beside(self, work: Awaitable[Any]) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Future[Any]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            sparse.warn("task failed", fault=fault)
