"""The data directory: what lies where, who holds it, and the secrets that belong to it.

pg/            the embedded database          run/            its socket
secrets.json   made once, part of any backup  mode.json       sample jail or a real installation
up.json        what a running `up` serves     up.lock         held by a running `up` for its whole life
secrets.lock   held while those are made
database.lock  held by the server process of the embedded database and by whoever started it
switch/        what the switch keeps over a crash
logs/ mail/ static/ demo.json
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kinline.ops.obstacles import Obstacle, of_disk

ROOM_MB = 120  # a new database with its first write-ahead log takes 60
SECRETS = {"secret_key": "KINLINE_SECRET_KEY", "pin_pepper": "KINLINE_PIN_PEPPER"}
# Seals letters with attorneys (DEL-7). Of an installation that is older than they are it is made beside the others.
PRIVILEGED, _PRIVILEGED = "KINLINE_PRIVILEGED_KEY", "privileged_key"


@dataclass(frozen=True)
class DataDir:
    path: Path

    @property
    def database(self) -> Path:
        return self.path / "pg"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def running(self) -> Path:
        return self.path / "up.json"

    @property
    def demo(self) -> Path:
        return self.path / "demo.json"


def default_path() -> Path:
    """KINLINE_DATA, else `.kinline` in the checkout, whatever the current directory is."""
    named = os.environ.get("KINLINE_DATA")
    root = os.environ.get("KINLINE_ROOT") or Path(__file__).resolve().parents[3]
    return Path(named).absolute() if named else Path(root) / ".kinline"


def open_data(path: Path) -> DataDir:
    """Make the directory if it is missing and prove that it can be written; raises Obstacle."""
    data = DataDir(path)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (data.logs, data.path / "run"):
            folder.mkdir(mode=0o700, exist_ok=True)
        probe = path / f".writable.{os.getpid()}"  # others may start on this directory in the same moment
        write(probe, "x" * 4096)  # a full disk still makes empty files
        probe.unlink()
    except OSError as problem:
        raise of_disk(problem, path) or Obstacle(f"Cannot use {path}: {problem.strerror}.") from problem
    free_mb = shutil.disk_usage(path).free // 1_000_000
    if not data.database.exists() and free_mb < ROOM_MB and "DATABASE_URL" not in os.environ:
        raise Obstacle(f"The disk of {path} is full: {free_mb} MB are free and a new database takes {ROOM_MB} MB.")
    return data


def write(path: Path, text: str) -> None:
    """Replace a file whole or not at all, readable by its owner only."""
    new = path.with_name(path.name + ".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)


def read_json(path: Path) -> dict[str, Any]:
    """The object in a file; empty if there is none (yet)."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


# Secrets


def secret_environment(data: DataDir) -> dict[str, str]:
    """The secrets of this data directory by the names the settings read; one set outside it wins.

    They are made once. Raises Obstacle if a database exists without them: with new ones, no PIN would fit any more.
    """
    if all(os.environ.get(variable) for variable in SECRETS.values()):
        return {}
    path = data.path / "secrets.json"
    known = read_json(path)
    missing = [name for name in SECRETS if not known.get(name)]
    if missing and data.database.exists():
        raise Obstacle(
            f"{path} is missing or damaged, but there is a database beside it.\n"
            "Residents' PINs and everybody's sessions depend on that file: put it back from your backup.\n"
            'If it is lost for good, write {"secret_key": "…", "pin_pepper": "…"} with new long random values into it; '
            "all PINs must then be reset."
        )
    wanted = _wants_privileged_key()
    if missing or (wanted and not known.get(_PRIVILEGED)):
        known = _made_once(data, path)
    found = {variable: known[name] for name, variable in SECRETS.items() if not os.environ.get(variable)}
    return found | ({PRIVILEGED: known[_PRIVILEGED]} if wanted else {})


def _wants_privileged_key() -> bool:
    """Not where it is set outside, and not in a process that must have none: the staff face (DEL-7)."""
    outside = os.environ.get(PRIVILEGED) or os.environ.get(f"{PRIVILEGED}_FILE")
    return not outside and os.environ.get("KINLINE_WITHOUT_PRIVILEGED_KEY") != "1"


def _made_once(data: DataDir, path: Path) -> dict[str, Any]:
    """Web server and worker may start in the same moment, and must have the same secrets."""
    refusal = Obstacle(f"Another command makes {path}. Wait for it, or end it, and try again.")
    with locked(data.path / "secrets.lock", seconds=10, refusal=lambda: refusal):
        known = read_json(path)
        missing = [name for name in (*SECRETS, _PRIVILEGED) if not known.get(name)]
        if missing:
            known |= {name: secrets.token_urlsafe(48) for name in missing}
            write(path, json.dumps(known, indent=1) + "\n")
    return known


# The kind of installation


def settle_mode(data: DataDir, *, demo: bool) -> None:
    """Remember at the first `up` whether this is the sample jail; afterwards refuse to mix the two."""
    path = data.path / "mode.json"
    was_demo = read_json(path).get("demo")
    if was_demo is None:
        write(path, json.dumps({"demo": demo}) + "\n")
    elif was_demo and not demo:
        raise Obstacle(
            f"{data.path} holds the sample jail, whose passwords everybody knows.\n"
            "For a real installation choose another directory: ./kinline up --no-demo --data DIR"
        )
    elif demo and not was_demo:
        raise Obstacle(
            f"{data.path} holds a real installation; the sample jail must not be put into it.\n"
            "Start it with: ./kinline up --no-demo   (or see the sample with another --data DIR)"
        )


def is_demo(data: DataDir) -> bool:
    return bool(read_json(data.path / "mode.json").get("demo"))


# Locks: of the kernel, so that nothing stale can remain


def try_lock(path: Path) -> int | None:
    """An open file descriptor that holds the lock, or None if another process holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def is_locked(path: Path) -> bool:
    if not path.exists():
        return False
    descriptor = try_lock(path)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


@contextlib.contextmanager
def locked(path: Path, *, seconds: float, refusal: Callable[[], Obstacle]) -> Iterator[int]:
    """Hold the lock, waiting up to `seconds` for it; raises `refusal()` after that."""
    until = time.monotonic() + seconds
    descriptor = try_lock(path)
    while descriptor is None:
        if time.monotonic() > until:
            raise refusal()
        time.sleep(0.05)
        descriptor = try_lock(path)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
