"""Whole calls with real sound, by both drivers and in real words: who hears what, and when (REC1, T7, TEL-4)."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kinline.sip import prompts
from kinline.sip.media.tests import engines
from kinline.sip.phone import Call
from kinline.sip.sound import RATE, tones
from kinline.sip.tests.stage import ALLOWED, PIN, FakeControl, Stage, play, staged

TERMS = replace(
    ALLOWED,
    seconds=6,
    warn_at=3,
    accept_ms=30_000,
    announcement=(("call.hello", ""), ("name", "Sample Person"), ("accept.keys", ""), ("number", "1")),
)


@pytest.fixture(params=["rtp-io", "rtpengine"], scope="module")
def driver(request: pytest.FixtureRequest) -> engines.Make:
    return engines.make(request.param, request)


def staged_with(driver: engines.Make, tmp_path: Path, control: FakeControl, **options: Any) -> Any:
    """With real media, real words, and a folder for recordings."""
    return staged(
        tmp_path,
        control=control,
        media=driver(tmp_path / "spool"),
        prompts=prompts.files,
        recordings=tmp_path / "recordings",
        **options,
    )


def last(call: Call, seconds: float = 0.6) -> bytes:
    return bytes(call.line.heard[-int(seconds * RATE) :])


async def rung(stage: Stage) -> tuple[Call, Call]:
    """The outside party picked up, and both sing: the telephone 700 Hz, the other 1000."""
    a = await stage.call()
    b = await stage.ring()
    assert await a.until("early")
    a.line.loop(tones.tone([700], 1))
    b.answer()
    b.line.loop(tones.tone([1000], 1))
    return a, b


def test_what_each_hears_from_ringing_to_the_cut(driver: engines.Make, tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged_with(driver, tmp_path, FakeControl(TERMS)) as stage:
            a, b = await rung(stage)
            await stage.until(lambda: tones.level(last(b)) > -35, 5)  # the announcement
            await asyncio.sleep(1)
            assert not tones.hears(last(b), 700)
            assert not tones.hears(bytes(a.line.heard), 1000)
            assert all(tones.hears(bytes(a.line.heard[: 2 * RATE]), one, least=0.1) for one in tones.RINGBACK)
            await b.press("1")
            assert await a.until("up", timeout=2)
            await stage.until(lambda: tones.hears(last(a, 0.4), 1000) and tones.hears(last(b, 0.4), 700))
            await stage.until(lambda: tones.hears(last(a, 0.3), tones.BEEP[0]), 5)
            await stage.until(lambda: tones.hears(last(b, 0.3), 700), 5)
            assert await a.until("ended", timeout=8)
            assert a.moments["ended"] - a.moments["up"] == pytest.approx(6, abs=0.25)
            reason, side, billed, _ = await stage.over()
            assert (reason, side, billed) == ("time_limit", "system", 6000)
            await b.until("ended")

    play(scene)


def test_the_menu_is_spoken_and_keys_are_understood(driver: engines.Make, tmp_path: Path) -> None:
    async def scene() -> None:
        control = FakeControl(replace(TERMS, allowed=False, code="no_money", reasons=("no_money",)))
        async with staged_with(driver, tmp_path, control) as stage:
            a = await stage.call("9000")
            assert await a.until("up")
            await stage.until(lambda: tones.level(last(a)) > -35, 5)
            for keys in ("2", "1001#", f"{PIN}#", "3155550101#"):
                await a.press(keys)
                await asyncio.sleep(0.3)
            await stage.until(lambda: bool(control.asked), 5)
            (_, entry, language) = control.asked[0]
            assert (entry.id, entry.pin, entry.number, language) == ("1001", PIN, "3155550101", "es")
            await asyncio.sleep(0.3)
            await stage.until(lambda: tones.level(last(a)) > -35, 5)  # the reason
            assert await a.until("ended", timeout=10)

    play(scene)


def test_only_what_was_said_after_acceptance_is_recorded(driver: engines.Make, tmp_path: Path) -> None:
    async def scene() -> None:
        control = FakeControl(replace(TERMS, record=True))
        async with staged_with(driver, tmp_path, control) as stage:
            a, b = await rung(stage)
            await asyncio.sleep(0.5)
            assert not list((tmp_path / "recordings").rglob("*.wav"))
            await b.press("1")
            assert await a.until("up", timeout=2)
            await asyncio.sleep(1.5)
            await a.hang_up()
            await stage.over()
            await stage.until(lambda: bool(control.recordings), 5)
            ((file, length_ms),) = control.recordings
            (kept,) = (tmp_path / "recordings").rglob("*.wav")
            assert kept.name == Path(file).name
            assert length_ms == pytest.approx(1500, abs=500)
            samples = kept.read_bytes()
            samples = samples[samples.index(b"data") + 8 :]
            assert tones.hears(samples[0 : 2 * RATE : 2], 700)
            assert tones.hears(samples[1 : 2 * RATE : 2], 1000)

    play(scene)


def test_t6_a_caller_says_their_name_and_the_outside_party_hears_it(driver: engines.Make, tmp_path: Path) -> None:
    """A tone of 850 Hz is the name: taken, played back, kept, heard in the announcement."""

    async def scene() -> None:
        announcement = (("call.hello", ""), ("name", "Sample Person"), ("call.at", ""), ("name", "Sample Jail"))
        control = FakeControl(replace(TERMS, announcement=announcement), name_of=7)
        control.telephones["west"] = replace(control.telephones["west"], names=True, languages=("en",))
        async with staged_with(driver, tmp_path, control) as stage:
            a = await stage.call("9000")
            assert await a.until("up")
            for keys in ("1001#", f"{PIN}#", "3155550101#"):
                await a.press(keys)
                await asyncio.sleep(0.3)
            await stage.until(lambda: tones.hears(last(a, 0.3), tones.BEEP[0]), 10)  # the question, then the tone
            before = len(a.line.heard)
            await stage.until(lambda: stage.live.call.name is not None and stage.live.call.name.step == "listen", 5)
            await asyncio.sleep(0.2)
            a.line.loop(tones.tone([850], 1))
            await asyncio.sleep(1.2)
            a.line.hush()
            await a.press("#")
            await stage.until(lambda: tones.hears(last(a, 0.3), 850), 10)  # played back
            assert len(a.line.heard) > before
            assert control.names == []
            await a.press("1")
            await stage.until(lambda: bool(control.names), 5)
            ((station, who, sound),) = control.names
            assert (station, who) == ("west", 7)
            assert 0.8 < len(sound) / RATE < 2.5
            assert tones.share(sound[RATE // 5 : RATE // 2], 850) > 0.9
            b = await stage.ring()
            a.line.loop(tones.tone([700], 1))
            b.answer()
            b.line.loop(tones.tone([1000], 1))
            await stage.until(lambda: tones.hears(last(b, 0.3), 850), 10)  # their own voice, in the announcement
            assert not tones.hears(bytes(b.line.heard), 700)
            await a.hang_up()
            await b.until("ended")

    play(scene)
