"""The telephone beside `up`: where its switch listens, where calls to the outside go, and the parts that this takes.

In the sample the world outside is a part of our own (ops.outside), unless `--trunk` names another. A real installation
has a switch when `--sip` or `--trunk` says so; without `--trunk` its ways outside are those of the database.
"""

import argparse
import asyncio
import secrets
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kinline.ops import ports, postgres
from kinline.ops.datadir import DataDir
from kinline.ops.outside import door
from kinline.ops.supervisor import Part

Address = tuple[str, int]
Kinline = Callable[..., tuple[str, ...]]  # words of a command → how it is started
DEFAULT: Final = "127.0.0.1:15060"
SIP: Final = "KINLINE_SIP"  # host:port of the switch, for demo.json and for commands that run beside it
SHARED: Final = (SIP, door.VARIABLE)
SWITCH_STOPS: Final = ((signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0))  # it ends its calls first
ANSWER_SECONDS: Final = 0.5


@dataclass(frozen=True)
class Lines:
    """`sip`: of the switch. `trunk`: where its calls go; None: the database says. `world`: where the sample's is."""

    sip: Address
    trunk: Address | None
    world: Address | None


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sip", metavar="HOST:PORT", help=f"where telephones call (UDP; default {DEFAULT})")
    parser.add_argument("--trunk", metavar="HOST:PORT", help="calls go out to this SIP peer, not to the sample's world")


def settle(sip: str | None, trunk: str | None, *, demo: bool) -> Lines | None:
    """None: no telephone is wanted. Raises ValueError (no address), and Obstacle that says who has the port.

    A port that nobody chose and that is taken gives way to the next free one.
    """
    if not demo and sip is None and trunk is None:
        return None
    host, port = ports.sip_address(sip or DEFAULT)
    outside = ports.sip_address(trunk) if trunk is not None else None
    port = ports.free_for_sip(host, port, default=sip is None)
    world = ("127.0.0.1", ports.free_udp("127.0.0.1")) if demo and outside is None else None
    return Lines((host, port), outside or world, world)


def environment(lines: Lines | None, data: DataDir, *, demo: bool) -> dict[str, str]:
    if lines is None:
        return {}
    found = {SIP: ports.sip_text(*lines.sip)}
    return found | ({door.VARIABLE: str(postgres.socket_folder(data) / "outside.sock")} if demo else {})


def parts(lines: Lines | None, data: DataDir, environment: dict[str, str], kinline: Kinline) -> list[Part]:
    """The switch first: whoever waits for it waits for the first of these."""
    if lines is None:
        return []
    found = [_switch(lines, data, environment, kinline)]
    if door.VARIABLE in environment:
        found.append(_outside(lines, environment, kinline))
    return found


def _switch(lines: Lines, data: DataDir, environment: dict[str, str], kinline: Kinline) -> Part:
    """It runs in a folder of its own: what carries the voices leaves a file wherever it is started."""
    words = ["switch", "--sip", ports.sip_text(*lines.sip)]
    words += ["--trunk", ports.sip_text(*lines.trunk)] if lines.trunk else []
    words += ["--trust-loopback"] if door.VARIABLE in environment else []
    folder = data.path / "switch"
    folder.mkdir(mode=0o700, exist_ok=True)

    async def ready(_pid: int) -> bool:
        return await answers(lines.sip)

    return Part("switch", "telephone switch", kinline(*words), environment, ready, SWITCH_STOPS, folder=folder)


def _outside(lines: Lines, environment: dict[str, str], kinline: Kinline) -> Part:
    near = ports.near(lines.sip[0]), lines.sip[1]
    words = ["outside", "--sip", ports.sip_text(*near)]
    words += ["--listen", ports.sip_text(*lines.world)] if lines.world else []

    async def ready(_pid: int) -> bool:
        await asyncio.sleep(1)
        return True

    return Part("outside", "sample's world outside", kinline(*words), environment, ready)


async def answers(at: Address) -> bool:
    """Whether a switch says something there (OPTIONS): it takes calls now."""
    loop = asyncio.get_running_loop()
    said: asyncio.Future[bool] = loop.create_future()

    class Asking(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: object) -> None:
            if not said.done():
                said.set_result(data.startswith(b"SIP/2.0 "))

        def error_received(self, exc: Exception) -> None:
            if not said.done():
                said.set_result(False)

    where = ports.near(at[0]), at[1]
    try:
        line, _ = await loop.create_datagram_endpoint(Asking, remote_addr=where)
    except OSError:
        return False
    try:
        line.sendto(_options(where, line.get_extra_info("sockname")[:2]))
        async with asyncio.timeout(ANSWER_SECONDS):
            return await said
    except TimeoutError:
        return False
    finally:
        line.close()


def _options(at: Address, here: Address) -> bytes:
    word, there, mine = secrets.token_hex(8), ports.sip_text(*at), ports.sip_text(*here)
    lines = (
        f"OPTIONS sip:{there} SIP/2.0", f"Via: SIP/2.0/UDP {mine};branch=z9hG4bK{word};rport", "Max-Forwards: 1",
        f"From: <sip:up@{mine}>;tag={word}", f"To: <sip:{there}>", f"Call-ID: {word}", "CSeq: 1 OPTIONS",
        f"Contact: <sip:up@{mine}>", "Content-Length: 0", "", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()
