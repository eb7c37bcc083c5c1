"""A name as somebody said it at a telephone: without the silence around it, as loud as our own voice. Pure."""

from array import array
from typing import Final

from kinline.sip.sound import FRAME, mulaw

_LOUD: Final = 300  # of 32767, on average over a frame: what is below is a line's noise
_LEAST: Final = 12  # loud frames, of 20 ms each: a click is no name
_AROUND: Final = 4  # frames that stay on both sides: soft letters begin and end names
_PEAK: Final = 0.6 * 32767
_MOST_GAIN: Final = 8.0  # a whisper stays one, rather than becoming noise


def name(heard: bytes) -> bytes:
    """µ-law in and out; empty: nobody said anything."""
    samples = mulaw.decode(heard)
    loud = [at for at in range(0, len(samples), FRAME) if _loudness(samples[at : at + FRAME]) > _LOUD]
    if len(loud) < _LEAST:
        return b""
    around = _AROUND * FRAME
    said = samples[max(0, loud[0] - around) : loud[-1] + FRAME + around]
    gain = min(_MOST_GAIN, _PEAK / max(map(abs, said)))
    return mulaw.encode(array("h", (round(sample * gain) for sample in said)))


def _loudness(frame: "array[int]") -> float:
    return sum(map(abs, frame)) / len(frame)
