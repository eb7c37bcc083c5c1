"""`kinline fake-stripe`: a card processor for the sample and for tests. No money moves."""

import os
import socket
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kinline.ops import ports
from kinline.ops.fake_stripe.run import serve
from kinline.ops.obstacles import Obstacle


class Command(BaseCommand):
    help = "Stand in for the card processor: pages that take test cards only, signed events. For the sample and tests."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8020)
        parser.add_argument("--fd", type=int, help="a socket that listens already, of the supervisor")
        parser.add_argument("--bank-seconds", type=int, help="how long a bank takes to confirm (default 120)")

    def handle(self, *, host: str, port: int, fd: int | None, bank_seconds: int | None, **options: Any) -> None:
        if not (settings.STRIPE_KEY and settings.STRIPE_WEBHOOK_SECRET):
            raise CommandError("Set KINLINE_STRIPE_KEY and KINLINE_STRIPE_WEBHOOK_SECRET to any words, here and there.")
        listening = self._listen(host, port) if fd is None else socket.socket(fileno=fd)
        pages = os.environ.get("KINLINE_STRIPE_PAGE") or f"http://{host}:{listening.getsockname()[1]}"
        if fd is None:
            self.stdout.write(f"Listening at {pages}")
        serve(listening, pages=pages, bank_seconds=bank_seconds)

    def _listen(self, host: str, port: int) -> socket.socket:
        try:
            return ports.listen(host, port)
        except Obstacle as obstacle:
            raise CommandError(str(obstacle)) from None
