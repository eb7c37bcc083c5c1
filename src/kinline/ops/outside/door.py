"""How the page asks the process beside it: one line of JSON there, one back, over a socket of this machine's user."""

import asyncio
import base64
import contextlib
import json
import logging
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from kinline.ops.outside.caller import Caller

VARIABLE: Final = "KINLINE_OUTSIDE"  # the socket's path, for all parts of a sample's `up`
PATIENCE_SECONDS: Final = 5.0
LEGS: Final = ("caller", "called")
LONGEST: Final = 64_000_000  # an answer: minutes of sound
log = logging.getLogger(__name__)


class Closed(Exception):
    """Nobody answers: there is no sample running, or its telephones start just now."""


def ask(path: str, **question: Any) -> Any:
    """What the process answers. Raises Closed."""
    if not path:
        raise Closed
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(PATIENCE_SECONDS)
            line.connect(path)
            line.sendall(json.dumps(question).encode() + b"\n")
            with line.makefile("rb") as answer:
                said = answer.readline(LONGEST)
        return json.loads(said)["answer"]
    except (OSError, ValueError, KeyError) as problem:
        raise Closed from problem


async def serve(path: Path, caller: "Caller") -> asyncio.Server:
    path.unlink(missing_ok=True)

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            question = json.loads(await reader.readline())
            writer.write(json.dumps({"answer": await _answer(caller, question)}).encode() + b"\n")
            await writer.drain()
        except Exception as problem:  # one bad question must not end the telephones
            log.warning("a question was not answered (%s)", type(problem).__name__)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_unix_server(one, path)
    path.chmod(0o600)
    return server


async def _answer(caller: "Caller", question: dict[str, Any]) -> Any:
    name, leg = str(question["id"]), str(question.get("leg", ""))
    if leg not in {"", *LEGS}:
        raise ValueError(leg)
    match question["do"]:
        case "place":
            words = {word: str(question[word]) for word in ("station", "keys", "number", "who")}
            return await caller.place(name, **words, about=dict(question.get("about") or {}))
        case "facts":
            return caller.facts(name)
        case "press":
            return await caller.press(name, leg, str(question["keys"]))
        case "hang_up":
            return await caller.hang_up(name, leg)
        case "heard":
            sound = caller.heard(name, leg)
            return base64.b64encode(sound).decode() if sound else None
    raise ValueError("do")
