"""Calls that say a code to whoever answers (TEL-8)."""

import asyncio
from pathlib import Path
from uuid import UUID

import pytest

from kinline.flows.speak_code import RESULTS, Spoken
from kinline.sip.media.silent import SilentMedia
from kinline.sip.phone import Call
from kinline.sip.tests.stage import NUMBER, Stage, play, staged

CODE = Spoken(UUID(int=7), NUMBER, (("code.spoken", ""), ("number", "4"), ("number", "2")), "es", ring_ms=400)


async def rung(stage: Stage) -> Call:
    stage.control.to_say.append(CODE)
    await stage.switch.speak()
    return await stage.ring()


async def over(stage: Stage, result: str) -> None:
    await stage.until(lambda: bool(stage.control.said))
    assert stage.control.said == [result]
    assert result in RESULTS
    await stage.until(lambda: stage.media.past[0].closed)
    stage.switch.around.dialogs._writer.submit(lambda: None).result()
    assert list((stage.switch.around.options.folder / "dialogs").iterdir()) == []
    assert stage.control.asked == stage.control.told == stage.control.ends == []  # it is no call of anybody


def test_the_code_is_said_once_it_is_answered_and_then_we_hang_up(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path, caller_id="+15185550100") as stage:
            b = await rung(stage)
            assert (b.number, b.caller_id) == (NUMBER, "+15185550100")
            b.ring()
            await asyncio.sleep(0.05)
            media = stage.media.past[0]
            assert media.done == []  # nothing is said to a telephone that rings
            b.answer()
            await over(stage, "spoken")
            await b.until("ended")
            assert b.ended_by == "them"
            assert media.done == [
                ("answered_by_b",),
                ("play", "b", "code.spoken.es.wav", "number.es.wav", "number.es.wav"),
            ]

    play(scene)


@pytest.mark.parametrize(("code", "result"), [(486, "busy"), (480, "no_answer"), (404, "unreachable")])
def test_how_it_failed_is_told(tmp_path: Path, code: int, result: str) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            (await rung(stage)).refuse(code)
            await over(stage, result)

    play(scene)


def test_nobody_answers_and_it_is_cancelled(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            b = await rung(stage)
            b.ring()
            await over(stage, "no_answer")
            await b.until("ended")
            assert b.code == 487

    play(scene)


def test_who_hangs_up_before_its_end_has_not_heard_it(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path, media=SilentMedia(speech_ms=3000)) as stage:
            b = await rung(stage)
            b.answer()
            await stage.until(lambda: ("play", "b") in [done[:2] for done in stage.media.past[0].done])
            await b.hang_up()
            await over(stage, "hung_up")

    play(scene)


def test_without_media_or_a_way_outside_it_is_unreachable(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path, peers=()) as stage:
            stage.control.to_say.append(CODE)
            await stage.switch.speak()
            await over(stage, "unreachable")
            stage.media.up = False
            stage.control.to_say.append(CODE)
            await stage.switch.speak()
            await stage.until(lambda: stage.control.said == ["unreachable", "unreachable"])

    play(scene)


def test_the_code_is_in_no_file_and_no_representation(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path, media=SilentMedia(speech_ms=500)) as stage:
            b = await rung(stage)
            b.answer()
            await stage.until(lambda: bool(stage.media.past[0].done))
            stage.switch.around.dialogs._writer.submit(lambda: None).result()
            (file,) = (tmp_path / "switch" / "dialogs").iterdir()
            assert "code" not in file.read_text()
            assert "42" not in repr(CODE).replace("-", "")

    play(scene)
