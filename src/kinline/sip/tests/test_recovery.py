"""A switch that dies and comes back, media or phones that vanish: lines are freed, billed to the last sound."""

import asyncio
import contextlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from kinline.sip.control import Telephone
from kinline.sip.media.silent import SilentMedia
from kinline.sip.phone import Call
from kinline.sip.quiet import sparse
from kinline.sip.tests.stage import ALLOWED, PIN, FakeControl, Stage, play, staged
from kinline.sip.trunk import Attempt


async def killed(stage: Stage) -> None:
    """What a `kill -9` leaves: no BYE, no word to anybody, files as they are."""
    transactions = stage.switch.around.config["_sip_tm"]
    stage.switch.around.dialogs._writer.submit(lambda: None).result()
    await asyncio.sleep(0)
    transactions.l4r.shutdown()
    for call in list(stage.switch.around.calls.values()):
        call._finished = True
        for name in list(call._timers):
            call._stop(name)
    stage.switch.around.calls.clear()


async def until_announced(stage: Stage) -> tuple[Call, Call]:
    a = await stage.call()
    b = await stage.ring()
    b.answer()
    await stage.moment("announced")
    return a, b


async def until_ringing(stage: Stage) -> tuple[Call, Call]:
    a = await stage.call()
    b = await stage.ring()
    b.ring()
    await stage.moment("ringing")
    return a, b


async def talking(stage: Stage) -> tuple[Call, Call]:
    return await stage.talk()


@pytest.mark.parametrize(
    ("scene_before", "a_code", "b_code"), [(until_ringing, 503, 487), (until_announced, 503, 200), (talking, 200, 200)]
)
def test_after_a_kill_both_phones_are_hung_up(tmp_path: Path, scene_before, a_code: int, b_code: int) -> None:  # type: ignore[no-untyped-def]
    async def scene() -> None:
        control, media = FakeControl(), SilentMedia(speech_ms=50)
        async with staged(tmp_path, control=control) as stage:
            a, b = await scene_before(stage)
            name = stage.live.name
            await killed(stage)
            where = stage.switch.address
            files = list((tmp_path / "switch" / "dialogs").glob("*.json"))
            assert [file.stem for file in files] == [name]
            assert PIN not in files[0].read_text()
            async with staged(tmp_path, control=control, media=media, sip=where) as again:
                await a.until("ended", timeout=10)
                await b.until("ended", timeout=10)
                assert (a.code, a.ended_by) == (a_code, "them")
                assert (b.code, b.ended_by) == (b_code, "them")
                assert media.forgotten == [name]
                assert len(control.boots) == 2
                assert control.boots[0] != control.boots[1]
                assert again.switch.door.open
                again.switch.around.dialogs._writer.submit(lambda: None).result()
                assert list((tmp_path / "switch" / "dialogs").iterdir()) == []

    play(scene)


def test_what_was_cancelled_after_a_kill_is_acknowledged(tmp_path: Path) -> None:
    """Else the carrier repeats its 487 for half a minute."""

    async def scene() -> None:
        control = FakeControl()
        async with staged(tmp_path, control=control) as stage:
            _, b = await until_ringing(stage)
            await killed(stage)
            async with staged(tmp_path, control=control, sip=stage.switch.address):
                await b.until("ended", timeout=10)
                async with asyncio.timeout(10):
                    await b._acknowledged.wait()

    play(scene)


def test_an_answer_that_crosses_the_cancel_after_a_kill_is_hung_up(tmp_path: Path) -> None:
    async def scene() -> None:
        control = FakeControl()
        async with staged(tmp_path, control=control) as stage:
            _, b = await until_ringing(stage)
            await killed(stage)
            b.answer()
            async with staged(tmp_path, control=control, sip=stage.switch.address):
                assert await b.until("ended", timeout=10)
                assert (b.ended_by, b.requests[-1].method) == ("them", "BYE")

    play(scene)


def test_a_dialog_that_cannot_be_read_keeps_nobody_from_calling(tmp_path: Path) -> None:
    folder = tmp_path / "switch" / "dialogs"
    folder.mkdir(parents=True)
    (folder / "a.json").write_text("{")
    (folder / "b.json").write_text(json.dumps([{"state": "answered"}, {"state": "gone"}]))

    async def scene() -> None:
        async with staged(tmp_path) as stage:
            await stage.talk()

    play(scene)


def test_a_switch_that_is_told_to_end_hangs_up(tmp_path: Path) -> None:
    async def scene() -> None:
        control = FakeControl()
        async with staged(tmp_path, control=control) as stage:
            a, b = await stage.talk()
            await stage.switch.close()
            await a.until("ended")
            await b.until("ended")
            assert control.ends[0][:2] == ("switch_stopped", "staff")

    with contextlib.suppress(AttributeError):  # closed twice
        play(scene)


def test_a_media_server_that_dies_ends_its_calls_as_of_its_last_answer(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            a, b = await stage.talk()
            await stage.switch.feel_pulse()
            seen = stage.live.talked_ms
            stage.media.up = False
            await asyncio.sleep(0.3)
            await stage.switch.feel_pulse()
            assert a.state == "up"  # once may be chance
            await stage.switch.feel_pulse()
            reason, side, billed, _ = await stage.over()
            assert (reason, side) == ("media_failed", "system")
            assert billed == pytest.approx(seen, abs=60)
            await a.until("ended")
            await b.until("ended")
            late = await stage.call()
            await late.until("ended")
            assert late.code == 503

    play(scene)


@pytest.mark.parametrize("before", [until_ringing, until_announced, talking])
def test_a_media_server_that_was_restarted_has_lost_its_calls(tmp_path: Path, before) -> None:  # type: ignore[no-untyped-def]
    """So quickly that it always seemed there: else they would go on in silence, and cost."""

    async def scene() -> None:
        async with staged(tmp_path, heartbeat_seconds=60) as stage:
            a, b = await before(stage)
            await stage.switch.listen()
            knew = stage.live.talked_ms
            stage.media.past[0].gone = True
            await asyncio.sleep(0.3)
            await stage.switch.listen()
            reason, side, billed, _ = await stage.over()
            assert (reason, side) == ("media_failed", "system")
            assert billed == pytest.approx(knew, abs=60)
            await a.until("ended")
            await b.until("ended")

    play(scene)


@pytest.mark.parametrize("leg", ["a", "b"])
def test_a_phone_that_vanishes_is_billed_to_its_last_packet(tmp_path: Path, leg: str) -> None:
    async def scene() -> None:
        async with staged(tmp_path, heartbeat_seconds=0.05, silence_seconds=0.2) as stage:
            a, b = await stage.talk()
            media = stage.media.past[0]
            await asyncio.sleep(0.5)
            assert a.state == "up"
            media.quiet = {"a": 0.0, "b": 0.0, leg: 0.3}  # type: ignore[dict-item]
            reason, side, billed, _ = await stage.over()
            assert (reason, side) == ("media_lost", "system")
            assert 100 < billed < 500
            await a.until("ended")
            await b.until("ended")

    play(scene)


def test_sound_that_fails_in_a_call_ends_it(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            a, b = await until_announced(stage)
            stage.media.up = False
            await b.press_by_info("1")
            assert (await stage.over())[0] == "media_failed"
            await a.until("ended")
            await b.until("ended")

    play(scene)


def test_a_telephone_that_never_acknowledges_does_not_talk_for_ever(tmp_path: Path) -> None:
    """Its 200 is repeated for 32 seconds; the call is cut by its own time before that."""

    async def scene() -> None:
        async with staged(tmp_path, control=FakeControl(replace(ALLOWED, seconds=1))) as stage:
            _, b = await until_announced(stage)
            stage.telephone.deaf = True
            await b.press_by_info("1")
            assert await stage.over() == ("time_limit", "system", 1000, 0)
            await b.until("ended")

    play(scene)


def test_what_was_recorded_is_told_after_the_end(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(
            tmp_path, control=FakeControl(replace(ALLOWED, record=True)), recordings=tmp_path / "r"
        ) as stage:
            a, _ = await stage.talk()
            await a.hang_up()
            await stage.over()
            await stage.until(lambda: bool(stage.control.recordings))
            ((file, milliseconds),) = stage.control.recordings
            assert file == f"{stage.control.keys[0]}.wav"
            assert 0 <= milliseconds < 2000
            done = stage.media.past[0].done
            assert done.index(("record", file)) > done.index(("join",))

    play(scene)


def test_a_fault_of_ours_ends_the_call_and_leaves_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Attempt) -> None:
        raise RuntimeError("broken on purpose")

    async def scene() -> None:
        async with staged(tmp_path) as stage:
            with monkeypatch.context() as patch:
                patch.setattr(Attempt, "start", broken)
                a = await stage.call()
                await a.until("ended")
                assert await stage.over() == ("switch_failed", "staff", 0, 0)
                await stage.until(lambda: stage.media.past[0].closed)
            assert sparse.seen["call failed"] == 1
            sparse.seen["call failed"] = 0  # seen here: the stage need not complain
            stage.control.ends.clear()
            await stage.talk()

    monkeypatch.setitem(sparse.seen, "call failed", 0)
    play(scene)


def test_a_fault_before_a_call_begins_leaves_no_telephone_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(FakeControl):
        async def telephone(self, username: str) -> Telephone | None:
            raise RuntimeError("broken on purpose")

    async def scene() -> None:
        async with staged(tmp_path, control=Broken()) as stage:
            a = await stage.call()
            assert await a.until("ended", timeout=10)
            assert a.code == 503
            await stage.until(lambda: sparse.seen["task failed"] == 1)
            sparse.seen["task failed"] = 0

    monkeypatch.setitem(sparse.seen, "task failed", 0)
    play(scene)
