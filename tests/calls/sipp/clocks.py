"""Time zones of these tests' own, whose clocks change at a chosen moment: the switch reads them as any other."""

import os
import struct
import zoneinfo
from pathlib import Path

HOUR = 3600
_WEST = -5 * HOUR


def write(path: Path, *, change: float, hours: int) -> None:
    """A zone as `zic` would write it (RFC 9636, version 1): at that moment its clock is set by so many hours."""
    before, after, names = _WEST, _WEST + hours * HOUR, b"ONE\0TWO\0"
    head = b"TZif" + bytes(16) + struct.pack(">6l", 0, 0, 0, 1, 2, len(names))
    path.parent.mkdir(parents=True, exist_ok=True)
    kinds = struct.pack(">lBB", before, 0, 0) + struct.pack(">lBB", after, 1, 4)
    path.write_bytes(head + struct.pack(">lB", int(change), 1) + kinds + names)


def around(folder: Path) -> dict[str, str]:
    """What a process's environment must say to find those of a folder, and all others."""
    return {"PYTHONTZPATH": os.pathsep.join([str(folder), *zoneinfo.TZPATH])}
