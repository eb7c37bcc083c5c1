"""`./kinline up`: the database, then tables and sample jail, then web, worker and the sample's own; then addresses."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from kinline.ops import board, datadir, lifeline, ports, postgres, processor, running, telephones
from kinline.ops.datadir import DataDir
from kinline.ops.obstacles import Obstacle
from kinline.ops.processor import StandIn
from kinline.ops.supervisor import Part, Stopped, Supervisor
from kinline.ops.telephones import Lines

WAIT_FOR_COMMANDS_SECONDS = 60.0
# Each part's own grace (ops.web, ops.worker) and a little, before it is killed.
WEB_STOPS = ((signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0))
WORKER_STOPS = ((signal.SIGTERM, 30.0), (signal.SIGKILL, 5.0))
DATABASE_STOPS = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))


@dataclass(frozen=True)
class Choices:
    host: str
    port: int
    demo: bool
    sip: str | None = None
    trunk: str | None = None


@dataclass(frozen=True)
class Start:
    """What is settled before any part starts."""

    data: DataDir
    choices: Choices
    url: str
    socket: int
    environment: dict[str, str]
    stand_in: StandIn | None
    lines: Lines | None
    began: float


def main(words: Sequence[str], path: Path) -> int:
    choices = _choices(words)
    console = Console(stderr=False, highlight=False, soft_wrap=True)
    began = time.monotonic()
    data = datadir.open_data(path)
    with _ending_on_signals(), contextlib.ExitStack() as stack:
        try:
            stack.enter_context(datadir.locked(running.lock_path(data), seconds=0.5, refusal=_already))
        except AlreadyRunning:
            return _tell_already(console, data)
        data.running.unlink(missing_ok=True)  # of one that was killed
        listening = stack.enter_context(ports.listen(choices.host, choices.port))
        choices = replace(choices, port=int(listening.getsockname()[1]))
        datadir.settle_mode(data, demo=choices.demo)
        url = os.environ.get("KINLINE_BASE_URL") or ports.address(choices.host, choices.port)
        lines = telephones.settle(choices.sip, choices.trunk, demo=choices.demo)
        environment = _environment(data, choices, url) | telephones.environment(lines, data, demo=choices.demo)
        stand_in = stack.enter_context(processor.standing_in(data, choices.host, demo=choices.demo))
        environment |= stand_in.environment if stand_in else {}
        with _working(console) as say:
            database = stack.enter_context(_database(data, say))
            if database is not None:
                environment["DATABASE_URL"] = database.environment["DATABASE_URL"]
            start = Start(data, choices, url, listening.fileno(), environment, stand_in, lines, began)
            return asyncio.run(_serve(start, database, console, say))


def _choices(words: Sequence[str]) -> Choices:
    parser = argparse.ArgumentParser(prog="./kinline up", description="Start everything on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="of the web server (default 8000; 0: any free one)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    telephones.add_options(parser)
    parser.add_argument("--no-demo", action="store_true", help="a real installation: no sample jail, no mailbox")
    parser.add_argument("--data", metavar="DIR", help="where the data lies (default: .kinline in the checkout)")
    found = parser.parse_args(words)
    if not 0 <= found.port <= 65535:
        parser.error(f"--port {found.port}: ports go from 1 to 65535")
    for name, typed in (("--sip", found.sip), ("--trunk", found.trunk)):
        if typed is not None and not ports.is_sip_address(typed):
            parser.error(f"{name} {typed}: an address is HOST:PORT, such as {telephones.DEFAULT}")
    return Choices(found.host, found.port, not found.no_demo, found.sip, found.trunk)


class AlreadyRunning(Obstacle):
    """Another `up` serves this data directory."""


def _already() -> Obstacle:
    return AlreadyRunning()


def _tell_already(console: Console, data: DataDir) -> int:
    facts = running.found(data) or {}
    console.print(f"Kinline is already running at {facts.get('url', '(starting)')} on {data.path}")
    console.print("Stop it with ./kinline down, or start a second one with another --data DIR and --port.")
    return 0


@contextlib.contextmanager
def _ending_on_signals() -> Iterator[None]:
    """While the database is made, before asyncio listens: SIGTERM ends us through our own clean-up."""
    previous = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


@contextlib.contextmanager
def _working(console: Console) -> Iterator[Callable[[str], None]]:
    """A function that says what goes on: a line that changes on a terminal, plain lines elsewhere."""
    if not console.is_terminal:
        yield lambda text: console.print(text, markup=False) if text else None
        return
    with console.status("Starting") as status:
        yield lambda text: status.stop() if not text else status.update(text)


def _environment(data: DataDir, choices: Choices, url: str) -> dict[str, str]:
    """What every part gets. Memory: one arena of malloc for all threads of a process saves about 20 MB a part."""
    environment = {**os.environ, **datadir.secret_environment(data)}
    environment |= {"KINLINE_DATA": str(data.path), "KINLINE_BASE_URL": url, "KINLINE_NEEDS_SECRETS": "1"}
    environment |= {lifeline.VARIABLE: str(os.getpid()), "MALLOC_ARENA_MAX": "1"}
    environment.pop("KINLINE_DEMO", None)
    if choices.demo:
        environment["KINLINE_DEMO"] = "1"
        environment["KINLINE_SMTP_URL"] = f"smtp://127.0.0.1:{ports.free_port()}"
    return environment


# The parts


@contextlib.contextmanager
def _database(data: DataDir, say: Callable[[str], None]) -> Iterator[Part | None]:
    """The embedded database's part, its data made if need be; None if DATABASE_URL names another."""
    if "DATABASE_URL" in os.environ:
        yield None
        return
    lock_file = data.path / "database.lock"
    if datadir.is_locked(lock_file):
        say("Waiting for another command that uses this database")
    with datadir.locked(lock_file, seconds=WAIT_FOR_COMMANDS_SECONDS, refusal=lambda: _busy(data)) as lock:
        say("Starting the database" if data.database.exists() else "Making the database")
        with postgres.keeping(lock):
            server = postgres.server(data, postgres.ensure(data))
        yield Part(
            "database",
            "database",
            server.command,
            {**server.environment, "DATABASE_URL": server.url},
            ready=_when(lambda pid: postgres.is_ready(server.folder, pid)),
            stop_signals=DATABASE_STOPS,
            keep_open=(lock,),
            prepare=lambda: postgres.clear_stale_pid(server.folder),
        )


def _busy(data: DataDir) -> Obstacle:
    return Obstacle(f"Another command uses the database in {data.path}. Wait for it, or end it, and try again.")


def _when(check: Callable[[int], bool]) -> Callable[[int], "asyncio.Future[bool]"]:
    def answer(pid: int) -> "asyncio.Future[bool]":
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        future.set_result(check(pid))
        return future

    return answer


def _kinline(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-P", "-m", "kinline", *words)


def _preparation(start: Start) -> Part:
    words = ("prepare", "--demo") if start.choices.demo else ("prepare",)
    return Part("prepare", "Preparing the database", _kinline(*words), start.environment, ready=_when(lambda _: True))


def _web(start: Start, gate: int, opened: asyncio.Event) -> Part:
    """It loads while the database is prepared, and serves when the gate is open."""
    choices = start.choices
    where = ("--host", choices.host, "--port", str(choices.port))
    command = _kinline("web", *where, "--fd", str(start.socket), "--after", str(gate))
    environment = start.environment | {"KINLINE_POOL": "1"}

    async def ready(_pid: int) -> bool:
        await opened.wait()
        return await ports.answers(choices.host, choices.port)

    return Part("web", "web server", command, environment, ready, WEB_STOPS, keep_open=(start.socket, gate))


def _beside(start: Start) -> list[Part]:
    """Parts nobody waits for: they count as started once they have lived a second."""

    async def ready(_pid: int) -> bool:
        await asyncio.sleep(1)
        return True

    parts = [Part("worker", "job worker", _kinline("worker"), start.environment, ready, WORKER_STOPS)]
    if start.choices.demo:
        port = start.environment["KINLINE_SMTP_URL"].rsplit(":", 1)[1]
        parts.append(Part("mailsink", "mailbox", _kinline("mailsink", "--port", port), start.environment, ready))
    if start.stand_in is not None:
        descriptor = start.stand_in.listening.fileno()
        command = _kinline("fake-stripe", "--fd", str(descriptor))
        parts.append(Part("processor", "test processor", command, start.environment, ready, keep_open=(descriptor,)))
    return parts


# The course of things


async def _serve(start: Start, database: Part | None, console: Console, say: Callable[[str], None]) -> int:
    supervisor: Supervisor
    is_ready = False

    def changed() -> None:
        with contextlib.suppress(OSError):  # a full disk must not end what runs
            _record(start, supervisor, is_ready)

    supervisor = Supervisor(start.data.logs, lambda text: console.print(text, markup=False), changed)
    try:
        await _bring_up(start, database, supervisor, say)
        is_ready = True
        _record(start, supervisor, is_ready)
        say("")
        board.show(console, start.data, start.url, time.monotonic() - start.began, demo=start.choices.demo)
        await supervisor.until(asyncio.Event().wait())
    except Stopped:
        console.print("Stopping")
    finally:
        await supervisor.end()
        start.data.running.unlink(missing_ok=True)
    return 0


async def _bring_up(start: Start, database: Part | None, supervisor: Supervisor, say: Callable[[str], None]) -> None:
    if database is not None:
        keeper = supervisor.start(database)
        await supervisor.until(keeper.is_up.wait())
    (gate, opener), opened = os.pipe(), asyncio.Event()
    web = supervisor.start(_web(start, gate, opened))
    say("Preparing the database: tables and the sample jail" if start.choices.demo else "Preparing the database")
    await supervisor.run_once(_preparation(start))
    os.close(opener)
    opened.set()
    say("Starting the web server")
    await supervisor.until(web.is_up.wait())
    keepers = [
        supervisor.start(part) for part in telephones.parts(start.lines, start.data, start.environment, _kinline)
    ]
    if keepers:
        say("Starting the telephone")
        await supervisor.until(keepers[0].is_up.wait())
    for part in _beside(start):
        supervisor.start(part)


def _record(start: Start, supervisor: Supervisor, is_ready: bool) -> None:
    shared = ["DATABASE_URL", "KINLINE_BASE_URL", "KINLINE_SMTP_URL", "KINLINE_DEMO", *telephones.SHARED]
    shared += processor.SHARED if start.stand_in else ()  # a real key stays where its owner put it
    environment = {name: start.environment[name] for name in shared if is_ready and name in start.environment}
    running.record(
        start.data,
        url=start.url,
        ready=is_ready,
        environment=environment,
        parts=supervisor.parts(),
    )
