"""What carries voices in tests: rtp-io in this process, and an rtpengine of our own on free ports, once a module."""

import contextlib
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kinline.sip.media import Media
from kinline.sip.media.rtp_io import RtpIo
from kinline.sip.media.rtpengine import Rtpengine

Make = Callable[[Path], Media]
NOT_INSTALLED = "rtpengine is not installed: apt-get install rtpengine-daemon"


def make(name: str, request: pytest.FixtureRequest) -> Make:
    if name == "rtp-io":
        return lambda spool: RtpIo(ports=ports(), spool=spool)
    if shutil.which("rtpengine") is None:
        pytest.skip(NOT_INSTALLED)
    return rtpengine(request)[0]


def ports(span: int = 1000) -> tuple[int, int]:
    """A range for sound that no other run on this machine is likely to use, below what the kernel gives away."""
    low = 20_000 + 2 * secrets.randbelow(5_000)
    return low, low + span


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def rtpengine(request: pytest.FixtureRequest) -> "tuple[Make, subprocess.Popen[bytes]]":
    """One of our own, and its process; it ends with whoever asks."""
    folder = request.getfixturevalue("tmp_path_factory").mktemp("rtpengine")
    asks, keys = ("127.0.0.1", free_port()), ("127.0.0.1", free_port())
    command = ["rtpengine", "--config-file=none", "--table=-1", "--foreground", "--log-stderr", "--log-level=4"]
    command += ["--interface=127.0.0.1", f"--listen-ng=127.0.0.1:{asks[1]}", f"--dtmf-log-dest=127.0.0.1:{keys[1]}"]
    low, high = ports()
    command += [f"--port-min={low}", f"--port-max={high}", "--num-threads=2", "--timeout=60", "--silent-timeout=3600"]
    command += [f"--recording-dir={folder}", "--recording-method=pcap", "--recording-format=eth"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stderr=log, stdout=log)
    request.addfinalizer(lambda: _end(process))
    _wait(asks, process)

    def made(spool: Path) -> Media:
        for name in ("pcaps", "metadata", "tmp"):
            (folder / name).mkdir(exist_ok=True)
        spool.symlink_to(folder, target_is_directory=True)  # every test looks into its own
        return Rtpengine(ng=asks, keys=keys, spool=spool)

    return made, process


def _wait(asks: tuple[str, int], process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 10
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(0.2)
        probe.connect(asks)
        while time.monotonic() < until and process.poll() is None:
            with contextlib.suppress(OSError):
                probe.send(b"1 d7:command4:pinge")
                if probe.recv(100).endswith(b"4:ponge"):
                    return
            time.sleep(0.05)
    raise RuntimeError("rtpengine did not start")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
