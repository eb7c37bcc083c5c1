"""Where rtpengine is, and what it shares with us, as the environment says."""

import os
from collections.abc import Callable
from pathlib import Path

Address = tuple[str, int]


def address(variable: str, default: Address) -> Callable[[], Address]:
    def found() -> Address:
        host, _, port = os.environ.get(variable, "").rpartition(":")
        return (host.strip("[]"), int(port)) if host and port.isdecimal() else default

    return found


def named(variable: str) -> Path | None:
    return Path(os.environ[variable]) if os.environ.get(variable) else None


def folder(variable: str, default: str) -> Callable[[], Path]:
    return lambda: named(variable) or Path(default)
