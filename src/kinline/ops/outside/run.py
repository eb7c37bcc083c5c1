"""The process: the people outside on one port, and the sample's telephone behind its door, until it is ended."""

import asyncio
from pathlib import Path

from kinline.ops.outside import door
from kinline.ops.outside.caller import Caller
from kinline.ops.outside.world import World

Address = tuple[str, int]


async def run(sip: Address, listen: Address | None, path: Path) -> None:
    """`sip`: the switch. `listen`: where the world outside is; None: it is a real one. Raises OSError."""
    world = World()
    if listen is not None:
        await world.open(*listen)
    caller = Caller(world, sip)
    server = await door.serve(path, caller)
    try:
        await asyncio.Event().wait()
    finally:
        server.close()
        await caller.close()
        await world.close()
        path.unlink(missing_ok=True)
