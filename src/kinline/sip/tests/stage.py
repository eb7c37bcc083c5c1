"""A switch between two real telephones on loopback, media without sound, and a control that answers as it is told.

`Stage.call` places a call from the facility's telephone; `Stage.outside` is what rings. Nothing here sleeps for long:
speech takes 50 ms.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from kinline.flows.call_terms import NAME_WANTED, Terms
from kinline.flows.speak_code import Spoken
from kinline.sip.call import Entry
from kinline.sip.control import Telephone
from kinline.sip.gateway import LiveCall
from kinline.sip.media.silent import SilentMedia
from kinline.sip.options import Options, Peer
from kinline.sip.phone import Call, Phone
from kinline.sip.quiet import sparse
from kinline.sip.switch import Switch, running

PATIENT = 10.0  # seconds; machines of tests are busy
NUMBER = "+13155550101"
PIN = "2580"
SECRET = "secret-of-west"
DIALLED = f"1001*{PIN}*3155550101"
ALLOWED = Terms(
    UUID(int=0), True, "", (), number=NUMBER, caller_id="+15185550110", seconds=900, ring_ms=2000, accept_ms=2000,
    announcement=(("call.hello", ""),), price=(("price.free", ""),),
)  # fmt: skip
FAULTS = ("call failed", "task failed", "packet failed", "timer failed", "sound failed", "chore failed")


@dataclass
class FakeControl:
    """Answers with `terms`; remembers what it was told. `slow`: seconds that it takes to answer.

    `name_of`: whoever calls says their name first, as this resident.
    """

    terms: Terms = ALLOWED
    slow: float = 0.0
    asked: list[tuple[str, Entry, str]] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    ends: list[tuple[str, str, int, int]] = field(default_factory=list)
    ended_keys: list[UUID] = field(default_factory=list)
    recordings: list[tuple[str, int]] = field(default_factory=list)
    unwanted: set[UUID] = field(default_factory=set)
    settled: set[UUID] = field(default_factory=set)
    beats: list[dict[UUID, int]] = field(default_factory=list)
    boots: list[str] = field(default_factory=list)
    telephones: dict[str, Telephone] = field(default_factory=lambda: {"west": Telephone("west", SECRET)})
    keys: list[UUID] = field(default_factory=list)
    sightings: list[str] = field(default_factory=list)
    to_say: list[Spoken] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    name_of: int | None = None
    names: list[tuple[str, int, bytes]] = field(default_factory=list)
    numbers: list[UUID] = field(default_factory=list)

    async def keep_name(self, station: str, resident_id: int, sound: bytes) -> None:
        self.names.append((station, resident_id, sound))
        self.terms = replace(self.terms, name_sound=sound)

    async def ask_number(self, key: UUID) -> str:
        self.numbers.append(key)
        return "done"

    async def telephone(self, username: str) -> Telephone | None:
        return self.telephones.get(username)

    def seen(self, username: str) -> None:
        self.sightings.append(username)

    async def authorise(self, key: UUID, station: str, entry: Entry, language: str, names: bool = False) -> Terms:
        self.asked.append((station, entry, language))
        self.keys.append(key)
        if names and self.name_of is not None:
            return Terms(key, False, NAME_WANTED, (NAME_WANTED,), name_of=self.name_of)
        if self.slow:
            await asyncio.sleep(self.slow)
        return replace(self.terms, call_id=key)

    def tell(self, key: UUID, number: int, kind: str, detail: str, elapsed_ms: int) -> None:
        self.told.append((kind, detail))

    async def alive(self, heard: Mapping[UUID, int]) -> Sequence[UUID]:
        self.beats.append(dict(heard))
        return [key for key in heard if key in self.settled]

    async def to_end(self) -> Sequence[UUID]:
        return list(self.unwanted)

    def ended(self, key: UUID, reason: str, side: str, billable_ms: int, sip_code: int) -> None:
        self.ends.append((reason, side, billable_ms, sip_code))
        self.ended_keys.append(key)

    def recorded(self, key: UUID, file: str, length_ms: int) -> None:
        self.recordings.append((file, length_ms))

    async def to_speak(self) -> Sequence[Spoken]:
        found, self.to_say = self.to_say, []
        return found

    def spoken(self, key: UUID, result: str) -> None:
        self.said.append(result)

    async def booted(self, boot_id: str) -> Sequence[UUID]:
        self.boots.append(boot_id)
        return []

    async def close(self) -> None:
        pass

    @property
    def moments(self) -> list[str]:
        return [kind for kind, _ in self.told]


@dataclass
class Stage:
    switch: Switch
    control: FakeControl
    media: SilentMedia
    telephone: Phone
    outside: Phone
    rings: "asyncio.Queue[Call]"

    async def call(self, dialled: str = DIALLED, **more: Any) -> Call:
        return await self.telephone.call(dialled, self.switch.address, **more)

    async def ring(self) -> Call:
        """The call that reaches the outside party."""
        async with asyncio.timeout(PATIENT):
            return await self.rings.get()

    async def talk(self) -> tuple[Call, Call]:
        """A call that was accepted: both telephones."""
        call = await self.call()
        b = await self.ring()
        b.answer()
        await self.moment("announced")
        await b.press_by_info("1")
        assert await call.until("up", timeout=PATIENT)
        return call, b

    async def moment(self, kind: str) -> None:
        await self.until(lambda: kind in self.control.moments)

    async def said(self, leg: str, *files: str) -> None:
        """Until this was said to a leg of the call."""
        await self.until(lambda: any(("play", leg, *files) in media.done for media in self.media.past))

    async def over(self) -> tuple[str, str, int, int]:
        """How the call ended for the control, once no line of it is left."""
        await self.until(lambda: bool(self.control.ends) and not self.switch.around.calls)
        assert len(self.control.ends) == 1
        return self.control.ends[0]

    async def until(self, true: Callable[[], bool], seconds: float = PATIENT) -> None:
        async with asyncio.timeout(seconds):
            while not true():
                await asyncio.sleep(0.005)

    @property
    def live(self) -> LiveCall:
        (call,) = self.switch.around.calls.values()
        return call


@contextlib.asynccontextmanager
async def staged(
    folder: Path,
    *,
    control: FakeControl | None = None,
    user: str = "west",
    password: str = SECRET,
    contact_end: str = "",
    media: Any = None,
    prompts: Any = None,
    **options: Any,
) -> AsyncIterator[Stage]:
    """The cast on stage. After the play no fault of ours may have been seen, whatever the play was."""
    control, media = control or FakeControl(), media or SilentMedia(speech_ms=50)
    rings: asyncio.Queue[Call] = asyncio.Queue()

    async def rung(call: Call) -> None:
        rings.put_nowait(call)

    outside = await Phone.open(on_call=rung, contact_end=contact_end)
    telephone = await Phone.open(user=user, password=password, contact_end=contact_end)
    given = {"peers": (Peer("outside", *outside.address),), "packets_a_second": 0, "data": folder}
    given |= {"sip": ("127.0.0.1", 0), **options}
    before = {kind: sparse.seen[kind] for kind in FAULTS}
    try:
        async with running(Options(**given), control, media, prompts or _prompts) as switch:
            yield Stage(switch, control, media, telephone, outside, rings)
    finally:
        for phone in (telephone, outside):
            for call in phone.calls.values():
                call._end(0, "the play is over", "us")
            await phone.close()
    assert {kind: sparse.seen[kind] for kind in FAULTS} == before


def _prompts(speech: Any, language: str) -> list[Path]:
    return [Path(f"{say.prompt}.{language}.wav") for say in speech]


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run one scene; nothing on a loop may fail unseen."""
    unseen: list[str] = []

    async def watched() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, facts: unseen.append(str(facts)))
        async with asyncio.timeout(60):
            await scene()

    asyncio.run(watched())
    assert unseen == []
