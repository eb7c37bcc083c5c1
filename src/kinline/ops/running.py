"""What a running `up` tells other commands about itself: `up.json`, believed only while `up.lock` is held."""

import contextlib
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from kinline.ops.datadir import DataDir, is_locked, read_json, write
from kinline.ops.obstacles import Obstacle

STOP_SECONDS = 60  # the parts' own patience, one after another, and a little


def lock_path(data: DataDir) -> Path:
    return data.path / "up.lock"


def record(data: DataDir, **facts: Any) -> None:
    """Facts about this process: `url`, `ready`, `environment` (for commands that run beside it), `parts` (pids)."""
    mine = {"pid": os.getpid(), "started": started(os.getpid()), **facts}
    write(data.running, json.dumps(mine, indent=1) + "\n")


def found(data: DataDir) -> dict[str, Any] | None:
    """The record of the `up` that runs on this data directory now; None if none does."""
    return read_json(data.running) if is_locked(lock_path(data)) else None


def started(pid: int) -> str | None:
    """When a process began, in the kernel's ticks: a number alone may have passed to another process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return None


def is_ours(facts: dict[str, Any]) -> bool:
    pid = int(facts.get("pid", 0))
    return pid > 0 and (started(pid) == facts.get("started"))


def end(data: DataDir) -> bool:
    """Stop the running `up` and wait for it; False if none runs. raises Obstacle if it is not ours or does not end."""
    facts = found(data)
    if facts is None:
        return False
    if not is_ours(facts):
        raise Obstacle(f"Something holds {lock_path(data)}, but it is not the process that {data.running} names.")
    try:
        os.kill(int(facts["pid"]), signal.SIGTERM)
    except PermissionError as problem:
        raise Obstacle(f"Process {facts['pid']} belongs to another user; stop it as that user.") from problem
    except ProcessLookupError:
        return True
    until = time.monotonic() + STOP_SECONDS
    while is_locked(lock_path(data)):
        if time.monotonic() > until:
            raise Obstacle(f"Process {facts['pid']} was asked to end and has not within {STOP_SECONDS} seconds.")
        time.sleep(0.05)
    with contextlib.suppress(OSError):
        data.running.unlink()
    return True
