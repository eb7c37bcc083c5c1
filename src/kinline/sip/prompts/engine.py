"""espeak-ng inside this process, from the wheel `espeakng-loader`, which carries the engine and its voices.

One voice at a time speaks, whoever asks: the library keeps its state for itself. `Mute` where it cannot be loaded;
what can be said without it is joined from recorded parts (`kinline.sip.prompts`).
"""

import ctypes
import math
import threading
from array import array
from functools import cache
from operator import mul
from typing import Any, Final

from kinline.sip.sound import RATE, mulaw

VOICES: Final = {"en": b"en-us", "es": b"es-419"}
_RETRIEVE, _UTF8, _POSITION = 1, 1, 1  # of espeak-ng's speak_lib.h
_SPEED, _WORDS_A_MINUTE = 1, 160
_PEAK: Final = 0.6
_TAPS: Final = 48
_EDGE: Final = 200  # of 32767: what is below is silence
_KEPT: Final = RATE // 25  # samples of silence that stay at both ends
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Mute(Exception):
    """There is no engine here that could speak."""


class Engine:
    """raises Mute"""

    def __init__(self) -> None:
        try:
            import espeakng_loader

            self._library = ctypes.CDLL(espeakng_loader.get_library_path())
            data = espeakng_loader.get_data_path()
        except (ImportError, OSError, RuntimeError) as problem:
            raise Mute(str(problem)) from problem
        self._turn = threading.Lock()
        self._heard: list[bytes] = []
        self._callback = _Callback(self._take)  # as long as the library may call it
        rate = self._library.espeak_Initialize(_RETRIEVE, 0, str(data).encode(), 1 << 15)
        if rate <= 0:
            raise Mute("espeak-ng does not start")
        self._rate = int(rate)
        self._library.espeak_SetSynthCallback(self._callback)
        self._library.espeak_SetParameter(_SPEED, _WORDS_A_MINUTE, 0)

    def _take(self, samples: Any, count: int, events: Any) -> int:
        if count > 0 and samples:
            self._heard.append(ctypes.string_at(samples, 2 * count))
        return 0

    def say(self, words: str, language: str) -> bytes:
        """µ-law, without silence at its ends. raises Mute"""
        spoken = words.replace("\0", " ").encode()
        with self._turn:
            self._heard.clear()
            self._library.espeak_SetVoiceByName(VOICES.get(language, VOICES["en"]))
            failed = self._library.espeak_Synth(spoken, len(spoken) + 1, 0, _POSITION, 0, _UTF8, None, None)
            failed = failed or self._library.espeak_Synchronize()
            samples = array("h", b"".join(self._heard))
        if failed:
            raise Mute("espeak-ng cannot say it")
        return mulaw.encode(_even(_trimmed(resampled(samples, self._rate))))


@cache
def speaker() -> Engine:
    """The one of this process. raises Mute"""
    return Engine()


def resampled(samples: "array[int]", rate: int) -> "array[int]":
    """At 8 kHz: a windowed sinc below 3.6 kHz, one set of weights for each place between two samples."""
    if rate == RATE:
        return samples
    common = math.gcd(rate, RATE)
    steps, parts = rate // common, RATE // common
    weights = [_weights(phase / parts, 3600 / rate) for phase in range(parts)]
    padded = array("h", bytes(_TAPS)) + samples + array("h", bytes(2 * _TAPS))
    made = array("h")
    for index in range(len(samples) * parts // steps):
        whole, phase = divmod(index * steps, parts)
        value = sum(map(mul, padded[whole : whole + _TAPS], weights[phase]))
        made.append(max(-32768, min(32767, round(value))))
    return made


def _weights(shift: float, cut: float) -> list[float]:
    middle = _TAPS // 2 + shift
    found = []
    for tap in range(_TAPS):
        x = tap - middle
        wave = 2 * cut if not x else math.sin(2 * math.pi * cut * x) / (math.pi * x)
        found.append(wave * (0.54 + 0.46 * math.cos(math.pi * x / (_TAPS / 2 + 1))))
    whole = sum(found)
    return [one / whole for one in found]


def _trimmed(samples: "array[int]") -> "array[int]":
    loud = [index for index, sample in enumerate(samples) if abs(sample) > _EDGE]
    return samples[max(0, loud[0] - _KEPT) : loud[-1] + _KEPT] if loud else samples[:0]


def _even(samples: "array[int]") -> "array[int]":
    """Every piece as loud as the others."""
    peak = max(map(abs, samples), default=0)
    if not peak:
        return samples
    factor = _PEAK * 32767 / peak
    return array("h", (round(sample * factor) for sample in samples))
