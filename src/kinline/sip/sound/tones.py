"""Tones: made, and found again in sound by Goertzel's filter."""

import math
from array import array
from collections.abc import Iterable, Mapping
from typing import Final

from kinline.sip.sound import RATE, SILENCE, mulaw

_FULL: Final = 32767.0
ROWS: Final = (697, 770, 852, 941)
COLUMNS: Final = (1209, 1336, 1477, 1633)
_KEYS: Final = ("123A", "456B", "789C", "*0#D")
DTMF: Final[Mapping[str, tuple[int, int]]] = {
    key: (low, high) for low, row in zip(ROWS, _KEYS, strict=True) for high, key in zip(COLUMNS, row, strict=True)
}
RINGBACK: Final = (440, 480)  # what a caller in North America hears while it rings: 2 s, then 4 s of silence
BEEP: Final = (1400,)


def tone(hertz: Iterable[float], seconds: float, *, loudness: float = 0.25, start: int = 0) -> bytes:
    """µ-law sound of tones that sound together. `loudness`: of all, 1 is the loudest there is; `start`: in samples."""
    waves = [2 * math.pi * one / RATE for one in hertz]
    height = _FULL * loudness / max(1, len(waves))
    count = round(seconds * RATE)
    return mulaw.encode(
        array("h", (int(height * sum(math.sin(w * n) for w in waves)) for n in range(start, start + count)))
    )


def silence(seconds: float) -> bytes:
    return SILENCE * round(seconds * RATE)


def key_tones(keys: str, *, seconds: float = 0.1, gap: float = 0.1) -> bytes:
    """Keys as sound, for lines that carry no telephone events."""
    return b"".join(tone(DTMF[key], seconds, loudness=0.5) + silence(gap) for key in keys)


def level(sound: bytes) -> float:
    """How loud: decibels below the loudest (0), down to -99 for silence."""
    samples = mulaw.decode(sound)
    energy = sum(sample * sample for sample in samples)
    if not energy:
        return -99.0
    return max(-99.0, 10 * math.log10(energy / len(samples) / (_FULL * _FULL)))


def share(sound: bytes, hertz: float) -> float:
    """How much of the sound's energy is this tone: 0 … 1; a pure tone over the whole of it has nearly 1."""
    samples = mulaw.decode(sound)
    energy = sum(sample * sample for sample in samples)
    if not energy:
        return 0.0
    twice = 2 * math.cos(2 * math.pi * hertz / RATE)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + twice * last - before
    power = last * last + before * before - twice * last * before
    return 2 * power / (energy * len(samples))


def hears(sound: bytes, hertz: float, *, least: float = 0.3) -> bool:
    """Whether the tone is there for anybody to hear: a fair share of the energy, and louder than a line's noise."""
    return level(sound) > -50 and share(sound, hertz) >= least


def seconds(sound: bytes) -> list[bytes]:
    """Cut by the second; the last may be shorter."""
    return [sound[at : at + RATE] for at in range(0, len(sound), RATE)]
