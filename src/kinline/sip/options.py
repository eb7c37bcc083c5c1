"""What the switch is started with."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

Address = tuple[str, int]
DEFAULT_SIP: Final[Address] = ("127.0.0.1", 15060)


@dataclass(frozen=True, slots=True)
class Peer:
    """A way outside. `host`: a name or a number; an empty username: it asks for none."""

    name: str
    host: str
    port: int = 5060
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Options:
    """`sip`: where telephones and peers find us. `advertise`: our address as they see it, when it is another.

    `peers`: ways outside, in order; empty: those of the database. `trust_loopback`: whoever calls from this
    machine is a telephone (the sample alone). `menu`: what a telephone dials to be asked; all else is
    `ID*PIN*NUMBER`. `nat`: sound goes to where a phone's packets come from, whatever its SDP says.
    `caller_id`: shown by calls of our own, which are of no place (TEL-8, T16).
    `packets_a_second`: of one address that is neither a peer nor in `known`; 0: no limit.
    `most_calls`: at once, and `most_of_one`: from one place, so that none takes all.
    """

    sip: Address = DEFAULT_SIP
    advertise: str = ""
    peers: tuple[Peer, ...] = ()
    media: str = "rtp-io"
    rtp_ports: tuple[int, int] = (30000, 39998)
    nat: bool = False
    data: Path = Path(".kinline")
    recordings: Path = Path(".kinline/recordings")
    trust_loopback: bool = False
    caller_id: str = ""
    menu: frozenset[str] = frozenset({"", "9000", "menu"})
    packets_a_second: int = 400
    known: frozenset[str] = frozenset()
    most_calls: int = 1000
    most_of_one: int = 500
    heartbeat_seconds: float = 5.0
    silence_seconds: float = 20.0
    no_answer_seconds: float = 4.0
    options_seconds: float = 10.0

    @property
    def folder(self) -> Path:
        """What the switch keeps over a crash."""
        return self.data / "switch"


def address(text: str) -> Address:
    """`HOST:PORT` or `[IPv6]:PORT`. Raises ValueError."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 <= int(port) <= 65535:
        raise ValueError(f"{text}: an address is HOST:PORT")
    return host.strip("[]") if ":" not in host.strip("[]") else f"[{host.strip('[]')}]", int(port)
