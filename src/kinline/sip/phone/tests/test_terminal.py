"""The telephone in the terminal: what it says, what it sends, what it keeps."""

import asyncio
import os
from pathlib import Path

import pytest

from kinline.sip.phone import Phone, terminal
from kinline.sip.sound import RATE, tones, wav


def told(wish_of, on_call, typed: int | None = None) -> tuple[list[str], list]:
    lines, calls = [], []

    async def story() -> None:
        async def called(call):
            calls.append(call)
            await on_call(call)

        outside = await Phone.open(user="outside", on_call=called)
        try:
            await asyncio.wait_for(terminal.talk(wish_of(outside.address), lines.append, typed), 15)
        finally:
            await outside.close()

    asyncio.run(story())
    return lines, calls


async def speaks(call) -> None:
    call.answer()
    call.line.loop(tones.tone([440], 1))


async def is_busy(call) -> None:
    call.refuse(486)


def test_a_call_is_told_line_by_line_and_kept(tmp_path: Path):
    kept = tmp_path / "heard.wav"
    lines, calls = told(lambda at: terminal.Wish(at, "1001*4321*8135550142", keys="15", seconds=2, wav=kept), speaks)
    text = "\n".join(lines)
    assert "calling …*8135550142" in text
    assert "answered (200)" in text
    assert "heard: a tone of 440 Hz" in text
    assert "ended here after" in text
    assert "4321" not in text
    assert calls[0].keys == "15"
    assert tones.hears(wav.read(kept)[RATE // 2 : RATE], 440)


def test_a_refusal_says_its_code():
    lines, _ = told(lambda at: terminal.Wish(at, "1"), is_busy)
    assert lines[-1].endswith("not answered: 486 Busy Here")


def test_keys_typed_are_pressed_and_h_hangs_up():
    read, write = os.pipe()
    try:

        async def types(call):
            call.answer()
            os.write(write, b"7#")
            await asyncio.sleep(1)
            os.write(write, b"h")

        lines, calls = told(lambda at: terminal.Wish(at, "1"), types, read)
    finally:
        os.close(write)
        os.close(read)
    assert calls[0].keys == "7#"
    assert "hanging up" in "\n".join(lines)


@pytest.mark.parametrize(
    ("sound", "word"),
    [
        (tones.silence(1), "silence"),
        (tones.tone(tones.RINGBACK, 1), "a ringing tone"),
        (tones.tone([1400], 1), "a tone of 1400 Hz"),
        (tones.tone([300, 700, 1100, 1900], 1), "a voice"),
    ],
)
def test_what_sound_is_like(sound, word):
    assert terminal.sounds_like(sound) == word


def test_a_pin_is_never_shown():
    wish = terminal.Wish(("127.0.0.1", 1), "1001*4321*8135550142", password="secret", keys="4321")
    assert "secret" not in repr(wish)
    assert "4321" not in repr(wish)
    assert terminal.shown("1001*4321*5551234") == "…*5551234"
