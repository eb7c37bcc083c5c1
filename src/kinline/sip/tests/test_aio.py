"""sippy on our loop: what start proves, and the timers that all of it hangs on."""

import asyncio

import pytest

from kinline.sip import aio
from kinline.sip.aio import SipURL, likely
from kinline.sip.ed2 import Dispatcher
from kinline.sip.quiet import Sparse
from kinline.sip.tests.stage import play


def test_the_self_test_passes_and_finds_a_sippy_that_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    play(aio.self_test)
    monkeypatch.setattr(SipURL, "getTAddr", lambda url: (url.getAddr(), url.transport))
    with pytest.raises(RuntimeError, match="capitals"):
        play(aio.self_test)


def test_timers_fire_once_as_often_as_wanted_or_never() -> None:
    fired: list[str] = []

    async def scene() -> None:
        dispatcher = Dispatcher()
        dispatcher.regTimer(fired.append, 0.01, 1, False, "once").go()
        dispatcher.regTimer(fired.append, 0.01, 3, False, "thrice").go()
        for_ever = dispatcher.regTimer(fired.append, 0.01, -1, False, "ever")
        for_ever.go()
        never = dispatcher.regTimer(fired.append, 0.01, 1, False, "never")
        never.go()
        never.cancel()
        dispatcher.regTimer(lambda: 1 // 0, 0.001, 1).go()
        await asyncio.sleep(0.3)
        for_ever.cancel()
        count = fired.count("ever")
        await asyncio.sleep(0.05)
        assert fired.count("ever") == count > 3

    play(scene)
    assert (fired.count("once"), fired.count("thrice"), fired.count("never")) == (1, 3, 0)


@pytest.mark.parametrize(
    ("contact", "peer", "goes"),
    [
        ("203.0.113.9", "198.51.100.1", "contact"),  # documentation's own addresses count as private, both
        ("10.0.0.9", "8.8.8.8", "peer"),
        ("8.8.4.4", "8.8.8.8", "contact"),
        ("0.0.0.0", "10.0.0.1", "peer"),
        ("gateway.example", "10.0.0.1", "peer"),
        ("[::1]", "127.0.0.1", "contact"),
    ],
)
def test_a_contact_that_leads_nowhere_is_not_followed(contact: str, peer: str, goes: str) -> None:
    assert likely((contact, 5060), (peer, 5080)) == ((contact, 5060) if goes == "contact" else (peer, 5080))


def test_a_log_line_comes_once_and_quotes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    import logging

    sparse = Sparse(logging.getLogger("kinline.test"))
    for _ in range(1000):
        sparse.warn("flood", "127.0.0.1")
    try:
        raise ValueError("sip:1001*2580*3155550101")
    except ValueError as fault:
        sparse.warn("call failed", fault=fault)
    assert sparse.seen["flood"] == 1000
    assert len(caplog.records) == 2
    assert "2580" not in caplog.text
    assert "ValueError at test_aio.py" in caplog.text
