"""`kinline web`: the web server."""

from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kinline.ops.service import run
from kinline.ops.web import await_end, bind, inherit, run_web


class Command(BaseCommand):
    help = "Serve pages and the open pages' event streams. Ends in order on SIGTERM."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--fd", type=int, help="an open listening socket to use instead")
        parser.add_argument("--after", type=int, help="an open pipe: load everything, then serve when it is closed")

    def handle(self, *, host: str, port: int, fd: int | None, after: int | None, **options: Any) -> None:
        try:
            listener = bind(host, port) if fd is None else inherit(fd)
        except OSError as problem:
            raise CommandError(
                f"Cannot listen on {host} port {port}: {problem.strerror}. Choose another --port."
            ) from None
        if after is not None:
            await_end(after)
        run(partial(run_web, listener))
