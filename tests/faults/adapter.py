"""A switch of somebody else's for tests, as a process of its own: `deploy/kinline_calls.py` and telephones that do as
they are told. Calls are lines of JSON on its input; each that is over is a line on its output.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "deploy"))

import kinline_calls as calls


class Telephones:
    """The called party picks up at once and presses 1 after `presses` seconds; the caller hangs up after `talks`."""

    def __init__(self, presses: float, talks: float) -> None:
        self.presses, self.talks = presses, talks
        self.loop = asyncio.get_running_loop()
        self.gone: asyncio.Future[str] = self.loop.create_future()
        self.keys: dict[str, asyncio.Queue[str]] = {"a": asyncio.Queue(), "b": asyncio.Queue()}
        self.dialled = ""

    async def say(self, leg: str, pieces: calls.Pieces, language: str) -> None:
        if leg == "b":
            self.loop.call_later(self.presses, self.keys["b"].put_nowait, "1")

    async def hush(self, leg: str) -> None:
        pass

    async def dial(self, number: str, caller_id: str, ring_ms: int) -> str:
        self.dialled = number
        return "answered"

    async def join(self) -> None:
        self.loop.call_later(self.talks, self.gone.set_result, "caller")

    async def record(self) -> None:
        pass

    async def hang_up(self) -> None:
        pass


async def carry(switch: calls.Switch, told: dict[str, str]) -> None:
    legs = Telephones(float(told["presses"]), float(told["talks"]))
    reason, _ = await calls.Call(switch, legs, told["station"]).carry(told["dials"])
    sys.stdout.write(json.dumps({"name": told["name"], "reason": reason, "dialled": legs.dialled}) + "\n")
    sys.stdout.flush()


async def main(name: str, base: str, journal: str) -> None:
    post = calls.http(base, os.environ["TOKEN"])
    teller = calls.Teller(post, Path(journal), pause_s=0.2)
    switch = calls.Switch(name, post, teller)
    beside = [asyncio.ensure_future(teller.work()), asyncio.ensure_future(switch.live(1.0))]
    while line := await asyncio.to_thread(sys.stdin.readline):
        beside.append(asyncio.ensure_future(carry(switch, json.loads(line))))


asyncio.run(main(*sys.argv[1:]))
