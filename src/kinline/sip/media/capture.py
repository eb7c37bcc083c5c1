"""From captured packets to sound: rtpengine and rtp-io record PCAP, what is kept is a WAV file with a side each.

A packet's sound lies where the clock says it arrived, so both sides stay together; keys are left out.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from kinline.sip.sdp import PCMU
from kinline.sip.sound import FRAME, RATE, SILENCE

_FILE: Final = struct.Struct("<IHHiIII")
_PACKET: Final = struct.Struct("<IIII")
_MAGIC: Final = {0xA1B2C3D4: 1e-6, 0xA1B23C4D: 1e-9}
_ETHERNET: Final = 14
_IPV4, _IPV6 = 0x0800, 0x86DD
_UDP: Final = 17
_LATE: Final = FRAME * 3


class NotCaptured(ValueError):
    """No PCAP file of Ethernet frames."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One packet of PCMU. `at`: when it arrived, Unix time; `port`: to which it came, `sender`: from which."""

    at: float
    sender: int
    port: int
    sound: bytes


def voices(capture: bytes) -> Iterator[Voice]:
    """A last packet that was cut short (a crash) is left out. raises NotCaptured"""
    if len(capture) < _FILE.size:
        raise NotCaptured("no PCAP file")
    magic, *_, link = _FILE.unpack_from(capture)
    if magic not in _MAGIC or link != 1:
        raise NotCaptured("no PCAP file of Ethernet frames")
    at = _FILE.size
    while at + _PACKET.size <= len(capture):
        seconds, parts, size, _ = _PACKET.unpack_from(capture, at)
        at += _PACKET.size
        frame = capture[at : at + size]
        at += size
        if len(frame) == size and (found := _voice(frame)):
            yield Voice(seconds + parts * _MAGIC[magic], *found)


def _voice(frame: bytes) -> tuple[int, int, bytes] | None:
    """Ports and sound of an RTP packet in UDP; None for anything else."""
    if len(frame) < _ETHERNET + 1:
        return None
    (kind,) = struct.unpack_from("!H", frame, 12)
    packet = frame[_ETHERNET:]
    if kind == _IPV4:
        head, protocol = 4 * (packet[0] & 0x0F), packet[9:10]
    elif kind == _IPV6:
        head, protocol = 40, packet[6:7]
    else:
        return None
    rtp = packet[head + 8 :]
    if protocol != bytes([_UDP]) or len(rtp) < 12 or rtp[0] >> 6 != 2 or rtp[1] & 0x7F != PCMU:
        return None
    sender, port = struct.unpack_from("!HH", packet, head)
    return sender, port, rtp[12 + 4 * (rtp[0] & 0x0F) :]


def sound(packets: Iterable[Voice], begun: float) -> bytes:
    """In step with the clock from `begun` (Unix time) on; where nothing came there is silence."""
    heard = bytearray()
    for one in packets:
        now = round((one.at - begun) * RATE)
        if now < 0:
            continue
        if now - len(heard) > _LATE:
            heard += SILENCE * (now - len(heard))
        heard += one.sound
    return bytes(heard)
