"""An rtpengine of these tests' own, on free ports."""

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from kinline.sip.media.tests.engines import free_port

READY_SECONDS = 10


@contextlib.contextmanager
def running(folder: Path) -> Iterator[dict[str, str]]:
    """What the switch's environment must say to find it."""
    spool, asks, keys = folder / "rtpengine", free_port(), free_port()
    spool.mkdir()
    command = ["rtpengine", "--config-file=none", "--table=-1", "--foreground", "--log-stderr", "--log-level=4"]
    command += ["--interface=127.0.0.1", f"--listen-ng=127.0.0.1:{asks}", f"--dtmf-log-dest=127.0.0.1:{keys}"]
    command += ["--port-min=46000", "--port-max=47998", "--num-threads=2", "--timeout=60", "--silent-timeout=3600"]
    command += [f"--recording-dir={spool}", "--recording-method=pcap", "--recording-format=eth"]
    with (folder / "rtpengine.log").open("w") as log:
        process = subprocess.Popen(command, stderr=log, stdout=log)
        try:
            time.sleep(0.5)
            assert process.poll() is None, (folder / "rtpengine.log").read_text()
            yield {
                "KINLINE_RTPENGINE": f"127.0.0.1:{asks}", "KINLINE_RTPENGINE_KEYS": f"127.0.0.1:{keys}",
                "KINLINE_RTPENGINE_SPOOL": str(spool),
            }  # fmt: skip
        finally:
            process.terminate()
            process.wait(timeout=READY_SECONDS)
