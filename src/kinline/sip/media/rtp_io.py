"""Voices by rtp-io: RTPProxy inside this process (BSD, a wheel), so that a telephone works with nothing else installed.

Each leg is a session of its own. Its one end is the leg, the other is a hinge: a port of ours. As long as they are not
joined, both hinges point into a sink that nobody reads, so nothing can cross; to join is to point each at the other.
A leg that is played to gets nothing else until the end of it, then what comes by the hinge again.

The hinge of an outside party without telephone events points to a port of ours until then, for keys as tones
(`key_tones`). What it cannot: PCMA or other codecs, encrypted media. A leg's sound is taken from its own address only.
Commands are RTPProxy's: U (a leg's end), L (the hinge's), M3 (keys), P and S (play, stop), R (record), Q (count),
D (delete).
"""

import asyncio
import contextlib
import logging
import os
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as changed
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from kinline.sip import sdp
from kinline.sip.call import Leg
from kinline.sip.media import MediaError, OnKey, capture
from kinline.sip.media.ear import Ear
from kinline.sip.media.given import sound_of, understood
from kinline.sip.media.key_tones import KeyTones
from kinline.sip.sdp import Sdp
from kinline.sip.sound import RATE, wav
from kinline.sip.sound.dtmf import Keys

_log = logging.getLogger(__name__)
PATIENCE_SECONDS: Final = 1.0
FORGETS_SECONDS: Final = 24 * 3600  # of a session without packets; the switch watches over calls, not this
LEGS: Final[tuple[Leg, ...]] = ("a", "b")
_OTHER: Final[Mapping[Leg, Leg]] = {"a": "b", "b": "a"}
_KEYS: Final = frozenset("0123456789*#ABCD")


@dataclass
class _Side:
    """A leg. `port`: of ours, where it sends its sound; `hinge`: where the other's sound comes in."""

    session: str
    port: int
    hinge: int
    sdp: Sdp
    version: int = 1
    count: int = 0
    last: float | None = None


class RtpIoCall:
    def __init__(self, media: "RtpIo", name: str, on_key: OnKey) -> None:
        self.media, self.name, self.on_key = media, name, on_key
        self.sides: dict[Leg, _Side] = {}
        self.joined = self.closed = False
        self._kept: Path | None = None
        self._kept_from = 0.0
        self._ear: Ear | None = None
        self._tones: KeyTones | None = None
        self._keys = Keys()  # of leg `b`, also while its sound goes to another port of ours

    @property
    def answer_for_a(self) -> bytes:
        return self._described("a")

    @property
    def offer_for_b(self) -> bytes:
        return self._described("b")

    def _described(self, leg: Leg) -> bytes:
        side = self.sides[leg]
        theirs = side.sdp  # what they do not receive we do not send, and the other way round
        mine = Sdp(
            self.media.advertise or self.media.host,
            side.port,
            theirs.events,
            sends=theirs.receives,
            receives=theirs.sends,
        )
        return sdp.written(mine, session=side.hinge, version=side.version)

    async def begin(self, offer: Sdp) -> None:
        await self._add("a", offer)
        await self._add("b", Sdp("", 0))

    async def _add(self, leg: Leg, theirs: Sdp) -> None:
        session = f"{self.name}-{leg}"
        host, port = self.media.away if theirs.held else (theirs.host, theirs.port)
        keys = f" {self.media.notices} {session}" + (f" && M3:1 {session} {theirs.events} h" if theirs.events else "")
        hinge = await self.media.port(f"U{self.media.learns} {session} {host} {port} {leg};1{keys}")
        here, sink = self.media.away
        own = await self.media.port(f"La {session} {here} {sink} {leg};1 hinge;1")
        self.sides[leg] = _Side(session, own, hinge, theirs)

    async def answered_by_b(self, sdp: bytes) -> None:
        await self._met("b", sdp)

    async def renegotiated(self, leg: Leg, sdp: bytes) -> bytes:
        await self._met(leg, sdp)
        self.sides[leg].version += 1
        return self._described(leg)

    async def _met(self, leg: Leg, body: bytes) -> None:
        """From now on, this leg's sound goes where its SDP says."""
        theirs, side = understood(body), self.sides[leg]
        if leg == "b":  # keys come under the number that we offered
            theirs = changed(theirs, events=side.sdp.events if theirs.events else None)
        host, port = self.media.away if theirs.held else (theirs.host, theirs.port)
        await self.media.port(f"U{self.media.learns} {side.session} {host} {port} {leg};1")
        side.sdp = theirs
        if leg == "b" and theirs.events is None and not self.joined:
            await self._for_tones()

    async def _for_tones(self) -> None:
        if self._tones is None:
            try:
                self._tones = await KeyTones.open(self.media.inside, lambda key: self.on_key("b", key), self._keys)
            except OSError as problem:
                raise MediaError("no port for keys") from problem
        await self._point("b", self.media.inside, self._tones.port)

    def _no_tones(self) -> None:
        if self._tones is not None:
            self._tones.close()
        self._tones = None

    async def play(self, leg: Leg, files: Sequence[Path], *, over: bool = False, repeat: bool = False) -> int:
        """`over` needs nothing: what comes from the other leg goes on when the speech ends."""
        sound = b"".join([await asyncio.to_thread(sound_of, path) for path in files])
        side, stem = self.sides[leg], self.media.folder / f"{self.name}-{leg}"
        file = stem.with_name(stem.name + ".0")  # the codec's number: it opens the file at once, and keeps it open
        await asyncio.to_thread(file.write_bytes, sound)
        try:
            await self.media.told(f"P{-1 if repeat else 1} {side.session} {stem} 0 {leg};1 hinge;1")
        finally:
            file.unlink()
        return round(len(sound) * 1000 / RATE)

    async def hush(self, leg: Leg) -> None:
        await self.media.told(f"S {self.sides[leg].session} {leg};1 hinge;1")

    async def join(self) -> None:
        for leg in LEGS:
            await self._point(leg, self.media.inside, self.sides[_OTHER[leg]].hinge)
        self._no_tones()
        self.joined = True

    async def part(self) -> None:
        for leg in LEGS:
            await self._point(leg, *self.media.away)
        self.joined = False

    async def _point(self, leg: Leg, host: str, port: int) -> None:
        await self.media.port(f"La {self.sides[leg].session} {host} {port} {leg};1 hinge;1")

    async def record(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._kept, self._kept_from = path, time.time()
        for leg in LEGS:
            await self.media.told(f"R {self.sides[leg].session} {leg};1 hinge;1")

    async def listen(self, seconds: float) -> None:
        """The hinge of leg `a` points to a port that listens; its own recording could not be stopped again."""
        await self.listened()
        try:
            self._ear = await Ear.open(self.media.inside, seconds)
        except OSError as problem:
            raise MediaError("no port to listen at") from problem
        await self._point("a", self.media.inside, self._ear.port)

    async def listened(self) -> bytes:
        ear, self._ear = self._ear, None
        if ear is None:
            return b""
        try:
            await self._point("a", *self.media.away)
        finally:
            heard = ear.close()
        return heard

    async def heard(self) -> Mapping[Leg, float]:
        await self.count()
        now = time.monotonic()
        return {leg: now - side.last for leg, side in self.sides.items() if side.last is not None}

    async def count(self) -> None:
        """Note which legs have sent something since the last time."""
        for leg, side in self.sides.items():
            fields = (await self.media.asked(f"Q {side.session} {leg};1 hinge;1")).split()
            if len(fields) < 2 or not fields[1].isdecimal():
                raise MediaError(f"rtp-io answers {fields}")
            if int(fields[1]) != side.count:
                side.count, side.last = int(fields[1]), time.monotonic()

    async def close(self) -> None:
        if self.closed:
            return
        self.closed = True
        self.media.calls.pop(self.name, None)
        self._no_tones()
        if self._ear is not None:
            self._ear.close()
        for side in self.sides.values():
            await self.media.asked(f"D {side.session} {side.session[-1]};1 hinge;1")
        if self._kept is not None:
            await asyncio.to_thread(self.media.keep, self.name, self._kept, self._kept_from)


@dataclass
class RtpIo:
    """`host`: our address; `advertise`: as telephones and trunk see it, if that is another. `ports`: eight a call.

    `nat`: learn where a leg is from its first packet, rather than from its SDP. `spool`: where recordings grow.
    """

    host: str = "127.0.0.1"
    advertise: str = ""
    ports: tuple[int, int] = (30000, 39998)
    nat: bool = False
    spool: Path | None = None
    calls: dict[str, RtpIoCall] = field(default_factory=dict)
    folder: Path = field(default_factory=Path, init=False)
    away: tuple[str, int] = field(default=("", 0), init=False)  # where nobody listens, yet somebody is
    notices: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.learns = "s" if self.nat else "a"
        self.inside = "127.0.0.1" if ip_address(self.host).is_unspecified else self.host  # where hinges meet
        self._proxy: Any = None
        self._sink: socket.socket | None = None
        self._kept: TemporaryDirectory[str] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._commands: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        from rtp.io import rtpproxy

        self._kept = TemporaryDirectory(prefix="kinline-media-")
        self.folder = Path(self._kept.name)
        self.spool = self.spool or self.folder / "spool"
        self.spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in self.spool.glob(
            "*-[ab]=*"
        ):  # of a run that died: half a conversation, of which nobody has a record
            left.unlink()
        self._sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)  # a full one drops what comes
        self._sink.bind((self.inside, 0))
        self.away = self._sink.getsockname()
        low, high = self.ports
        ports = ("-m", str(low), "-M", str(high), "-T", str(FORGETS_SECONDS))
        kept = ("-r", str(self.spool), "-P")
        self._proxy = rtpproxy(  # of its modules only that for keys: another writes each call into a file where we run
            modules=("catch_dtmf",), extra_args=("-F", "-l", self.host, *ports, *kept, "-d", "crit")
        )
        self.notices = self._proxy.rtpp_nsock_spec
        self._commands = await _streams(self._proxy.rtpp_sock)
        notices, told = await _streams(self._proxy.rtpp_nsock)
        self._writers = [self._commands[1], told]
        run = asyncio.get_running_loop().create_task
        self._tasks = [run(self._keys(notices)), run(self._pulse())]

    async def stop(self) -> None:
        for call in list(self.calls.values()):
            with contextlib.suppress(MediaError):
                await call.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.close()
        if self._proxy is not None:
            ends = self._proxy.rtpp_sock, self._proxy.rtpp_nsock
            self._proxy = None  # it ends its threads
            for end in ends:
                end.close()
        self._tasks, self._writers, self._commands = [], [], None
        if self._sink is not None:
            self._sink.close()
        if self._kept is not None:
            self._kept.cleanup()

    async def open(self, call: str, offer: bytes, on_key: OnKey) -> RtpIoCall:
        theirs = understood(offer)
        opened = RtpIoCall(self, call, on_key)
        try:
            await opened.begin(theirs)
        except MediaError:
            await self.forget(call)
            raise
        self.calls[call] = opened
        return opened

    async def alive(self) -> bool:
        try:
            return (await self.asked("V")).isdecimal()
        except MediaError:
            return False

    async def forget(self, call: str) -> None:
        """Nothing of an earlier run is left here but a recording that was not finished: it is destroyed."""
        for leg in LEGS:
            await self.asked(f"D {call}-{leg} {leg};1 hinge;1")
            for file in self._captured(call, leg):
                file.unlink(missing_ok=True)

    # Commands

    async def asked(self, command: str) -> str:
        """The answer's line. raises MediaError if there is none in time"""
        if self._commands is None:
            raise MediaError("rtp-io is not started")
        reader, writer = self._commands
        async with self._turn:
            writer.write(command.encode() + b"\n")
            try:
                line = await asyncio.wait_for(reader.readline(), PATIENCE_SECONDS)
            except (TimeoutError, OSError) as problem:
                self._commands = None  # an answer that comes later would be taken for the next one's
                raise MediaError("rtp-io does not answer") from problem
        return line.decode().strip()

    async def told(self, command: str) -> None:
        if (answer := await self.asked(command)) != "0":
            raise MediaError(f"rtp-io answers {answer} to {command[:1]}")

    async def port(self, command: str) -> int:
        """The port that `U` and `L` are answered with."""
        first = (await self.asked(command)).split()[:1]
        if not first or not first[0].isdecimal() or first[0] == "0":
            raise MediaError(f"rtp-io answers {first} to {command[:1]}")
        return int(first[0])

    # What it tells by itself

    async def _keys(self, notices: asyncio.StreamReader) -> None:
        while line := await notices.readline():
            words = line.decode().split()
            name, _, leg = words[0].rpartition("-") if words else ("", "", "")
            call = self.calls.get(name)
            if call is not None and leg in LEGS and len(words) > 1 and words[1] in _KEYS:
                call.on_key("a" if leg == "a" else "b", words[1])

    async def _pulse(self) -> None:
        """Look each second who has sent something: it keeps no time itself."""
        while True:
            await asyncio.sleep(1)
            for call in list(self.calls.values()):
                with contextlib.suppress(MediaError):
                    await call.count()

    # Recordings

    def _captured(self, call: str, leg: Leg) -> list[Path]:
        return sorted((self.spool or self.folder).glob(f"{call}-{leg}=*"))

    def keep(self, call: str, path: Path, begun: float) -> None:
        """Make one file of what was captured of both legs, and destroy what it was made of."""
        sounds = []
        for leg in LEGS:
            files = self._captured(call, leg)
            packets = [one for file in files if file.suffix == ".rtp" for one in capture.voices(file.read_bytes())]
            sounds.append(capture.sound(packets, begun))
        part = path.with_name(path.name + ".part")
        wav.write(part, *sounds)
        os.replace(part, path)
        for leg in LEGS:
            for file in self._captured(call, leg):
                file.unlink()


async def _streams(end: socket.socket) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    copy = socket.socket(fileno=os.dup(end.fileno()))
    copy.setblocking(False)
    return await asyncio.open_unix_connection(sock=copy)
