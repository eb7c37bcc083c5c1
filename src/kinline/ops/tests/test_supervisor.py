"""Real processes, each a line of shell; what they did is read from a file they write."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from kinline.ops import supervisor as module
from kinline.ops.obstacles import Obstacle
from kinline.ops.supervisor import Part, Stopped, Supervisor, shorten


async def _at_once(_pid: int) -> bool:
    return True


async def _never(_pid: int) -> bool:
    return False


def _part(name: str, script: str, ready: Callable[[int], Awaitable[bool]] = _at_once) -> Part:
    return Part(name, name, ("sh", "-c", script), dict(os.environ), ready)


class Run:
    """A supervisor in a folder, ended however the test ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reports: list[str] = []

    def __call__(self, course: Callable[[Supervisor], Awaitable[None]]) -> None:
        asyncio.run(self._run(course))

    async def _run(self, course: Callable[[Supervisor], Awaitable[None]]) -> None:
        supervisor = Supervisor(self.folder, self.reports.append, lambda: None)
        try:
            async with asyncio.timeout(20):
                await course(supervisor)
        finally:
            await supervisor.end()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


async def _lines(path: Path, count: int) -> list[str]:
    while not path.exists() or len(path.read_text().splitlines()) < count:
        await asyncio.sleep(0.01)
    return path.read_text().splitlines()


def test_what_ends_is_started_again_and_told(run: Run, tmp_path: Path) -> None:
    async def course(supervisor: Supervisor) -> None:
        keeper = supervisor.start(_part("web", f"echo $$ >> {tmp_path}/pids; exec sleep 60"))
        await supervisor.until(keeper.is_up.wait())
        first = (await _lines(tmp_path / "pids", 1))[0]
        os.kill(int(first), signal.SIGKILL)
        pids = await _lines(tmp_path / "pids", 2)
        assert pids[1] != first

    run(course)
    assert "The web ended (killed by SIGKILL); starting it again" in run.reports[0]


def test_what_never_comes_up_ends_everything_with_its_last_words(run: Run) -> None:
    async def course(supervisor: Supervisor) -> None:
        keeper = supervisor.start(_part("web", "echo the reason >&2; exit 3", _never))
        await supervisor.until(keeper.is_up.wait())

    with pytest.raises(Obstacle, match=r"The web does not start.*\nthe reason"):
        run(course)
    assert len(run.reports) == module.FIRST_TRIES - 1


def test_the_first_part_ends_last(run: Run, tmp_path: Path) -> None:
    def noting(name: str) -> str:
        return (
            f"trap 'echo {name} >> {tmp_path}/ends; exit 0' TERM; echo x >> {tmp_path}/up; while :; do sleep 0.02; done"
        )

    async def course(supervisor: Supervisor) -> None:
        for name in ("database", "web", "worker"):
            supervisor.start(_part(name, noting(name)))
        await _lines(tmp_path / "up", 3)

    run(course)
    ends = (tmp_path / "ends").read_text().split()
    assert sorted(ends) == ["database", "web", "worker"]
    assert ends[-1] == "database"


def test_what_does_not_listen_is_killed(run: Run, tmp_path: Path) -> None:
    stops = ((signal.SIGTERM, 0.1), (signal.SIGKILL, 5.0))

    async def course(supervisor: Supervisor) -> None:
        script = f"trap '' TERM; echo $$ >> {tmp_path}/pids; while :; do sleep 0.02; done"
        supervisor.start(Part("deaf", "deaf", ("sh", "-c", script), dict(os.environ), _at_once, stops))
        await _lines(tmp_path / "pids", 1)

    run(course)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pids").read_text()), 0)


def test_a_signal_ends_the_waiting(run: Run) -> None:
    async def course(supervisor: Supervisor) -> None:
        asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), signal.SIGTERM)
        await supervisor.until(asyncio.Event().wait())

    with pytest.raises(Stopped):
        run(course)


def test_a_preparation_that_fails_is_told_with_its_output(run: Run) -> None:
    async def course(supervisor: Supervisor) -> None:
        await supervisor.run_once(_part("prepare", "echo no such table; exit 1"))

    with pytest.raises(Obstacle, match=r"prepare failed.*\nno such table"):
        run(course)


def test_a_long_log_is_cut_and_its_older_half_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_LOG_BYTES", 10)
    log = tmp_path / "web.log"
    with log.open("a") as part:
        part.write("older than it may be\n")
        part.flush()
        shorten(log)
        part.write("newer\n")
    assert log.read_text() == "newer\n"
    assert (tmp_path / "web.log.1").read_text() == "older than it may be\n"
