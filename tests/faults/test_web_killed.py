"""The web server is killed beside a switch of somebody else's, in each state of its calls; and so is that switch.

The built-in switch asks no web server at all (`tests/calls/sipp`: none runs there). In another calls go on without one,
and it tells later; of one that cannot tell any more the sweeper settles (TEL-6, TEL-10, docs/api-calls.md).
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from kinline.facilities.queries import token_digest
from kinline.flows import end_call, proof
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.residents import services as residents
from kinline.telephony.models import Call, Cdr, Switch
from kinline.telephony.rating import Rate, cost
from tests.calls.line import PIN, Line, purse
from tests.calls.sipp.world import LONG_AGO, place_of
from tests.faults.processes import environment

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.slow]
PATIENCE_SECONDS = 60
TOKENS = {"adapter": "sample-token-of-an-adapter", "other": "sample-token-of-another"}
RATE = Rate(90_000, 20_000)
HERE = Path(__file__).parent


def until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.05)


@dataclass
class Web:
    """`kinline web`, killed and started again on the same port."""

    port: int
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        command = [sys.executable, "-m", "django", "web", "--port", str(self.port)]
        around = environment() | {"KINLINE_LOG_LEVEL": "ERROR"}
        self._running.append(subprocess.Popen(command, env=around))
        until(self._answers, "the web server answers")

    def _answers(self) -> bool:
        assert self._running[-1].poll() is None
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/openapi.json", timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def kill(self) -> None:
        for one in self._running:
            one.kill()
            one.wait()
        self._running.clear()


@dataclass
class Adapter:
    """The other switch. `over`: by name of a call, how it went there."""

    process: subprocess.Popen[str]
    journal: Path
    line: Line
    numbers: Iterator[int]

    def call(self, name: str, *, presses: float, talks: float) -> str:
        """A call of a resident and to a number of its own; the number."""
        n = next(self.numbers)
        number, now = f"+1813555{n}", datetime.now(UTC)
        _held(self.line, str(n), now)
        self.line.put(chart.number_prepaid(number), 1000)
        told = {"name": name, "station": self.line.station.username, "dials": f"{n}*{PIN}*{number[2:]}"}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(told | {"presses": presses, "talks": talks}) + "\n")
        self.process.stdin.flush()
        return number

    def over(self) -> dict[str, str]:
        """The next call that is over."""
        assert self.process.stdout is not None
        found: dict[str, str] = json.loads(self.process.stdout.readline())
        return found

    def kill(self) -> None:
        self.process.kill()
        with self.process:  # waits for it, and closes its ends
            pass


def _held(line: Line, number: str, now: datetime) -> None:
    place, since = line.station.facility, now - LONG_AGO
    one = residents.create(agency_id=place.agency_id, number=number, first_name="Sam", last_name="Sample", now=since)
    residents.book(resident_id=one.pk, facility_id=place.pk, unit_id=place.units.get().pk, now=since)
    residents.set_pin(resident_id=one.pk, pin=PIN, must_change=False, now=since)


@pytest.fixture
def web(db: None) -> Iterator[Web]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        one = Web(probe.getsockname()[1])
    one.start()
    yield one
    one.kill()


@pytest.fixture
def adapters(web: Web, tmp_path: Path) -> Iterator[list[Adapter]]:
    """Two, of one place."""
    line = place_of("web", {"courtesy_seconds": 0}, datetime.now(UTC))
    numbers = iter(range(1000, 2000))
    made = []
    for name, token in TOKENS.items():
        row = {"token_digest": token_digest(token), "boot_id": "one", "created_at": datetime.now(UTC)}
        Switch.objects.update_or_create(name=name, defaults=row)
        journal = tmp_path / name
        command = [sys.executable, str(HERE / "adapter.py"), name, f"http://127.0.0.1:{web.port}", str(journal)]
        process = subprocess.Popen(
            command, env={**os.environ, "TOKEN": token}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        made.append(Adapter(process, journal, line, numbers))
    yield made
    for one in made:
        one.kill()


def _accepted(number: str) -> bool:
    return Call.objects.filter(number=number).exclude(accepted_at=None).exists()


def _record(number: str) -> Cdr:
    return Cdr.objects.get(call__number=number, corrects=None)


def _paid(number: str, seconds: float) -> None:
    """One record of so many seconds, paid once."""
    record = _record(number)
    assert (record.result, record.reasons) == ("completed", ["caller_hung_up"])
    assert record.seconds == pytest.approx(seconds, abs=1)
    assert record.accepted_at is not None
    talked = record.ended_at - record.accepted_at
    assert talked.total_seconds() == pytest.approx(seconds, abs=1)  # when it was, not when it was told
    assert record.cents == cost(record.seconds, RATE)
    assert purse(chart.number_prepaid(number)) == (1000 - record.cents, 0)


def _books() -> list[str]:
    connection.close()
    return [str(one) for one in (*ledger.replay(), *proof.differences()) if one.law != "cash"]


def test_calls_go_on_without_a_web_server(web: Web, adapters: list[Adapter]) -> None:
    adapter = adapters[0]
    talking = adapter.call("talks", presses=0.1, talks=15)
    announced = adapter.call("is announced", presses=8, talks=7)
    until(lambda: _accepted(talking), "one talks")
    until(lambda: Call.objects.filter(number=announced, events__kind="announced").exists(), "one is asked")
    web.kill()
    asked = adapter.call("asks", presses=0.1, talks=1)
    assert adapter.over() == {"name": "asks", "reason": "try_later", "dialled": ""}
    assert {adapter.over()["name"], adapter.over()["name"]} == {"talks", "is announced"}
    assert not _accepted(announced)
    assert adapter.journal.exists()
    web.start()
    until(lambda: not adapter.journal.exists(), "all is told")
    _paid(talking, 15)
    _paid(announced, 7)
    assert not Call.objects.filter(number=asked).exists()
    assert purse(chart.number_prepaid(asked)) == (1000, 0)
    assert end_call.sweep(datetime.now(UTC) + timedelta(minutes=3)) == 0
    assert _books() == []


def test_who_cannot_tell_any_more_is_swept_up(web: Web, adapters: list[Adapter]) -> None:
    """To its last sign of life, in favour of who pays (TEL-6); and the calls of others go on."""
    dying, other = adapters
    lost = dying.call("is lost", presses=0.1, talks=60)
    goes_on = other.call("goes on", presses=0.1, talks=6)
    until(lambda: Call.objects.filter(number=lost, heard_ms__gt=1500).exists(), "a sign of life")
    dying.kill()
    heard = Call.objects.get(number=lost).heard_ms
    assert other.over()["name"] == "goes on"
    until(lambda: not other.journal.exists(), "all is told")
    assert end_call.sweep(datetime.now(UTC)) == 0  # it may still come back
    assert purse(chart.number_prepaid(lost))[1] > 0
    assert end_call.sweep(datetime.now(UTC) + timedelta(minutes=3)) == 1
    record = _record(lost)
    assert (record.result, record.reasons, record.ended_by) == ("completed", ["switch_lost"], "system")
    assert record.seconds == heard // 1000
    assert purse(chart.number_prepaid(lost)) == (1000, 0)  # what our side lost is given back (TEL-14)
    _paid(goes_on, 6)
    assert end_call.sweep(datetime.now(UTC) + timedelta(minutes=6)) == 0
    assert _books() == []
