"""WAV files of µ-law sound: a byte a sample, and every program plays them. `bytes` are a channel each."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kinline.sip.sound import RATE, SILENCE

_MULAW: Final = 7  # WAVE_FORMAT_MULAW


class NotSound(ValueError):
    """Not a WAV file of µ-law sound at 8 kHz."""


def write(path: Path, *channels: bytes) -> None:
    """One channel, or several side by side; shorter ones end in silence."""
    path.write_bytes(packed(channels))


def packed(channels: Sequence[bytes]) -> bytes:
    sound = _side_by_side(channels)
    count = len(channels)
    head = struct.pack("<HHIIHHH", _MULAW, count, RATE, RATE * count, count, 8, 0)
    body = _chunk(b"fmt ", head) + _chunk(b"fact", struct.pack("<I", len(sound) // count)) + _chunk(b"data", sound)
    return _chunk(b"RIFF", b"WAVE" + body)


def read(path: Path) -> bytes:
    """The samples of a file with one channel. raises NotSound"""
    return unpacked(path.read_bytes())


def unpacked(file: bytes) -> bytes:
    if file[:4] != b"RIFF" or file[8:12] != b"WAVE":
        raise NotSound("no WAV file")
    at, head, sound = 12, b"", None
    while at + 8 <= len(file) and sound is None:
        name, size = struct.unpack_from("<4sI", file, at)
        if name == b"fmt ":
            head = file[at + 8 : at + 8 + size]
        elif name == b"data":
            sound = file[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    if sound is None or len(head) < 8 or struct.unpack_from("<HHI", head) != (_MULAW, 1, RATE):
        raise NotSound("not one channel of µ-law at 8 kHz")
    return sound


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _side_by_side(channels: Sequence[bytes]) -> bytes:
    if len(channels) == 1:
        return bytes(channels[0])
    length = max(map(len, channels))
    sound = bytearray(length * len(channels))
    for index, channel in enumerate(channels):
        sound[index :: len(channels)] = channel + SILENCE * (length - len(channel))
    return bytes(sound)
