"""Captured packets become sound in step with the clock; keys, other protocols and broken ends are left out."""

import struct

import pytest

from kinline.sip.media import capture
from kinline.sip.sound import RATE, tones

BEGUN = 1_000.0


def frame(payload: bytes, *, port: int = 4000, kind: int = 0, ethernet: int = 0x0800) -> bytes:
    rtp = struct.pack("!BBHII", 0x80, kind, 1, 2, 3) + payload
    udp = struct.pack("!HHHH", 5000, port, 8 + len(rtp), 0) + rtp
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, bytes(4), bytes(4))
    if ethernet == 0x86DD:
        ip = struct.pack("!IHBB16s16s", 6 << 28, len(udp), 17, 64, bytes(16), bytes(16))
    return bytes(12) + struct.pack("!H", ethernet) + ip + udp


def pcap(*packets: tuple[float, bytes], link: int = 1) -> bytes:
    made = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    for at, data in packets:
        made += struct.pack("<IIII", int(at), round(at % 1 * 1e6), len(data), len(data)) + data
    return made


def test_voices_with_their_ports():
    found = list(capture.voices(pcap((BEGUN, frame(b"abc")), (BEGUN + 0.02, frame(b"def", ethernet=0x86DD)))))
    assert [(one.sound, one.sender, one.port) for one in found] == [(b"abc", 5000, 4000), (b"def", 5000, 4000)]
    assert found[1].at == pytest.approx(BEGUN + 0.02)


def test_keys_and_other_traffic_are_left_out():
    arp = bytes(12) + b"\x08\x06" + bytes(28)
    assert not list(capture.voices(pcap((BEGUN, frame(b"\x05\x0a\0\xa0", kind=101)), (BEGUN, arp), (BEGUN, b"short"))))


def test_a_packet_cut_short_by_a_crash_is_left_out():
    whole = pcap((BEGUN, frame(b"abc")), (BEGUN, frame(b"def")))
    assert len(list(capture.voices(whole[:-2]))) == 1


@pytest.mark.parametrize("file", [b"", bytes(24), pcap(link=113)])
def test_what_is_no_capture(file):
    with pytest.raises(capture.NotCaptured):
        list(capture.voices(file))


def test_silence_stands_where_nothing_came():
    tone = tones.tone([440], 0.5)
    spoken = [(BEGUN + 1 + n * 0.02, frame(tone[160 * n : 160 * n + 160])) for n in range(25)]
    sound = capture.sound(capture.voices(pcap(*spoken)), BEGUN)
    assert tones.level(sound[:RATE]) == -99
    assert tones.hears(sound[RATE:], 440)
    assert len(sound) == pytest.approx(1.5 * RATE, abs=200)


def test_what_came_before_is_not_there():
    sound = capture.sound(capture.voices(pcap((BEGUN - 1, frame(b"x" * 160)), (BEGUN, frame(b"y" * 160)))), BEGUN)
    assert sound == b"y" * 160
