"""The way outside: peers in order, the next when one does not answer, and whether each is alive (TEL-10, T16)."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from kinline.sip import agents
from kinline.sip.aio import CCEvents, SipGenericHF, SipHeader, SipRequest, SipURL, likely
from kinline.sip.options import Options, Peer
from kinline.sip.quiet import sparse

# What says something of the peer, not of who is called: another may do better.
ELSEWHERE: Final = frozenset({408, 500, 502, 503, 504})
MISSES: Final = 2  # questions in a row without an answer, then a peer is thought dead
NO_NUMBER: Final = "anonymous"


@dataclass
class Way:
    """A peer as it is now. `address`: as found by its name; empty: not found yet."""

    peer: Peer
    address: str = ""
    missed: int = 0

    @property
    def alive(self) -> bool:
        return bool(self.address) and self.missed < MISSES

    @property
    def hop(self) -> tuple[str, int]:
        return self.address, self.peer.port


@dataclass
class Trunk:
    """`config`: sippy's. `ways`: in the order in which they are tried."""

    config: dict[str, Any]
    options: Options
    ways: list[Way] = field(default_factory=list)

    def use(self, peers: Sequence[Peer]) -> None:
        """These from now on; what is known of one that stays is kept."""
        known = {way.peer: way for way in self.ways}
        self.ways = [known.get(peer) or Way(peer) for peer in peers]

    def addresses(self) -> set[str]:
        return {way.address for way in self.ways if way.address}

    def order(self) -> list[Way]:
        """Those that are alive; when none is, all that have an address: better a try than none."""
        reachable = [way for way in self.ways if way.address]
        return [way for way in reachable if way.alive] or reachable

    async def find(self) -> None:
        """Look the peers' names up, so that no call waits for it."""
        loop = asyncio.get_running_loop()
        for way in self.ways:
            try:
                found = await loop.getaddrinfo(way.peer.host.strip("[]"), way.peer.port, type=socket.SOCK_DGRAM)
            except (OSError, UnicodeError):
                sparse.warn("trunk not found", way.peer.name)
                continue
            host = str(found[0][4][0])
            way.address = f"[{host}]" if ":" in host else host

    async def ask_all(self) -> None:
        """Ask each peer for a sign of life."""
        await asyncio.gather(*(self._ask(way) for way in self.ways if way.address))

    async def _ask(self, way: Way) -> None:
        heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def answered(response: Any) -> None:
            if not heard.done() and response.getSCode()[1] != "Request Timeout":
                heard.set_result(None)

        host, port = way.hop
        request = SipRequest(method="OPTIONS", ruri=SipURL(host=host, port=port), target=(way.hop, "udp"))
        request.getHFBody("from").genTag()
        self.config["_sip_tm"].newTransaction(request, resp_cb=answered)
        was_alive = way.alive
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(2.0, self.options.options_seconds)):
                await heard
        way.missed = 0 if heard.done() and not heard.cancelled() else way.missed + 1
        if was_alive and not way.alive:
            sparse.warn("trunk silent", way.peer.name)


@dataclass
class Attempt:
    """One call to the outside party, over as many peers as it takes. Each of the four is told at most once in a call's
    life, apart from `on_update` and `on_info`; after `hang_up` none is.
    """

    config: dict[str, Any]
    ways: list[Way]
    number: str
    caller_id: str
    offer: bytes
    no_answer_seconds: float
    on_ringing: Callable[[], None]
    on_answered: Callable[[Any], None]
    on_failed: Callable[[int], None]
    on_hung_up: Callable[[], None]
    on_update: Callable[[Any], None]
    on_info: Callable[[Any], None]
    on_transfer: Callable[[], None]
    agent: agents.UserAgent | None = None
    answered: bool = False
    over: bool = False
    _heard: bool = False
    _rung: bool = False
    _early: Any = None
    _timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._next(503)

    def _next(self, code: int) -> None:
        """Try the peer that is next; with none left it failed, as the last one said."""
        self._disarm()
        if not self.ways:
            self.over = True
            self.on_failed(code)
            return
        way = self.ways.pop(0)
        self._heard = False
        peer = way.peer
        self.agent = agent = agents.UserAgent(
            self.config, self._event, peer.username or None, peer.password or None, nh_address=way.hop
        )
        agent.hop, agent.on_transfer = way.hop, self.on_transfer
        caller = self.caller_id or NO_NUMBER
        event = CCEvents.CCEventTry((None, caller, self.number, agents.sdp(self.offer), None, None))
        if self.caller_id:
            identity = SipGenericHF(f"<sip:{caller}@{way.address}>", name="p-asserted-identity")
            event.extra_headers = (SipHeader(body=identity),)
        self._timer = asyncio.get_running_loop().call_later(self.no_answer_seconds, self._silent, agent)
        agent.recvEvent(event)

    def _silent(self, agent: agents.UserAgent) -> None:
        if self._heard or self.over or agent is not self.agent:
            return
        sparse.warn("trunk silent")
        self._drop(agent)
        self._next(408)

    def _drop(self, agent: agents.UserAgent) -> None:
        agent.event_cb = None
        agent.recvEvent(agents.bye())

    def _event(self, event: Any, agent: Any) -> None:
        if self.over or agent is not self.agent:
            return
        self._heard = True
        self._disarm()
        if isinstance(event, CCEvents.CCEventRing):
            self._ring(event.getData())
        elif isinstance(event, CCEvents.CCEventConnect):
            self._answer(event.getData()[2])
        elif isinstance(event, CCEvents.CCEventFail | CCEvents.CCEventRedirect):
            self._fail(event.getData()[0])
        elif isinstance(event, CCEvents.CCEventUpdate):
            self.on_update(event.getData())
        elif isinstance(event, CCEvents.CCEventInfo):
            self.on_info(event.getData())
        elif isinstance(event, CCEvents.CCEventDisconnect):
            self.over = True
            self.on_hung_up() if self.answered else self.on_failed(487)

    def _ring(self, data: tuple[int, str, Any]) -> None:
        code, _, body = data
        self._early = body or self._early  # some say where they listen before they answer, and then no more
        if code > 100 and not self._rung:
            self._rung = True
            self.on_ringing()

    def _answer(self, body: Any) -> None:
        body = body or self._early
        if self.answered:
            return
        if body is None:
            self.hang_up()
            self.on_failed(488)
            return
        self.answered = True
        if self.agent is not None and self.agent.hop is not None:
            self.agent.hop = likely(self.agent.rAddr[0], self.agent.hop)
        self.on_answered(body)

    def _fail(self, code: int) -> None:
        if self.answered:
            self.over = True
            self.on_hung_up()
        elif code in ELSEWHERE and not self._rung:
            self._next(code)
        else:
            self.over = True
            self.on_failed(code)

    def hang_up(self) -> None:
        """BYE, CANCEL or nothing, as it is now."""
        self._disarm()
        if not self.over:
            self.over = True
            if self.agent is not None:
                self._drop(self.agent)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
