"""What was not told yet, on disk: one line each, written and synced before it is told.

Everything in it may be told twice, since a moment carries its number and an end counts once. So it needs no marks of
what is done: it is emptied whenever nothing is left to tell.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Report:
    """A moment (`tell`), an end (`end`) or a recording of a call, or how a `spoken` one went. `at`: then, ISO 8601.

    `ms`: of a moment since the call began; of an end, what is billed; of a recording, how long it is.
    """

    what: Literal["tell", "end", "recorded", "spoken"]
    key: str
    at: str
    ms: int
    kind: str
    detail: str = ""
    number: int = 0


class Journal:
    """Raises OSError where the disk refuses; what is told goes on without it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._path = path

    def write(self, reports: Iterable[Report]) -> None:
        """All of them, in one write and one sync."""
        lines = "".join(json.dumps(asdict(report)) + "\n" for report in reports)
        os.write(self._file, lines.encode())
        os.fdatasync(self._file)

    def left(self) -> list[Report]:
        """What an earlier run did not come to tell. A line that was cut short by a crash is none."""
        found = []
        for line in self._path.read_text(errors="replace").splitlines():
            try:
                found.append(Report(**json.loads(line)))
            except (ValueError, TypeError):
                continue
        return found

    def empty(self) -> None:
        os.ftruncate(self._file, 0)

    def close(self) -> None:
        os.close(self._file)
