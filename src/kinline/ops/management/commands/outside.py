"""`kinline outside`: the sample's world outside, and the telephone of its page /dev/call/."""

import os
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kinline.ops.outside.door import VARIABLE
from kinline.ops.outside.run import run
from kinline.ops.ports import sip_address
from kinline.ops.service import run as serve


class Command(BaseCommand):
    help = "Be the world outside the sample jail: numbers that answer, refuse or are busy, by their last two digits."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sip", required=True, metavar="HOST:PORT", help="where the switch is")
        parser.add_argument("--listen", metavar="HOST:PORT", help="where calls to the outside come; else none do")

    def handle(self, *, sip: str, listen: str | None, **options: Any) -> None:
        path = Path(os.environ.get(VARIABLE) or settings.DATA / "run" / "outside.sock")
        try:
            serve(partial(run, sip_address(sip), sip_address(listen) if listen else None, path))
        except (OSError, ValueError) as problem:
            raise CommandError(f"Cannot listen on {listen}: {problem}.") from None
