"""A name as it was said at a telephone, made fit to be played (T6)."""

import random

from kinline.sip.sound import FRAME, RATE, SILENCE, mulaw, tones, voice


def quiet(seconds: float) -> bytes:
    return SILENCE * round(seconds * RATE)


def test_the_silence_around_a_name_goes_and_the_name_stays_whole() -> None:
    said = tones.tone([440], 0.8, loudness=0.2)
    name = voice.name(quiet(1) + said + quiet(2))
    assert len(said) <= len(name) <= len(said) + 12 * FRAME
    assert tones.share(name[5 * FRAME : -5 * FRAME], 440) > 0.9


def test_a_pause_between_first_and_last_name_stays() -> None:
    one = tones.tone([440], 0.4)
    assert len(voice.name(one + quiet(0.5) + one)) >= 2 * len(one) + RATE // 2


def test_every_name_is_as_loud_as_our_own_voice_and_noise_is_not_made_loud() -> None:
    loud, soft = (tones.level(voice.name(tones.tone([440], 1, loudness=how))) for how in (0.9, 0.1))
    assert abs(loud - soft) < 1
    assert max(map(abs, mulaw.decode(voice.name(tones.tone([440], 1, loudness=0.03))))) <= 8 * 0.04 * 32767


def test_silence_a_click_and_the_noise_of_a_line_are_no_name() -> None:
    dice = random.Random(6)
    from array import array

    hiss = mulaw.encode(array("h", (dice.randint(-300, 300) for _ in range(3 * RATE))))
    for nothing in (b"", quiet(4), quiet(1) + tones.tone([440], 0.05) + quiet(1), hiss):
        assert voice.name(nothing) == b""
