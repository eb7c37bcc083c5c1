"""Both drivers keep the same promises, with real packets: two telephones' lines, `a` sings 440, `b` 1000."""

import asyncio
import hashlib
import shutil
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kinline.sip import sdp
from kinline.sip.media import Media, MediaCall, MediaError
from kinline.sip.media.rtp_io import RtpIo
from kinline.sip.media.rtpengine import Rtpengine
from kinline.sip.media.tests import engines
from kinline.sip.phone.rtp import Line
from kinline.sip.sdp import Sdp
from kinline.sip.sound import RATE, tones, wav

SINGS = {"a": 440, "b": 1000}


@dataclass
class Stage:
    """A call with both legs there and singing. `keys`: what the driver reported."""

    media: Media
    call: MediaCall
    a: Line
    b: Line
    keys: list[tuple[str, str]] = field(default_factory=list)

    def heard(self, leg: str, seconds: float = 0.5) -> set[int]:
        """Which of the tones a leg heard in the last seconds."""
        line = {"a": self.a, "b": self.b}[leg]
        last = bytes(line.heard[-int(seconds * RATE) :])
        return {hertz for hertz in (440, 700, 1000, 1400) if tones.hears(last, hertz)}

    async def hears(self, a: set[int], b: set[int]) -> None:
        """Within five seconds: this machine may have other things to do."""
        async with asyncio.timeout(5):
            while (self.heard("a", 0.3), self.heard("b", 0.3)) != (a, b):
                await asyncio.sleep(0.05)


@pytest.fixture(params=["rtp-io", "rtpengine"], scope="module")
def driver(request) -> engines.Make:
    return engines.make(request.param, request)


@asynccontextmanager
async def stage(driver: engines.Make, tmp_path: Path, *, events: bool = True) -> AsyncIterator[Stage]:
    media = driver(tmp_path / "spool")
    await media.start()
    a, b = await Line.open("127.0.0.1"), await Line.open("127.0.0.1")
    keys: list[tuple[str, str]] = []
    try:
        kinds = sdp.EVENTS if events else None
        call = await media.open("call-1", sdp.written(Sdp(*a.address, kinds)), lambda leg, key: keys.append((leg, key)))
        a.send_to(sdp.read(call.answer_for_a))
        await call.answered_by_b(sdp.written(Sdp(*b.address, kinds)))
        b.send_to(sdp.read(call.offer_for_b))
        a.loop(tones.tone([SINGS["a"]], 1))
        b.loop(tones.tone([SINGS["b"]], 1))
        yield Stage(media, call, a, b, keys)
        await call.close()
    finally:
        await media.stop()
        await a.close()
        await b.close()


def run(driver, tmp_path, story: Callable[[Stage], Awaitable[None]], **options) -> None:
    async def all_of_it() -> None:
        async with stage(driver, tmp_path, **options) as set_up:
            await asyncio.wait_for(story(set_up), 20)

    asyncio.run(all_of_it())


def prompt(tmp_path: Path, hertz: int = 700, seconds: float = 0.6, name: str = "one") -> Path:
    path = tmp_path / f"{name}.wav"
    wav.write(path, tones.tone([hertz], seconds))
    return path


def test_nothing_crosses_before_they_are_joined_and_after_they_are_parted(driver, tmp_path):
    async def story(s: Stage) -> None:
        await asyncio.sleep(0.8)
        assert (s.heard("a"), s.heard("b")) == (set(), set())
        assert (s.a.packets_in, s.b.packets_in) == (0, 0)
        await s.call.join()
        await s.hears({1000}, {440})
        await s.call.part()
        await asyncio.sleep(0.1)
        before = s.a.packets_in, s.b.packets_in
        await asyncio.sleep(0.4)
        assert (s.a.packets_in, s.b.packets_in) == before

    run(driver, tmp_path, story)


def test_keys_are_reported_and_never_reach_the_other(driver, tmp_path):
    async def story(s: Stage) -> None:
        await s.a.press("12*#")
        await s.b.press("7")
        await asyncio.sleep(0.3)
        assert sorted(s.keys) == sorted([("a", key) for key in "12*#"] + [("b", "7")])
        await s.call.join()
        await asyncio.sleep(0.2)
        await s.a.press("5")
        await s.b.press("9")
        await asyncio.sleep(0.3)
        assert s.keys[-2:] == [("a", "5"), ("b", "9")]
        assert (s.a.events_in, s.b.events_in) == (0, 0)

    run(driver, tmp_path, story)


def test_a_prompt_is_heard_by_its_leg_alone_and_ends(driver, tmp_path):
    async def story(s: Stage) -> None:
        length = await s.call.play("b", [prompt(tmp_path, 700, 0.9), prompt(tmp_path, 1400, 0.9, "two")])
        assert abs(length - 1800) <= 40
        await s.hears(set(), {700})
        await s.hears(set(), {1400})
        await asyncio.sleep(1.3)
        before = s.b.packets_in
        await asyncio.sleep(0.3)
        assert s.b.packets_in == before

    run(driver, tmp_path, story)


def test_a_prompt_that_repeats_ends_when_it_is_hushed(driver, tmp_path):
    async def story(s: Stage) -> None:
        assert abs(await s.call.play("a", [prompt(tmp_path, seconds=0.3)], repeat=True) - 300) <= 20
        await asyncio.sleep(0.6)
        await s.hears({700}, set())
        await s.call.hush("a")
        await asyncio.sleep(0.1)
        before = s.a.packets_in
        await asyncio.sleep(0.3)
        assert s.a.packets_in == before

    run(driver, tmp_path, story)


def test_a_new_prompt_takes_the_place_of_the_old(driver, tmp_path):
    async def story(s: Stage) -> None:
        await s.call.play("a", [prompt(tmp_path, seconds=5)])
        await asyncio.sleep(0.4)
        await s.call.play("a", [prompt(tmp_path, 1400, 5, "two")])
        await s.hears({1400}, set())

    run(driver, tmp_path, story)


def test_a_warning_over_the_conversation_gives_it_back(driver, tmp_path):
    async def story(s: Stage) -> None:
        await s.call.join()
        await asyncio.sleep(0.7)
        for leg in ("a", "b"):
            await s.call.play(leg, [prompt(tmp_path, 1400, 1)], over=True)
        await s.hears({1400}, {1400})
        await s.hears({1000}, {440})

    run(driver, tmp_path, story)


def test_the_telephone_keeps_its_port_when_the_other_changes(driver, tmp_path):
    async def story(s: Stage) -> None:
        port = sdp.read(s.call.answer_for_a).port
        moved = await Line.open("127.0.0.1")
        try:
            answer = sdp.read(await s.call.renegotiated("b", sdp.written(Sdp(*moved.address))))
            moved.send_to(answer)
            await s.call.join()
            assert sdp.read(s.call.answer_for_a).port == port
            async with asyncio.timeout(5):
                while not tones.hears(bytes(moved.heard[-2400:]), 440):
                    await asyncio.sleep(0.05)
        finally:
            await moved.close()

    run(driver, tmp_path, story)


def test_whoever_holds_hears_nothing_until_they_come_back(driver, tmp_path):
    async def story(s: Stage) -> None:
        await s.call.join()
        answer = sdp.read(await s.call.renegotiated("b", sdp.written(Sdp(*s.b.address, receives=False))))
        assert not answer.sends
        await asyncio.sleep(0.2)
        before = s.b.packets_in
        await asyncio.sleep(0.3)
        assert s.b.packets_in == before
        await s.call.renegotiated("b", sdp.written(Sdp(*s.b.address)))
        await s.hears({1000}, {440})

    run(driver, tmp_path, story)


def test_nothing_is_recorded_before_it_is_asked_for(driver, tmp_path):
    path = tmp_path / "kept" / "call-1.wav"

    async def story(s: Stage) -> None:
        await s.call.join()
        s.a.hush()
        s.a.loop(tones.tone([700], 1))
        await asyncio.sleep(0.8)
        s.a.hush()
        s.a.loop(tones.tone([440], 1))
        await asyncio.sleep(0.2)
        await s.call.record(path)
        await asyncio.sleep(1)
        await s.a.press("5")
        await s.call.close()

    run(driver, tmp_path, story)
    left, right = _sides(path)
    assert 0.9 < len(left) / RATE < 1.5
    assert tones.share(left[: RATE - 800], 440) > 0.8
    assert tones.share(right[: RATE - 800], 1000) > 0.8
    assert not tones.hears(left, 700)
    assert len(hashlib.sha256(path.read_bytes()).hexdigest()) == 64
    assert not captured(tmp_path)


def captured(tmp_path: Path) -> list[Path]:
    """What is left of recordings in the making."""
    spool = (tmp_path / "spool").resolve()
    return [one for one in spool.rglob("*") if one.is_file() and one.name != "log"]


def _sides(path: Path) -> tuple[bytes, bytes]:
    file = path.read_bytes()
    assert struct.unpack_from("<HHI", file, 20) == (7, 2, RATE)
    samples = file[file.index(b"data") + 8 :]
    return samples[::2], samples[1::2]


def test_a_call_that_was_never_recorded_leaves_no_file(driver, tmp_path):
    async def story(s: Stage) -> None:
        await s.call.join()
        await asyncio.sleep(0.3)

    run(driver, tmp_path, story)
    assert not captured(tmp_path)


def test_who_is_silent_is_known(driver, tmp_path):
    async def story(s: Stage) -> None:
        await s.call.join()
        await asyncio.sleep(1.3)
        heard = await s.call.heard()
        assert set(heard) == {"a", "b"}
        assert max(heard.values()) <= 1.2
        s.b.muted = True
        await asyncio.sleep(3.2)
        heard = await s.call.heard()
        assert heard["a"] <= 1.2
        assert 2 <= heard["b"] <= 4.5

    run(driver, tmp_path, story)


def test_a_leg_that_never_came_is_missing_from_who_was_heard(driver, tmp_path):
    async def all_of_it() -> None:
        media = driver(tmp_path / "spool")
        await media.start()
        try:
            call = await media.open("call-2", sdp.written(Sdp("127.0.0.1", 9)), lambda leg, key: None)
            assert dict(await call.heard()) == {}
            await call.close()
        finally:
            await media.stop()

    asyncio.run(all_of_it())


def test_a_closed_call_sends_nothing_and_closes_twice(driver, tmp_path):
    async def story(s: Stage) -> None:
        await s.call.join()
        await asyncio.sleep(0.3)
        await s.call.close()
        await asyncio.sleep(0.1)
        before = s.a.packets_in, s.b.packets_in
        await asyncio.sleep(0.3)
        assert (s.a.packets_in, s.b.packets_in) == before
        await s.call.close()
        with pytest.raises(MediaError):
            await s.call.play("a", [prompt(tmp_path)])

    run(driver, tmp_path, story)


def test_the_server_is_alive_and_forgets_what_it_never_knew(driver, tmp_path):
    async def story(s: Stage) -> None:
        assert await s.media.alive()
        await s.media.forget("call-1")
        await s.media.forget("never-was")
        assert await s.media.alive()

    run(driver, tmp_path, story)


def test_what_cannot_be_spoken_is_refused(driver, tmp_path):
    async def story(s: Stage) -> None:
        with pytest.raises(MediaError):
            await s.media.open("call-3", b"v=0\r\n", lambda leg, key: None)
        with pytest.raises(MediaError):
            await s.call.play("a", [tmp_path / "nothing.wav"])

    run(driver, tmp_path, story)


def test_a_stranger_who_knows_a_port_neither_speaks_nor_presses_keys(driver, tmp_path):
    async def story(s: Stage) -> None:
        stranger = await Line.open("127.0.0.2")
        try:
            await asyncio.sleep(0.3)
            stranger.send_to(sdp.read(s.call.offer_for_b))
            stranger.loop(tones.tone([700], 1))
            await stranger.press("1")
            await s.call.join()
            await asyncio.sleep(1)
            await s.hears({1000}, {440})
            assert s.keys == []
            assert stranger.packets_in == 0
        finally:
            await stranger.close()

    run(driver, tmp_path, story)


def test_many_calls_at_once_do_not_mix(driver, tmp_path):
    async def story(s: Stage) -> None:
        others = [
            await s.media.open(f"other-{n}", sdp.written(Sdp(*s.a.address)), lambda leg, key: None) for n in range(8)
        ]
        ports = {sdp.read(one.answer_for_a).port for one in others} | {sdp.read(one.offer_for_b).port for one in others}
        assert len(ports) == 16
        await s.call.join()
        await s.hears({1000}, {440})
        for one in others:
            await one.close()

    run(driver, tmp_path, story)


def test_what_a_run_that_died_had_captured_is_destroyed(tmp_path):
    spool = tmp_path / "spool"
    spool.mkdir()
    (spool / "dead-a=a.o.rtp").write_bytes(b"half a conversation")
    (spool / "note").write_bytes(b"not ours")
    run(lambda spool: RtpIo(ports=engines.ports(), spool=spool), tmp_path, _joined)
    assert [one.name for one in spool.iterdir()] == ["note"]


def test_no_list_of_calls_is_kept_where_it_runs(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    run(lambda spool: RtpIo(ports=engines.ports(), spool=spool), tmp_path, _joined)
    assert not list((tmp_path / "here").iterdir())


def test_a_host_with_many_addresses_joins_calls_too(tmp_path):
    anywhere = ".".join("0000")
    run(lambda spool: RtpIo(anywhere, "127.0.0.1", engines.ports(), spool=spool), tmp_path, _joined)


def test_a_leg_behind_nat_is_found_by_its_packets(tmp_path):
    async def story() -> None:
        media = RtpIo(ports=engines.ports(), nat=True, spool=tmp_path / "spool")
        await media.start()
        line = await Line.open("127.0.0.1")
        try:
            call = await media.open("call-4", sdp.written(Sdp("127.0.0.1", 9)), lambda leg, key: None)
            line.send_to(sdp.read(call.answer_for_a))
            await asyncio.sleep(0.2)
            await call.play("a", [prompt(tmp_path)])
            await asyncio.sleep(0.5)
            assert tones.hears(bytes(line.heard[-2400:]), 700)
        finally:
            await media.stop()
            await line.close()

    asyncio.run(story())


async def _joined(s: Stage) -> None:
    await s.call.join()
    await s.hears({1000}, {440})


def test_closed_calls_give_their_ports_back(tmp_path):
    async def story() -> None:
        media = RtpIo(ports=engines.ports(30), spool=tmp_path / "spool")
        await media.start()
        try:
            for number in range(20):  # there is room for three at once
                call = await _opened(media, f"call-{number}")
                await call.join()
                await call.close()
                await asyncio.sleep(0.05)
            created, destroyed = (await media.asked("G nsess_created nsess_destroyed")).split()
            assert created == destroyed == "40"
        finally:
            await media.stop()

    asyncio.run(story())


def test_no_port_left_is_an_error_and_harms_nobody(tmp_path):
    async def story() -> None:
        media = RtpIo(ports=engines.ports(14), spool=tmp_path / "spool")
        await media.start()
        try:
            first = await _opened(media, "first")
            more = [await asyncio.gather(_opened(media, f"more-{n}"), return_exceptions=True) for n in range(4)]
            assert all(isinstance(one, MediaError) for (one,) in more)
            assert await media.alive()
            await first.join()
        finally:
            await media.stop()

    asyncio.run(story())


async def _opened(media: Media, name: str) -> MediaCall:
    return await media.open(name, sdp.written(Sdp("127.0.0.1", 9)), lambda leg, key: None)


@pytest.mark.skipif(shutil.which("rtpengine") is None, reason=engines.NOT_INSTALLED)
def test_closed_calls_are_gone_from_rtpengine(tmp_path, request):
    async def story() -> None:
        media = engines.rtpengine(request)[0](tmp_path / "spool")
        await media.start()
        try:
            calls = [await _opened(media, f"call-{number}") for number in range(5)]
            assert len((await media.ask("list", limit=100))["calls"]) == 5
            for one in calls:
                await one.close()
            assert (await media.ask("list", limit=100))["calls"] == []
        finally:
            await media.stop()

    asyncio.run(story())


def test_rtpengine_is_where_the_environment_says(monkeypatch, tmp_path):
    assert (Rtpengine().ng, Rtpengine().keys, Rtpengine().folder) == (("127.0.0.1", 22222), ("127.0.0.1", 22333), None)
    monkeypatch.setenv("KINLINE_RTPENGINE", "[::1]:2000")
    monkeypatch.setenv("KINLINE_RTPENGINE_KEYS", "10.0.0.5:2001")
    monkeypatch.setenv("KINLINE_RTPENGINE_SPOOL", "/spool")
    monkeypatch.setenv("KINLINE_RTPENGINE_PROMPTS", str(tmp_path))
    made = Rtpengine()
    assert (made.ng, made.keys, made.spool) == (("::1", 2000), ("10.0.0.5", 2001), Path("/spool"))
    assert made.folder == tmp_path


@pytest.mark.skipif(shutil.which("rtpengine") is None, reason=engines.NOT_INSTALLED)
def test_a_server_that_was_killed_is_seen_at_once(tmp_path, request):
    made, process = engines.rtpengine(request)

    async def story(s: Stage) -> None:
        assert await s.media.alive()
        process.kill()
        process.wait()
        begun = time.monotonic()
        assert not await s.media.alive()
        assert time.monotonic() - begun < 1.2
        with pytest.raises(MediaError):
            await s.call.join()
        with pytest.raises(MediaError):
            await s.media.open("call-5", sdp.written(Sdp(*s.a.address)), lambda leg, key: None)
        with pytest.raises(MediaError):
            await s.call.close()

    run(made, tmp_path, story)
