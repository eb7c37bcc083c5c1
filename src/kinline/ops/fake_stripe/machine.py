"""The lock, the clock, the switches, and what happens later by itself."""

import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kinline.ops.fake_stripe.store import Object, Store

SWITCHES: dict[str, str | int] = {
    "answers": "normal",  # slow, down, limit, garbage, lost
    "slow_seconds": 20,
    "webhooks": "on",  # held
    "duplicates": "off",  # on
    "reorder": "off",  # on
    "bank_seconds": 120,
}
CHOICES = {
    "answers": ("normal", "slow", "down", "limit", "garbage", "lost"),
    "webhooks": ("on", "held"),
    "duplicates": ("off", "on"),
    "reorder": ("off", "on"),
}
KEYS_KEPT_SECONDS = 24 * 3600  # of idempotency
LONGEST_SECONDS = 30 * 24 * 3600


class Machine:
    """Everything happens under `lock`, one act at a time, and is on disk before it is answered.

    `now` gives seconds since 1970; tests pass their own.
    """

    def __init__(self, path: Path, *, pages: str, now: Callable[[], float] = time.time) -> None:
        self.store = Store(path)
        self.pages = pages.rstrip("/")
        self.lock = threading.RLock()
        self.woken = threading.Event()
        self.version = ""
        self._now = now
        for key in self.store.of("_key"):
            if key["at"] < self.now - KEYS_KEPT_SECONDS:
                self.store.drop(key["id"])
        if self.store.get("switches") is None:
            self.store.put({"id": "switches", "object": "_switches", **SWITCHES})
        self.store.commit()

    @property
    def now(self) -> int:
        return int(self._now())

    @contextmanager
    def act(self) -> Iterator[None]:
        with self.lock:
            try:
                yield
            finally:  # a declined payment is an error and a change at once
                self.store.commit()
        self.woken.set()

    def switch(self, name: str) -> Any:
        return (self.store.get("switches") or {}).get(name, SWITCHES[name])

    def set_switch(self, name: str, value: str) -> None:
        """Raises ValueError for what is no switch or no such position."""
        if name in CHOICES and value in CHOICES[name]:
            setting: str | int = value
        elif isinstance(SWITCHES.get(name), int) and 0 <= int(value) <= LONGEST_SECONDS:
            setting = int(value)
        else:
            raise ValueError(name)
        self.store.put({**SWITCHES, **(self.store.get("switches") or {}), name: setting, "id": "switches"})

    def new(self, prefix: str, kind: str, **fields: Any) -> Object:
        """An object with a name of its own, as the library expects it."""
        made = {"id": f"{prefix}_{secrets.token_hex(12)}", "object": kind, "created": self.now, **fields}
        return self.store.put(made)

    def later(self, seconds: float, act: str, about: str) -> None:
        """Do `act` with the object `about` in so many seconds, restarts or not."""
        self.new("timer", "_timer", at=self.now + seconds, act=act, about=about)

    def due(self) -> list[Object]:
        return [timer for timer in reversed(self.store.of("_timer")) if timer["at"] <= self.now]

    def emit(self, kind: str, about: Object) -> Object:
        """An event, which will be told. It shows the object as it is at this moment."""
        event = self.new(
            "evt",
            "event",
            api_version=self.version or None,
            data={"object": public(about)},
            livemode=False,
            pending_webhooks=1,
            request={"id": None, "idempotency_key": None},
            type=kind,
        )
        self.tell(event)
        if self.switch("duplicates") == "on":
            self.tell(event, after=1)
        return event

    def tell(self, event: Object, after: float = 0) -> None:
        """Queue it for Kinline, which may have had it before."""
        wait = after + (random.uniform(0, 3) if self.switch("reorder") == "on" else 0)  # noqa: S311 (an order, no secret)
        self.new("tell", "_delivery", event=event["id"], at=self.now + wait, tries=0, state="waiting", answer="")


def public(found: Object) -> Object:
    """Without what is ours alone."""
    return {name: value for name, value in found.items() if not name.startswith("_")}
