"""Parts of `up` end when the supervisor ends, however it ends (`kill -9` included)."""

import ctypes
import os
import signal
import sys
import threading
import time

VARIABLE = "KINLINE_SUPERVISOR"
_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of linux/prctl.h


def hold() -> None:
    """Called first in every process; does nothing unless a supervisor started it."""
    supervisor = int(os.environ.get(VARIABLE, "0"))
    if not supervisor:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    else:
        threading.Thread(target=_watch, args=(supervisor,), daemon=True).start()
    if os.getppid() != supervisor:  # it ended before we could ask to be told
        sys.exit(1)


def _watch(supervisor: int) -> None:
    while os.getppid() == supervisor:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
