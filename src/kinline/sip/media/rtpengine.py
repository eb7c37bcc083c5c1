"""Voices by rtpengine: a process of its own, made for thousands of calls (GPL-3, Debian's package `rtpengine-daemon`).

One rtpengine call per phone call, its sides tagged `a` and `b`. The telephone is answered before there is an outside
party, by a stand-in; with `port latching` its port stays when the real one comes. `block media` until they are joined,
`block DTMF` always: keys come as JSON datagrams (`--dtmf-log-dest`) and are nobody else's business. `play media`
goes to a leg beside what the other says, which is blocked meanwhile. Recordings are PCAP files of rtpengine's
(`--recording-dir`). rtpengine 10.5 neither detects nor copies what it blocks; so where an outside party's line has no
telephone events, it is offered to a port of ours instead of to the telephone until they are joined (`key_tones`).
"""

import asyncio
import contextlib
import json
import os
import secrets
import time
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as changed
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

from kinline.sip import sdp
from kinline.sip.call import Leg
from kinline.sip.media import MediaError, OnKey, capture, ng
from kinline.sip.media.given import sound_of, understood
from kinline.sip.media.key_tones import KeyTones
from kinline.sip.media.where import Address, address, folder, named
from kinline.sip.sdp import Sdp
from kinline.sip.sound import RATE, wav
from kinline.sip.sound.dtmf import Keys

LEGS: Final[tuple[Leg, ...]] = ("a", "b")
_OTHER: Final[Mapping[Leg, Leg]] = {"a": "b", "b": "a"}
_KEYS: Final = "0123456789*#ABCD"
_FLAGS: Final = ("port latching", "strict source")  # only a leg's own address speaks and presses keys
_KNOWN: Final = ("trust address", "asymmetric")  # and that is the one of its SDP, from the first packet on
_CODECS: Final = {"strip": ["all"], "except": ["PCMU", "telephone-event"]}
_STAND_IN: Final = Sdp("127.0.0.1", 9)  # before there is an outside party
_MANY: Final = 100_000  # rounds of what repeats until it is hushed


class RtpengineCall:
    def __init__(self, media: "Rtpengine", name: str, on_key: OnKey) -> None:
        self.media, self.name, self.on_key = media, name, on_key
        self.closed = self._joined = False
        self._theirs: dict[Leg, Sdp] = {}
        self._ours: dict[Leg, Sdp] = {}
        self._versions: dict[Leg, int] = {"a": 1, "b": 1}
        self._session = secrets.randbits(30)
        self._playing: dict[Leg, Path] = {}
        self._spoken_to: dict[Leg, asyncio.TimerHandle | None] = {}
        self._kept: Path | None = None
        self._kept_from = 0.0
        self._tones: KeyTones | None = None
        self._keys = Keys()  # of leg `b`, also while its sound goes to another port of ours
        self._listens: tuple[float, float] | None = None

    async def _ask(self, command: str, **facts: object) -> dict[str, Any]:
        if self.closed:
            raise MediaError("the call is closed")
        return await self.media.ask(command, call_id=self.name, **facts)

    @property
    def answer_for_a(self) -> bytes:
        return self._described("a")

    @property
    def offer_for_b(self) -> bytes:
        return self._described("b")

    def _described(self, leg: Leg) -> bytes:
        return sdp.written(self._ours[leg], session=self._session, version=self._versions[leg])

    async def begin(self, offer: Sdp) -> None:
        await self._exchange("a", offer, _STAND_IN)
        await self._let()
        for leg in LEGS:
            await self._ask("block DTMF", from_tag=leg)

    async def _exchange(self, leg: Leg, offered: Sdp, answered: Sdp) -> None:
        """Offer what a leg offers to the other, and answer with the other's: both sides of ours come of it."""
        tags = {"from_tag": leg, "to_tag": _OTHER[leg]}
        offer = await self._ask("offer", sdp=sdp.written(offered), codec=_CODECS, **tags, **self.media.options)
        answer = await self._ask("answer", sdp=sdp.written(answered), **tags, **self.media.options)
        self._theirs = {leg: offered, _OTHER[leg]: answered}
        self._ours[_OTHER[leg]] = understood(offer["sdp"])
        theirs = self._theirs[leg]
        self._ours[leg] = changed(understood(answer["sdp"]), sends=theirs.receives, receives=theirs.sends)

    async def answered_by_b(self, sdp: bytes) -> None:
        await self._answered(understood(sdp))

    async def _answered(self, theirs: Sdp) -> None:
        await self._no_tones()
        body = sdp.written(theirs)
        await self._ask("answer", sdp=body, from_tag="a", to_tag="b", **self.media.options)
        self._theirs["b"] = theirs
        await self._for_tones()

    async def _for_tones(self) -> None:
        """Leg `b` speaks to a port of ours: as if it, and not the telephone, had called."""
        theirs = self._theirs["b"]
        if theirs.events is not None or theirs.held or self._joined:
            return
        host = self._ours["b"].host  # rtpengine's: one that it can send from, and if it is here, that we can listen at
        try:
            self._tones = await KeyTones.open(host, lambda key: self.on_key("b", key), self._keys)
        except OSError:
            return  # it is elsewhere: then no keys as tones
        tags = {"from_tag": "tones", "to_tag": "b"}
        offered = sdp.written(Sdp(host, self._tones.port, None))
        await self._ask("offer", sdp=offered, codec=_CODECS, **tags, **self.media.options)
        await self._ask("answer", sdp=sdp.written(theirs), **tags, **self.media.options)
        await self._ask("unblock media", from_tag="b")

    async def _no_tones(self) -> None:
        """Leg `b` speaks to the telephone again, which hears it when it is let through."""
        tones, self._tones = self._tones, None
        if tones is None:
            return
        tones.close()
        await self._ask("block media", from_tag="b")
        mine = dict(self._ours)  # ports stay, and nobody is told anything
        await self._exchange("a", self._theirs["a"], self._theirs["b"])
        self._ours = mine

    async def renegotiated(self, leg: Leg, sdp: bytes) -> bytes:
        theirs, other = understood(sdp), _OTHER[leg]
        await self._no_tones()
        mine = dict(self._ours)
        stays = changed(self._theirs[other], sends=theirs.receives, receives=theirs.sends)
        kept = self._theirs[other]
        await self._exchange(leg, theirs, stays)
        self._theirs[other], self._ours[other] = kept, mine[other]  # nobody tells the other: its side stays
        await self._let()
        await self._for_tones()
        self._versions[leg] += 1
        return self._described(leg)

    async def play(self, leg: Leg, files: Sequence[Path], *, over: bool = False, repeat: bool = False) -> int:
        """Whether `over` or not: when the speech ends, what comes from the other leg goes on, if they are joined."""
        sound = b"".join([await asyncio.to_thread(sound_of, path) for path in files])
        milliseconds = round(len(sound) * 1000 / RATE)
        path = self.media.place / f"{secrets.token_hex(16)}.wav"
        await asyncio.to_thread(_write, path, sound)
        old = self._playing.pop(leg, None)
        self._playing[leg] = path
        rounds = {"repeat_times": _MANY} if repeat else {}
        try:
            if old is not None:
                await self._ask("stop media", from_tag=leg)
            await self._ask("play media", from_tag=leg, file=str(path), **rounds)
        finally:
            _forget(old)
        await self._quiet_for(leg, None if repeat else milliseconds)
        return milliseconds

    async def _quiet_for(self, leg: Leg, milliseconds: int | None) -> None:
        """The other leg's voice waits until the speech is over; None: until it is hushed."""
        self._no_longer(leg)
        if milliseconds is not None:
            loop = asyncio.get_running_loop()
            self._spoken_to[leg] = loop.call_later(milliseconds / 1000, self._over, leg)
        else:
            self._spoken_to[leg] = None
        if self._joined:
            await self._let()

    def _no_longer(self, leg: Leg) -> None:
        timer = self._spoken_to.pop(leg, None)
        if timer is not None:
            timer.cancel()

    def _over(self, leg: Leg) -> None:
        self._no_longer(leg)
        if self._joined and not self.closed:
            self.media.run(self._let())

    async def hush(self, leg: Leg) -> None:
        await self._ask("stop media", from_tag=leg)
        _forget(self._playing.pop(leg, None))
        self._no_longer(leg)
        if self._joined:
            await self._let()

    async def join(self) -> None:
        await self._no_tones()
        self._joined = True
        await self._let()

    async def part(self) -> None:
        self._joined = False
        await self._let()

    async def _let(self) -> None:
        """What a leg says is let through if they are joined, and the other neither holds nor is spoken to.

        rtpengine minds no hold, and would send speech and voice in turns.
        """
        for leg in LEGS:
            other = _OTHER[leg]
            free = self._joined and not self._theirs[other].held and other not in self._spoken_to
            await self._ask("unblock media" if free else "block media", from_tag=leg)

    async def record(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._kept, self._kept_from = path, time.time()
        await self._ask("start recording")

    async def listen(self, seconds: float) -> None:
        self._listens = (time.time(), seconds)
        await self._ask("start recording")

    async def listened(self) -> bytes:
        """A recording of rtpengine's of its own, which is destroyed at once: that of a conversation begins anew."""
        if self._listens is None:
            return b""
        (begun, seconds), self._listens = self._listens, None
        await self._ask("stop recording")
        return await asyncio.to_thread(self.media.taken, self.name, begun, seconds, self._ours["a"].port)

    async def heard(self) -> Mapping[Leg, float]:
        """To the second, as rtpengine keeps it."""
        tags = (await self._ask("query")).get("tags", {})
        now = time.time()
        return {leg: max(0.0, now - last) for leg in LEGS if (last := _last_packet(tags.get(leg, {}))) is not None}

    async def close(self) -> None:
        if self.closed:
            return
        self.closed = True
        self.media.calls.pop(self.name, None)
        if self._tones is not None:
            self._tones.close()
        for leg in LEGS:
            self._no_longer(leg)
        try:
            await self.media.ask("delete", call_id=self.name, delete_delay=0)
        finally:
            for path in self._playing.values():
                _forget(path)
            if self._kept is not None:
                ports = {leg: one.port for leg, one in self._ours.items()}
                await asyncio.to_thread(self.media.keep, self.name, self._kept, self._kept_from, ports)
            elif self._listens is not None:
                await asyncio.to_thread(self.media.destroy, self.name)


@dataclass
class Rtpengine:
    """`ng`: where rtpengine is asked (`--listen-ng`); `keys`: where we take its keys (`--dtmf-log-dest`), of ours.

    `spool`: its `--recording-dir`. `folder`: ours alone, where it finds what is played; none: one below `/tmp`. Both
    programs must reach these two. `nat`: learn where a leg is from its packets, rather than from its SDP.
    """

    ng: Address = field(default_factory=address("KINLINE_RTPENGINE", ("127.0.0.1", 22222)))
    keys: Address = field(default_factory=address("KINLINE_RTPENGINE_KEYS", ("127.0.0.1", 22333)))
    spool: Path = field(default_factory=folder("KINLINE_RTPENGINE_SPOOL", "/var/spool/rtpengine"))
    folder: Path | None = field(default_factory=lambda: named("KINLINE_RTPENGINE_PROMPTS"))
    nat: bool = False
    calls: dict[str, RtpengineCall] = field(default_factory=dict)
    place: Path = field(default_factory=Path, init=False)

    def __post_init__(self) -> None:
        flags = [*_FLAGS, *(() if self.nat else _KNOWN)]
        self.options: dict[str, object] = {"ICE": "remove", "replace": ["origin"], "flags": flags}
        self._client: ng.Client | None = None
        self._listener: asyncio.BaseTransport | None = None
        self._own: TemporaryDirectory[str] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Raises OSError: the address for keys is taken."""
        if self.folder is None:
            self._own = TemporaryDirectory(prefix="kinline-media-")
            os.chmod(self._own.name, 0o711)  # noqa: S103 - rtpengine is another user; names cannot be listed or guessed
        self.place = self.folder or Path(cast("TemporaryDirectory[str]", self._own).name)
        for left in self.place.glob("*.wav"):  # of a run that died
            left.unlink()
        loop = asyncio.get_running_loop()
        self._listener, _ = await loop.create_datagram_endpoint(lambda: _Keys(self), local_addr=self.keys)
        self._client = await ng.Client.connect(*self.ng)

    async def stop(self) -> None:
        for call in list(self.calls.values()):
            with contextlib.suppress(MediaError):
                await call.close()
        if self._client is not None:
            self._client.close()
        if self._listener is not None:
            self._listener.close()
        if self._own is not None:
            self._own.cleanup()
        self._client = self._listener = self._own = None

    async def open(self, call: str, offer: bytes, on_key: OnKey) -> RtpengineCall:
        theirs = understood(offer)
        opened = RtpengineCall(self, call, on_key)
        try:
            await opened.begin(theirs)
        except MediaError:
            with contextlib.suppress(MediaError):
                await self.forget(call)
            raise
        self.calls[call] = opened
        return opened

    async def alive(self) -> bool:
        try:
            await self.ask("ping")
        except MediaError:
            return False
        return True

    async def forget(self, call: str) -> None:
        """What was recorded of it and never finished is destroyed."""
        await self.ask("delete", call_id=call, delete_delay=0)
        self.destroy(call)

    async def ask(self, command: str, **facts: object) -> dict[str, Any]:
        if self._client is None:
            raise MediaError("rtpengine is not connected")
        return await self._client.ask(command, **facts)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """In the background; a server that does not answer is the watchdog's to see."""

        async def working() -> None:
            with contextlib.suppress(MediaError):
                await work

        task = asyncio.get_running_loop().create_task(working())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def pressed(self, note: Mapping[str, Any]) -> None:
        call = self.calls.get(str(note.get("callid")))
        leg, event = note.get("source_tag"), note.get("event")
        if call is not None and leg in LEGS and isinstance(event, int) and 0 <= event < len(_KEYS):
            call.on_key(cast("Leg", leg), _KEYS[event])

    def taken(self, call: str, begun: float, seconds: float, port: int) -> bytes:
        """What came to a port since `begun`, no longer than `seconds`; the files go."""
        try:
            packets = [one for file in self._captured(call) for one in capture.voices(file.read_bytes())]
        except capture.NotCaptured as problem:
            raise MediaError("rtpengine recorded nothing that can be read") from problem
        finally:
            self.destroy(call)
        heard = capture.sound((one for one in packets if one.port == port), begun)
        return heard[: round(seconds * RATE)]

    def keep(self, call: str, path: Path, begun: float, ports: Mapping[Leg, int]) -> None:
        """Make one file of both directions from rtpengine's, by the port to which they came, and destroy those."""
        packets = [one for file in self._captured(call) for one in capture.voices(file.read_bytes())]
        sounds = [capture.sound((one for one in packets if one.port == ports[leg]), begun) for leg in LEGS]
        part = path.with_name(path.name + ".part")
        wav.write(part, *sounds)
        os.replace(part, path)
        self.destroy(call)

    def _captured(self, call: str) -> list[Path]:
        return sorted(self.spool.glob(f"pcaps/{call}-*.pcap"))

    def destroy(self, call: str) -> None:
        for path in (*self._captured(call), *self.spool.glob(f"metadata/rtpengine-meta-{call}-*.txt")):
            path.unlink(missing_ok=True)


class _Keys(asyncio.DatagramProtocol):
    """Where rtpengine reports keys; anything else that comes there is ignored."""

    def __init__(self, media: Rtpengine) -> None:
        self.media = media

    def datagram_received(self, data: bytes, addr: Any) -> None:
        with contextlib.suppress(ValueError):
            note = json.loads(data)
            if isinstance(note, dict) and note.get("type") == "DTMF":
                self.media.pressed(note)


def _last_packet(tag: Mapping[str, Any]) -> int | None:
    """Unix time; None: this leg never sent a packet."""
    for media in tag.get("medias", ()):
        for stream in media.get("streams", ()):
            if b"RTP" in stream.get("flags", ()) and stream.get("stats", {}).get("packets", 0) > 0:
                return int(stream["last packet"])
    return None


def _write(path: Path, sound: bytes) -> None:
    wav.write(path, sound)
    path.chmod(0o644)


def _forget(path: Path | None) -> None:
    if path is not None:
        path.unlink(missing_ok=True)
