"""`./kinline up` for real: processes, signals, ports and disks, on one data directory after another."""

import asyncio
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kinline.ops import datadir, running
from kinline.ops.datadir import DataDir
from kinline.sip.phone import Call, Phone

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 90  # of a machine that does much else; a quiet one needs six

pytestmark = pytest.mark.slow


def _environment() -> dict[str, str]:
    """A person's: no database named, nothing of the tests' own settings."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("KINLINE_", "DJANGO_", "PYTEST_"))
    }
    kept.pop("DATABASE_URL", None)
    return kept | {"PYTHONPATH": str(ROOT / "src")}


def _start(*words: str, prefix: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """In a process group of its own, as a terminal does it."""
    return subprocess.Popen(
        [*prefix, sys.executable, "-P", "-m", "kinline", *words],
        env=_environment(),
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )


def _kinline(*words: str) -> tuple[int, str]:
    process = _start(*words)
    said, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert "Traceback" not in said, said
    return process.returncode, said


def _until(check: Callable[[], Any], what: str) -> Any:
    until = time.monotonic() + PATIENCE_SECONDS
    while not (found := check()):
        assert time.monotonic() < until, f"not within {PATIENCE_SECONDS} seconds: {what}"
        time.sleep(0.05)
    return found


class Up:
    """A running `up`."""

    def __init__(self, path: Path, *words: str, prefix: tuple[str, ...] = ()) -> None:
        self.data = DataDir(path)
        self.process = _start("up", "--port", "0", "--data", str(path), *words, prefix=prefix)

    def await_ready(self) -> "Up":
        def ready() -> bool:
            assert self.process.poll() is None, self.process.communicate()[0]
            return bool((running.found(self.data) or {}).get("ready"))

        _until(ready, "up is ready")
        return self

    def facts(self) -> dict[str, Any]:
        return running.found(self.data) or {}

    def parts(self) -> dict[str, int]:
        """All of them: telephone, worker, mailbox and processor start after the first page."""
        found: dict[str, int] = _until(self._all_parts, "all parts run")
        return found

    def _all_parts(self) -> dict[str, int] | None:
        found: dict[str, int] = self.facts().get("parts", {})
        return found if len(found) == 7 else None

    def page(self, path: str = "/") -> str:
        with urllib.request.urlopen(self.facts()["url"] + path, timeout=PATIENCE_SECONDS) as answer:
            assert answer.status == 200
            return str(answer.read().decode())

    def sql(self, statement: str) -> Any:
        with psycopg.connect(self.facts()["environment"]["DATABASE_URL"], autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None

    def end(self, sign: signal.Signals = signal.SIGINT) -> str:
        if self.process.poll() is None:
            self.process.send_signal(sign)
        said, _ = self.process.communicate(timeout=PATIENCE_SECONDS)
        return str(said)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that every test may start and leaves stopped."""
    return tmp_path_factory.mktemp("up") / "data"


@pytest.fixture
def up(place: Path) -> Iterator[Up]:
    running_up = Up(place).await_ready()
    yield running_up
    running_up.end()


def _alive(pid: int) -> bool:
    """A process that runs: one that is dead and waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


# The ordinary course


def test_from_nothing_to_the_first_page_and_back(tmp_path: Path) -> None:
    up = Up(tmp_path / "data").await_ready()
    url = up.facts()["url"]
    assert "<html" in up.page()
    assert json.loads(up.page("/dev/mail/messages.json")) == []
    demo = json.loads(up.data.demo.read_text())
    pids = [up.process.pid, *up.parts().values()]

    code, said = _kinline("status", "--data", str(up.data.path))
    assert code == 0
    assert all(str(pid) in said for pid in pids)
    assert _kinline("down", "--data", str(up.data.path)) == (0, f"Stopped what ran on {up.data.path}.\n")

    said, _ = up.process.communicate(timeout=PATIENCE_SECONDS)  # it ends by itself: nobody presses Ctrl-C as well
    assert up.process.returncode == 0
    for shown in (
        url,
        demo["kiosk"],
        demo["processor"],
        demo["families"][0]["password"],
        demo["residents"][0]["pin"],
        demo["staff_users"][-1]["username"],
    ):
        assert shown in said
    assert not [pid for pid in pids if _alive(pid)]
    assert _kinline("status", "--data", str(up.data.path))[0] == 3
    assert _kinline("down", "--data", str(up.data.path)) == (0, f"Nothing runs on {up.data.path}.\n")


def test_a_second_one_says_where_the_first_runs(up: Up) -> None:
    code, said = _kinline("up", "--port", "0", "--data", str(up.data.path))
    assert code == 0
    assert f"already running at {up.facts()['url']}" in said


def test_commands_work_beside_it_and_without_it(place: Path) -> None:
    count = ("shell", "-v0", "-c", "from kinline.identity.models import User; print(User.objects.count())")
    up = Up(place).await_ready()
    beside = _kinline(*count, "--data", str(place))
    up.end()
    assert beside == _kinline(*count, "--data", str(place))
    assert beside[0] == 0
    assert int(beside[1]) > 0


def test_the_sample_is_not_made_into_a_real_installation(up: Up, place: Path) -> None:
    up.end()
    code, said = _kinline("up", "--no-demo", "--data", str(place))
    assert code == 1
    assert "sample jail" in said


def test_a_taken_port_is_told_and_nothing_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        code, said = _kinline("up", "--port", str(port), "--data", str(tmp_path / "data"))
    assert code == 1
    assert f"Port {port} is taken by process {os.getpid()}" in said
    assert "./kinline up --port " in said
    assert not (tmp_path / "data" / "pg").exists()


def test_with_another_database_none_of_ours_is_started(tmp_path: Path, place: Path) -> None:
    """The other one is that of a second `up`, lent for this test."""
    other = Up(place).await_ready()
    url = other.facts()["environment"]["DATABASE_URL"]
    code, said = _with_database(url, "migrate", "--check", "--data", str(tmp_path / "data"))
    other.end()
    assert code == 0, said
    assert not (tmp_path / "data" / "pg").exists()


def _with_database(url: str, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "kinline", *words],
        env=_environment() | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    code, said = _with_database("postgresql://nobody@127.0.0.1:1/x", "migrate", "--data", str(tmp_path / "data"))
    assert code == 1
    assert said.startswith("kinline: Cannot reach the database"), said


# Bad luck


@pytest.mark.parametrize("name", ["database", "web", "worker", "mailsink", "processor", "switch", "outside"])
def test_a_killed_part_comes_back_and_nothing_is_lost(up: Up, name: str) -> None:
    before = up.parts()[name]
    up.sql("CREATE TABLE IF NOT EXISTS kept (id int)")
    up.sql("INSERT INTO kept VALUES (1)")
    rows = up.sql("SELECT count(*) FROM kept")
    os.kill(before, signal.SIGKILL)
    _until(lambda: up.parts()[name] != before and _alive(up.parts()[name]), f"another {name}")
    assert "<html" in _until(lambda: _page(up), "a page")
    assert _until(lambda: _rows(up), "the rows") == rows


def _page(up: Up) -> str | None:
    try:
        return up.page()
    except OSError:
        return None


def _rows(up: Up) -> Any:
    try:
        return up.sql("SELECT count(*) FROM kept")
    except psycopg.OperationalError:
        return None


def test_killed_whole_nothing_is_left_and_it_starts_again(place: Path) -> None:
    up = Up(place).await_ready()
    pids = list(up.parts().values())
    up.process.kill()
    up.end()
    _until(lambda: not [pid for pid in pids if _alive(pid)], "all parts end with it")
    assert _kinline("status", "--data", str(place))[0] == 3
    again = Up(place).await_ready()
    assert "<html" in again.page()
    again.end()


def test_a_stale_pid_file_of_a_killed_database_does_not_stop_it(place: Path) -> None:
    """After a crash of the machine the number in it may be anybody's: here it is this test's own."""
    Up(place).await_ready().end()
    (place / "pg" / "postmaster.pid").write_text(f"{os.getpid()}\n{place}/pg\n1\n5432\n\n\n")
    up = Up(place).await_ready()
    assert "<html" in up.page()
    up.end()


def test_interrupted_at_any_moment_the_next_one_heals(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    dice = random.Random(seed)
    path = tmp_path / "data"
    for _ in range(6):
        up = Up(path)
        time.sleep(dice.uniform(0.1, 8.0))
        sign = dice.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
        said = up.end(sign)
        assert "Traceback" not in said, f"seed {seed}: {said}"
    up = Up(path).await_ready()
    assert "<html" in up.page(), f"seed {seed}"
    assert len(json.loads(up.data.demo.read_text())["residents"]) >= 40, f"seed {seed}"
    up.end()


def test_ctrl_c_of_a_terminal_reaches_all_and_ends_in_order(place: Path) -> None:
    up = Up(place).await_ready()
    pids = list(up.parts().values())
    os.killpg(up.process.pid, signal.SIGINT)
    said = up.end()
    assert up.process.returncode == 0
    assert "Traceback" not in said
    assert "starting it again" not in said
    assert not [pid for pid in pids if _alive(pid)]


def test_other_secrets_are_not_made_beside_a_database(place: Path, tmp_path: Path) -> None:
    Up(place).await_ready().end()
    copy = tmp_path / "data"
    shutil.copytree(place, copy, ignore=shutil.ignore_patterns("secrets.json", "*.lock", ".s.*"))
    code, said = _kinline("up", "--port", "0", "--data", str(copy))
    assert code == 1
    assert "backup" in said
    assert not (copy / "secrets.json").exists()


# Other machines


def test_an_ordinary_user_can_run_it(tmp_path: Path) -> None:
    """As root this test becomes nobody, who may read everything (Python may lie in root's own folder)."""
    path = tmp_path / "data"
    prefix: tuple[str, ...] = ()
    if os.geteuid() == 0:
        path.mkdir(mode=0o700)
        os.chown(path, 65534, 65534)
        rights = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")
        prefix = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *rights, "--")
    up = Up(path, "--no-demo", prefix=prefix).await_ready()
    assert "<html" in up.page()
    pid = up.facts()["parts"]["database"]
    assert Path(f"/proc/{pid}").stat().st_uid == (65534 if prefix else os.geteuid())
    up.end()


def test_root_without_user_namespaces_can_run_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in many containers. For an ordinary user it makes no difference, which is checked just as well."""
    (tmp_path / "unshare").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "unshare").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    up = Up(tmp_path / "data", "--no-demo").await_ready()
    assert "<html" in up.page()
    up.end()


@pytest.mark.parametrize(
    ("options", "sentence"), [("ro", "Read-only file system"), ("size=64k", "disk of"), ("size=1k,nr_inodes=2", "disk")]
)
def test_a_disk_that_takes_nothing_is_told(tmp_path: Path, options: str, sentence: str) -> None:
    lines = (
        f"mount -t tmpfs -o {options} tmpfs {tmp_path} && exec {sys.executable} -P -m kinline up --data {tmp_path}/d"
    )
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec", lines],
        env=_environment(),
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("kinline: "), done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_data_of_another_major_version_is_left_alone(place: Path, tmp_path: Path) -> None:
    Up(place).await_ready().end()
    copy = tmp_path / "data"
    shutil.copytree(place, copy, ignore=shutil.ignore_patterns("*.lock", ".s.*"))
    (copy / "pg" / "PG_VERSION").write_text("12\n")
    before = sorted(path.name for path in (copy / "pg").iterdir())
    code, said = _kinline("up", "--port", "0", "--data", str(copy))
    assert code == 1
    assert "made by PostgreSQL 12" in said
    assert sorted(path.name for path in (copy / "pg").iterdir()) == before


def test_what_is_locked_is_locked_for_commands_too(place: Path) -> None:
    """A command that holds the database lets `up` wait, and the other way round; neither breaks the other."""
    Up(place).await_ready().end()
    command = _start("shell", "-v0", "-c", "import time; print('in', flush=True); time.sleep(2)", "--data", str(place))
    assert command.stdout is not None
    assert command.stdout.readline() == "in\n"
    assert datadir.is_locked(place / "database.lock")
    up = Up(place).await_ready()
    command.communicate(timeout=PATIENCE_SECONDS)
    assert command.returncode == 0
    said = up.end()
    assert "Waiting for another command" in said


# The telephone


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
    code, said = _kinline("ledger", "balances", "--json", "--data", str(up.data.path))
    assert code == 0, said
    found: dict[str, int] = json.loads(said)
    return found


def _record(up: Up, number: str) -> dict[str, Any]:
    """The newest call to a number, once it is over."""

    def ended() -> dict[str, Any] | None:
        code, said = _kinline("calls", "list", "--json", "--data", str(up.data.path))
        assert code == 0, said
        newest = next((one for one in json.loads(said) if one["number"] == number), None)
        return newest if newest and newest["ended_at"] else None

    found: dict[str, Any] = _until(ended, f"the call to {number} is over")
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
    assert _kinline("ledger", "verify", "--data", str(up.data.path))[0] == 0


def test_the_switch_killed_in_a_call_settles_it_and_hangs_up_the_telephone(up: Up) -> None:
    demo = json.loads(up.data.demo.read_text())
    who, number = _paying(demo, 1)
    before = _balances(up)[f"number:{number}:prepaid"]

    async def lose(call: Call) -> str:
        await asyncio.sleep(8)  # past a sign of life, which comes every five seconds
        os.kill(up.parts()["switch"], signal.SIGKILL)
        await call.until("ended", timeout=PATIENCE_SECONDS)
        return str(call.ended_by)

    assert asyncio.run(_talk(demo, who, number, then=lose)) == "them"
    record = _record(up, number)
    assert record["reasons"] == ["switch_lost"]
    assert 0 < record["seconds"] <= 8
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
        code, said = _kinline("up", *words)
    assert code == 1
    assert f"UDP port {port} is taken by process {os.getpid()}" in said
    assert "./kinline up --sip 127.0.0.1:" in said
    assert not (tmp_path / "data" / "pg").exists()


@pytest.mark.parametrize("words", [("--sip", "15060"), ("--trunk", "127.0.0.1"), ("--trunk", "host:0x10")])
def test_what_is_no_sip_address_is_told(tmp_path: Path, words: tuple[str, str]) -> None:
    code, said = _kinline("up", *words, "--data", str(tmp_path / "data"))
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
