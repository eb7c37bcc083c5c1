"""The process: a server and a teller, until a signal ends both in order."""

import signal
import socket
import threading
from types import FrameType

from django.conf import settings

from kinline.ops import datadir
from kinline.ops.fake_stripe.machine import Machine
from kinline.ops.fake_stripe.server import Server
from kinline.ops.fake_stripe.webhooks import Teller
from kinline.ops.obstacles import Obstacle

PREDECESSOR_SECONDS = 20  # one whose supervisor was killed ends by itself


def serve(listening: socket.socket, *, pages: str, bank_seconds: int | None = None) -> None:
    """Returns after SIGTERM or SIGINT. What was answered is on disk by then, and before.

    Raises Obstacle if another one keeps its state in this data directory.
    """
    settings.DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
    refusal = Obstacle(f"Another test processor runs on {settings.DATA}.")
    with datadir.locked(settings.DATA / "processor.lock", seconds=PREDECESSOR_SECONDS, refusal=lambda: refusal):
        _serve(listening, pages, bank_seconds)


def _serve(listening: socket.socket, pages: str, bank_seconds: int | None) -> None:
    machine = Machine(settings.DATA / "processor.journal", pages=pages)
    if bank_seconds is not None:
        with machine.act():
            machine.set_switch("bank_seconds", str(bank_seconds))
    teller = Teller(machine, f"{settings.BASE_URL}/webhooks/stripe/", settings.STRIPE_WEBHOOK_SECRET)
    server = Server(listening, machine, settings.STRIPE_KEY)

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
