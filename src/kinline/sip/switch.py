"""The built-in switch: everything that goes on beside its calls (TEL-6, TEL-9, TEL-10).

Start: prove that sippy works, end what an earlier run left behind, and only then let calls in. Every five seconds tell
which calls go on. Every half second look which of them staff or a lockdown want ended. Every second ask the media
whether it is there.
"""

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

from kinline.sip import aio, dialogs, prompts
from kinline.sip.aio import monotonic_ms
from kinline.sip.around import Around, Prompts
from kinline.sip.control import Control
from kinline.sip.door import Door
from kinline.sip.flood import Flood
from kinline.sip.gateway import LiveCall
from kinline.sip.local import LocalControl
from kinline.sip.media import Media, MediaError, MediaGone
from kinline.sip.options import Options, Peer
from kinline.sip.quiet import sparse
from kinline.sip.speaking import SpokenCall
from kinline.sip.trunk import Trunk

PULSE_SECONDS: Final = 1.0
LOOK_SECONDS: Final = 0.5  # at whether a call is to be ended; each is one statement, and none without calls
PULSES_MISSED: Final = 2  # then the media server is taken for dead
PEERS_SECONDS: Final = 30.0  # how often the table of ways outside is read again
GRACE_SECONDS: Final = 1.0  # for the last BYEs to be sent again, if one is lost
DRIVERS: Final = ("rtp-io", "rtpengine")
log = logging.getLogger(__name__)


@dataclass
class Switch:
    """A switch that serves. `address`: where it listens. `boot_id`: of this run."""

    around: Around
    door: Door
    address: tuple[str, int]
    peers: Callable[[], Awaitable[Sequence[Peer]]]
    flood: Flood
    boot_id: str = field(default_factory=lambda: uuid4().hex)
    _media_seen: int = field(default_factory=monotonic_ms)
    _missed: int = 0
    _had: dict[str, int] = field(default_factory=dict)  # by call: when the media server knew of it, as `monotonic_ms`

    async def recover(self) -> int:
        """End what an earlier run left: media, both phones, and then, once the database is there, the money. How many
        calls there were.
        """
        left = self.around.dialogs.left()
        for name, legs in left.items():
            with contextlib.suppress(MediaError):
                await self.around.media.forget(name)
            dialogs.hang_up(self.around.config, legs)
            self.around.dialogs.forget(name)
        await self.around.control.booted(self.boot_id)
        return len(left)

    async def beat(self) -> None:
        """Say which calls go on. Those that are over for the database, or that staff end, are over here, too."""
        calls = self._live()
        self._end(calls, await self.around.control.alive({key: call.talked_ms for key, call in calls.items()}))

    async def look(self) -> None:
        """End what staff or a lockdown end, in less than a second: a voice that must stop cannot wait for the beat."""
        if calls := self._live():
            self._end(calls, await self.around.control.to_end())

    def _live(self) -> dict[UUID, LiveCall]:
        return {key: call for call in self.around.calls.values() if (key := call.live_key) is not None}

    def _end(self, calls: Mapping[UUID, LiveCall], unwanted: Sequence[UUID]) -> None:
        for key in unwanted:
            call = calls.get(key)
            if call is not None and call.live_key == key:
                call.end("ended_by_staff")

    async def speak(self) -> None:
        """Make the calls that only say something (TEL-8)."""
        for one in await self.around.control.to_speak():
            self.around.beside(SpokenCall(self.around, one).make())

    async def feel_pulse(self) -> None:
        """A media server that does not answer has lost every call; they are billed to when it last did."""
        try:
            alive = await self.around.media.alive()
        except MediaError:
            alive = False
        if alive:
            self._missed, self._media_seen = 0, monotonic_ms()
            return
        self._missed += 1
        if self._missed >= PULSES_MISSED:
            sparse.warn("media server silent")
            for call in self._with_sound():
                call.lost(None, self._media_seen)

    def _with_sound(self) -> list[LiveCall]:
        return [call for call in self.around.calls.values() if call.media is not None]

    async def listen(self) -> None:
        """A phone that vanished without a BYE sends nothing more; its call ends as of its last packet.

        A media server that was restarted before a pulse was missed has lost every call: they end as of when it had it.
        """
        calls = self._with_sound()
        self._had = {call.name: self._had.get(call.name, 0) for call in calls}
        for call in calls:
            await self._listen_to(call)

    async def _listen_to(self, call: LiveCall) -> None:
        media, now = call.media, monotonic_ms()
        if media is None:
            return
        try:
            heard = await media.heard()
        except MediaGone:
            sparse.warn("media server restarted")
            call.lost(None, self._had[call.name])
            return
        except MediaError:
            return  # the pulse decides
        self._had[call.name] = now
        if call.call.state != "talk":
            return
        quiet = {leg: seconds for leg, seconds in heard.items() if seconds > self.around.options.silence_seconds}
        if quiet:
            leg = max(quiet, key=lambda one: quiet[one])
            call.lost(leg, monotonic_ms() - int(quiet[leg] * 1000))

    async def read_peers(self) -> None:
        """The ways outside, some of which may have been added or switched off."""
        self.around.trunk.use(await self.peers())
        await self.around.trunk.find()
        self.flood.known = set(self.around.options.known) | self.around.trunk.addresses()

    async def close(self) -> None:
        """Every call ends, is told of, and both its phones hear so."""
        self.door.open = False
        for call in list(self.around.calls.values()):
            call.end("switch_stopped")
        if self.around.tasks:
            await asyncio.wait(set(self.around.tasks), timeout=GRACE_SECONDS)
        for task in list(self.around.tasks):
            task.cancel()
        await self.around.control.close()
        with contextlib.suppress(MediaError):
            await self.around.media.stop()
        self.around.dialogs.close()
        self.around.config["_sip_tm"].shutdown()


@contextlib.asynccontextmanager
async def running(
    options: Options,
    control: Control,
    media: Media,
    speech: Prompts,
    peers: Callable[[], Awaitable[Sequence[Peer]]] | None = None,
) -> AsyncIterator[Switch]:
    """A switch that takes calls, for the time of the block. Raises OSError when its port is taken."""
    await aio.self_test()
    switch = _made(options, control, media, speech, peers)
    chores: list[asyncio.Task[None]] = []
    try:
        await media.start()
        await switch.read_peers()
        found = await switch.recover()
        if found:
            log.warning("ended %d calls that an earlier run left", found)
        switch.door.open = True
        for chore, seconds in (
            (switch.beat, options.heartbeat_seconds),
            (switch.look, LOOK_SECONDS),
            (switch.listen, options.heartbeat_seconds),
            (switch.speak, options.heartbeat_seconds),
            (switch.feel_pulse, PULSE_SECONDS),
            (switch.read_peers, PEERS_SECONDS),
            (switch.around.trunk.ask_all, options.options_seconds),
        ):
            chores.append(asyncio.create_task(_for_ever(chore, seconds)))
        yield switch
    finally:
        for task in chores:
            task.cancel()
        await switch.close()


async def _for_ever(chore: Callable[[], Awaitable[None]], seconds: float) -> None:
    """Every so many seconds. What fails now is tried again then; meanwhile calls go on."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await chore()
        except TimeoutError:
            sparse.warn("chore too slow", chore.__name__)
        except Exception as fault:
            sparse.warn("chore failed", chore.__name__, fault=fault)


def _made(
    options: Options,
    control: Control,
    media: Media,
    speech: Prompts,
    peers: Callable[[], Awaitable[Sequence[Peer]]] | None,
) -> Switch:
    flood = Flood(options.packets_a_second, set(options.known), options.trust_loopback)
    door: list[Door] = []  # sippy wants to know whom to ask before there is anybody

    def asked(request: Any, transaction: Any) -> Any:
        return door[0].request(request, transaction)

    config, transactions = aio.manager(
        options.sip,
        asked,
        admit=lambda sender, port: flood.admit(sender, time.monotonic(), port),
        advertise=_seen_as(options),
    )
    trunk = Trunk(config, options)
    kept = dialogs.Dialogs(options.folder / "dialogs")
    around = Around(options, control, media, speech, kept, config, trunk)
    door.append(Door(around))

    async def given() -> Sequence[Peer]:
        return options.peers

    return Switch(around, door[0], aio.address_of(transactions), peers or given, flood)


def driver(options: Options) -> Media:
    """What carries the voices; only the one that is wanted is loaded. Raises ValueError for one that we do not have."""
    if options.media == "rtp-io":
        from kinline.sip.media.rtp_io import RtpIo

        host, spool = options.sip[0].strip("[]"), options.folder / "spool"
        return RtpIo(host, _seen_as(options), options.rtp_ports, options.nat, spool)
    if options.media == "rtpengine":
        from kinline.sip.media.rtpengine import Rtpengine

        return Rtpengine(nat=options.nat)
    raise ValueError(options.media)


def _seen_as(options: Options) -> str:
    """Our address as others see it. Where we listen on all, that from which packets leave towards the trunk."""
    host = options.advertise or options.sip[0]
    if host.strip("[]") not in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not listened on
        return host
    towards = options.peers[0].host if options.peers else "192.0.2.1"  # nothing is sent
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as out:
        try:
            out.connect((towards.strip("[]"), 9))
        except OSError:
            return host
        found = str(out.getsockname()[0])
    return f"[{found}]" if ":" in found else found


async def serve(options: Options, *, ready: Callable[[tuple[str, int]], None] = lambda address: None) -> None:
    """Until cancelled. `ready` is told where it listens, once calls are let in. Raises OSError: the port is taken."""
    control = LocalControl(options.folder, unnamed=options.trust_loopback)
    peers = None if options.peers else control.peers
    async with running(options, control, driver(options), prompts.files, peers) as switch:
        ready(switch.address)
        await asyncio.Event().wait()
