"""The sample's own telephone: it places one call after another for the page below /dev/call/, and tells what it hears.

What is told is of the telephones at both ends and nothing else: their states, the keys, what sounds, since the first.
"""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from typing import Any, Final

from kinline.ops.outside import behaviour
from kinline.ops.outside.door import LEGS
from kinline.ops.outside.hearing import CALLED_HERTZ, CALLER_HERTZ, WINDOW, heard, speech
from kinline.ops.outside.world import World
from kinline.sip.phone.agent import Phone
from kinline.sip.phone.call import Call, NoAnswer
from kinline.sip.sound import wav

KEPT: Final = 8  # calls that can still be looked at
MOST_AT_ONCE: Final = 4
LONGEST_SECONDS: Final = 1800
LOOK_SECONDS: Final = 0.3
UNSEEN_SECONDS: Final = 120.0  # then the resident hangs up: whoever placed the call closed the page


@dataclass
class Demo:
    """One call. `story`: who, what and when, in seconds since it began; of a state, of sound, of keys."""

    id: str
    number: str
    call: Call
    about: dict[str, Any] = field(default_factory=dict)
    other: Call | None = None
    began: float = field(default_factory=time.monotonic)
    story: list[dict[str, Any]] = field(default_factory=list)
    state: dict[str, str] = field(default_factory=dict)
    sound: dict[str, str] = field(default_factory=dict)
    last_sound: dict[str, str] = field(default_factory=dict)
    seen: float = field(default_factory=time.monotonic)
    seen_keys: int = 0  # of those that the person called pressed by themself
    pressed: dict[str, str] = field(default_factory=lambda: {"caller": "", "called": ""})

    @property
    def is_over(self) -> bool:
        return self.call.state == "ended" and (self.other is None or self.other.state == "ended")

    @property
    def is_told(self) -> bool:
        """Over, and the story has it."""
        return bool(self.state) and set(self.state.values()) == {"ended"} and self.is_over

    def note(self, leg: str, what: str, detail: str) -> None:
        at = round(time.monotonic() - self.began, 1)
        self.story.append({"at": at, "leg": leg, "what": what, "detail": detail})

    def leg(self, name: str) -> Call | None:
        return self.call if name == "caller" else self.other

    def facts(self) -> dict[str, Any]:
        """Everything there is to show; no PIN is in it: what was dialled is not."""
        return {
            "id": self.id, "number": self.number, "over": self.is_told, "code": self.call.code,
            "state": dict(self.state), "sound": dict(self.sound), "pressed": dict(self.pressed), "story": self.story,
            "about": self.about,
        }  # fmt: skip


class Caller:
    """`at`: the switch. Nothing here waits for a call: `place` begins one, `facts` tells how far it is."""

    def __init__(self, world: World, at: tuple[str, int]) -> None:
        self._world, self._at = world, at
        self.unseen_seconds = UNSEEN_SECONDS
        self._demos: dict[str, Demo] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def place(
        self, name: str, *, station: str, keys: str, number: str, who: str, about: dict[str, Any] | None = None
    ) -> bool:
        """`keys`: what is dialled, `ID*PIN*NUMBER`. `who`: a behaviour, or empty: by the number. False: too many go on.

        `name` is the page's own: the same again is the same call. `about`: given back as it is.
        """
        if name in self._demos:
            return True
        if sum(not one.is_over for one in self._demos.values()) >= MOST_AT_ONCE:
            return False
        self._world.calls.pop(number, None)
        if who:
            self._world.chosen[number] = behaviour.ALL[who]
        phone = await Phone.open(self._at[0] if self._at[0] == "127.0.0.1" else "", user=station)
        demo = self._demos[name] = Demo(name, number, await phone.call(keys, self._at), about or {})
        task = asyncio.create_task(self._watch(demo, phone))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._forget()
        return True

    def facts(self, name: str) -> dict[str, Any] | None:
        demo = self._demos.get(name)
        if demo is None:
            return None
        demo.seen = time.monotonic()
        return demo.facts()

    async def press(self, name: str, leg: str, keys: str) -> bool:
        demo = self._demos.get(name)
        line = demo.leg(leg) if demo else None
        if demo is None or line is None or line.state == "ended":
            return False
        demo.note(leg, "pressed", keys)
        demo.pressed[leg] += keys
        await line.press(keys)
        return True

    async def hang_up(self, name: str, leg: str) -> bool:
        demo = self._demos.get(name)
        line = demo.leg(leg) if demo else None
        if line is None or line.state == "ended":
            return False
        await _hang_up(line)
        return True

    def heard(self, name: str, leg: str) -> bytes | None:
        """All that this telephone heard, as a file."""
        demo = self._demos.get(name)
        line = demo.leg(leg) if demo else None
        return wav.packed([bytes(line.line.heard)]) if line else None

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # Watching

    async def _watch(self, demo: Demo, phone: Phone) -> None:
        until = time.monotonic() + LONGEST_SECONDS
        try:
            demo.call.line.loop(speech(CALLER_HERTZ))
            while not demo.is_over and time.monotonic() < until:
                if demo.other is None:
                    demo.other = self._world.calls.get(demo.number)
                _look(demo)
                self._see_keys(demo)
                if time.monotonic() - demo.seen > self.unseen_seconds:
                    await _hang_up(demo.call)
                await asyncio.sleep(LOOK_SECONDS)
            _look(demo)
        finally:
            self._world.chosen.pop(demo.number, None)
            await phone.close()

    def _see_keys(self, demo: Demo) -> None:
        """Those that the person called pressed by themself."""
        keys = self._world.pressed.get(demo.other.id, "") if demo.other else ""
        if keys[demo.seen_keys :]:
            demo.note("called", "pressed", keys[demo.seen_keys :])
            demo.pressed["called"] += keys[demo.seen_keys :]
            demo.seen_keys = len(keys)

    def _forget(self) -> None:
        over = [one.id for one in self._demos.values() if one.is_over]
        for name in over[: max(0, len(self._demos) - KEPT)]:
            del self._demos[name]


async def _hang_up(line: Call) -> None:
    with contextlib.suppress(NoAnswer, TimeoutError):
        await line.hang_up()


def _look(demo: Demo) -> None:
    """What is new since the last look, into the story. A sound counts once it was there twice: not a click between."""
    for leg, other in zip(LEGS, (CALLED_HERTZ, CALLER_HERTZ), strict=True):
        line = demo.leg(leg)
        if line is None:
            continue
        _see(demo, leg, line)
        sound = heard(bytes(line.line.heard[-WINDOW:]), other) if line.state in {"early", "up"} else "nothing"
        steady = demo.last_sound.get(leg) == sound or line.state == "ended"
        demo.last_sound[leg] = sound
        if steady and demo.sound.get(leg, "nothing") != sound:
            demo.sound[leg] = sound
            demo.note(leg, "hears", sound)


def _see(demo: Demo, leg: str, line: Call) -> None:
    if demo.state.get(leg) != line.state:
        demo.state[leg] = line.state
        ended = f"{line.state}:{line.ended_by}" if line.state == "ended" else line.state
        demo.note(leg, "state", ended)
