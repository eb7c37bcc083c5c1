"""G.711 µ-law and linear samples of 16 bits (ITU-T G.711), by two tables."""

from array import array
from functools import cache
from typing import Final

_BIAS: Final = 33  # of the 14-bit scale
_CLIP: Final = 8158


def encode(samples: "array[int]") -> bytes:
    """Signed 16-bit samples as µ-law, one byte each."""
    table = _to_bytes()
    return bytes(table[(sample >> 2) & 0x3FFF] for sample in samples)


def decode(sound: bytes) -> "array[int]":
    table = _from_bytes()
    return array("h", (table[byte] for byte in sound))


@cache
def _to_bytes() -> bytes:
    """By 14-bit sample, in two's complement."""
    return bytes(_byte(index - 0x4000 if index >= 0x2000 else index) for index in range(0x4000))


def _byte(sample: int) -> int:
    sign = 0x80 if sample < 0 else 0
    height = min(abs(sample), _CLIP) + _BIAS
    segment = height.bit_length() - 6
    return ~(sign | segment << 4 | (height >> (segment + 1)) & 0x0F) & 0xFF


@cache
def _from_bytes() -> tuple[int, ...]:
    return tuple(_sample(byte) for byte in range(256))


def _sample(byte: int) -> int:
    code = ~byte & 0xFF
    segment, step = code >> 4 & 0x07, code & 0x0F
    height = ((2 * step + _BIAS) << segment) - _BIAS
    return -height * 4 if code & 0x80 else height * 4
