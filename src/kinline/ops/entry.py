"""The door of the command line: our own few commands, Django's for the rest, each with the right database.

Every command takes `--data DIR`. One that needs the database uses DATABASE_URL, else that of a running `up` on the
same data, else it starts the embedded one for as long as it runs.
"""

import contextlib
import importlib
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from kinline.ops import datadir, lean, lifeline, running
from kinline.ops.datadir import DataDir
from kinline.ops.obstacles import Obstacle, of_disk

WITHOUT_DATABASE = frozenset(
    {"help", "version", "--version", "--help", "-h", "makemessages", "compilemessages", "findstatic"}
)
WITHOUT_FRAMEWORK = {  # the module's main(words, path)
    "up": "kinline.ops.up", "test": "kinline.ops.testing", "outside": "kinline.ops.outside.command",
    "mailsink": "kinline.ops.mailsink", "fake-stripe": "kinline.ops.fake_stripe.command",
}  # fmt: skip
KEEPS_FRESH = frozenset({"check", "prepare", "migrate", "dbshell"})  # commands that want a new database as it is
PATIENCE_SECONDS = 60

USAGE = """\
Kinline: letters and calls between people in custody and their families.

  ./kinline up        start everything on this machine, with a sample county jail
                      --port N (8000)  --host ADDRESS (127.0.0.1)  --no-demo
                      --sip HOST:PORT (127.0.0.1:15060)  --trunk HOST:PORT
  ./kinline down      stop it
  ./kinline status    what runs, where
  ./kinline test      set up what the tests need, then run them; arguments go to pytest
  ./kinline help      all other commands: facilities, staff, rosters, reviews, the ledger …

Every command takes --data DIR (default: .kinline in the checkout, or KINLINE_DATA).
"""


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit code. Foreseen obstacles end in a sentence on standard error, not in a traceback."""
    lifeline.hold()
    path = datadir.default_path()
    try:
        words, path = take_data(arguments, path)
        os.environ["KINLINE_DATA"] = str(path)
        return _run(words, path)
    except Obstacle as obstacle:
        return _tell(obstacle)
    except OSError as problem:
        obstacle_of_disk = of_disk(problem, path)
        if obstacle_of_disk is None:
            raise
        return _tell(obstacle_of_disk)
    except KeyboardInterrupt:
        return 130


def _tell(obstacle: Obstacle) -> int:
    sys.stderr.write(f"kinline: {obstacle}\n")
    return 1


def take_data(arguments: Sequence[str], default: Path) -> tuple[list[str], Path]:
    """The words without `--data DIR`, and the directory; what follows `--` is left alone."""
    words, path = list(arguments), default
    limit = words.index("--") if "--" in words else len(words)
    index = 0
    while index < limit:
        name, equals, value = words[index].partition("=")
        if name != "--data":
            index += 1
            continue
        taken = words[index : index + (1 if equals else 2)]
        value = value if equals else "".join(taken[1:])
        if not value:
            raise Obstacle("--data needs a directory: --data DIR")
        path = Path(value).expanduser().absolute()
        del words[index : index + len(taken)]
        limit -= len(taken)
    return words, path


def _run(words: list[str], path: Path) -> int:
    command = words[0] if words else ""
    if command in WITHOUT_FRAMEWORK:
        return int(importlib.import_module(WITHOUT_FRAMEWORK[command]).main(words[1:], path))
    if command == "down":
        return down(DataDir(path))
    if command == "status":
        return status(DataDir(path))
    if not command:
        sys.stdout.write(USAGE)
        return 0
    return manage(words, path)


def down(data: DataDir) -> int:
    stopped = running.end(data)
    sys.stdout.write(f"Stopped what ran on {data.path}.\n" if stopped else f"Nothing runs on {data.path}.\n")
    return 0


def status(data: DataDir) -> int:
    """Exit code 0 when it runs, 3 when it does not (as init scripts do)."""
    facts = running.found(data)
    if facts is None:
        sys.stdout.write(f"Nothing runs on {data.path}.\n")
        return 3
    state = "running" if facts.get("ready") else "starting"
    sys.stdout.write(f"Kinline is {state} at {facts.get('url', '?')} (process {facts.get('pid', '?')})\n")
    sys.stdout.write(f"  data      {data.path}\n")
    for name, pid in facts.get("parts", {}).items():
        alive = "runs" if pid and running.started(pid) is not None else "stopped; it is being restarted"
        sys.stdout.write(f"  {name:<9} {alive} (process {pid})\n")
    return 0


# Django's commands


def manage(words: list[str], path: Path) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kinline.project.settings")
    lean.load_logs()
    if words[0] in lean.COMMANDS:
        return lean.run(words)
    help_only = words[0] in WITHOUT_DATABASE or {"--help", "-h"} & set(words)
    if help_only or os.environ.get(lifeline.VARIABLE):
        return _django(words)
    data = datadir.open_data(path)
    fresh = "DATABASE_URL" not in os.environ and not data.database.exists()
    with reach(data) as environment:
        os.environ.update(environment)
        if fresh and words[0] not in KEEPS_FRESH:
            sys.stderr.write(f"Preparing a new database in {path} (real installations: ./kinline up --no-demo)\n")
            _django(["prepare"])
        return _django(words)


def _django(words: list[str]) -> int:
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(["kinline", *words])
    except OperationalError as problem:
        if getattr(problem.__cause__, "sqlstate", None) is not None:  # the server answered: a fault of ours
            raise
        raise Obstacle(f"Cannot reach the database: {str(problem).strip()}") from problem
    return 0


@contextlib.contextmanager
def reach(data: DataDir) -> Iterator[dict[str, str]]:
    """What a command needs in its environment to work on this data, for the time of the block."""
    environment = datadir.secret_environment(data)
    if datadir.is_demo(data):
        environment["KINLINE_DEMO"] = "1"
    if "DATABASE_URL" in os.environ:
        yield environment
        return
    until = time.monotonic() + PATIENCE_SECONDS
    told = False
    while True:
        served = (running.found(data) or {}).get("environment") or {}
        if "DATABASE_URL" in served:
            yield served | environment
            return
        lock = datadir.try_lock(data.path / "database.lock")
        if lock is not None:
            break
        told = _wait_for_other(data, until, told=told)
    yield from _own_database(data, lock, environment)


def _wait_for_other(data: DataDir, until: float, *, told: bool) -> bool:
    if time.monotonic() > until:
        raise Obstacle(f"Another command uses the database in {data.path}. Wait for it, or end it, and try again.")
    if not told and time.monotonic() > until - PATIENCE_SECONDS + 1:
        sys.stderr.write("Waiting for another command that uses this database\n")
        told = True
    time.sleep(0.05)
    return told


def _own_database(data: DataDir, lock: int, environment: dict[str, str]) -> Iterator[dict[str, str]]:
    from kinline.ops import postgres

    try:
        binaries = postgres.find_binaries(postgres.major_of(data.database))
        path = f"{os.environ.get('PATH', '')}:{binaries.folder}"  # dbshell looks for psql
        with postgres.serving(data, lock) as url:
            yield environment | {"DATABASE_URL": url, "PATH": path}
    finally:
        os.close(lock)
