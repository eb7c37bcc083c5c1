"""How many packets of one address are read: a flood from one must not cost the others their calls."""

from dataclasses import dataclass, field
from typing import Final

BURST_SECONDS: Final = 2  # so long may one send twice as much, after a silence
MOST_ADDRESSES: Final = 10_000  # remembered; beyond that all strangers share one bucket, as senders may be invented
FORGET_SECONDS: Final = 10


@dataclass
class Flood:
    """`rate`: packets a second, 0: no limit. `known`: addresses without one. `local`: on this machine a port stands for
    an address, with twice the rate (the sample, where all telephones are here).
    """

    rate: int
    known: set[str] = field(default_factory=set)
    local: bool = False
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)
    _swept: float = 0.0

    def admit(self, sender: str, at: float, port: int = 0) -> bool:
        """One packet, at this second of a monotonic clock."""
        if not self.rate or sender in self.known:
            return True
        rate = self.rate
        if self.local and sender.startswith(("127.", "::1")):
            sender, rate = f"{sender} {port}", 2 * rate
        if sender not in self._left and len(self._left) >= MOST_ADDRESSES:
            self._sweep(at)
            if len(self._left) >= MOST_ADDRESSES:
                sender = ""
        most = rate * BURST_SECONDS
        left, since = self._left.get(sender, (float(most), at))
        left = min(most, left + (at - since) * rate)
        self._left[sender] = (max(0.0, left - 1), at)
        return left >= 1

    def _sweep(self, at: float) -> None:
        if at - self._swept < 1:
            return
        self._swept = at
        self._left = {who: found for who, found in self._left.items() if at - found[1] < FORGET_SECONDS}
