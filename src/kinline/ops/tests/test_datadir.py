import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kinline.ops import datadir, running
from kinline.ops.datadir import DataDir
from kinline.ops.obstacles import Obstacle


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataDir:
    for variable in datadir.SECRETS.values():
        monkeypatch.delenv(variable, raising=False)
    return datadir.open_data(tmp_path / "data")


def test_the_directory_is_private(data: DataDir) -> None:
    assert data.path.stat().st_mode & 0o077 == 0
    assert (data.path / "run").stat().st_mode & 0o077 == 0


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Obstacle, match="Cannot use"):
        datadir.open_data(tmp_path / "file" / "data")


def test_a_small_disk_is_told_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(datadir.shutil, "disk_usage", lambda _: _Usage(5_000_000))
    with pytest.raises(Obstacle, match="5 MB are free"):
        datadir.open_data(tmp_path)
    assert not (tmp_path / "pg").exists()


def test_commands_that_start_in_one_moment_agree(tmp_path: Path) -> None:
    """Web server and worker of a new installation: with secrets of their own, no code of an email would fit."""
    path = tmp_path / "data"
    script = (
        "import sys; from pathlib import Path; from kinline.ops import datadir\n"
        "sys.stdin.readline()\n"
        "print(sorted(datadir.secret_environment(datadir.open_data(Path(sys.argv[1]))).items()))"
    )
    environment = {name: value for name, value in os.environ.items() if name not in datadir.SECRETS.values()}
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        for _ in range(4)
    ]  # fmt: skip
    for one in starting:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    told = {one.communicate(timeout=30)[0] for one in starting}
    assert [one.returncode for one in starting] == [0, 0, 0, 0]
    assert len(told) == 1
    assert "KINLINE_PIN_PEPPER" in told.pop()
    assert not list(path.glob(".writable*"))


class _Usage:
    def __init__(self, free: int) -> None:
        self.free = free


# Secrets


def test_secrets_are_made_once_and_for_the_owner_only(data: DataDir) -> None:
    first = datadir.secret_environment(data)
    assert set(first) == {*datadir.SECRETS.values(), datadir.PRIVILEGED}
    assert all(len(value) >= 48 for value in first.values())
    assert datadir.secret_environment(data) == first
    assert (data.path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_secret_of_the_environment_wins(data: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINLINE_PIN_PEPPER", "of the environment")
    assert set(datadir.secret_environment(data)) == {"KINLINE_SECRET_KEY", "KINLINE_PRIVILEGED_KEY"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KINLINE_WITHOUT_PRIVILEGED_KEY", "1"),
        ("KINLINE_PRIVILEGED_KEY_FILE", "/run/key"),
        ("KINLINE_PRIVILEGED_KEY", "k" * 40),
    ],
)
def test_del7_a_process_that_must_not_have_the_key_of_attorneys_letters_gets_none(
    data: DataDir, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    assert datadir.PRIVILEGED in datadir.secret_environment(data)
    monkeypatch.setenv(name, value)
    assert set(datadir.secret_environment(data)) == set(datadir.SECRETS.values())


def test_del7_an_older_installation_gets_that_key_and_keeps_its_secrets(data: DataDir) -> None:
    data.database.mkdir()
    (data.path / "secrets.json").write_text('{"secret_key": "one", "pin_pepper": "two"}')
    first = datadir.secret_environment(data)
    assert (first["KINLINE_SECRET_KEY"], first["KINLINE_PIN_PEPPER"]) == ("one", "two")
    assert len(first["KINLINE_PRIVILEGED_KEY"]) >= 48
    assert datadir.secret_environment(data) == first


@pytest.mark.parametrize("left", [None, "", "{", "[]", '{"secret_key": "only one"}'])
def test_lost_secrets_are_not_replaced_beside_a_database(data: DataDir, left: str | None) -> None:
    path = data.path / "secrets.json"
    data.database.mkdir()
    if left is not None:
        path.write_text(left)
    with pytest.raises(Obstacle, match="backup"):
        datadir.secret_environment(data)
    assert (path.read_text() if path.exists() else None) == left


# The kind of installation


@pytest.mark.parametrize(("first", "then", "refused"), [(True, False, "sample jail"), (False, True, "real")])
def test_the_sample_and_a_real_installation_do_not_mix(data: DataDir, first: bool, then: bool, refused: str) -> None:
    datadir.settle_mode(data, demo=first)
    datadir.settle_mode(data, demo=first)
    with pytest.raises(Obstacle, match=refused):
        datadir.settle_mode(data, demo=then)
    assert datadir.is_demo(data) is first


# Locks and the record of who runs


def test_a_lock_is_had_by_one_and_comes_back(data: DataDir) -> None:
    path = data.path / "up.lock"
    first = datadir.try_lock(path)
    assert first is not None
    assert datadir.try_lock(path) is None
    assert datadir.is_locked(path)
    os.close(first)
    assert not datadir.is_locked(path)


def test_waiting_for_a_lock_ends_in_the_given_refusal(data: DataDir) -> None:
    path = data.path / "up.lock"
    held = datadir.try_lock(path)
    assert held is not None
    with (
        pytest.raises(Obstacle, match="busy"),
        datadir.locked(path, seconds=0.1, refusal=lambda: Obstacle("busy")),
    ):
        pass
    os.close(held)


def test_a_record_without_its_lock_is_not_believed(data: DataDir) -> None:
    running.record(data, url="http://127.0.0.1:1", ready=True)
    assert running.found(data) is None
    held = datadir.try_lock(running.lock_path(data))
    assert held is not None
    assert (running.found(data) or {})["url"] == "http://127.0.0.1:1"
    os.close(held)


def test_down_ends_no_process_that_took_over_the_number(data: DataDir) -> None:
    """The record names this test's own process, but as one that began at another time."""
    data.running.write_text(json.dumps({"pid": os.getpid(), "started": "1"}))
    held = datadir.try_lock(running.lock_path(data))
    assert held is not None
    with pytest.raises(Obstacle, match="not the process"):
        running.end(data)
    os.close(held)
