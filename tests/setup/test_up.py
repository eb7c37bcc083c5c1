"""`./kinline up` for real: processes, signals, ports and disks, on one data directory after another."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kinline.ops import datadir
from tests.setup.starting import PATIENCE_SECONDS, Up, environment, run, start, until

pytestmark = pytest.mark.slow


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

    code, said = run("status", "--data", str(up.data.path))
    assert code == 0
    assert all(str(pid) in said for pid in pids)
    assert run("down", "--data", str(up.data.path)) == (0, f"Stopped what ran on {up.data.path}.\n")

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
    assert run("status", "--data", str(up.data.path))[0] == 3
    assert run("down", "--data", str(up.data.path)) == (0, f"Nothing runs on {up.data.path}.\n")


def test_a_second_one_says_where_the_first_runs(up: Up) -> None:
    code, said = run("up", "--port", "0", "--data", str(up.data.path))
    assert code == 0
    assert f"already running at {up.facts()['url']}" in said


def test_commands_work_beside_it_and_without_it(place: Path) -> None:
    count = ("shell", "-v0", "-c", "from kinline.identity.models import User; print(User.objects.count())")
    up = Up(place).await_ready()
    beside = run(*count, "--data", str(place))
    up.end()
    assert beside == run(*count, "--data", str(place))
    assert beside[0] == 0
    assert int(beside[1]) > 0


def test_the_sample_is_not_made_into_a_real_installation(up: Up, place: Path) -> None:
    up.end()
    code, said = run("up", "--no-demo", "--data", str(place))
    assert code == 1
    assert "sample jail" in said


def test_a_taken_port_is_told_and_nothing_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        code, said = run("up", "--port", str(port), "--data", str(tmp_path / "data"))
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
        env=environment() | {"DATABASE_URL": url},
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
    until(lambda: up.parts()[name] != before and _alive(up.parts()[name]), f"another {name}")
    assert "<html" in until(lambda: _page(up), "a page")
    assert until(lambda: _rows(up), "the rows") == rows


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
    until(lambda: not [pid for pid in pids if _alive(pid)], "all parts end with it")
    assert run("status", "--data", str(place))[0] == 3
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
    code, said = run("up", "--port", "0", "--data", str(copy))
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
        env=environment(),
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
    code, said = run("up", "--port", "0", "--data", str(copy))
    assert code == 1
    assert "made by PostgreSQL 12" in said
    assert sorted(path.name for path in (copy / "pg").iterdir()) == before


def test_what_is_locked_is_locked_for_commands_too(place: Path) -> None:
    """A command that holds the database lets `up` wait, and the other way round; neither breaks the other."""
    Up(place).await_ready().end()
    command = start("shell", "-v0", "-c", "import time; print('in', flush=True); time.sleep(2)", "--data", str(place))
    assert command.stdout is not None
    assert command.stdout.readline() == "in\n"
    assert datadir.is_locked(place / "database.lock")
    up = Up(place).await_ready()
    command.communicate(timeout=PATIENCE_SECONDS)
    assert command.returncode == 0
    said = up.end()
    assert "Waiting for another command" in said
