"""One SIP telephone on one UDP port: it calls, is called, and registers. Its calls are in `call`.

Retransmission is that of RFC 3261 over UDP: T1 half a second, doubled up to four, given up after `PATIENCE`.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, cast

from kinline.sip.phone import digest
from kinline.sip.phone.call import Call, NoAnswer
from kinline.sip.phone.message import Message, Unreadable, answer, read, request, tag_of, written

T1: Final = 0.5
T2: Final = 4.0
PATIENCE: Final = 32.0
ALLOWED: Final = "INVITE, ACK, CANCEL, BYE, INFO, OPTIONS"
Place = tuple[str, int]
OnCall = Callable[[Call], Awaitable[None]]


class Phone(asyncio.DatagramProtocol):
    """`user` and `password`: of this telephone at the switch. `on_call`: runs with each call that comes in."""

    def __init__(self, user: str, password: str, on_call: OnCall | None, contact_end: str) -> None:
        self.user, self.password, self.on_call, self.contact_end = user, password, on_call, contact_end
        self.calls: dict[str, Call] = {}
        self.events_offered = True  # else the telephone knows only tones, as old ones do
        self.deaf = False  # as after a power cut: nothing is read or sent any more
        self.waiting: dict[tuple[str, str], asyncio.Queue[Message]] = {}  # by branch and method
        self._tasks: set[asyncio.Task[None]] = set()
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(
        cls,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        user: str = "telephone",
        password: str = "",
        on_call: OnCall | None = None,
        contact_end: str = "",
    ) -> "Phone":
        """Listen. `port` 0: any. `contact_end`: appended to the contact's address, such as `;transport=UDP`."""
        loop = asyncio.get_running_loop()
        _, phone = await loop.create_datagram_endpoint(
            lambda: cls(user, password, on_call, contact_end), local_addr=(host, port)
        )
        return phone

    @property
    def address(self) -> Place:
        if self._transport is None:
            raise RuntimeError("a telephone that is not open")
        return cast("Place", self._transport.get_extra_info("sockname")[:2])

    @property
    def here(self) -> str:
        """`host:port` as SIP writes it."""
        host, port = self.address
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    @property
    def contact(self) -> str:
        return f"<sip:{self.user}@{self.here}{self.contact_end}>"

    def via(self) -> tuple[str, str]:
        """A new transaction's."""
        return "via", f"SIP/2.0/UDP {self.here};branch=z9hG4bK{secrets.token_hex(8)};rport"

    # What one does with it

    async def call(self, number: str, at: Place, *, name: str = "", headers: tuple[tuple[str, str], ...] = ()) -> Call:
        """Call `number` at a switch (`host`, `port`); returns at once, `Call.until` tells how it goes on.

        `number`: what stands before the `@`: a number, `ID*PIN*NUMBER`, or the menu's. `name`: shown to the called.
        """
        call = await Call.outgoing(self, number, at, name, headers)
        self.calls[call.id] = call
        self.run(call.place())
        return call

    async def register(self, at: Place, seconds: int = 300) -> int:
        """Tell the switch where this telephone is; its answer's code. `seconds` 0: it is here no more."""
        me = f"<sip:{self.user}@{_host(at)}>"
        uri, known = f"sip:{_host(at)}", f"{secrets.token_hex(8)}@{self.address[0]}"
        extra: tuple[tuple[str, str], ...] = ()
        for turn in (1, 2):
            headers = [self.via(), ("max-forwards", "70"), ("from", f"{me};tag={secrets.token_hex(4)}"), ("to", me)]
            headers += [("call-id", known), ("cseq", f"{turn} REGISTER"), ("contact", self.contact)]
            said = request("REGISTER", uri, [*headers, ("expires", str(seconds)), *extra])
            answered = await self.transact(said, at)
            extra = self.credentials(answered, said)
            if not extra:
                break
        return answered.code

    def credentials(self, answered: Message, said: Message) -> tuple[tuple[str, str], ...]:
        """The header that answers a challenge (401, 407); nothing if it asks for none, or was answered already."""
        if answered.code not in {401, 407} or said.header("authorization") or said.header("proxy-authorization"):
            return ()
        asks, tells = ("www", "authorization") if answered.code == 401 else ("proxy", "proxy-authorization")
        for challenge in answered.all(f"{asks}-authenticate"):
            value = digest.answer(challenge, user=self.user, password=self.password, method=said.method, uri=said.uri)
            if value:
                return ((tells, value),)
        return ()

    def forget(self, call: Call) -> None:
        """Drop a call that ended, once no repeat of its last messages can come any more."""
        asyncio.get_running_loop().call_later(PATIENCE, self.calls.pop, call.id, None)

    async def close(self) -> None:
        """Hang up whatever is left, and go."""
        for call in list(self.calls.values()):
            with contextlib.suppress(NoAnswer, TimeoutError):
                await call.hang_up()
            await call.line.close()
        for task in list(self._tasks):
            task.cancel()
        if self._transport is not None:
            self._transport.close()

    # Transactions

    def send(self, message: Message, to: Place) -> None:
        if self._transport is not None and not self.deaf:
            self._transport.sendto(written(message), to)

    async def transact(
        self, message: Message, to: Place, on_progress: Callable[[Message], None] | None = None
    ) -> Message:
        """Send a request again until it is answered; the final answer. raises NoAnswer"""
        answers: asyncio.Queue[Message] = asyncio.Queue()
        key = message.branch, message.method
        self.waiting[key] = answers
        try:
            return await asyncio.wait_for(self._sent(message, to, answers, on_progress), self._patience(message))
        except TimeoutError:
            raise NoAnswer(f"no answer to {message.method}") from None
        finally:
            del self.waiting[key]

    def _patience(self, message: Message) -> float | None:
        return None if message.method == "INVITE" else PATIENCE

    async def _sent(
        self,
        message: Message,
        to: Place,
        answers: "asyncio.Queue[Message]",
        on_progress: Callable[[Message], None] | None,
    ) -> Message:
        pause: float | None = T1
        waited = 0.0
        self.send(message, to)
        while True:
            try:
                got = await asyncio.wait_for(answers.get(), pause)
            except TimeoutError:
                waited += pause or 0
                if waited >= PATIENCE:
                    raise
                pause = min(2 * (pause or T1), T2)
                self.send(message, to)
                continue
            if got.code >= 200:
                return got
            if message.method == "INVITE":
                pause = None  # it rings: no more repeats, no limit
            if on_progress is not None:
                on_progress(got)

    # What comes in

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: Place) -> None:
        if self.deaf:
            return
        with contextlib.suppress(Unreadable):
            message = read(data)
            if message.method:
                self._asked(message, addr)
            else:
                self._answered(message)

    def _answered(self, message: Message) -> None:
        waiting = self.waiting.get((message.branch, message.cseq[1]))
        if waiting is not None:
            waiting.put_nowait(message)
        elif message.cseq[1] == "INVITE" and message.code >= 200:
            call = self.calls.get(message.header("call-id"))
            if call is not None:
                call.acknowledge_again(message)

    def _asked(self, message: Message, addr: Place) -> None:
        call = self.calls.get(message.header("call-id"))
        if call is not None:
            call.asked(message, addr)
        elif message.method == "INVITE" and not tag_of(message.header("to")):
            self.run(self._called(message, addr))
        elif message.method == "OPTIONS":
            self.send(answer(message, 200, [("allow", ALLOWED)], tag="x"), addr)
        elif message.method != "ACK":
            known = message.method in {"BYE", "INFO", "CANCEL", "INVITE"}
            self.send(answer(message, 481 if known else 405, [("allow", ALLOWED)], tag="x"), addr)

    async def _called(self, invite: Message, addr: Place) -> None:
        if invite.header("call-id") in self.calls:
            return  # a repeat that came while the first was being read
        call = self.calls[invite.header("call-id")] = Call(self, invite.header("call-id"), outgoing=False)
        await call.incoming(invite, addr)
        if self.on_call is None:
            call.refuse(480)
        else:
            await self.on_call(call)

    def run(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """In the background, until it is done or the telephone is closed."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there (ICMP): repeats and patience take care of it."""


def _host(at: Place) -> str:
    host = f"[{at[0]}]" if ":" in at[0] else at[0]
    return f"{host}:{at[1]}"
