"""Kinline's calls on FreeSWITCH, by its event socket: a worked example. Needs kinline_calls.py beside it, nothing else.

    KINLINE_URL=https://kinline.example KINLINE_TOKEN=… KINLINE_SWITCH=freeswitch-1 \\
    TRUNK=sofia/gateway/carrier/%s python kinline_freeswitch.py          # listens at 127.0.0.1:8084

Dialplan, where the facility's telephones are (their user name is the station's at Kinline):

    <action application="socket" data="127.0.0.1:8084 async full"/>      <!-- ID*PIN*NUMBER, or 9000 for the menu -->

Sounds: $${sounds_dir}/kinline/<language>/<prompt>.wav, one for each prompt (docs/api-calls.md), and kinline/names.
"""

import asyncio
import logging
import os
import re
import urllib.parse
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path

from kinline_calls import Call, Pieces, Switch, Teller, http

MENU = "9000"
Event = dict[str, str]
Send = Callable[[str], Awaitable[None]]
CAUSES = {
    "USER_BUSY": "busy", "NO_ANSWER": "no_answer", "NO_USER_RESPONSE": "no_answer", "ORIGINATOR_CANCEL": "no_answer",
    "UNALLOCATED_NUMBER": "no_such_number", "INVALID_NUMBER_FORMAT": "no_such_number",
    "CALL_REJECTED": "refused_by_carrier",
}  # fmt: skip
EVENTS = "CHANNEL_ANSWER CHANNEL_HANGUP_COMPLETE DTMF PLAYBACK_STOP"
log = logging.getLogger("kinline.freeswitch")  # never a header: it may hold a PIN


def sounds(pieces: Pieces, language: str) -> str:
    """Pieces as one `file_string`."""
    found: list[str] = []
    for piece in pieces:
        prompt, value = piece["prompt"], piece["value"]
        if prompt == "number":
            found += [f"digits/{digit}.wav" for digit in value]
        elif prompt == "money":
            dollars, _, cents = value.removeprefix("$").replace(",", "").partition(".")
            found += [f"digits/{digit}.wav" for digit in dollars] + [f"kinline/{language}/dollars.wav"]
            found += [f"digits/{digit}.wav" for digit in cents[:2]] + [f"kinline/{language}/cents.wav"]
        elif prompt == "name":
            found.append("kinline/names/" + re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-") + ".wav")
        else:
            found.append(f"kinline/{language}/{prompt}.wav")
    return "file_string://" + "!".join(found)


class Freeswitch:
    """Both sides of one call. `send` is one command of the event socket that the telephone's channel opened to us."""

    def __init__(self, send: Send, channel: str, trunk: str) -> None:
        self.send, self.trunk = send, trunk
        self.channels = {"a": channel, "b": str(uuid.uuid4())}
        self.dialled = self.hanging_up = False
        self.gone: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.keys: dict[str, asyncio.Queue[str]] = {"a": asyncio.Queue(), "b": asyncio.Queue()}
        self.saying: dict[str, asyncio.Future[None]] = {}

    def event(self, event: Event) -> None:
        """An event of any channel: ours are looked at."""
        leg = next((leg for leg, channel in self.channels.items() if channel == event.get("Unique-ID")), "")
        kind = event.get("Event-Name", "")
        if kind == "DTMF" and leg:
            self.keys[leg].put_nowait(event["DTMF-Digit"])
        elif kind == "CHANNEL_ANSWER" and leg == "b" and not self.answer.done():
            self.answer.set_result("answered")
        elif kind == "PLAYBACK_STOP" and leg in self.saying and not self.saying[leg].done():
            self.saying[leg].set_result(None)
        elif kind == "CHANNEL_HANGUP_COMPLETE" and leg:
            self._left(leg, event.get("Hangup-Cause", ""))

    def _left(self, leg: str, cause: str) -> None:
        if leg == "b" and not self.answer.done():
            self.answer.set_result(CAUSES.get(cause, "unreachable"))
        elif not self.gone.done() and not self.hanging_up:
            self.gone.set_result("caller" if leg == "a" else "called")

    async def say(self, leg: str, pieces: Pieces, language: str) -> None:
        self.saying[leg] = asyncio.get_running_loop().create_future()
        await self.send(f"bgapi uuid_broadcast {self.channels[leg]} {sounds(pieces, language)} aleg")
        await self.saying[leg]

    async def hush(self, leg: str) -> None:
        saying = self.saying.pop(leg, None)
        if saying is not None and not saying.done():
            await self.send(f"bgapi uuid_break {self.channels[leg]} all")

    async def dial(self, number: str, caller_id: str, ring_ms: int) -> str:
        """The outside party is parked when they answer: neither side hears the other yet."""
        await self.send(f"bgapi uuid_ring_ready {self.channels['a']}")
        values = {
            "origination_uuid": self.channels["b"], "origination_caller_id_number": caller_id,
            "originate_timeout": str(ring_ms // 1000), "ignore_early_media": "true", "hangup_after_bridge": "true",
        }  # fmt: skip
        said = ",".join(f"{name}={value}" for name, value in values.items() if value)
        self.dialled = True
        await self.send(f"bgapi originate {{{said}}}{self.trunk % number} &park()")
        return await self.answer

    async def join(self) -> None:
        await self.send(f"bgapi uuid_answer {self.channels['a']}")
        await self.send(f"bgapi uuid_bridge {self.channels['a']} {self.channels['b']}")

    async def record(self) -> None:
        await self.send(f"bgapi uuid_record {self.channels['a']} start {self.channels['a']}.wav")

    async def hang_up(self) -> None:
        self.hanging_up = True
        for leg, channel in self.channels.items():
            if leg == "a" or self.dialled:
                await self.send(f"bgapi uuid_kill {channel} NORMAL_CLEARING")


async def carry(legs: Freeswitch, switch: Switch, station: str, dialled: str) -> None:
    if dialled == MENU:
        await legs.send(f"bgapi uuid_answer {legs.channels['a']}")
    reason, side = await Call(switch, legs, station).carry("" if dialled == MENU else dialled)
    log.info("a call ended: %s by %s", reason, side)


# The event socket: headers, an empty line, and as much of a body as `Content-Length` says


def headers(text: str) -> Event:
    pairs = (line.partition(": ") for line in text.splitlines() if ": " in line)
    return {name: urllib.parse.unquote(value) for name, _, value in pairs}


async def message(reader: asyncio.StreamReader) -> Event | None:
    """One message, its body's headers among its own; None: the socket is closed."""
    try:
        found = headers((await reader.readuntil(b"\n\n")).decode())
        if length := int(found.get("Content-Length", "0")):
            found |= headers((await reader.readexactly(length)).decode(errors="replace"))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return found


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, switch: Switch, trunk: str) -> None:
    """One telephone's channel: it connected to us when the receiver was lifted."""

    async def send(command: str) -> None:
        if not writer.is_closing():
            writer.write(f"{command}\n\n".encode())
            await writer.drain()

    await send("connect")
    begun = await message(reader) or {}
    for command in ("linger 30", f"event plain {EVENTS}"):
        await send(command)
    legs = Freeswitch(send, begun.get("Unique-ID", ""), trunk)
    station = begun.get("variable_sip_auth_username", begun.get("Caller-Username", ""))
    carrying = asyncio.ensure_future(carry(legs, switch, station, begun.get("Caller-Destination-Number", "")))
    while (event := await message(reader)) is not None:
        legs.event(event)
    if not legs.gone.done():  # the socket is gone with the telephone's channel
        legs.gone.set_result("caller")
    await carrying
    writer.close()


async def main(env: dict[str, str]) -> None:
    post = http(env["KINLINE_URL"], env["KINLINE_TOKEN"])
    teller = Teller(post, Path(env.get("KINLINE_JOURNAL", "kinline-journal.jsonl")))
    switch = Switch(env["KINLINE_SWITCH"], post, teller)
    await switch.boot()
    server = await asyncio.start_server(lambda r, w: serve(r, w, switch, env["TRUNK"]), "127.0.0.1", 8084)
    await asyncio.gather(server.serve_forever(), teller.work(), switch.live())


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main(dict(os.environ)))
