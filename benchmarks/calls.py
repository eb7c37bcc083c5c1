"""P5: call set-ups a second through the switch, against sippy alone; and how exact the cut is.

    DATABASE_URL=postgresql://… .venv/bin/python benchmarks/calls.py [seconds a round] [setup|cut]

Set-up: SIPp calls, 16 at a time, as fast as it is answered; INVITE to the outside party, who presses 1 (SIP INFO);
answer, BYE. The switch is `kinline switch` with everything but sound: identify, authorise with a hold, all moments
told, record and money at the end; the yardstick is `bare_b2bua.py`. "Settled" counts until the last record is written.
Processor time is that of the process between the lines alone, without PostgreSQL and SIPp.
A resident gives an ID alone: hashing a passcode is dear on purpose (28 ms of a core; in a thread, beside the calls).

Cut: 100 calls at once over rtp-io, for ten seconds each; from the caller's answer to the caller's BYE, as SIPp saw it.
Each caller sends sound all the time (50 packets a second), and whom they call sends it back.
"""

from __future__ import annotations

import itertools
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from common import compared, database, ratio, said

HERE = Path(__file__).resolve().parent
AT_A_TIME, RESIDENTS = 16, 500
PILOT = 60  # calls, to learn how many a round needs
CONCURRENT, CUT_SECONDS = 100, 10
PATIENCE_SECONDS = 60


def main(seconds: float = 8.0, *parts: str) -> None:
    wanted = parts or ("setup", "cut")
    print("load before:", *os.getloadavg())
    with database("kinline_bench_calls"), tempfile.TemporaryDirectory(prefix="kinline-bench-") as folder:
        from tests.calls.sipp import world

        place = world.place_of("bench", {"asks": "id", "courtesy_seconds": CUT_SECONDS}, datetime.now(UTC))
        if "setup" in wanted:
            set_up(Path(folder), place, people(place, RESIDENTS, 1_000_000), seconds)
        if "cut" in wanted:
            cut(Path(folder), place, people(place, CONCURRENT, 0))
    print("load after:", *os.getloadavg())


def people(line: Any, count: int, cents: int) -> list[tuple[str, str]]:
    """Residents of a place, each with a number of its own that has so much money: ID and keys."""
    from kinline.ledger import chart
    from kinline.residents import services as residents

    place, since = line.station.facility, line.now - timedelta(days=30)
    found = []
    for n in range(count):
        who, number = f"{cents}{1000 + n}", f"+1813{556 if cents else 557}{1000 + n}"
        one = residents.create(agency_id=place.agency_id, number=who, first_name="B", last_name="Bench", now=since)
        residents.book(resident_id=one.pk, facility_id=place.pk, unit_id=place.units.get().pk, now=since)
        if cents:
            line.put(chart.number_prepaid(number), cents)
        found.append((who, number[2:]))
    return found


# Set-up


def set_up(folder: Path, line: Any, dials: list[tuple[str, str]], seconds: float) -> None:
    with outside(folder) as trunk, bare(trunk) as yardstick, switch(folder, trunk, sound=False) as ours:
        caller = Caller(folder, line.station.username, dials)
        settled: list[float] = []

        def switched() -> float:
            rate, whole = caller.rate(ours, seconds, settles)
            settled.append(whole)
            return rate

        figures = compared(3, switch=switched, bare=lambda: caller.rate(yardstick, seconds)[0])
        for name, one in (("switch", ours), ("bare sippy", yardstick)):
            print(f"{name}: {1000 * one.seconds() / caller.calls[one.port]:.1f} ms of processor time a call")
    said("calls set up, switch / bare sippy", ratio(figures, "switch", "bare"), ">= 0.6 (P5)")
    print(f"settled: {statistics.median(settled):.1f} calls a second")


class Caller:
    """SIPp as a telephone that calls for one resident after another."""

    def __init__(self, folder: Path, station: str, dials: list[tuple[str, str]]) -> None:
        from tests.calls.sipp import scenario

        self.folder = folder
        phone = scenario.Telephone(station, "", "[field0]")
        hears = "".join(scenario.hears(code, optional=True) for code in (100, 180, 183))
        steps = phone.invites() + hears + phone.is_answered() + phone.asks("BYE") + scenario.hears(200)
        self.file = scenario.write(folder / "phone.xml", steps)
        self.next = itertools.cycle(f"{who}*{keys}" for who, keys in dials)
        self.calls: Counter[int] = Counter()

    def rate(self, line: Line, seconds: float, settles: Any = lambda: None) -> tuple[float, float]:
        """Calls a second, until they are over and until they are settled. Fails when one call does."""
        port = line.port
        took, _ = self._call(port, PILOT, settles)
        count = min(RESIDENTS - PILOT - AT_A_TIME, max(PILOT, int(PILOT / took * seconds)))
        over, settled = self._call(port, count, settles)
        return count / over, count / settled

    def _call(self, port: int, count: int, settles: Any) -> tuple[float, float]:
        rows = "\n".join(next(self.next) for _ in range(count))
        (self.folder / "dials.csv").write_text(f"SEQUENTIAL\n{rows}\n")
        more = ["-inf", "dials.csv", "-r", "2000", "-l", str(AT_A_TIME), "-m", str(count), f"127.0.0.1:{port}"]
        began = time.perf_counter()
        done = subprocess.run(
            sipp(self.file, free_port(), *more), cwd=self.folder, capture_output=True, text=True, check=False
        )
        over = time.perf_counter() - began
        assert done.returncode == 0, f"calls failed: {done.stdout[-3000:]}{done.stderr[-2000:]}"
        self.calls[port] += count
        settles()
        return over, time.perf_counter() - began


def settles() -> None:
    """Waits until no call is open any more."""
    from kinline.telephony.models import Call

    until = time.monotonic() + PATIENCE_SECONDS
    while Call.objects.filter(ended_at=None).exists():
        assert time.monotonic() < until, "calls stay open"
        time.sleep(0.02)


@contextmanager
def outside(folder: Path, *more: str) -> Iterator[int]:
    """Who is called: rings, answers, presses 1, and listens until it is hung up."""
    from tests.calls.sipp import scenario

    other, port = scenario.Outside(), free_port()
    steps = other.is_called() + other.rings() + other.answers() + other.asks("INFO", scenario.key_by_info("1"))
    file = scenario.write(folder / "outside.xml", steps + scenario.hears(200) + scenario.is_hung_up())
    with process(sipp(file, port, *more, "127.0.0.1"), folder / "outside.log"):
        yield port


def sipp(file: Path, port: int, *more: str) -> list[str]:
    own = ["-i", "127.0.0.1", "-p", str(port), "-mi", "127.0.0.1", "-cp", str(free_port())]
    return ["sipp", "-sf", str(file), *own, "-nostdin", *more]


@dataclass(frozen=True)
class Line:
    """What SIPp calls: its port, and the process that listens there."""

    port: int
    pid: int
    begun: float = 0.0

    def seconds(self) -> float:
        """Processor time since it was ready."""
        return spent(self.pid) - self.begun


def spent(pid: int) -> float:
    """Seconds of processor time of a process, its own and the system's for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def bare(trunk: int) -> Iterator[Line]:
    port = free_port()
    with process([sys.executable, str(HERE / "bare_b2bua.py"), str(port), str(trunk)]) as pid:
        ready(port)
        yield Line(port, pid, spent(pid))


@contextmanager
def switch(folder: Path, trunk: int, *, sound: bool) -> Iterator[Line]:
    port = free_port()
    command = [sys.executable, str(HERE / "silent_switch.py"), str(port), str(trunk)]
    if sound:
        command = [sys.executable, "-m", "django", "switch", "--trust-loopback", "--media", "rtp-io"]
        command += ["--sip", f"127.0.0.1:{port}", "--trunk", f"127.0.0.1:{trunk}"]
    surroundings = {"KINLINE_DATA": str(folder), "PYTHONPATH": str(HERE.parent / "src")}
    with process(command, folder / "switch.log", **surroundings) as pid:
        ready(port)
        yield Line(port, pid, spent(pid))


@contextmanager
def process(command: list[str], log: Path | None = None, **environment: str) -> Iterator[int]:
    with (log or Path(os.devnull)).open("w") as file:
        one = subprocess.Popen(command, stdout=file, stderr=file, env=os.environ | environment)
        try:
            yield one.pid
        finally:
            one.terminate()
            with suppress(subprocess.TimeoutExpired):
                one.wait(timeout=20)
            one.kill()
            one.wait()


def ready(port: int) -> None:
    from tests.calls.sipp.stage import answers_options

    until = time.monotonic() + PATIENCE_SECONDS
    while not answers_options(port):
        assert time.monotonic() < until, "nobody answers there"


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# Cut


def cut(folder: Path, line: Any, dials: list[tuple[str, str]]) -> None:
    """First calls to numbers without money: all equally short."""
    from tests.calls.sipp import scenario

    phone = scenario.Telephone(line.station.username, "", "[field0]")
    hears = "".join(scenario.hears(code, optional=True) for code in (100, 180))
    answered = phone.is_answered().replace('<recv response="200"', '<recv response="200" start_rtd="1"')
    (folder / "sound.ul").write_bytes(bytes(range(256)) * 250)  # eight seconds, again and again
    speaks = '<nop><action><exec rtp_stream="sound.ul,-1,0,PCMU/8000"/></action></nop>\n'
    steps = phone.invites() + hears + answered + speaks + scenario.is_hung_up().replace('="BYE"', '="BYE" rtd="1"')
    file = scenario.write(folder / "cut.xml", steps)
    rows = "\n".join(f"{who}*{keys}" for who, keys in dials)
    (folder / "dials.csv").write_text(f"SEQUENTIAL\n{rows}\n")
    with outside(folder, "-rtp_echo") as trunk, switch(folder, trunk, sound=True) as one:
        own = ["-inf", "dials.csv", "-r", "20", "-l", str(CONCURRENT), "-m", str(CONCURRENT), "-trace_rtt"]
        own += ["-rtt_freq", "1", f"127.0.0.1:{one.port}"]
        before = datagrams()
        done = subprocess.run(sipp(file, free_port(), *own), cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:]
        packets = datagrams() - before
    assert packets > CONCURRENT * CUT_SECONDS * 50, f"{packets} packets: that was no sound"
    lines = next(folder.glob("cut_*_rtt.csv")).read_text().splitlines()[1:]
    lengths = [float(row.split(";")[1]) / 1000 for row in lines]
    assert len(lengths) == CONCURRENT
    off = sorted(abs(one - CUT_SECONDS) for one in lengths)
    half, most = (f"{1000 * one:.0f} ms" for one in (statistics.median(off), off[-1]))
    print(f"cut, {CONCURRENT} calls at once, {packets} packets: off by {half}, at most {most}; target <= 100 ms (P5)")


def datagrams() -> int:
    """How many this machine has received over UDP."""
    rows = [line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Udp:")]
    return int(dict(zip(*rows, strict=True))["InDatagrams"])


if __name__ == "__main__":
    main(*[float(word) for word in sys.argv[1:2]], *sys.argv[2:])
