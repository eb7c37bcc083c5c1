"""What comes from outside and means no good: mutated packets, torture messages of RFC 4475, a flood."""

import asyncio
import random
import socket
import time
from pathlib import Path
from typing import Final

import pytest

from kinline.sip.flood import MOST_ADDRESSES, Flood
from kinline.sip.quiet import sparse
from kinline.sip.tests.stage import FAULTS, PIN, Stage, play, staged

SEED: Final = 20261123
METHODS: Final = ("INVITE", "REGISTER", "OPTIONS", "BYE", "CANCEL", "ACK", "INFO", "REFER", "UPDATE", "MESSAGE")
PIECES: Final = (b"\x00", b"%", b"\r\n", b";;;", b"\xff\xfe", b"<" * 30, b'"', b":", b"9" * 400, b"%2A%")
SDP: Final = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"


def packet(method: str, number: int, **more: str) -> bytes:
    """A plain request, to be spoilt."""
    body = SDP if method == "INVITE" else ""
    lines = [
        f"{method} sip:1001*{PIN}*3155550101@127.0.0.1:5060 SIP/2.0",
        f"Via: SIP/2.0/UDP 127.0.0.9:5999;branch=z9hG4bK{number};rport",
        "Max-Forwards: 70",
        f'From: "A phone" <sip:west@127.0.0.9>;tag=f{number}',
        f"To: <sip:b@127.0.0.1>{more.get('tag', '')}",
        f"Call-ID: {number}@127.0.0.9",
        f"CSeq: {number} {method}",
        "Contact: <sip:west@127.0.0.9:5999;transport=UDP>",
        'Authorization: Digest username="west",realm="kinline",nonce="x",uri="sip:b",response="y"',
        "Content-Type: application/sdp",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", body]).encode()


def spoilt(chance: random.Random, number: int) -> bytes:
    """Up to six times: a byte changed, some cut out, doubled or put in, a line dropped or put elsewhere once more."""
    method = chance.choice(METHODS)
    data = bytearray(packet(method, number, tag=chance.choice(["", ";tag=x"])))
    if chance.random() < 0.2:
        data[: data.index(b"\r\n")] = b"SIP/2.0 %d OK" % chance.randrange(-5, 1200)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data))
        kind = chance.randrange(6)
        if kind == 0:
            data[at] = chance.randrange(256)
        elif kind == 1:
            del data[at : at + chance.randrange(1, 40)]
        elif kind == 2:
            data[at:at] = data[at : at + chance.randrange(1, 40)]
        elif kind == 3:
            data[at:at] = chance.choice(PIECES)
        else:
            lines = bytes(data).split(b"\r\n")
            spot = chance.randrange(len(lines))
            if kind == 4:
                lines[spot : spot + 1] = []
            else:
                lines.insert(chance.randrange(len(lines)), lines[spot])
            data = bytearray(b"\r\n".join(lines)) or bytearray(b"x")
        if not data:
            data = bytearray(b"x")
    return bytes(data)


async def throw(stage: Stage, packets: list[bytes], sender: str = "127.0.0.1") -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind((sender, 0))
        for count, data in enumerate(packets):
            own.sendto(data, stage.switch.address)
            if count % 20 == 19:
                await asyncio.sleep(0)
                await asyncio.sleep(0.002)
        await asyncio.sleep(0.1)


async def calls_work(stage: Stage) -> None:
    calls = list(stage.switch.around.calls.values())
    for call in calls:
        call.end("test")
    await stage.until(lambda: not stage.switch.around.calls)
    while not stage.rings.empty():
        stage.rings.get_nowait()
    stage.control.told.clear()
    stage.control.ends.clear()
    a, b = await stage.talk()
    await a.hang_up()
    assert (await stage.over())[0] == "caller_hung_up"
    await b.until("ended")


@pytest.mark.parametrize("trust", [False, True])
def test_3000_spoilt_packets_leave_no_fault_and_calls_go_on(tmp_path: Path, trust: bool) -> None:
    chance = random.Random(SEED + trust)
    packets = [spoilt(chance, number) for number in range(1500)]

    async def scene() -> None:
        async with staged(tmp_path, trust_loopback=trust) as stage:
            a, b = await stage.talk()
            before = sparse.seen.total()
            await throw(stage, packets)
            assert sparse.seen.total() > before  # they did arrive
            assert a.state == b.state == "up"
            await calls_work(stage)

    play(scene)


def _message(text: str) -> bytes:
    lines = text.split("\n")
    return "".join(f"{line}\r\n" for line in lines).encode().decode("unicode_escape").encode("latin-1")


TORTURE: Final = {
    part.partition("\n")[0]: _message(part.partition("\n")[2])
    for part in (Path(__file__).parent / "torture.txt").read_text().removesuffix("\n").split("\n== ")[1:]
}


@pytest.mark.parametrize("message", TORTURE.values(), ids=TORTURE)
def test_rfc_4475_breaks_nothing(tmp_path: Path, message: bytes) -> None:
    async def scene() -> None:
        async with staged(tmp_path, trust_loopback=True) as stage:
            before = {kind: sparse.seen[kind] for kind in FAULTS}
            await throw(stage, [message])
            assert {kind: sparse.seen[kind] for kind in FAULTS} == before
            await calls_work(stage)

    play(scene)


def test_what_is_far_too_big_or_no_text_is_not_read(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            big = packet("OPTIONS", 1) + b" " * 20_000
            before = sparse.seen["no SIP"]
            await throw(stage, [big, b"\xff" * 400, b"hello, is anybody there", b"\x00" * 65_000, b"\r\n\r\n"])
            assert sparse.seen["no SIP"] == before + 4  # two line ends keep a way through a NAT open
            await calls_work(stage)

    play(scene)


def test_a_flood_from_one_address_does_not_keep_others_from_calling(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path, packets_a_second=50) as stage:
            before = sparse.seen["flood"]
            await throw(stage, [packet("REGISTER", number) for number in range(3000)], sender="127.0.0.77")
            assert sparse.seen["flood"] >= before + 2500
            began = time.monotonic()
            await calls_work(stage)
            assert time.monotonic() - began < 5

    play(scene)


def test_the_limit_forgets_and_a_peer_has_none() -> None:
    flood = Flood(10, {"10.0.0.1"})
    assert sum(flood.admit("10.0.0.2", 100.0) for _ in range(100)) == 20  # a burst
    assert sum(flood.admit("10.0.0.2", 101.0) for _ in range(100)) == 10
    assert sum(flood.admit("10.0.0.2", 200.0) for _ in range(100)) == 20
    assert all(flood.admit("10.0.0.1", 100.0) for _ in range(100))
    assert all(Flood(0).admit("10.0.0.2", 100.0) for _ in range(100))


def test_in_the_sample_one_telephone_of_this_machine_does_not_use_up_the_others_share() -> None:
    flood = Flood(10, local=True)
    assert sum(flood.admit("127.0.0.1", 100.0, 5061) for _ in range(100)) == 40
    assert flood.admit("127.0.0.1", 100.0, 5062)
    assert sum(flood.admit("10.0.0.2", 100.0, port) for port in range(100)) == 20


def test_invented_addresses_share_one_bucket_when_there_are_too_many() -> None:
    flood = Flood(10)
    assert all(flood.admit(str(number), 100.0) for number in range(MOST_ADDRESSES))
    assert sum(flood.admit(f"more {number}", 100.0) for number in range(1000)) == 20
    assert len(flood._left) == MOST_ADDRESSES + 1
    assert flood.admit("later", 200.0)
    assert len(flood._left) < 10
