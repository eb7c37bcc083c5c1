"""The process: a server and a teller, until a signal ends both in order."""

import signal
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from kinline.ops import datadir
from kinline.ops.fake_stripe.machine import Machine
from kinline.ops.fake_stripe.server import Server
from kinline.ops.fake_stripe.webhooks import Teller
from kinline.ops.obstacles import Obstacle

PREDECESSOR_SECONDS = 20  # one whose supervisor was killed ends by itself


@dataclass(frozen=True, slots=True)
class Told:
    """What Kinline and its processor know of each other: the API's key, the secret of events and where they go."""

    key: str
    secret: str
    events_to: str


def serve(listening: socket.socket, data: Path, told: Told, *, pages: str, bank_seconds: int | None = None) -> None:
    """Returns after SIGTERM or SIGINT. What was answered is on disk by then, and before.

    Raises Obstacle if another one keeps its state in this data directory.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    refusal = Obstacle(f"Another test processor runs on {data}.")
    with datadir.locked(data / "processor.lock", seconds=PREDECESSOR_SECONDS, refusal=lambda: refusal):
        _serve(listening, Machine(data / "processor.journal", pages=pages), told, bank_seconds)


def _serve(listening: socket.socket, machine: Machine, told: Told, bank_seconds: int | None) -> None:
    if bank_seconds is not None:
        with machine.act():
            machine.set_switch("bank_seconds", str(bank_seconds))
    teller = Teller(machine, told.events_to, told.secret)
    server = Server(listening, machine, told.key)

    def end(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()  # it waits for the loop that runs here

    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, end)
    teller.start()
    try:
        server.serve_forever(poll_interval=0.1)
    finally:
        teller.end()
        listening.close()
