"""What a caller says as their name is taken by both drivers, from real packets, and nothing before or after it (T6)."""

import asyncio
import struct

from kinline.sip.media.ear import Ear
from kinline.sip.media.tests.test_drivers import Stage, captured, driver, run
from kinline.sip.sound import RATE, SILENCE, tones

__all__ = ["driver"]  # a fixture


def share(sound: bytes, hertz: int) -> float:
    return tones.share(sound, hertz)


async def _sings(s: Stage, hertz: int, seconds: float) -> None:
    """For so long, as packets of this machine go; then silence."""
    s.a.hush()
    s.a.loop(tones.tone([hertz], 1))
    await asyncio.sleep(seconds)


def test_a_name_is_what_leg_a_says_meanwhile_and_the_other_hears_nothing_of_it(driver, tmp_path):
    heard: list[bytes] = []

    async def story(s: Stage) -> None:
        await _sings(s, 700, 0.5)
        s.a.hush()
        await asyncio.sleep(0.3)
        await s.call.listen(4)
        await _sings(s, 440, 1.0)
        s.a.hush()
        await asyncio.sleep(0.3)
        heard.append(await s.call.listened())
        assert s.b.packets_in == 0
        assert not captured(tmp_path)  # nothing of it lies anywhere
        await _sings(s, 1000, 0.4)
        assert await s.call.listened() == b""
        assert s.b.packets_in == 0

    run(driver, tmp_path, story)
    [name] = heard
    assert 0.6 < len(name.rstrip(SILENCE)) / RATE < 2.0
    voice = name.strip(SILENCE)
    assert share(voice, 440) > 0.8
    assert share(voice, 700) < 0.05


def test_no_more_is_taken_than_was_asked_for(driver, tmp_path):
    heard: list[bytes] = []

    async def story(s: Stage) -> None:
        await s.call.listen(0.5)
        await asyncio.sleep(1.2)
        heard.append(await s.call.listened())

    run(driver, tmp_path, story)
    assert len(heard[0]) <= RATE / 2
    assert len(heard[0]) > RATE / 4


def test_a_call_that_ends_while_it_listens_leaves_nothing(driver, tmp_path):
    async def story(s: Stage) -> None:
        await s.call.listen(4)
        await asyncio.sleep(0.4)
        await s.call.close()

    run(driver, tmp_path, story)
    assert not captured(tmp_path)


def test_who_was_listened_to_before_talks_and_is_recorded_as_anybody(driver, tmp_path):
    """A name first, then a conversation with its own recording: the one is not in the other."""
    path = tmp_path / "kept" / "call-1.wav"

    async def story(s: Stage) -> None:
        await _sings(s, 700, 0.2)
        await s.call.listen(2)
        await asyncio.sleep(0.6)
        await s.call.listened()
        await _sings(s, 440, 0.3)
        await s.call.join()
        await s.hears({1000}, {440})
        await s.call.record(path)
        await asyncio.sleep(1)
        await s.call.close()

    run(driver, tmp_path, story)
    file = path.read_bytes()
    left = file[file.index(b"data") + 8 :][::2]
    assert 0.7 < len(left) / RATE < 2
    assert share(left[:RATE], 440) > 0.7
    assert not tones.hears(left, 700)
    assert not captured(tmp_path)


def _packet(stamp: int, sound: bytes, kind: int = 0) -> bytes:
    return struct.pack("!BBHII", 0x80, kind, 0, stamp % 2**32, 7) + sound


def test_packets_lie_where_their_clock_says_keys_and_strangers_formats_nowhere():
    """Late, lost, twice, over the end of the clock, keys of RFC 4733, half a packet."""
    ear, begin = Ear(800), 2**32 - 160
    for at, sound, kind in (
        (0, b"a" * 160, 0), (320, b"c" * 160, 0x80), (160, b"b" * 160, 0), (160, b"b" * 160, 0),
        (480, b"\x0b\x8a\x03\x20", 101), (640, b"e" * 320, 0), (-160, b"z" * 160, 0),
    ):  # fmt: skip
        ear.datagram_received(_packet(begin + at, sound, kind), None)
    ear.datagram_received(b"\x80\x00\x00", None)
    assert ear.close() == b"a" * 160 + b"b" * 160 + b"c" * 160 + SILENCE * 160 + b"e" * 160
