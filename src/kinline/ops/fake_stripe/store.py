"""The objects, in memory and in a journal: a restart, or a kill at any moment, loses nothing that was answered.

A line of the journal is what one act changed, whole; a line that was cut off by a kill is as if the act had not been.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Object = dict[str, Any]


class Store:
    """Objects by id, in the order they were made. Names that begin with `_` are ours and shown to nobody."""

    def __init__(self, path: Path) -> None:
        self._objects: dict[str, Object] = {}
        self._changed: dict[str, Object | None] = {}
        self._path = path
        for changes in _read(path):
            self._take(changes)
        self._compact()
        self._journal = os.open(path, os.O_WRONLY | os.O_APPEND)

    def put(self, found: Object) -> Object:
        """Keep it, new or changed; on disk with the next `commit`."""
        self._objects[found["id"]] = found
        self._changed[found["id"]] = found
        return found

    def drop(self, ref: str) -> None:
        self._objects.pop(ref, None)
        self._changed[ref] = None

    def get(self, ref: str) -> Object | None:
        return self._objects.get(ref)

    def of(self, kind: str) -> list[Object]:
        """All of a kind, newest first."""
        return [one for one in reversed(list(self._objects.values())) if one["object"] == kind]

    def commit(self) -> None:
        """Raises OSError when the disk is full: the act is then answered with an error."""
        if not self._changed:
            return
        line = b"\n" + json.dumps(self._changed, separators=(",", ":")).encode() + b"\n"  # after a torn one, a new one
        while line:
            line = line[os.write(self._journal, line) :]
        os.fsync(self._journal)
        self._changed = {}

    def close(self) -> None:
        os.close(self._journal)

    def _take(self, changes: dict[str, Object | None]) -> None:
        for ref, found in changes.items():
            if found is None:
                self._objects.pop(ref, None)
            else:
                self._objects[ref] = found

    def _compact(self) -> None:
        """Rewritten at each start, so it grows with what there is and not with what happened to it."""
        new = self._path.with_name(self._path.name + ".new")
        new.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(json.dumps({ref: one}, separators=(",", ":")) + "\n" for ref, one in self._objects.items())
            file.flush()
            os.fsync(file.fileno())
        new.rename(self._path)


def _read(path: Path) -> Iterator[dict[str, Object | None]]:
    with contextlib.suppress(FileNotFoundError), path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            with contextlib.suppress(ValueError):
                changes = json.loads(line)
                if isinstance(changes, dict):
                    yield changes
