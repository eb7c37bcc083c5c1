"""A key in sound is found, once; a voice, a tone or noise is none."""

import random
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.sip.prompts import SOUNDS
from kinline.sip.sound import FRAME, RATE, mulaw, tones, wav
from kinline.sip.sound.dtmf import Keys
from kinline.sip.sound.tones import DTMF


def found(sound: bytes, step: int = FRAME) -> str:
    keys = Keys()
    return "".join(keys.heard(sound[at : at + step]) for at in range(0, len(sound), step))


def mixed(*parts: bytes) -> bytes:
    """At once."""
    rows = [mulaw.decode(part) for part in parts]
    return mulaw.encode(array("h", (max(-32768, min(32767, sum(column))) for column in zip(*rows, strict=False))))


@pytest.mark.parametrize("key", DTMF)
def test_each_key_is_found_once_however_long_it_is_held(key: str) -> None:
    for seconds in (0.07, 0.1, 1.0):
        assert found(tones.silence(0.2) + tones.key_tones(key, seconds=seconds) + tones.silence(0.2)) == key


@given(st.text(list(DTMF), max_size=8), st.integers(0, 159), st.integers(1, 400), st.floats(0.05, 0.9))
def test_a_row_of_keys_however_it_is_cut_and_however_loud(keys: str, begin: int, step: int, loudness: float) -> None:
    sound = b"".join(tones.tone(DTMF[key], 0.08, loudness=loudness) + tones.silence(0.06) for key in keys)
    assert found(tones.silence(0.05)[:begin] + sound + tones.silence(0.1), step) == keys


def test_one_tone_may_be_six_decibels_above_the_other() -> None:
    for low, high in ((0.2, 0.4), (0.4, 0.2)):
        row, column = DTMF["1"]
        sound = mixed(tones.tone([row], 0.1, loudness=low), tones.tone([column], 0.1, loudness=high))
        assert found(sound + tones.silence(0.1)) == "1"


def test_no_voice_is_a_key() -> None:
    """Every sentence of ours: many minutes of speech in two languages."""
    files = sorted(SOUNDS.glob("*/*.wav"))
    assert len(files) > 100
    assert {file.name: keys for file in files if (keys := found(wav.read(file)))} == {}


@pytest.mark.parametrize(
    "hertz", [(350, 440), (440, 480), (480, 620), (1400,), (697,), (1209,), (697, 770), (1209, 1336), (697, 1209, 1477)]
)
def test_other_tones_are_none(hertz: tuple[int, ...]) -> None:
    assert found(tones.tone(hertz, 1.0, loudness=0.5)) == ""


def test_noise_is_none_and_too_short_a_press_neither() -> None:
    dice = random.Random(7)
    assert found(bytes(dice.randrange(256) for _ in range(5 * RATE))) == ""
    assert found(tones.silence(0.1) + tones.key_tones("1", seconds=0.035) + tones.silence(0.1)) == ""


def test_a_key_under_what_is_being_said_to_them_is_found() -> None:
    """Of the announcement a faint echo comes back."""
    speech = wav.read(SOUNDS / "en" / "accept.keys.wav")
    echo = mulaw.encode(array("h", (one // 10 for one in mulaw.decode(speech))))
    pressed = tones.silence(0.4) + tones.tone(DTMF["1"], 0.12, loudness=0.5)
    assert found(mixed(echo, pressed + tones.silence(2))) == "1"
