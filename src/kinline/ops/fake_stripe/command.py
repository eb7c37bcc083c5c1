"""`kinline fake-stripe`: a card processor for the sample and for tests. No money moves.

The framework is loaded with the first page that somebody pays on: until then a third less memory.
"""

import argparse
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from kinline.ops import lean, ports
from kinline.ops.fake_stripe.run import Told, serve
from kinline.ops.obstacles import Obstacle


def main(words: Sequence[str], path: Path) -> int:
    """Until it is asked to end. Raises Obstacle without its two keys, and when the port or the data is taken."""
    found = choices(words)
    told = Told(
        key=os.environ.get("KINLINE_STRIPE_KEY", ""),
        secret=os.environ.get("KINLINE_STRIPE_WEBHOOK_SECRET", ""),
        events_to=os.environ.get("KINLINE_BASE_URL", "http://127.0.0.1:8000").rstrip("/") + "/webhooks/stripe/",
    )
    if not (told.key and told.secret):
        raise Obstacle("Set KINLINE_STRIPE_KEY and KINLINE_STRIPE_WEBHOOK_SECRET to any words, here and there.")
    lean.begin_logs()
    listening = ports.listen(found.host, found.port) if found.fd is None else socket.socket(fileno=found.fd)
    pages = os.environ.get("KINLINE_STRIPE_PAGE") or f"http://{found.host}:{listening.getsockname()[1]}"
    if found.fd is None:
        sys.stdout.write(f"Listening at {pages}\n")
        sys.stdout.flush()
    serve(listening, path, told, pages=pages, bank_seconds=found.bank_seconds)
    return 0


def choices(words: Sequence[str]) -> argparse.Namespace:
    """What the command was given; ends the process with a sentence where that cannot be."""
    parser = argparse.ArgumentParser(
        prog="./kinline fake-stripe",
        description="Stand in for the card processor: pages that take test cards only, signed events. "
        "For the sample and tests.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8020)
    parser.add_argument("--fd", type=int, help="a socket that listens already, of the supervisor")
    parser.add_argument("--bank-seconds", type=int, help="how long a bank takes to confirm (default 120)")
    return parser.parse_args(words)
