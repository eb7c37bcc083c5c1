"""`kinline mailsink`: the demo's mail server."""

from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kinline.ops.mailsink import run_mailsink
from kinline.ops.service import run


class Command(BaseCommand):
    help = "Take every email and keep the newest for /dev/mail/. For the demo: nothing is delivered to anybody."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=1025)

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        try:
            run(partial(run_mailsink, host, port, settings.DATA / "mail"))
        except OSError as problem:
            raise CommandError(
                f"Cannot listen on {host} port {port}: {problem.strerror}. Choose another --port."
            ) from None
