"""sippy on asyncio: the only module that imports it. One thread, no locks; timers are the loop's.

sippy's own loop reads with three threads, so that packets overtake each other and calls fail (study: 0.5 to 6.7 % at 50
to 250 calls a second). It has one door for another: the module `sippy.Core.EventDispatcher`, which has to be ours
before anything else of sippy is imported. We depend on what is half private there, so `self_test` proves it at start.

What else is mended here: `;transport=UDP` in capitals, for which no BYE would ever leave; everything it prints, which
may quote a packet and with it a PIN; names of hosts, which it would look up while all calls wait.
"""

import asyncio
import ipaddress
import logging
import os
import socket
import sys
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final

from kinline.sip import ed2
from kinline.sip.quiet import sparse

MOST_BYTES: Final = 8192  # of one packet; SDP of a telephone is below 2,000
_LEAST_BYTES: Final = 32
_BATCH: Final = 64  # packets read at once, so that timers have their turn


ed2.install()

from sippy import CCEvents  # noqa: E402
from sippy.Exceptions.SipParseError import SipParseError  # noqa: E402
from sippy.MsgBody import MsgBody  # noqa: E402
from sippy.Network_server import Network_server, Remote_address  # noqa: E402
from sippy.SipCallId import SipCallId  # noqa: E402
from sippy.SipConf import SipConf  # noqa: E402
from sippy.SipContact import SipContact  # noqa: E402
from sippy.SipCSeq import SipCSeq  # noqa: E402
from sippy.SipFrom import SipFrom  # noqa: E402
from sippy.SipGenericHF import SipGenericHF  # noqa: E402
from sippy.SipHeader import SipHeader  # noqa: E402
from sippy.SipReason import SipReason  # noqa: E402
from sippy.SipRequest import SipRequest  # noqa: E402
from sippy.SipResponse import SipResponse  # noqa: E402
from sippy.SipRoute import SipRoute  # noqa: E402
from sippy.SipTo import SipTo  # noqa: E402
from sippy.SipTransactionManager import SipTransactionManager  # noqa: E402
from sippy.SipURL import SipURL  # noqa: E402
from sippy.SipWWWAuthenticate import SipWWWAuthenticate  # noqa: E402
from sippy.Time.MonoTime import MonoTime  # noqa: E402
from sippy.UA import UA  # noqa: E402
from sippy.UaStateConnected import UaStateConnected  # noqa: E402
from sippy.Udp_server import Udp_server_opts  # noqa: E402

__all__ = [
    "UA",
    "CCEvents",
    "MsgBody",
    "SipCSeq",
    "SipCallId",
    "SipContact",
    "SipFrom",
    "SipGenericHF",
    "SipHeader",
    "SipReason",
    "SipRequest",
    "SipRoute",
    "SipTo",
    "SipTransactionManager",
    "SipURL",
    "SipWWWAuthenticate",
    "UaStateConnected",
    "likely",
    "manager",
    "self_test",
]

SipConf.my_uaname = "Kinline"


def _silence() -> None:
    """sippy's modules print packets that puzzle them."""
    for name, module in list(sys.modules.items()):
        if name == "sippy" or name.startswith("sippy."):
            module.print = ed2.silent  # type: ignore[attr-defined]
            if getattr(module, "dump_exception", ed2.swallow) is not ed2.swallow:
                raise RuntimeError(f"{name} kept its own dump_exception")


_silence()


def _udp_always(url: Any) -> tuple[tuple[str, int], str]:
    """Where a URI leads. We speak UDP alone: what a Contact says of transport, and how it is spelt, changes nothing."""
    return (url.getAddr(), "udp")


SipURL.getTAddr = _udp_always
# It opens a socket to see whether there is IPv6, and leaves it open; which addresses we have is the operator's word.
sys.modules[SipTransactionManager.__module__].socket = SimpleNamespace(  # type: ignore[attr-defined]
    socket=lambda *words: None, has_ipv6=True, AF_INET=socket.AF_INET, AF_INET6=socket.AF_INET6, SOCK_DGRAM=2
)


_READ_AT_ONCE: Final = frozenset(
    {"via", "from", "to", "cseq", "contact", "record-route", "route", "max-forwards", "expires", "authorization"}
    | {"www-authenticate", "proxy-authenticate", "require", "user-agent", "server", "call-id"}
)


def _read(message: Any) -> None:
    """Parse every header that is used. sippy reads them when it needs them, halfway through what it is doing."""
    for header in message.headers:
        if header.name in _READ_AT_ONCE:
            header.getBody()
    for name in ("from", "to", "cseq", "call-id"):
        if message.countHFs(name) != 1:
            raise ValueError(f"not one {name}")
    message.getHFBody("from").getTag(), message.getHFBody("to").getTag()
    message.getHFBody("via").getTAddr()
    number, method = message.getHFBody("cseq").getCSeq()
    if not 0 <= number < 1 << 31 or method != getattr(message, "method", method):
        raise ValueError("another CSeq")


class Unreadable(SipParseError):  # type: ignore[misc]
    """Answered with 400, if anybody can be."""

    def getResponse(self, request: Any = None) -> Any:  # noqa: N802 - sippy's name, which it calls in two ways
        return self.sip_response


class WholeRequest(SipRequest):  # type: ignore[misc]
    """A request that came in, read to its end. What cannot be read is refused before anything begins."""

    def __init__(self, packet: str) -> None:
        try:
            super().__init__(packet)
            if self.sipver != "SIP/2.0":
                raise ValueError("another version")
            _read(self)
        except Exception as problem:
            raise Unreadable(str(problem), self._refusal()) from None

    def _refusal(self) -> Any:
        try:
            response = self.genResponse(400, "Bad Request")
            response.localStr((("", 0), "udp"))
        except Exception:  # not even whom to answer can be read
            return None
        return response


class WholeResponse(SipResponse):  # type: ignore[misc]
    def __init__(self, packet: str | None = None, **parts: Any) -> None:
        super().__init__(packet, **parts)
        if packet is not None:
            _read(self)


_transactions = sys.modules[SipTransactionManager.__module__]
_transactions.SipRequest, _transactions.SipResponse = WholeRequest, WholeResponse  # type: ignore[attr-defined]


class NoLog:
    """No SIP message in a log: they carry PINs in addresses."""

    def write(self, *words: Any, **more: Any) -> None:
        pass


def likely(contact: tuple[str, int], peer: tuple[str, int]) -> tuple[str, int]:
    """Where a dialog's requests go: to the Contact, unless that is a name, nothing, or an address inside of a net of
    which the peer stands outside. Then to the peer.
    """
    try:
        there, here = (ipaddress.ip_address(str(one[0]).strip("[]")) for one in (contact, peer))
    except ValueError:
        return peer
    return contact if not there.is_unspecified and there.is_private == here.is_private else peer


class Transactions(SipTransactionManager):  # type: ignore[misc]
    """sippy's own forgets everything when it is shut down, and its timers then fail; and it believes any Contact."""

    def transmitReq(self, t: Any, message: Any, address: Any, *words: Any, **more: Any) -> None:  # noqa: N802
        """An ACK."""
        super().transmitReq(t, message, likely(address, t.address or address), *words, **more)

    def adopt(self, invite: Any, on_answer: Callable[[Any], None]) -> Any:
        """Go on with an INVITE of an earlier run that rang: what comes of it is acknowledged. Nothing is sent now."""
        server = self.l4r.getServer(invite.getTarget()[0])
        t = self.newTransaction(invite, resp_cb=on_answer, userv=_Mute(server))
        t.teA.cancel()  # nor is it ever sent again
        t.teA, t.userv, t.state = None, server, _transactions.RINGING
        self.l1rcache.clear()  # an answer that came before this moment counts when it is repeated
        return t

    def shutdown(self) -> None:
        self.cp_timer.cancel()
        for server in self.l4r.cache_l2s.values():
            server.shutdown()


class _Mute:
    """A server that keeps to itself what it is to send."""

    def __init__(self, server: Any) -> None:
        self.getSIPaddr, self.addr2str, self.send_to = server.getSIPaddr, server.addr2str, ed2.silent


class UdpServer(Network_server):  # type: ignore[misc]
    """One UDP socket on the loop. `admit` says for each packet whether it is read at all."""

    transport = "udp"

    def __init__(self, config: dict[str, Any], options: Any) -> None:
        super().__init__(options)
        self._config = config
        host, port = self.uopts.laddress
        self._family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(self._family, socket.SOCK_DGRAM)
        try:
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            self._socket.bind((host.strip("[]"), int(port)))
        except OSError:
            self._socket.close()
            raise
        shown = f"[{host.strip('[]')}]" if ":" in host else host
        self.uopts.laddress = (shown, self._socket.getsockname()[1])
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket.fileno(), self._readable)

    def getSIPaddr(self) -> tuple[tuple[str, int], str]:  # noqa: N802 - sippy's name
        """What we are called by in Via and Contact."""
        host, port = self.uopts.laddress
        return ((self._config.get("advertise") or host, port), self.transport)

    def _readable(self) -> None:
        for _ in range(_BATCH):
            try:
                data, sender = self._socket.recvfrom(65535)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as problem:  # an answer that nobody took comes back as an error of the next read
                sparse.warn("network", os.strerror(problem.errno or 0))
                return
            self._receive(data, sender)

    def _receive(self, data: bytes, sender: tuple[Any, ...]) -> None:
        if not self._config["admit"](sender[0], sender[1]):
            sparse.warn("flood", sender[0])
            return
        if not _LEAST_BYTES <= len(data) <= MOST_BYTES or not _is_text(data):
            if len(data) > 4:  # shorter ones keep a way through a NAT open
                sparse.warn("no SIP", sender[0])
            return
        host = f"[{sender[0]}]" if self._family == socket.AF_INET6 else sender[0]
        self.handle_read(data, Remote_address((host, sender[1]), self.transport), MonoTime())

    def send_to(self, data: bytes | str, address: tuple[str, int], delayed: bool = False) -> None:
        packet = data if isinstance(data, bytes) else data.encode()
        host, port = str(address[0]).strip("[]"), int(address[1])
        if self._socket.fileno() < 0:  # closed: what timers still send goes nowhere
            return
        if not 0 < port < 65536:
            sparse.warn("no such port")
        elif _is_numeric(host):
            self._send(packet, host, port)
        else:
            task = self._loop.create_task(self._send_by_name(packet, host, port))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _send_by_name(self, packet: bytes, host: str, port: int) -> None:
        try:
            found = await self._loop.getaddrinfo(host, port, family=self._family, type=socket.SOCK_DGRAM)
        except (OSError, UnicodeError):
            sparse.warn("unknown host")
            return
        self._send(packet, str(found[0][4][0]), port)

    def _send(self, packet: bytes, host: str, port: int) -> None:
        try:
            self._socket.sendto(packet, (host, port))
        except (OSError, ValueError) as problem:  # lost, as packets are: sippy sends again
            sparse.warn("not sent", type(problem).__name__)

    def join(self) -> None:
        pass

    def shutdown(self) -> None:
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()
        for task in self._tasks:
            task.cancel()
        self.uopts.data_callback = None


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_numeric(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def manager(
    address: tuple[str, int],
    on_request: Callable[[Any, Any], Any],
    *,
    admit: Callable[[str, int], bool] = lambda host, port: True,
    advertise: str = "",
) -> tuple[dict[str, Any], Any]:
    """sippy's transactions on a UDP socket of the running loop: its shared config, and the transaction manager.

    `on_request`: a request outside of all dialogs. Raises OSError when the port is taken.
    """
    config: dict[str, Any] = {
        "_sip_address": address[0],
        "_sip_port": address[1],
        "_sip_logger": NoLog(),
        "admit": admit,
        "advertise": advertise,
    }
    Transactions.model_udp_server = (UdpServer, Udp_server_opts)
    config["_sip_tm"] = transactions = Transactions(config, on_request)
    return config, transactions


def address_of(transactions: Any) -> tuple[str, int]:
    """Where it listens: the port that was chosen, when 0 was asked for."""
    server = transactions.l4r.getServer(None)
    host, port = server.uopts.laddress
    return str(host), int(port)


_PING: Final = (
    "OPTIONS sip:self@{host}:{port} SIP/2.0\r\nVia: SIP/2.0/UDP {host}:{mine};branch=z9hG4bKself\r\n"
    "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: self-test\r\nCSeq: 1 OPTIONS\r\n"
    "Max-Forwards: 70\r\nContact: <sip:a@{host}:{mine}>\r\n"
    "Content-Length: 0\r\n\r\n"
)


async def self_test() -> None:
    """Whether this sippy still works on this loop: a request goes in and out through real sockets, a timer fires, a
    Contact in capitals leads somewhere. Raises RuntimeError; takes some milliseconds.
    """
    if SipURL("sip:a@127.0.0.1:5060;transport=UDP").getTAddr() != (("127.0.0.1", 5060), "udp"):
        raise RuntimeError("sippy has changed: addresses of transports in capitals")
    loop = asyncio.get_running_loop()
    _, transactions = manager(
        ("127.0.0.1", 0), lambda request, transaction: (request.genResponse(200, "OK"), None, None)
    )
    answer: asyncio.Future[bytes] = loop.create_future()
    tick: asyncio.Future[None] = loop.create_future()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.setblocking(False)
        own.bind(("127.0.0.1", 0))
        loop.add_reader(own.fileno(), lambda: _first(answer, own.recv(4096)))
        host, port = address_of(transactions)
        own.sendto(_PING.format(host=host, port=port, mine=own.getsockname()[1]).encode(), (host, port))
        ed2.Dispatcher().regTimer(lambda: tick.set_result(None), 0.001).go()
        try:
            async with asyncio.timeout(2):
                await tick
                if not (await answer).startswith(b"SIP/2.0 200"):
                    raise RuntimeError("sippy has changed: a request was answered otherwise")
        except TimeoutError:
            raise RuntimeError("sippy has changed: a request was not answered") from None
        finally:
            loop.remove_reader(own.fileno())
            transactions.shutdown()


def _first(answer: asyncio.Future[bytes], packet: bytes) -> None:
    if not answer.done():
        answer.set_result(packet)


def monotonic_ms() -> int:
    """The switch's own clock."""
    return time.monotonic_ns() // 1_000_000


logging.getLogger("sippy").setLevel(logging.CRITICAL)
