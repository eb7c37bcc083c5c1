"""Who hangs up and dials at once: what is over is settled before the next call is asked for."""

import threading
import time
from pathlib import Path
from uuid import uuid4

import pytest

from kinline.flows import end_call
from kinline.sip import local
from kinline.sip.local import LocalControl
from kinline.sip.tests.stage import play
from kinline.sip.tests.test_local import ENTRY, PATIENT, books_are_right, folder, station
from kinline.telephony.models import Cdr, Station

__all__ = ["folder", "station"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)


def test_tel_3_who_hangs_up_and_dials_at_once_is_in_no_call(
    folder: Path, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = end_call.end_all

    def slow(*words: object, **more: object) -> object:
        time.sleep(0.3)
        return real(*words, **more)  # type: ignore[arg-type]

    async def scene() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        await control.booted("one")
        for _ in range(3):
            key = uuid4()
            assert (await control.authorise(key, "west", ENTRY, "en")).allowed
            control.ended(key, "caller_hung_up", "caller", 0, 0)
        await control.close()

    monkeypatch.setattr(end_call, "end_all", slow)
    monkeypatch.setattr(local, "SETTLE_SECONDS", PATIENT)
    play(scene)
    assert [one.reasons for one in Cdr.objects.all()] == [["caller_hung_up"]] * 3
    books_are_right()


def test_an_end_that_cannot_be_told_keeps_nobody_waiting(
    folder: Path, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is then that of the books: they are in a call."""
    real, released = end_call.end_all, threading.Event()

    def stuck(*words: object, **more: object) -> object:
        released.wait(PATIENT)
        return real(*words, **more)  # type: ignore[arg-type]

    async def scene() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        await control.booted("one")
        key = uuid4()
        assert (await control.authorise(key, "west", ENTRY, "en")).allowed
        control.ended(key, "caller_hung_up", "caller", 0, 0)
        assert (await control.authorise(uuid4(), "west", ENTRY, "en")).code == "already_calling"
        released.set()
        await control.close()

    monkeypatch.setattr(end_call, "end_all", stuck)
    monkeypatch.setattr(local, "SETTLE_SECONDS", 0.1)
    play(scene)
    books_are_right()
