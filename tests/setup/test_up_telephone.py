"""The telephone of `./kinline up` for real: a call by SIP, paid to the cent; the switch killed in one; its ports."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kinline.sip.phone import Call, Phone
from tests.setup.starting import PATIENCE_SECONDS, Up, run, until

pytestmark = pytest.mark.slow


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


def _free_udp() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _talk(demo: dict[str, Any], who: dict[str, Any], number: str, *, then: Callable[[Any], Any]) -> Any:
    """A telephone of this machine, unregistered, calls as this resident; once they talk, `then` is done."""
    phone = await Phone.open(user="sample-north-a")
    try:
        call = await phone.call(f"{who['number']}*{who['pin']}*{number.removeprefix('+1')}", _address(demo["sip"]))
        assert await call.until("up", timeout=PATIENCE_SECONDS), call.code
        return await then(call)
    finally:
        await phone.close()


def _balances(up: Up) -> dict[str, int]:
    """Without the world's clock in the way: commands run beside it."""
    code, said = run("ledger", "balances", "--json", "--data", str(up.data.path))
    assert code == 0, said
    found: dict[str, int] = json.loads(said)
    return found


def _record(up: Up, number: str) -> dict[str, Any]:
    """The newest call to a number, once it is over."""

    def ended() -> dict[str, Any] | None:
        code, said = run("calls", "list", "--json", "--data", str(up.data.path))
        assert code == 0, said
        newest = next((one for one in json.loads(said) if one["number"] == number), None)
        return newest if newest and newest["ended_at"] else None

    found: dict[str, Any] = until(ended, f"the call to {number} is over")
    return found


def _paying(demo: dict[str, Any], place: int) -> tuple[dict[str, Any], str]:
    """A resident of the sample and a number of theirs that has money, and whose owner accepts."""
    who = demo["residents"][place]
    return who, next(one["number"] for one in who["ppc_numbers"] if one["number"][-2:] < "90")


def test_a_call_through_the_sample_is_recorded_and_paid_to_the_cent(up: Up) -> None:
    demo = json.loads(up.data.demo.read_text())
    who, number = _paying(demo, 0)
    purse = f"number:{number}:prepaid"
    before = _balances(up)[purse]

    async def talk(call: Call) -> None:
        await asyncio.sleep(7)
        await call.hang_up()

    asyncio.run(_talk(demo, who, number, then=talk))
    record = _record(up, number)
    assert (record["result"], record["payer"], record["resident"]) == ("completed", purse, who["number"])
    assert record["seconds"] >= 6
    assert record["cents"] == record["seconds"] * 10 // 60  # ten cents a minute, rounded down
    assert _balances(up)[purse] == before - record["cents"]
    assert run("ledger", "verify", "--data", str(up.data.path))[0] == 0


def test_the_switch_killed_in_a_call_settles_it_and_hangs_up_the_telephone(up: Up) -> None:
    demo = json.loads(up.data.demo.read_text())
    who, number = _paying(demo, 1)
    before = _balances(up)[f"number:{number}:prepaid"]

    async def lose(call: Call) -> str:
        await asyncio.sleep(13)  # past a sign of life, which comes every five seconds, and past the first cent, of six
        os.kill(up.parts()["switch"], signal.SIGKILL)
        await call.until("ended", timeout=PATIENCE_SECONDS)
        return str(call.ended_by)

    assert asyncio.run(_talk(demo, who, number, then=lose)) == "them"
    record = _record(up, number)
    assert record["reasons"] == ["switch_lost"]
    assert 6 <= record["seconds"] <= 13
    assert record["charged_cents"] == record["seconds"] * 10 // 60  # settled to its last sign of life (TEL-6)
    assert record["cents"] == 0  # and given back by itself: our fault (TEL-14)
    assert [one["why"] for one in record["corrections"]] == ["our_fault"]
    held = up.sql("SELECT count(*) FROM ledger_hold h LEFT JOIN ledger_resolution r ON r.hold_id = h.id "
                  "WHERE h.purpose = 'call' AND r.hold_id IS NULL")  # fmt: skip
    assert held == 0
    assert _balances(up)[f"number:{number}:prepaid"] == before


def test_a_taken_sip_port_is_told_and_nothing_is_made(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        words = ("--port", "0", "--sip", f"127.0.0.1:{port}", "--data", str(tmp_path / "data"))
        code, said = run("up", *words)
    assert code == 1
    assert f"UDP port {port} is taken by process {os.getpid()}" in said
    assert "./kinline up --sip 127.0.0.1:" in said
    assert not (tmp_path / "data" / "pg").exists()


@pytest.mark.parametrize("words", [("--sip", "15060"), ("--trunk", "127.0.0.1"), ("--trunk", "host:0x10")])
def test_what_is_no_sip_address_is_told(tmp_path: Path, words: tuple[str, str]) -> None:
    code, said = run("up", *words, "--data", str(tmp_path / "data"))
    assert code == 2
    assert f"{words[0]} {words[1]}: an address is HOST:PORT" in said


def test_with_a_trunk_calls_go_there_and_nowhere_else(place: Path) -> None:
    rang: list[str] = []

    async def answered(call: Call) -> None:
        rang.append(call.number)
        call.refuse(486)

    async def course(up: Up, peer: int) -> int:
        outside = await Phone.open("127.0.0.1", peer, user="outside", on_call=answered)
        phone = await Phone.open(user="sample-north-a")
        demo = json.loads(up.data.demo.read_text())
        who, number = _paying(demo, 0)
        call = await phone.call(f"{who['number']}*{who['pin']}*{number[2:]}", _address(demo["sip"]))
        await call.until("ended", timeout=PATIENCE_SECONDS)
        await phone.close()
        await outside.close()
        assert [one.removeprefix("+1") for one in rang] == [number[2:]]
        return call.code

    peer, sip = _free_udp(), _free_udp()
    up = Up(place, "--sip", f"127.0.0.1:{sip}", "--trunk", f"127.0.0.1:{peer}").await_ready()
    try:
        assert json.loads(up.data.demo.read_text())["sip"] == f"127.0.0.1:{sip}"
        assert asyncio.run(course(up, peer)) == 486
    finally:
        up.end()
