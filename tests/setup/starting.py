"""`./kinline up` and its commands as processes of their own, as a person at a terminal starts them."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from kinline.ops import running
from kinline.ops.datadir import DataDir

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 90  # of a machine that does much else; a quiet one needs six


def environment() -> dict[str, str]:
    """A person's: no database named, nothing of the tests' own settings."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("KINLINE_", "DJANGO_", "PYTEST_"))
    }
    kept.pop("DATABASE_URL", None)
    return kept | {"PYTHONPATH": str(ROOT / "src")}


def start(*words: str, prefix: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """In a process group of its own, as a terminal does it."""
    return subprocess.Popen(
        [*prefix, sys.executable, "-P", "-m", "kinline", *words],
        env=environment(),
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )


def run(*words: str) -> tuple[int, str]:
    process = start(*words)
    said, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert "Traceback" not in said, said
    return process.returncode, said


def until(check: Callable[[], Any], what: str) -> Any:
    last = time.monotonic() + PATIENCE_SECONDS
    while not (found := check()):
        assert time.monotonic() < last, f"not within {PATIENCE_SECONDS} seconds: {what}"
        time.sleep(0.05)
    return found


class Up:
    """A running `up`."""

    def __init__(self, path: Path, *words: str, prefix: tuple[str, ...] = ()) -> None:
        self.data = DataDir(path)
        self.process = start("up", "--port", "0", "--data", str(path), *words, prefix=prefix)

    def await_ready(self) -> "Up":
        def ready() -> bool:
            assert self.process.poll() is None, self.process.communicate()[0]
            return bool((running.found(self.data) or {}).get("ready"))

        until(ready, "up is ready")
        return self

    def facts(self) -> dict[str, Any]:
        return running.found(self.data) or {}

    def parts(self) -> dict[str, int]:
        """All of them: telephone, worker, mailbox and processor start after the first page."""
        found: dict[str, int] = until(self._all_parts, "all parts run")
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
