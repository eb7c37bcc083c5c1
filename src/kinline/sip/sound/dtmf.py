"""Keys found in sound: two tones at once and nothing else, long enough that a voice is not taken for one (Q.24). Pure.

For lines that carry no telephone events. A key may accept a call, so in doubt there is none.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from kinline.sip.sound import RATE, mulaw
from kinline.sip.sound.tones import COLUMNS, DTMF, ROWS

BLOCK: Final = 205  # samples: neighbouring tones are then nearly two bins apart
HOP: Final = 102
HITS: Final = 3  # blocks in a row: 51 ms of the same key
MISSES: Final = 2  # then it was let go
QUIETEST: Final = (32767 * 0.01) ** 2  # 40 dB below the loudest
BOTH: Final = 0.75  # of the block's energy, at least, is in the two tones
EACH: Final = 0.15  # and in each of them: one is at most some seven decibels above the other
RIVAL: Final = 0.2  # of a tone's energy, at most, is in another of its row or column
_BY_TONES: Final = {tones: key for key, tones in DTMF.items()}


@dataclass
class Keys:
    """One direction of one line."""

    _samples: list[int] = field(default_factory=list)
    _last: str = ""
    _hits: int = 0
    _misses: int = 0
    _held: str = ""

    def heard(self, sound: bytes) -> str:
        """The next sound in µ-law; the keys whose press was certain by the end of it."""
        self._samples += mulaw.decode(sound)
        found = ""
        while len(self._samples) >= BLOCK:
            found += self._after(key_in(self._samples[:BLOCK]))
            del self._samples[:HOP]
        return found

    def _after(self, key: str) -> str:
        self._hits = self._hits + 1 if key and key == self._last else int(bool(key))
        self._last = key
        self._misses = 0 if key and key == self._held else self._misses + 1
        if self._misses >= MISSES:
            self._held = ""
        if self._hits < HITS or key == self._held:
            return ""
        self._held, self._misses = key, 0
        return key


def key_in(samples: Sequence[int]) -> str:
    """The key that this block is the sound of; empty: of none."""
    energy = sum(one * one for one in samples)
    if energy < QUIETEST * len(samples):
        return ""
    row, low = _strongest(samples, energy, ROWS)
    column, high = _strongest(samples, energy, COLUMNS)
    clear = min(low, high) >= EACH and low + high >= BOTH
    return _BY_TONES[row, column] if clear else ""


def _strongest(samples: Sequence[int], energy: int, group: Sequence[int]) -> tuple[int, float]:
    """Which tone of a group, and its share of the energy; no share where another comes near."""
    shares = sorted(((_share(samples, energy, hertz), hertz) for hertz in group), reverse=True)
    (most, hertz), (second, _) = shares[:2]
    return hertz, most if second <= RIVAL * most else 0.0


def _share(samples: Sequence[int], energy: int, hertz: int) -> float:
    twice = 2 * math.cos(2 * math.pi * hertz / RATE)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + twice * last - before
    power = last * last + before * before - twice * last * before
    return 2 * power / (energy * len(samples))
