"""The world outside, called directly: each number does what its last two digits say, and the page's door answers."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kinline.ops.outside import behaviour, door, hearing
from kinline.ops.outside.caller import Caller
from kinline.ops.outside.world import World
from kinline.sip.phone.agent import Phone
from kinline.sip.phone.call import Call
from kinline.sip.sound import tones

Told = Callable[[World, Phone], Awaitable[None]]


@asynccontextmanager
async def _world() -> AsyncIterator[tuple[World, Phone, tuple[str, int]]]:
    world, phone = World(), await Phone.open(user="tester")
    await world.open("127.0.0.1", 0)
    assert world.phone is not None
    try:
        yield world, phone, world.phone.address
    finally:
        await phone.close()
        await world.close()


async def _called(number: str, *states: Any, seconds: float = 10) -> tuple[Call, bool]:
    async with _world() as (_, phone, at):
        call = await phone.call(number, at)
        came = await call.until(*states, timeout=seconds)
        return call, came


@pytest.mark.parametrize(("ending", "code"), [("91", 486), ("98", 404)])
def test_some_are_refused_with_a_code(ending: str, code: int) -> None:
    call, came = asyncio.run(_called(f"+131555501{ending}", "up"))
    assert (came, call.code) == (False, code)


@pytest.mark.parametrize(("ending", "key"), [("00", "1"), ("93", "2"), ("94", "7")])
def test_others_pick_up_and_press_their_key(ending: str, key: str) -> None:
    async def run() -> str:
        async with _world() as (_, phone, at):
            call = await phone.call(f"+131555501{ending}", at)
            assert await call.until("up")
            async with asyncio.timeout(10):
                while not call.keys:
                    await asyncio.sleep(0.05)
            return call.keys

    assert asyncio.run(run()) == key


def test_one_never_answers_and_is_left_when_the_caller_gives_up() -> None:
    async def run() -> tuple[int, set[str]]:
        async with _world() as (_, phone, at):
            call = await phone.call("+13155550192", at)
            await call.until("ringing")
            with pytest.raises(TimeoutError):
                await call.until("up", timeout=2.5)
            await call.hang_up()
            return call.code, set(call.moments)

    code, states = asyncio.run(run())
    assert code == 487
    assert "up" not in states


def test_one_hangs_up_before_pressing_anything() -> None:
    call, came = asyncio.run(_called("+13155550195", "ended"))
    assert came
    assert (call.ended_by, call.keys) == ("them", "")
    assert "up" in call.moments


def test_a_voicemail_is_heard_as_one() -> None:
    async def run() -> bytes:
        async with _world() as (_, phone, at):
            call = await phone.call("+13155550196", at)
            assert await call.until("up")
            await asyncio.sleep(4.0)
            await call.hang_up()
            return bytes(call.line.heard)

    sound = asyncio.run(run())
    found = {hearing.heard(sound[n : n + 4000], 1000) for n in range(0, len(sound) - 4000, 1000)}
    assert {"voice", "beep"} <= found
    assert "other" not in found


def test_a_chosen_person_has_the_number_for_the_time_being() -> None:
    async def run() -> int:
        async with _world() as (world, phone, at):
            world.chosen["+13155550100"] = behaviour.ALL["busy"]
            call = await phone.call("+13155550100", at)
            await call.until("up")
            return call.code

    assert asyncio.run(run()) == 486


def test_what_is_heard_is_told_from_the_sound_alone() -> None:
    sounds = {
        "nothing": tones.silence(0.5), "ringing": tones.tone(tones.RINGBACK, 0.5),
        "other": hearing.speech(hearing.CALLED_HERTZ), "beep": tones.tone(tones.BEEP, 0.5),
        "voice": tones.tone((250, 700, 1900), 0.5),
    }  # fmt: skip
    assert {name: hearing.heard(sound, hearing.CALLED_HERTZ) for name, sound in sounds.items()} == {
        name: name for name in sounds
    }


def test_a_call_from_the_door_to_its_end(tmp_path: Path) -> None:
    """Straight to the world outside, without a switch between: the door, the story, the sound of both ends."""

    async def run() -> dict[str, Any]:
        async with _world() as (world, _, at):
            caller = Caller(world, at)
            server = await door.serve(tmp_path / "s", caller)
            asked = {"id": "one", "station": "sample-north-a", "keys": "+13155550100", "number": "+13155550100"}

            async def ask(**question: Any) -> Any:
                return await asyncio.to_thread(door.ask, str(tmp_path / "s"), **question)

            assert await ask(do="place", who="", **asked) is True
            assert await ask(do="place", who="", **asked) is True  # the same again is the same call
            await _until(lambda: ask(do="facts", id="one"), lambda facts: facts["sound"].get("caller") == "other")
            assert await ask(do="press", id="one", leg="caller", keys="5") is True
            await _until(lambda: ask(do="facts", id="one"), lambda facts: facts["sound"].get("called") == "other")
            assert await ask(do="hang_up", id="one", leg="caller") is True
            facts = await _until(lambda: ask(do="facts", id="one"), lambda facts: facts["over"])
            assert len(await ask(do="heard", id="one", leg="called")) > 8000
            assert await ask(do="hang_up", id="one", leg="caller") is False
            assert await ask(do="facts", id="two") is None
            with pytest.raises(door.Closed):
                await ask(do="press", id="one", leg="someone", keys="1")
            server.close()
            await asyncio.sleep(0.1)  # the last question's line is closed
            await caller.close()
            return dict(facts)

    facts = asyncio.run(run())
    told = [(one["leg"], one["what"], one["detail"]) for one in facts["story"]]
    assert ("caller", "state", "up") in told
    assert ("caller", "pressed", "5") in told
    assert ("called", "state", "ended:them") in told
    assert facts["state"] == {"caller": "ended", "called": "ended"}


def test_a_call_that_nobody_looks_at_is_ended() -> None:
    """Whoever placed it closed the page: it must not use up the sample's money, nor keep the resident from calling."""

    async def run() -> str:
        async with _world() as (world, _, at):
            caller = Caller(world, at)
            caller.unseen_seconds = 2.5
            await caller.place("one", station="a", keys="+13155550100", number="+13155550100", who="")
            async with asyncio.timeout(15):
                while not caller._demos["one"].is_over:
                    await asyncio.sleep(0.1)
            await caller.close()
            return caller._demos["one"].call.ended_by

    assert asyncio.run(run()) == "us"


async def _until(ask: Callable[[], Awaitable[Any]], check: Callable[[Any], bool]) -> Any:
    async with asyncio.timeout(10):
        while not check(found := await ask()):
            await asyncio.sleep(0.1)
    return found


def test_it_loads_no_framework() -> None:
    """Memory (P8): half of what a part with one takes."""
    code = "import sys, kinline.ops.outside.command; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_without_a_sample_the_door_is_closed(tmp_path: Path) -> None:
    for path in ("", str(tmp_path / "none")):
        with pytest.raises(door.Closed):
            door.ask(path, do="facts", id="one")
