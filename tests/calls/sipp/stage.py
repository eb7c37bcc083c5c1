"""All scenes at once: a database, `kinline switch`, a way outside, two SIPp for each scene, and a wire that listens."""

import contextlib
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from django.db import transaction

from kinline.flows import proof
from kinline.flows.end_asked import end_one
from kinline.ledger import queries as ledger
from kinline.telephony.models import Call, CallCorrection, Cdr
from tests.calls.sipp import clocks, engine, flood, scenario, voices, world
from tests.calls.sipp.circumstances import BACK, FORTH, LOCKED_LATER, lock_down
from tests.calls.sipp.scenes import KEY_AT, Scene
from tests.calls.sipp.trunk import Trunk
from tests.calls.sipp.wire import Wire
from tests.faults.processes import environment

Process = subprocess.Popen  # of bytes
ROOT = Path(__file__).resolve().parents[3]
DEPOSIT = 500  # cents, into the balance of a call that goes on
LONGEST_SECONDS = 100  # of one SIPp; the longest call has 65
READY_SECONDS = 30
LUCK_SECONDS, DEATH_SECONDS = 15, 8
APART_SECONDS = 0.25  # from one call to the next: more than a jail ever has
CLOCK_SECONDS = 40  # from the first call until clocks change
_ports = itertools.count(21000 + os.getpid() % 400 * 10, 10)


@dataclass
class Spoken:
    """What came of a scene. `codes`: SIPp's exit codes, of the telephone and of the outside party. `words`: where
    to read what they said. `trunks`: the ports of the ways outside. `clock_at`: when clocks change.
    `twin`: the other of two that dialled the same number at once.
    """

    scene: Scene
    part: world.Part
    wire: Wire
    phone_port: int
    outside_port: int
    words: Path
    codes: tuple[int | None, int | None] = (None, None)
    records: list[Cdr] = field(default_factory=list)
    posted: int = 0
    held: int = 0
    live: int = 0
    put: int = 0
    back: int = 0
    trunks: tuple[int, ...] = ()
    clock_at: float = 0.0
    twin: "Spoken | None" = None

    @property
    def phone_sound(self) -> int:
        """The port at which its sound arrives."""
        return self.phone_port + 2

    @property
    def outside_sound(self) -> int:
        return self.outside_port + 2

    @property
    def accepted_at(self) -> float | None:
        """When the telephone is answered. Who keys a number in is answered long before: then as the record says."""
        accepted = next((one.accepted_at for one in self.records if one.accepted_at), None)
        if accepted is None and self.twin and any(one.accepted_at for one in self.twin.records):
            return self.twin.accepted_at
        if accepted is None:
            return None
        if self.scene.keys:
            return accepted.timestamp()
        return self.wire.sip(to=self.phone_port, begins="SIP/2.0 200", says=" INVITE")[0].at

    @property
    def over_at(self) -> float:
        """The first BYE of anybody."""
        ports = {self.phone_port, self.outside_port}
        byes = (one for one in self.wire.sip(begins="BYE ") if ports & {one.source, one.target})
        return next(byes, self.wire.packets[-1]).at


@dataclass
class Stage:
    """`media`: rtp-io or rtpengine. `dies`: the switch is killed in the middle, and started again. `floods`: somebody
    sends it as much as they can.
    """

    media: str
    folder: Path
    scenes: Sequence[Scene]
    dies: bool = False
    floods: bool = False

    def play(self) -> dict[str, Spoken]:
        now = datetime.now(UTC)
        self._world = world.make(self.scenes, now)
        parts = self._world.parts
        spoken = {one.name: Spoken(one, parts[one.name], Wire(), *_two_ports(), self.folder) for one in self.scenes}
        for each in spoken.values():
            self._write(each)
        outside = {each.part.number[1:]: each.outside_port for each in spoken.values() if each.scene.outside}
        with Wire() as wire, self._ways(parts, outside) as ways, self._switch(ways) as port:
            clock_at = time.time() + CLOCK_SECONDS
            for name, hours in ((BACK, -1), (FORTH, 1)):
                clocks.write(self._zones / name, change=clock_at, hours=hours)
            for each in spoken.values():
                each.wire, each.trunks, each.clock_at = wire, ways, clock_at
            self._play_all(list(spoken.values()), port)
        for each in spoken.values():
            self._read(each)
        for each in spoken.values():
            each.twin = spoken.get(each.scene.twin)
        return spoken

    @property
    def _zones(self) -> Path:
        return self.folder / "zones"

    @contextlib.contextmanager
    def _ways(self, parts: dict[str, world.Part], outside: dict[str, int]) -> Iterator[tuple[int, ...]]:
        """The ports of the way outside; or of two, of which the first does not take every call."""
        does = {parts[one.name].number[1:]: one.first_trunk for one in self.scenes if one.first_trunk}
        nobody = {parts[one.name].number[1:]: "refuses" for one in self.scenes if one.no_trunk}
        with contextlib.ExitStack() as stack:
            first = stack.enter_context(Trunk(outside, does))
            yield (first.port, *((stack.enter_context(Trunk(outside, nobody)).port,) if does else ()))

    @contextlib.contextmanager
    def _switch(self, ways: Sequence[int]) -> Iterator[int]:
        port = next(_ports)
        command = [sys.executable, "-m", "django", "switch", "--sip", f"127.0.0.1:{port}", "--media", self.media]
        for way in ways:
            command += ["--trunk", f"127.0.0.1:{way}"]
        with contextlib.ExitStack() as stack:
            around = environment() | {"KINLINE_DATA": str(self.folder)} | clocks.around(self._zones)
            if self.media == "rtpengine":
                around |= stack.enter_context(engine.running(self.folder))
            log = stack.enter_context((self.folder / "switch.log").open("w"))

            def start() -> None:
                self._process = subprocess.Popen(command, env=around, stdout=log, stderr=subprocess.STDOUT, cwd=ROOT)
                self._wait_for(self._process, port)

            stack.callback(lambda: _stop(self._process))
            self._start = start
            start()
            yield port

    def _wait_for(self, process: Process, port: int) -> None:
        until = time.monotonic() + READY_SECONDS
        while not answers_options(port):
            log = (self.folder / "switch.log").read_text()
            assert process.poll() is None, f"the switch ended: {log}"
            assert time.monotonic() < until, f"the switch does not answer: {log}"

    def _play_all(self, calls: list[Spoken], port: int) -> None:
        """Outside parties first. Whoever is not called within the time is ended."""
        with contextlib.ExitStack() as stack:
            outside = {one.scene.name: self._sipp(stack, one, port, outside=True) for one in calls if one.scene.outside}
            time.sleep(0.5)
            phones = {}
            for one in calls:
                phones[one.scene.name] = self._sipp(stack, one, port, outside=False)
                time.sleep(0 if one.scene.twin in self._world.parts.keys() - phones.keys() else APART_SECONDS)
            self._meanwhile(stack, port)
            codes = {name: process.wait() for name, process in phones.items()}
            until = time.monotonic() + 5
            for one in calls:
                other = outside.get(one.scene.name)
                one.codes = (codes[one.scene.name], _ended(other, until) if other else None)
            time.sleep(1)  # the last records

    def _meanwhile(self, stack: contextlib.ExitStack, port: int) -> None:
        """Bad luck: a deposit during a call that has money for a minute; a dearer minute from now on; staff end a call;
        a lockdown; a flood. Or the switch dies.
        """
        time.sleep(DEATH_SECONDS if self.dies else LUCK_SECONDS)
        if self.dies:
            self._process.kill()
            self._process.wait()
            self._start()
            return
        if self.floods:
            self._start_sipp(stack, "flood", flood.command(self.folder, next(_ports), port))
        self._world.dearer(datetime.now(UTC) - timedelta(seconds=1))
        if minute := self._world.parts.get("money for a minute"):
            self._world.put(minute.purse, DEPOSIT)
        if unwanted := self._world.parts.get("ended by staff"):
            call = Call.objects.get(station__username=unwanted.telephone.station, ended_at=None)
            with transaction.atomic():
                assert end_one(call.facility_id, call.pk, "security")
        if closing := self._world.places.get(LOCKED_LATER):
            assert lock_down(closing.station.facility, datetime.now(UTC)) == 1

    def _sipp(self, stack: contextlib.ExitStack, one: Spoken, switch: int, *, outside: bool) -> Process:
        port = one.outside_port if outside else one.phone_port
        name = _name(one.scene, outside=outside)
        command = ["sipp", "-sf", f"{name}.xml", "-i", "127.0.0.1", "-p", str(port)]
        command += ["-mi", "127.0.0.1", "-mp", str(port + 2)]
        command += ["-cp", str(port + 6), "-m", "1", "-l", "1", "-nostdin", "-timeout", f"{LONGEST_SECONDS}s"]
        command += ["-timeout_error", "-trace_err", "-error_file", f"{name}.err"]
        command += ["-trace_msg", "-message_file", f"{name}.msg", f"127.0.0.1:{switch}"]
        return self._start_sipp(stack, name, command)

    def _start_sipp(self, stack: contextlib.ExitStack, name: str, command: Sequence[str]) -> Process:
        log: IO[str] = stack.enter_context((self.folder / f"{name}.log").open("w"))
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=self.folder)
        stack.callback(_end, process)
        return process

    def _write(self, one: Spoken) -> None:
        """What both sides do and say: before any of them begins."""
        voice = self._voices(one.part.keys)
        scenario.write(
            self.folder / f"{_name(one.scene, outside=False)}.xml", one.scene.phone(one.part.telephone, voice)
        )
        if one.scene.outside:
            steps = one.scene.outside(scenario.Outside(), voice)
            scenario.write(self.folder / f"{_name(one.scene, outside=True)}.xml", steps)

    def _voices(self, keys: str) -> Callable[[str], Path]:
        def voice(name: str) -> Path:
            words = f"{name} {keys}" if name == "keys" else name
            path = self.folder / f"{re.sub('[^a-z0-9]+', '-', words.lower())}.pcap"
            return path if path.exists() else voices.write(path, spoken(name, keys))

        return voice

    def _read(self, one: Spoken) -> None:
        own = Call.objects.filter(station__username=one.part.telephone.station)
        one.records = list(Cdr.objects.filter(call__in=own, corrects=None).order_by("pk"))
        one.back = sum(CallCorrection.objects.filter(record__call__in=own).values_list("back_cents", flat=True))
        one.live = own.filter(ended_at=None).count()
        found = ledger.balance(one.part.purse)
        one.posted, one.held = found.posted_cents, found.held_cents
        one.put = one.scene.cents + DEPOSIT * (one.scene.name == "money for a minute")

    @staticmethod
    def books() -> list[str]:
        """What replaying every posting, hold and resolution finds wrong. Of the bank it would: no deposit stands behind
        the money of these tests.
        """
        return [str(one) for one in (*ledger.replay(), *proof.differences()) if one.law != "cash"]


LONG, USUAL = 90.0, 14.0
_BY_TONE = {"accepts by tone": "1", "blocks by tone": "7"}
LATE_KEY_AT = 7.5  # when it has heard whose money it is
_CALLED = {
    "accepts": (USUAL, "1"), "accepts long": (LONG, "1"), "blocks": (USUAL, "7"), "says no": (USUAL, "2"),
    "asks the price": (LONG, "9......1"), "says nothing": (60.0, ""),
    "wrong keys": (LONG, "5......3......*......#......1"), "listens first": (LONG, "1"),
}  # fmt: skip


def spoken(name: str, keys: str) -> list[voices.Packet]:
    if name == "keys":
        return voices.voice(voices.CALLER_HERTZ, LONG, [(0.5, keys)])
    if name == "voicemail":
        return voices.greeting(voices.CALLED_HERTZ, 60.0)
    if name in _BY_TONE:
        return voices.key_as_tone(voices.CALLED_HERTZ, USUAL, KEY_AT, _BY_TONE[name])
    if name in _CALLED:
        seconds, pressed = _CALLED[name]
        at = LATE_KEY_AT if name == "listens first" else KEY_AT
        return voices.voice(voices.CALLED_HERTZ, seconds, [(at, pressed)])
    seconds = {"caller": USUAL, "caller long": LONG, "falls silent": KEY_AT + 4}[name]
    return voices.voice(voices.CALLER_HERTZ, seconds)


def _name(scene: Scene, *, outside: bool) -> str:
    return f"{'outside' if outside else 'phone'}-{re.sub('[^a-z]+', '-', scene.name.lower())}"


def _ended(process: Process, until: float) -> int | None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        return process.wait(timeout=max(0.1, until - time.monotonic()))
    return None


def _end(process: Process) -> None:
    if process.poll() is None:
        process.kill()
        process.wait()


def _stop(process: Process) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=20)


def _two_ports() -> tuple[int, int]:
    return next(_ports), next(_ports)


def answers_options(port: int) -> bool:
    """Whether a switch is there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind(("127.0.0.1", 0))
        own.settimeout(0.3)
        mine = own.getsockname()[1]
        name = time.monotonic_ns()
        question = (
            f"OPTIONS sip:127.0.0.1:{port} SIP/2.0", f"Via: SIP/2.0/UDP 127.0.0.1:{mine};branch=z9hG4bK{name}",
            "From: <sip:test@127.0.0.1>;tag=1", "To: <sip:127.0.0.1>", f"Call-ID: {name}", "CSeq: 1 OPTIONS",
            "Max-Forwards: 70", "Content-Length: 0", "", "",
        )  # fmt: skip
        own.sendto("\r\n".join(question).encode(), ("127.0.0.1", port))
        with contextlib.suppress(OSError):
            return own.recv(4096).startswith(b"SIP/2.0")
    time.sleep(0.2)
    return False
