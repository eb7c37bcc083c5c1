"""An outside party whose line has no telephone events presses keys as tones, with each media server."""

import asyncio
from pathlib import Path

import pytest

from kinline.sip import sdp
from kinline.sip.media.tests import engines
from kinline.sip.media.tests.test_drivers import Stage, driver, prompt, run
from kinline.sip.sdp import Sdp
from kinline.sip.sound import tones

__all__ = ["driver"]  # the fixture
PATIENCE = 5


async def pressed(s: Stage, key: str) -> None:
    """By leg b, as sound, and heard within five seconds."""
    before = len(s.keys)
    s.b.loop(b"")
    s.b.say(tones.silence(0.1) + tones.key_tones(key, seconds=0.12))
    async with asyncio.timeout(PATIENCE):
        while len(s.keys) == before:
            await asyncio.sleep(0.02)
    s.b.loop(tones.tone([1000], 1))


def test_keys_as_tones_are_reported_and_nothing_crosses(driver: engines.Make, tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        for key in "19":
            await pressed(s, key)
        assert s.keys == [("b", "1"), ("b", "9")]
        assert (s.a.packets_in, s.b.packets_in) == (0, 0)
        await s.call.join()
        await s.hears({1000}, {440})

    run(driver, tmp_path, story, events=False)


def test_both_hear_what_is_said_to_them_meanwhile(driver: engines.Make, tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        for leg in ("a", "b"):
            await s.call.play(leg, [prompt(tmp_path)], repeat=True)  # type: ignore[arg-type]
        await s.hears({700}, {700})
        await pressed(s, "1")
        for leg in ("a", "b"):
            await s.call.hush(leg)  # type: ignore[arg-type]
        await s.call.join()
        await s.hears({1000}, {440})
        assert s.keys == [("b", "1")]

    run(driver, tmp_path, story, events=False)


def test_a_leg_that_says_anew_where_it_is_is_still_heard_and_crosses_nothing(
    driver: engines.Make, tmp_path: Path
) -> None:
    async def story(s: Stage) -> None:
        await s.call.answered_by_b(sdp.written(Sdp(*s.b.address, None)))
        await pressed(s, "2")
        await s.call.renegotiated("b", sdp.written(Sdp(*s.b.address, None)))
        await pressed(s, "7")
        await s.call.renegotiated("a", sdp.written(Sdp(*s.a.address, None)))
        await pressed(s, "1")
        assert s.keys == [("b", "2"), ("b", "7"), ("b", "1")]
        assert (s.a.packets_in, s.b.packets_in) == (0, 0)
        await s.call.join()
        await s.hears({1000}, {440})

    run(driver, tmp_path, story, events=False)


@pytest.mark.parametrize("keys", ["1"])
def test_a_line_with_events_presses_no_key_by_its_sound(driver: engines.Make, tmp_path: Path, keys: str) -> None:
    """It says that its keys come as events: a tone on it is somebody's voice, or a machine."""

    async def story(s: Stage) -> None:
        s.b.loop(b"")
        s.b.say(tones.key_tones(keys, seconds=0.2))
        await asyncio.sleep(0.6)
        await s.b.press("9")
        async with asyncio.timeout(PATIENCE):
            while not s.keys:
                await asyncio.sleep(0.02)
        assert s.keys == [("b", "9")]

    run(driver, tmp_path, story)
