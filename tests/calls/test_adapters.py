"""The adapters of `deploy/`: a fake Asterisk and a fake FreeSWITCH, and the real API behind them (TEL-10).

A fake does what it is told and reports what happens; its outside party does as the test says. What counts is the
record and the money, which are Kinline's own.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from kinline.facilities.queries import token_digest
from kinline.flows import end_call
from kinline.residents.models import Resident
from kinline.telephony.models import Call, CallEvent, CallLimits, Cdr, NumberBlock, Switch
from tests.calls.line import KEYS, NUMBER, PIN, PPC, Line, purse

DEPLOY = Path(__file__).parents[2] / "deploy"
for folder in (DEPLOY, DEPLOY / "asterisk", DEPLOY / "freeswitch"):
    sys.path.insert(0, str(folder))

import kinline_asterisk  # noqa: E402
import kinline_calls  # noqa: E402
import kinline_freeswitch  # noqa: E402

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "sample-token-of-an-adapter"
PATIENCE_S = 120


async def apart(work: Callable[..., Any], *values: Any, **more: Any) -> Any:
    """In a thread of its own, as a database wants it."""

    def done() -> Any:
        try:
            return work(*values, **more)
        finally:
            connection.close()

    return await asyncio.to_thread(done)


class World:
    """The API by Django's client, and how the outside party behaves: keys when they are told something, or a cause."""

    def __init__(self, line: Line, folder: Path) -> None:
        self.line, self.away = line, False
        self.outside, self.hangs_up = "answers", ""
        self.presses: dict[str, list[str]] = {"a": [], "b": []}
        self.did: list[str] = []
        self.teller = kinline_calls.Teller(self.post, folder / "journal")
        self.switch = kinline_calls.Switch("adapter", self.post, self.teller)

    async def post(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.away:
            raise OSError
        return await apart(self._post, path, body)

    @staticmethod
    def _post(path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        answer = Client().post(
            f"/api/v1/{path}", body, content_type="application/json", headers={"Authorization": f"Bearer {TOKEN}"}
        )
        return answer.status_code, answer.json()

    def key(self, leg: str) -> str:
        return self.presses[leg].pop(0) if self.presses[leg] else ""


class FakeAsterisk:
    """ARI as far as the adapter uses it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.adapter = kinline_asterisk.Adapter(self.ari, world.switch, "PJSIP/%s@carrier")

    def happens(self, kind: str, channel: str, **more: Any) -> None:
        event = {"type": kind, "channel": {"id": channel}} | more
        asyncio.get_running_loop().call_soon(self.adapter.event, event)

    async def ari(self, method: str, path: str, **values: Any) -> dict[str, Any]:
        noun, name, *act = path.split("/")
        leg = "b" if name.startswith("kinline-b-") else "a"
        self.world.did.append(" ".join([method, noun, *act[:1], leg if noun == "channels" else ""]).strip())
        if act[:1] == ["play"] and (key := self.world.key(leg)):
            self.happens("ChannelDtmfReceived", name, digit=key)
        elif act[:1] == ["play"] or (method, noun) == ("DELETE", "playbacks"):
            playback = act[1] if act else name
            asyncio.get_running_loop().call_soon(
                self.adapter.event, {"type": "PlaybackFinished", "playback": {"id": playback}}
            )
        elif values.get("appArgs") == "b":
            assert values["endpoint"] == f"PJSIP/{NUMBER}@carrier"
            cause = {"busy": 17, "refuses": 21, "nobody": 19}.get(self.world.outside)
            self.happens(
                *(("ChannelDestroyed", name) if cause else ("StasisStart", name)), args=["b"], cause=cause or 0
            )
        elif act == ["addChannel"] and self.world.hangs_up:
            channels = dict(zip("ab", values["channel"].split(","), strict=True))
            self.happens("ChannelDestroyed", channels[self.world.hangs_up], cause=16)
        return {}

    async def call(self, station: str, dialled: str) -> None:
        """From the lifted receiver to the end, keys of the menu by the way."""
        self.adapter.event({"type": "StasisStart", "channel": {"id": "tel-1"}, "args": ["a", station, dialled]})
        (task,) = self.adapter.tasks
        await asyncio.wait_for(task, PATIENCE_S)


class FakeFreeswitch:
    """The event socket as far as the adapter uses it."""

    def __init__(self, world: World) -> None:
        self.world = world

    def happens(self, kind: str, channel: str, **more: str) -> None:
        headers = {"Event-Name": kind, "Unique-ID": channel} | {name.replace("_", "-"): v for name, v in more.items()}
        asyncio.get_running_loop().call_soon(self.legs.event, headers)

    async def send(self, command: str) -> None:
        _bgapi, act, *rest = command.split(" ")
        self.world.did.append(act)
        if act == "uuid_broadcast":
            leg = "a" if rest[0] == "tel-1" else "b"
            if key := self.world.key(leg):
                self.happens("DTMF", rest[0], DTMF_Digit=key)
            else:
                self.happens("PLAYBACK_STOP", rest[0])
        elif act == "uuid_break":
            self.happens("PLAYBACK_STOP", rest[0])
        elif act == "originate":
            assert f"sofia/gateway/carrier/{NUMBER} &park()" in command
            cause = {"busy": "USER_BUSY", "refuses": "CALL_REJECTED", "nobody": "NO_ANSWER"}.get(self.world.outside)
            kind = "CHANNEL_HANGUP_COMPLETE" if cause else "CHANNEL_ANSWER"
            self.happens(kind, self.legs.channels["b"], Hangup_Cause=cause or "")
        elif act == "uuid_bridge" and self.world.hangs_up:
            self.happens("CHANNEL_HANGUP_COMPLETE", self.legs.channels[self.world.hangs_up], Hangup_Cause="NORMAL")

    async def call(self, station: str, dialled: str) -> None:
        self.legs = kinline_freeswitch.Freeswitch(self.send, "tel-1", "sofia/gateway/carrier/%s")
        await asyncio.wait_for(kinline_freeswitch.carry(self.legs, self.world.switch, station, dialled), PATIENCE_S)


FAKES = {"asterisk": FakeAsterisk, "freeswitch": FakeFreeswitch}


@pytest.fixture
def world(line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(kinline_calls.os, "fsync", lambda _file: None)  # seconds, on a machine that is busy
    monkeypatch.setattr(kinline_calls, "DEADLINE_S", PATIENCE_S)
    monkeypatch.setattr(kinline_calls, "NEXT_KEY_S", 0.2)
    monkeypatch.setattr(kinline_calls, "FIRST_KEY_S", 0.5)
    line.put(PPC, 1000)
    Switch.objects.filter(pk=line.switch.pk).update(name="adapter", token_digest=token_digest(TOKEN))
    return World(line, tmp_path)


@pytest.fixture(params=FAKES)
def place_call(request: pytest.FixtureRequest, world: World, resident: Resident) -> Callable[..., Cdr]:
    """A call through one of the fakes; its record."""

    def placed(dialled: str = f"{{}}*{PIN}*{KEYS}", beside: Callable[[], Awaitable[None]] | None = None) -> Cdr:
        async def whole() -> None:
            fake = FAKES[request.param](world)
            begun = fake.call(world.line.station.username, dialled.format(resident.number))
            await asyncio.gather(begun, *([beside()] if beside else []))
            await world.teller.flush()

        run(whole())
        return Cdr.objects.latest("pk")

    return placed


def run(whole: Coroutine[Any, Any, None]) -> None:
    asyncio.run(whole)


def moments() -> list[str]:
    return list(CallEvent.objects.order_by("seq").values_list("kind", flat=True))


def test_a_call_that_is_accepted(world: World, place_call: Callable[..., Cdr]) -> None:
    world.presses["b"], world.hangs_up = ["1"], "b"
    written = place_call()
    assert (written.result, written.ended_by, written.reasons) == ("completed", "called", ["called_hung_up"])
    assert moments() == ["dialling", "answered", "announced", "accepted"]
    assert purse(PPC) == (1000, 0)  # less than a cent's worth was talked
    assert not world.switch.calls


@pytest.mark.parametrize(
    ("outside", "keys", "reason"),
    [
        ("busy", [], "busy"), ("nobody", [], "no_answer"), ("refuses", [], "refused_by_carrier"),
        ("answers", ["2"], "refused_by_called_party"), ("answers", ["7"], "blocked_by_called_party"),
        ("answers", ["9", "5", "4"], "not_accepted"),
    ],
)  # fmt: skip
def test_t7_what_nobody_accepts_costs_nothing(
    world: World, place_call: Callable[..., Cdr], outside: str, keys: list[str], reason: str
) -> None:
    world.outside, world.presses["b"] = outside, [*keys]
    written = place_call()
    assert (written.result, written.ended_by, written.cents) == (reason, "called", 0)
    assert purse(PPC) == (1000, 0)
    assert "accepted" not in moments()
    assert NumberBlock.objects.filter(number=NUMBER).exists() == (keys == ["7"])


def test_tel_3_without_an_allow_nobody_is_dialled(world: World, place_call: Callable[..., Cdr]) -> None:
    written = place_call(f"{{}}*9999*{KEYS}")
    assert written.result == "wrong_pin"
    assert not any("originate" in one or "POST channels b" in one for one in world.did)
    assert purse(PPC) == (1000, 0)


def test_tel_12_the_menu_asks_and_asks_the_pin_again(
    world: World, place_call: Callable[..., Cdr], resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a person does: each answer when it is asked for."""
    world.outside = "busy"
    keyed = [*f"{resident.number}#", *"9999#", *f"{KEYS}#", *f"{PIN}#"]
    key = kinline_calls.Call._key

    async def pressed(call: Any, leg: str, within_s: float) -> str:
        await asyncio.sleep(0)
        return keyed.pop(0) if leg == "a" and keyed else str(await key(call, leg, within_s))

    monkeypatch.setattr(kinline_calls.Call, "_key", pressed)
    place_call("9000")
    assert list(Cdr.objects.order_by("pk").values_list("result", flat=True)) == ["wrong_pin", "busy"]
    assert purse(PPC) == (1000, 0)


def test_tel_4_it_is_cut_by_the_switchs_own_clock_though_kinline_is_away(
    world: World, place_call: Callable[..., Cdr], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The length is from the `allow`; what could not be told is told afterwards, in order."""
    CallLimits.objects.update(seconds=60)
    world.presses["b"] = ["1"]
    until = kinline_calls.Call._until
    monkeypatch.setattr(kinline_calls.Call, "_until", lambda call, seconds: until(call, seconds / 100))

    async def beside() -> None:
        while not world.switch.calls:
            await asyncio.sleep(0.001)
        world.away = True
        while world.switch.calls:
            await asyncio.sleep(0.001)
        assert world.teller.journal.exists()
        world.away = False

    written = place_call(beside=beside)
    assert (written.result, written.reasons, written.ended_by) == ("completed", ["time_limit"], "system")
    assert moments()[-1] == "accepted"
    assert not world.teller.journal.exists()
    assert purse(PPC)[1] == 0


def test_tel_9_staff_end_a_call(world: World, place_call: Callable[..., Cdr]) -> None:
    world.presses["b"] = ["1"]

    async def beside() -> None:
        while not world.switch.calls or any(one.accepted_at is None for one in world.switch.calls.values()):
            await asyncio.sleep(0.001)
        await world.teller.flush()
        await apart(Call.objects.update, end_asked="security")
        await world.switch.beat()

    assert place_call(beside=beside).ended_by == "staff"


def test_after_a_start_nothing_is_left_of_before(world: World, line: Line, resident: Resident) -> None:
    call = line.ask(resident).call
    assert purse(PPC) == (1000, 165)
    run(world.switch.boot())
    assert Cdr.objects.get(call=call).reasons == ["switch_lost"]
    assert purse(PPC) == (1000, 0)
    assert end_call.sweep(line.now) == 0


def test_no_pin_is_in_the_journal(world: World, place_call: Callable[..., Cdr]) -> None:
    world.outside = "busy"
    written: list[str] = []
    kept = world.teller.tell
    world.teller.tell = lambda path, body: (written.append(json.dumps(body)), kept(path, body))[1]  # type: ignore[method-assign]
    place_call()
    assert written
    assert PIN not in "".join(written)
