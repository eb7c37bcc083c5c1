"""Whatever arrives, a telephone goes on: mutated messages, descriptions and packets raise nothing unforeseen."""

import random

from kinline.sip import sdp
from kinline.sip.phone.message import Unreadable, place_of, read, tag_of, uri_of, written
from kinline.sip.phone.rtp import Line
from kinline.sip.sdp import Sdp
from kinline.sip.sound import wav

INVITE = (
    b"INVITE sip:8135550142@127.0.0.1:5060;transport=udp SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK1;rport\r\n"
    b'From: "Sample" <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:b@127.0.0.1>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n'
    b"Contact: <sip:a@127.0.0.1:5070>\r\nContent-Type: application/sdp\r\nContent-Length: 200\r\n\r\n"
) + sdp.written(Sdp("127.0.0.1", 4000))
ODD = ("²", "٣", "\0", "\r\n", "<", ">", ";", ":", "99999999999", "-1", "é", "[", "]", "@")


def mutated(base: bytes, seed: int, rounds: int):
    dice = random.Random(seed)
    for _ in range(rounds):
        data = bytearray(base)
        for _ in range(dice.randint(1, 5)):
            at = dice.randrange(len(data))
            what = dice.randrange(4)
            if what == 0:
                data[at] = dice.randrange(256)
            elif what == 1:
                del data[at : at + dice.randint(1, 40)]
            elif what == 2:
                data[at:at] = dice.choice(ODD).encode()
            else:
                data[at:at] = data[at : at + dice.randint(1, 60)]
            if not data:
                data = bytearray(base)
        yield bytes(data)


def test_messages():
    understood = 0
    for data in mutated(INVITE, 1, 3000):
        try:
            message = read(data)
            place_of(uri_of(message.header("contact")))
        except Unreadable:
            continue
        understood += 1
        assert (message.cseq, message.branch, tag_of(message.header("from"))) is not None
        assert isinstance(sdp.read(message.body), Sdp | None)
        assert written(message)
    assert understood > 500


def test_descriptions():
    found = [sdp.read(data) for data in mutated(sdp.written(Sdp("127.0.0.1", 4000)), 2, 3000)]
    assert all(one is None or 0 <= one.port <= 65535 for one in found)
    assert sum(one is not None for one in found) > 500


def test_packets():
    line = Line()
    for data in mutated(b"\x80\x65\0\x01\0\0\0\x02\0\0\0\x03\x01\x8a\x03\x20" + b"\xff" * 160, 3, 3000):
        line.datagram_received(data, ("127.0.0.1", 1))
    assert line.packets_in > 500


def test_files():
    for data in mutated(wav.packed([b"\xff" * 100]), 4, 3000):
        try:
            assert isinstance(wav.unpacked(data), bytes)
        except wav.NotSound:
            continue
