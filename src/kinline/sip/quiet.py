"""Logs of the switch: each kind of line at most once in ten seconds, and nothing in it that a caller keyed in (R8)."""

import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

EVERY_SECONDS: Final = 10.0


@dataclass
class Sparse:
    """`seen` counts every occasion by its kind; the log gets the first, and later how many there were since."""

    log: logging.Logger
    seen: Counter[str] = field(default_factory=Counter)
    _told: dict[str, tuple[float, int]] = field(default_factory=dict)

    def warn(self, kind: str, detail: str = "", *, fault: BaseException | None = None) -> None:
        """`kind`: a fixed word. `detail`: an address or a type's name; never a message, a URI or a digit string.

        A `fault` is one of ours: with where it happened, without what it says, which may quote a packet.
        """
        self.seen[kind] += 1
        at, count = self._told.get(kind, (-EVERY_SECONDS, 0))
        if (now := time.monotonic()) - at < EVERY_SECONDS:
            return
        self._told[kind] = (now, self.seen[kind])
        words = f"{kind} ({self.seen[kind] - count})" + (f": {detail}" if detail else "")
        if fault is None:
            self.log.warning("%s", words)
        else:
            self.log.error("%s: %s at %s", words, type(fault).__name__, _where(fault))


def _where(fault: BaseException) -> str:
    trace = fault.__traceback__
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " ".join(places[-4:])


sparse: Final = Sparse(logging.getLogger("kinline.sip"))
