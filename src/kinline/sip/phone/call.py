"""A telephone's call: how it is placed or taken, what is said in it, and how it ends.

`state` goes `trying`, `ringing`, `early` (sound before an answer), `up`, `ended`, and never back; `moments` says when
(`time.monotonic`). `code`: the SIP answer that decided it. `ended_by`: `us` or `them`.
"""

import asyncio
import contextlib
import re
import secrets
import time
from typing import TYPE_CHECKING, Final, Literal

from kinline.sip import sdp
from kinline.sip.phone.message import (
    Message,
    answer,
    contacts_of,
    place_of,
    request,
    tag_of,
    uri_of,
    user_of,
)
from kinline.sip.phone.rtp import Line

if TYPE_CHECKING:
    from kinline.sip.phone.agent import Phone

State = Literal["trying", "ringing", "early", "up", "ended"]
Place = tuple[str, int]
Headers = tuple[tuple[str, str], ...]
SDP_TYPE: Final = ("content-type", "application/sdp")
REPEATS: Final = (0.5, 1, 2, 4, 4, 4, 4)  # seconds between repeats of a 200 that nobody acknowledges


class NoAnswer(Exception):
    """The other side answered nothing at all."""


class Call:
    """`keys`: those that the other side pressed so far. `line`: the sound, both ways; open from the beginning."""

    line: Line

    def __init__(self, phone: "Phone", call_id: str, *, outgoing: bool) -> None:
        self.phone, self.id, self.is_outgoing = phone, call_id, outgoing
        self.state: State = "trying"
        self.moments: dict[State, float] = {"trying": time.monotonic()}
        self.code, self.reason, self.ended_by = 0, "", ""
        self.keys = ""
        self.requests: list[Message] = []  # that came in within this call
        self.remote: sdp.Sdp | None = None
        self._changed = asyncio.Event()
        self._my_tag, self._session, self._version = secrets.token_hex(4), secrets.randbits(30), 0
        self._cseq = 0
        self._routes: list[str] = []
        self._me = self._them = self._target = self._uri = ""
        self._peer: Place = ("", 0)
        self._headers: Headers = ()
        self._invite: Message | None = None  # ours that is open, or theirs
        self._acks: dict[int, Message] = {}  # ours, by the number of the INVITE
        self._answered: Message | None = None  # our last answer to their INVITE
        self._acknowledged = asyncio.Event()
        self._cancelled = False

    # Placing

    @classmethod
    async def outgoing(cls, phone: "Phone", number: str, at: Place, name: str, headers: Headers) -> "Call":
        call = cls(phone, f"{secrets.token_hex(12)}@{phone.address[0]}", outgoing=True)
        await call._open_line()
        host = f"[{at[0]}]" if ":" in at[0] else at[0]
        call._uri = f"sip:{number}@{host}:{at[1]}"
        shown = f'"{name}" ' if name else ""
        call._me = f"{shown}<sip:{phone.user}@{phone.here}>;tag={call._my_tag}"
        call._them, call._target, call._peer, call._headers = f"<{call._uri}>", call._uri, at, headers
        return call

    async def place(self) -> None:
        extra: Headers = ()
        try:
            while True:
                invite = self._request("INVITE", (*self._headers, *extra), self._offer())
                self._invite = invite
                got = await self.phone.transact(invite, self._peer, self._progress)
                extra = self.phone.credentials(got, invite)
                if not extra:
                    break
                self._acknowledge(got)
                self._cseq = invite.cseq[0]
        except NoAnswer:
            self._end(408, "no answer", "us")
            return
        self._decided(got)

    def _progress(self, got: Message) -> None:
        self.code = got.code
        if self._cancelled:
            self._send_cancel()
        if sound := sdp.read(got.body):
            self._hear(sound)
        if got.code in {180, 181, 183}:
            self._move("early" if sound else "ringing")

    def _decided(self, got: Message) -> None:
        if got.code >= 300:
            self._acknowledge(got)
            self._end(got.code, got.reason, "us" if self._cancelled else "them")
            return
        self._them = got.header("to")
        self._target = uri_of(got.header("contact")) or self._target
        self._routes = [one for line in reversed(got.all("record-route")) for one in reversed(contacts_of(line))]
        self._acknowledge(got)
        if self.state != "ended":
            self.code, self.reason = got.code, got.reason
        if sound := sdp.read(got.body):
            self._hear(sound)
        self._move("up")
        if self.state == "ended":  # it was given up before anything came
            self.phone.run(self._bye())
        elif self._cancelled:  # it was answered just then: end it as one that was
            self.phone.run(self.hang_up())

    def _acknowledge(self, got: Message) -> None:
        """ACK: part of the INVITE's transaction if it failed, one of its own if it is answered."""
        invite = self._invite
        if invite is None:
            return
        number = got.cseq[0]
        if got.code >= 300:
            headers = [("via", invite.header("via")), ("from", invite.header("from")), ("to", got.header("to"))]
            headers += [("call-id", self.id), ("cseq", f"{number} ACK"), ("max-forwards", "70")]
            ack = request("ACK", invite.uri, headers)
            place = self._peer
        else:
            ack, place = self._request("ACK", number=number), self._next_hop()
        self._acks[number] = ack
        self.phone.send(ack, place)

    def acknowledge_again(self, got: Message) -> None:
        """A final answer was repeated: our ACK was lost."""
        ack = self._acks.get(got.cseq[0])
        if ack is not None:
            self.phone.send(ack, self._next_hop() if got.code < 300 else self._peer)

    # Being called

    async def incoming(self, invite: Message, addr: Place) -> None:
        self._invite, self._peer = invite, addr
        self._answer(invite, 100, addr)
        await self._open_line()
        self._me = f"{invite.header('to')};tag={self._my_tag}"
        self._them, self._target = invite.header("from"), uri_of(invite.header("contact"))
        self._routes = [one for line in invite.all("record-route") for one in contacts_of(line)]
        if sound := sdp.read(invite.body):
            self._hear(sound)

    @property
    def number(self) -> str:
        """What was dialled: the part before the `@`."""
        return user_of(self._invite.uri if self._invite and not self.is_outgoing else self._uri)

    @property
    def caller_id(self) -> str:
        return user_of(uri_of(self._me if self.is_outgoing else self._them))

    def ring(self, *, early: bool = False) -> None:
        """180, or 183 with sound (`early`)."""
        if self.state in {"trying", "ringing"} and self._invite is not None:
            body = self._offer() if early else b""
            self._answer(self._invite, 183 if early else 180, self._peer, body)
            self._move("early" if early else "ringing")

    def answer(self) -> None:
        """Pick up."""
        if self.state not in {"up", "ended"} and self._invite is not None:
            self.code = 200
            self._answer(self._invite, 200, self._peer, self._offer())
            self._move("up")
            self.phone.run(self._insist())

    def refuse(self, code: int = 486) -> None:
        if self.state not in {"up", "ended"} and self._invite is not None:
            self._answer(self._invite, code, self._peer)
            self._end(code, "", "us")

    async def _insist(self) -> None:
        """Repeat the 200 until it is acknowledged."""
        for pause in REPEATS:
            try:
                await asyncio.wait_for(self._acknowledged.wait(), pause)
            except TimeoutError:
                if self._answered is not None:
                    self.phone.send(self._answered, self._peer)
            else:
                return

    def _answer(self, to: Message, code: int, addr: Place, body: bytes = b"", headers: Headers = ()) -> None:
        own: Headers = (("contact", self.phone.contact), *headers) if code > 100 else headers
        said = answer(to, code, (*own, SDP_TYPE) if body else own, body, tag=self._my_tag if code > 100 else "")
        if to.method == "INVITE":
            self._answered = said
        self.phone.send(said, addr)

    # In the call

    async def until(self, *states: State, timeout: float = 30) -> bool:
        """Wait until the call came to one of these states, or ended; whether it came to one. raises TimeoutError"""
        async with asyncio.timeout(timeout):
            while not {*states, "ended"} & self.moments.keys():
                await self._changed.wait()
        return bool(set(states) & self.moments.keys())

    async def press(self, keys: str, *, held: float = 0.1) -> None:
        """Press keys as telephone events."""
        await self.line.press(keys, held=held)

    async def press_by_info(self, keys: str) -> None:
        """The same as SIP INFO, as some adapters send them."""
        for key in keys:
            body = f"Signal={key}\r\nDuration=160\r\n".encode()
            await self.ask("INFO", (("content-type", "application/dtmf-relay"),), body)

    async def ask(self, method: str, headers: Headers = (), body: bytes = b"") -> Message:
        """Any request within the call; its final answer. raises NoAnswer"""
        return await self.phone.transact(self._request(method, headers, body), self._next_hop())

    async def renegotiate(self, *, sends: bool = True, receives: bool = True) -> int:
        """Offer the sound anew, as for holding; the answer's code."""
        invite = self._invite = self._request("INVITE", (), self._offer(sends=sends, receives=receives))
        got = await self.phone.transact(invite, self._next_hop())
        self._acknowledge(got)
        if got.code < 300 and (sound := sdp.read(got.body)):
            self._hear(sound)
        return got.code

    async def hang_up(self) -> None:
        """End it as its state allows: BYE, CANCEL, or a refusal; nothing if it is over."""
        if self.state == "ended":
            return
        if self.state == "up":
            self._end(self.code, self.reason, "us")
            await self._bye()
        elif self.is_outgoing:
            self._cancelled = True
            if not self.code:  # nothing came yet that a CANCEL could follow
                self._end(408, "no answer", "us")
                return
            self._send_cancel()
            await self.until("ended", timeout=40)
        else:
            self.refuse(480)

    async def _bye(self) -> None:
        with contextlib.suppress(NoAnswer):
            await self.phone.transact(self._request("BYE"), self._next_hop())

    def _send_cancel(self) -> None:
        invite = self._invite
        if invite is None:
            return
        headers = [(name, invite.header(name)) for name in ("via", "from", "to", "call-id", "max-forwards")]
        cancel = request("CANCEL", invite.uri, [*headers, ("cseq", f"{invite.cseq[0]} CANCEL")])
        if (cancel.branch, "CANCEL") not in self.phone.waiting:
            self.phone.run(self._cancel(cancel))

    async def _cancel(self, cancel: Message) -> None:
        try:
            await self.phone.transact(cancel, self._peer)
        except NoAnswer:
            self._end(408, "no answer", "us")

    # What the other side asks within the call

    def asked(self, message: Message, addr: Place) -> None:
        if message.method == "ACK":
            self._acknowledged.set()
            if sound := sdp.read(message.body):
                self._hear(sound)
            return
        if message.method == "INVITE" and self._invite is not None and message.branch == self._invite.branch:
            if self._answered is not None:  # a repeat
                self.phone.send(self._answered, addr)
            return
        self.requests.append(message)
        if message.method == "BYE":
            self._answer(message, 200, addr)
            self._end(self.code, self.reason, "them")
        elif message.method == "CANCEL":
            self._cancelled_by_them(message, addr)
        elif message.method == "INVITE":
            self._renegotiated(message, addr)
        elif message.method == "INFO":
            self._answer(message, 200, addr)
            if found := re.search(rb"(?i)^signal\s*=\s*([0-9*#A-D])", message.body):
                self._key(found[1].decode())
        else:
            self._answer(message, 200 if message.method == "OPTIONS" else 501, addr)

    def _cancelled_by_them(self, message: Message, addr: Place) -> None:
        self._answer(message, 200, addr)
        if self.state not in {"up", "ended"} and self._invite is not None:
            self._answer(self._invite, 487, self._peer)
            self._end(487, "", "them")

    def _renegotiated(self, message: Message, addr: Place) -> None:
        if self.state == "ended":
            self._answer(message, 481, addr)
            return
        self._target = uri_of(message.header("contact")) or self._target
        if sound := sdp.read(message.body):
            self._hear(sound)
        self._answer(message, 200, addr, self._offer())

    # Parts

    async def _open_line(self) -> None:
        self.line = await Line.open(self.phone.address[0], on_key=self._key)

    def _key(self, key: str) -> None:
        self.keys += key
        self._stir()

    def _hear(self, sound: sdp.Sdp) -> None:
        self.remote = sound
        if self.state != "ended":
            self.line.send_to(sound)

    def _offer(self, *, sends: bool = True, receives: bool = True) -> bytes:
        self._version += 1
        host, port = self.line.address
        events = sdp.EVENTS if self.phone.events_offered else None
        if not self.is_outgoing and self.remote is not None:  # an answer has the offer's own numbers
            events = self.remote.events if self.phone.events_offered else None
        mine = sdp.Sdp(host, port, events, sends=sends, receives=receives)
        return sdp.written(mine, session=self._session, version=self._version)

    def _request(self, method: str, headers: Headers = (), body: bytes = b"", number: int = 0) -> Message:
        if not number:
            self._cseq += 1
        to_headers: Headers = (self.phone.via(), ("max-forwards", "70"), ("from", self._me), ("to", self._them))
        rest: Headers = (("call-id", self.id), ("cseq", f"{number or self._cseq} {method}"))
        routes = tuple(("route", one) for one in self._routes)
        own: Headers = (("contact", self.phone.contact),) if method == "INVITE" else ()
        kind: Headers = (SDP_TYPE,) if body and method == "INVITE" else ()
        return request(method, self._target, (*to_headers, *rest, *routes, *own, *headers, *kind), body)

    def _next_hop(self) -> Place:
        return place_of(uri_of(self._routes[0])) if self._routes else place_of(self._target)

    def _move(self, state: State) -> None:
        if self.state != "ended" and state not in self.moments:
            self.state = state
            self.moments[state] = time.monotonic()
            self._stir()

    def _end(self, code: int, reason: str, by: str) -> None:
        if self.state != "ended":
            self.code, self.reason, self.ended_by = code, reason, by
            self._move("ended")
            self.phone.run(self.line.close())
            self.phone.forget(self)

    def _stir(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    @property
    def their_tag(self) -> str:
        return tag_of(self._them)
