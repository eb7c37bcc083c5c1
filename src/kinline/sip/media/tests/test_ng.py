"""Bencoding there and back, and what is no bencoding; requests that are lost, refused or never answered."""

import asyncio
import random

import pytest

from kinline.sip.media import MediaError, ng


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (0, b"i0e"),
        (-12, b"i-12e"),
        (b"", b"0:"),
        ("añ", b"3:a\xc3\xb1"),
        ([1, b"x"], b"li1e1:xe"),
        ({"b": 1, "a": ["z"]}, b"d1:al1:ze1:bi1ee"),
    ],
)
def test_there(value, data):
    assert ng.encoded(value) == data


def test_and_back():
    value = {"result": b"ok", "tags": {"a": {"medias": [{"streams": [{"port": 9, "flags": [b"RTP"]}]}]}}, "n": -1}
    assert ng.decoded(ng.encoded(value)) == value


@pytest.mark.parametrize("value", [True, None, 1.5, {"a": object()}])
def test_what_has_no_code(value):
    with pytest.raises(TypeError):
        ng.encoded(value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"i",
        b"ie",
        b"i1",
        b"ixe",
        b"5:abc",
        b"-1:a",
        b"l",
        b"li1e",
        b"d1:a",
        b"d1:ae",
        b"di1ei2ee",
        b"i1ei2e",
        b"l" * 50,
    ],
)
def test_what_is_no_code(data):
    with pytest.raises(ng.Unreadable):
        ng.decoded(data)


def test_noise_raises_nothing_else():
    dice = random.Random(5)
    base = ng.encoded({"result": b"ok", "list": [1, b"two", {"three": 3}]})
    for _ in range(3000):
        data = bytearray(base)
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        try:
            ng.decoded(bytes(data))
        except ng.Unreadable:
            continue


class Server(asyncio.DatagramProtocol):
    """Answers what `answers` says, after losing the first `lost` datagrams."""

    def __init__(self, answer: bytes, lost: int = 0) -> None:
        self.answer, self.lost, self.cookies = answer, lost, []

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data, addr) -> None:
        cookie = data.split(b" ", 1)[0]
        self.cookies.append(cookie)
        if len(self.cookies) > self.lost and self.answer:
            self.transport.sendto(b"other d6:result2:oke", addr)
            self.transport.sendto(cookie + b" noise", addr)
            self.transport.sendto(cookie + b" " + self.answer, addr)


def asked(answer: bytes, lost: int = 0) -> tuple[object, list[bytes]]:
    async def story():
        loop = asyncio.get_running_loop()
        transport, server = await loop.create_datagram_endpoint(
            lambda: Server(answer, lost), local_addr=("127.0.0.1", 0)
        )
        client = await ng.Client.connect(*transport.get_extra_info("sockname"))
        try:
            return await client.ask("ping", call_id="c"), server.cookies
        except MediaError as problem:
            return problem, server.cookies
        finally:
            client.close()
            transport.close()

    return asyncio.run(story())


def test_an_answer_is_of_its_own_question():
    answer, cookies = asked(b"d6:result4:ponge")
    assert answer == {"result": b"pong"}
    assert len(cookies) == 1


def test_a_lost_question_is_asked_again_with_its_cookie():
    answer, cookies = asked(b"d6:result2:oke", lost=2)
    assert answer == {"result": b"ok"}
    assert len(cookies) == 3
    assert len(set(cookies)) == 1


def test_no_is_an_error_with_its_reason():
    answer, _ = asked(b"d12:error-reason7:unknown6:result5:errore")
    assert isinstance(answer, MediaError)
    assert "unknown" in str(answer)


def test_no_answer_at_all():
    answer, cookies = asked(b"")
    assert str(answer) == "rtpengine does not answer"
    assert len(cookies) == len(ng.TRIES_SECONDS)
