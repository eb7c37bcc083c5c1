"""`kinline phone`: what it dials, whom it asks, and that no passcode need stand in a list of processes."""

import asyncio
import io
import json
import threading

import pytest
from django.core.management import CommandError, call_command

from kinline.ops.management.commands import phone
from kinline.sip.phone import Phone


@pytest.fixture
def switch():
    """Somebody who is called and is busy: its address, and what was dialled."""
    dialled: list[str] = []
    ready, over = threading.Event(), threading.Event()
    where: list[tuple[str, int]] = []

    async def refuse(call) -> None:
        dialled.append(call.number)
        call.refuse(486)

    async def serve() -> None:
        other = await Phone.open(on_call=refuse)
        where.append(other.address)
        ready.set()
        await asyncio.to_thread(over.wait)
        await other.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(5)
    yield f"{where[0][0]}:{where[0][1]}", dialled
    over.set()
    thread.join(5)


def called(*words: str, **options) -> str:
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("phone", *words, stdout=out, **options)
    return out.getvalue()


def test_number_and_passcode_are_dialled_and_the_passcode_is_not_shown(switch, monkeypatch):
    address, dialled = switch
    monkeypatch.setenv("KINLINE_PHONE_PIN", "4321")
    out = called("8135550142", "--id", "1001", "--switch", address)
    assert dialled == ["1001*4321*8135550142"]
    assert "4321" not in out
    assert "486" in out


def test_without_them_the_menu_is_dialled(switch):
    address, dialled = switch
    called("--switch", address)
    called("77", "--switch", address)
    assert dialled == [phone.MENU, "77"]


def test_the_switch_of_up_is_found(switch, settings, tmp_path):
    address, dialled = switch
    settings.DATA = tmp_path
    (tmp_path / "demo.json").write_text(json.dumps({"sip": address}))
    called("8135550142")
    assert dialled == ["8135550142"]


def test_an_address_that_is_none_is_said():
    with pytest.raises(CommandError, match="HOST:PORT"):
        call_command("phone", "1", switch="nowhere")
