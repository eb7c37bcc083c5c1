"""An rtpengine of these tests' own, on free ports."""

import contextlib
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kinline.sip.media.tests.engines import free_port

READY_SECONDS = 10


@dataclass
class Engine:
    """`kill` and `start`: as often as one likes, on the same ports."""

    folder: Path
    asks: int = field(default_factory=free_port)
    keys: int = field(default_factory=free_port)

    @property
    def environment(self) -> dict[str, str]:
        """What the switch's must say to find it."""
        return {
            "KINLINE_RTPENGINE": f"127.0.0.1:{self.asks}", "KINLINE_RTPENGINE_KEYS": f"127.0.0.1:{self.keys}",
            "KINLINE_RTPENGINE_SPOOL": str(self.folder / "rtpengine"),
        }  # fmt: skip

    def start(self) -> None:
        command = ["rtpengine", "--config-file=none", "--table=-1", "--foreground", "--log-stderr", "--log-level=4"]
        command += ["--interface=127.0.0.1", f"--listen-ng=127.0.0.1:{self.asks}"]
        command += [f"--dtmf-log-dest=127.0.0.1:{self.keys}", "--port-min=46000", "--port-max=47998"]
        command += ["--num-threads=2", "--timeout=60", "--silent-timeout=3600"]
        command += [f"--recording-dir={self.folder / 'rtpengine'}", "--recording-method=pcap", "--recording-format=eth"]
        with (self.folder / "rtpengine.log").open("a") as log:
            self._process = subprocess.Popen(command, stderr=log, stdout=log)
        time.sleep(0.5)
        assert self._process.poll() is None, (self.folder / "rtpengine.log").read_text()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=READY_SECONDS)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[dict[str, str]]:
    """What the switch's environment must say to find it. `RUNNING` has its process."""
    (folder / "rtpengine").mkdir()
    RUNNING[folder] = one = Engine(folder)
    one.start()
    try:
        yield one.environment
    finally:
        one.stop()


RUNNING: dict[Path, Engine] = {}
