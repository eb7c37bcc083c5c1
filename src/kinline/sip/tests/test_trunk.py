"""The way outside: several peers, digest, and what a dead one costs (T16)."""

import asyncio
import time
from pathlib import Path

from kinline.sip.options import Peer
from kinline.sip.phone import Call, Phone
from kinline.sip.phone.message import Message, answer
from kinline.sip.tests.stage import play, staged

NOWHERE = Peer("nowhere", "127.0.0.1", 9)  # discard: nobody listens there


async def peer(rings: "asyncio.Queue[Call]", name: str) -> tuple[Phone, Peer]:
    async def rung(call: Call) -> None:
        rings.put_nowait(call)

    phone = await Phone.open(on_call=rung)
    return phone, Peer(name, *phone.address)


def test_a_peer_that_does_not_answer_is_passed_over(tmp_path: Path) -> None:
    async def scene() -> None:
        rings: asyncio.Queue[Call] = asyncio.Queue()
        phone, second = await peer(rings, "second")
        async with staged(tmp_path, peers=(NOWHERE, second), no_answer_seconds=0.2) as stage:
            began = time.monotonic()
            await stage.call()
            b = await rings.get()
            assert 0.2 <= time.monotonic() - began < 3
            b.refuse(486)
            assert await stage.over() == ("busy", "called", 0, 486)
        await phone.close()

    play(scene)


def test_a_peer_that_says_not_me_is_passed_over_and_who_is_called_is_not(tmp_path: Path) -> None:
    async def scene() -> None:
        rings: asyncio.Queue[Call] = asyncio.Queue()
        first_phone, first = await peer(rings, "first")
        second_phone, second = await peer(rings, "second")
        async with staged(tmp_path, peers=(first, second)) as stage:
            await stage.call()
            (await rings.get()).refuse(503)
            b = await rings.get()
            assert b.phone is second_phone
            b.refuse(404)
            assert await stage.over() == ("no_such_number", "called", 0, 404)
            assert rings.empty()
        await first_phone.close()
        await second_phone.close()

    play(scene)


def test_once_it_rings_no_other_peer_is_tried(tmp_path: Path) -> None:
    """Else one number would ring twice."""

    async def scene() -> None:
        rings: asyncio.Queue[Call] = asyncio.Queue()
        first_phone, first = await peer(rings, "first")
        second_phone, second = await peer(rings, "second")
        async with staged(tmp_path, peers=(first, second)) as stage:
            await stage.call()
            b = await rings.get()
            b.ring()
            await stage.moment("ringing")
            b.refuse(503)
            assert await stage.over() == ("unreachable", "called", 0, 503)
            assert rings.empty()
        await first_phone.close()
        await second_phone.close()

    play(scene)


def test_without_any_peer_the_caller_hears_so(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path, peers=()) as stage:
            a = await stage.call()
            await a.until("ended")
            assert (await stage.over(), a.code) == (("unreachable", "called", 0, 503), 502)

    play(scene)


def test_the_watchdog_finds_a_dead_peer_and_calls_go_round_it(tmp_path: Path) -> None:
    async def scene() -> None:
        rings: asyncio.Queue[Call] = asyncio.Queue()
        phone, second = await peer(rings, "second")
        async with staged(tmp_path, peers=(NOWHERE, second), options_seconds=0.1, no_answer_seconds=5) as stage:
            ways = stage.switch.around.trunk.ways
            await stage.until(lambda: not ways[0].alive)
            assert ways[1].alive
            began = time.monotonic()
            await stage.call()
            await rings.get()
            assert time.monotonic() - began < 3
        await phone.close()

    play(scene)


def test_a_peer_that_comes_back_is_used_again(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path, options_seconds=0.1) as stage:
            (way,) = stage.switch.around.trunk.ways
            stage.outside.deaf = True
            await stage.until(lambda: not way.alive)
            stage.outside.deaf = False
            await stage.until(lambda: way.alive)

    play(scene)


class Asking(asyncio.DatagramProtocol):
    """A peer that wants digest, and answers busy to who has it."""

    def __init__(self) -> None:
        self.seen: list[Message] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        from kinline.sip.phone.message import read, written

        message = read(data)
        if message.method != "INVITE":
            return
        self.seen.append(message)
        challenge = [("proxy-authenticate", 'Digest realm="carrier", nonce="abc", algorithm=MD5, qop="auth"')]
        proved = message.header("proxy-authorization")
        self.transport.sendto(
            written(answer(message, 486 if proved else 407, () if proved else challenge, tag="t")), addr
        )  # type: ignore[attr-defined]


def test_a_peer_that_asks_for_a_password_gets_it(tmp_path: Path) -> None:
    async def scene() -> None:
        transport, asking = await asyncio.get_running_loop().create_datagram_endpoint(
            Asking, local_addr=("127.0.0.1", 0)
        )
        port = transport.get_extra_info("sockname")[1]
        carrier = Peer("carrier", "127.0.0.1", port, "kinline", "a-carrier's-secret")
        async with staged(tmp_path, peers=(carrier,)) as stage:
            await stage.call()
            assert await stage.over() == ("busy", "called", 0, 486)
            assert [bool(one.header("proxy-authorization")) for one in asking.seen] == [False, True]
            assert 'username="kinline"' in asking.seen[1].header("proxy-authorization")
        transport.close()

    play(scene)
