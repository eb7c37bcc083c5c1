"""The process: a server and a teller, until a signal ends both in order."""

import signal
import socket
import threading
from types import FrameType

from django.conf import settings

from kinline.ops.fake_stripe.machine import Machine
from kinline.ops.fake_stripe.server import Server
from kinline.ops.fake_stripe.webhooks import Teller


def serve(listening: socket.socket, *, pages: str, bank_seconds: int | None = None) -> None:
    """Returns after SIGTERM or SIGINT. What was answered is on disk by then, and before."""
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
