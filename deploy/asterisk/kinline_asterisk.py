"""Kinline's calls on Asterisk, by ARI: a worked example. Needs `websockets`, and kinline_calls.py beside it.

    KINLINE_URL=https://kinline.example KINLINE_TOKEN=… KINLINE_SWITCH=asterisk-1 \\
    ARI_URL=http://127.0.0.1:8088 ARI_USER=kinline ARI_PASSWORD=… TRUNK=PJSIP/%s@carrier python kinline_asterisk.py

extensions.conf, where the facility's telephones are (their endpoint's name is the station's user name at Kinline):

    exten => _X.,1,Stasis(kinline,a,${CHANNEL(endpoint)},${EXTEN})    ; ID*PIN*NUMBER, or 9000 for the menu

Sounds: sounds/kinline/<language>/<prompt>.wav, one for each prompt (docs/api-calls.md); names under kinline/names/.
"""

import asyncio
import base64
import json
import logging
import os
import re
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from kinline_calls import Call, Pieces, Switch, Teller, http

APP, MENU = "kinline", "9000"
Event = dict[str, Any]
Ari = Callable[..., Awaitable[Event]]
# What Q.850 causes of the outside party mean here.
CAUSES = {
    1: "no_such_number", 17: "busy", 18: "no_answer", 19: "no_answer", 21: "refused_by_carrier", 28: "no_such_number",
}  # fmt: skip
log = logging.getLogger("kinline.asterisk")  # never a body: it may hold a PIN


def sounds(pieces: Pieces, language: str) -> str:
    """Pieces as a list of ARI media."""
    found: list[str] = []
    for piece in pieces:
        prompt, value = piece["prompt"], piece["value"]
        if prompt == "number":
            found.append(f"digits:{value}")
        elif prompt == "money":
            dollars, _, cents = value.removeprefix("$").replace(",", "").partition(".")
            found += [f"number:{dollars}", f"sound:kinline/{language}/dollars"]
            found += [f"number:{int(cents[:2] or 0)}", f"sound:kinline/{language}/cents"]
        elif prompt == "name":
            found.append("sound:kinline/names/" + re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-"))
        else:
            found.append(f"sound:kinline/{language}/{prompt}")
    return ",".join(found)


class Asterisk:
    """Both sides of one call: channel `a` is the facility's telephone, `b` the outside party, in one bridge."""

    def __init__(self, ari: Ari, channel: str, trunk: str) -> None:
        self.ari, self.trunk = ari, trunk
        self.channels = {"a": channel}
        self.bridge = f"kinline-{uuid.uuid4()}"
        self.bridged = self.hanging_up = False
        self.gone: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.keys: dict[str, asyncio.Queue[str]] = {"a": asyncio.Queue(), "b": asyncio.Queue()}
        self.playing: dict[str, tuple[str, asyncio.Future[None]]] = {}

    def event(self, event: Event) -> None:
        """An event of one of our channels, or of what is played to them."""
        kind = event["type"]
        if kind == "PlaybackFinished":
            for playback, ended in self.playing.values():
                if playback == event["playback"]["id"] and not ended.done():
                    ended.set_result(None)
            return
        leg = next((leg for leg, channel in self.channels.items() if channel == event["channel"]["id"]), "")
        if kind == "ChannelDtmfReceived" and leg:
            self.keys[leg].put_nowait(event["digit"])
        elif kind == "StasisStart" and leg == "b" and not self.answer.done():
            self.answer.set_result("answered")
        elif kind in ("ChannelDestroyed", "StasisEnd") and leg:
            self._left(leg, int(event.get("cause", 0)))

    def _left(self, leg: str, cause: int) -> None:
        if leg == "b" and not self.answer.done():
            self.answer.set_result(CAUSES.get(cause, "unreachable"))
        elif not self.gone.done() and not self.hanging_up:
            self.gone.set_result("caller" if leg == "a" else "called")

    async def say(self, leg: str, pieces: Pieces, language: str) -> None:
        """Ends with what is said. Both sides go on hearing each other meanwhile."""
        playback, ended = str(uuid.uuid4()), asyncio.get_running_loop().create_future()
        self.playing[leg] = (playback, ended)
        path = f"channels/{self.channels[leg]}/play/{playback}"
        await self.ari("POST", path, media=sounds(pieces, language))
        await ended

    async def hush(self, leg: str) -> None:
        playback, ended = self.playing.pop(leg, ("", None))
        if ended is not None and not ended.done():
            await self.ari("DELETE", f"playbacks/{playback}")

    async def dial(self, number: str, caller_id: str, ring_ms: int) -> str:
        """The caller hears ringing until somebody answers, and then still nothing of them."""
        self.channels["b"] = f"kinline-b-{uuid.uuid4()}"
        await self.ari("POST", f"channels/{self.channels['a']}/ring")
        await self.ari(
            "POST", f"channels/{self.channels['b']}", endpoint=self.trunk % number, app=APP, appArgs="b",
            callerId=caller_id, timeout=ring_ms // 1000,
        )  # fmt: skip
        return await self.answer

    async def join(self) -> None:
        await self.ari("POST", f"channels/{self.channels['a']}/answer")
        await self.ari("POST", f"bridges/{self.bridge}", type="mixing")
        self.bridged = True
        both = f"{self.channels['a']},{self.channels['b']}"
        await self.ari("POST", f"bridges/{self.bridge}/addChannel", channel=both)

    async def record(self) -> None:
        await self.ari("POST", f"bridges/{self.bridge}/record", name=self.bridge, format="wav")

    async def hang_up(self) -> None:
        self.hanging_up = True
        for channel in self.channels.values():
            await self.ari("DELETE", f"channels/{channel}")
        if self.bridged:
            await self.ari("DELETE", f"bridges/{self.bridge}")


class Adapter:
    """All calls of one Asterisk. An event goes to the call whose channel or playback it is about."""

    def __init__(self, ari: Ari, switch: Switch, trunk: str) -> None:
        self.ari, self.switch, self.trunk = ari, switch, trunk
        self.lines: list[Asterisk] = []
        self.tasks: set[asyncio.Task[None]] = set()

    def event(self, event: Event) -> None:
        if event["type"] == "StasisStart" and event["args"][:1] == ["a"]:
            _a, station, dialled = event["args"]
            legs = Asterisk(self.ari, event["channel"]["id"], self.trunk)
            self.lines.append(legs)
            task = asyncio.ensure_future(self._carry(legs, station, dialled))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
            return
        if "channel" in event or "playback" in event:
            for legs in self.lines:
                legs.event(event)

    async def _carry(self, legs: Asterisk, station: str, dialled: str) -> None:
        try:
            if dialled == MENU:
                await self.ari("POST", f"channels/{legs.channels['a']}/answer")
            reason, side = await Call(self.switch, legs, station).carry("" if dialled == MENU else dialled)
            log.info("a call ended: %s by %s", reason, side)
        finally:
            self.lines.remove(legs)


def requests(base: str, user: str, password: str) -> Ari:
    """ARI by HTTP. What is gone already (404) is as well."""
    login = base64.b64encode(f"{user}:{password}".encode()).decode()

    def send(method: str, path: str, values: dict[str, Any]) -> Event:
        address = f"{base}/ari/{path}?{urllib.parse.urlencode(values)}"
        request = urllib.request.Request(address, method=method)  # noqa: S310  # the operator's own
        request.add_header("Authorization", f"Basic {login}")
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  # the operator's own
                found: Event = json.loads(answer.read() or b"{}")
                return found
        except urllib.error.HTTPError as error:
            log.warning("%s of %s: %s", method, path.partition("/")[0], error.code)
            return {}

    async def ask(method: str, path: str, **values: Any) -> Event:
        return await asyncio.to_thread(send, method, path, values)

    return ask


async def main(env: dict[str, str]) -> None:
    import websockets

    post = http(env["KINLINE_URL"], env["KINLINE_TOKEN"])
    teller = Teller(post, Path(env.get("KINLINE_JOURNAL", "kinline-journal.jsonl")))
    switch = Switch(env["KINLINE_SWITCH"], post, teller)
    await switch.boot()
    adapter = Adapter(requests(env["ARI_URL"], env["ARI_USER"], env["ARI_PASSWORD"]), switch, env["TRUNK"])
    query = urllib.parse.urlencode({"app": APP, "api_key": f"{env['ARI_USER']}:{env['ARI_PASSWORD']}"})
    async with websockets.connect(env["ARI_URL"].replace("http", "ws", 1) + f"/ari/events?{query}") as events:
        beats = [asyncio.ensure_future(teller.work()), asyncio.ensure_future(switch.live())]
        async for line in events:
            adapter.event(json.loads(line))
        for one in beats:
            one.cancel()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main(dict(os.environ)))
