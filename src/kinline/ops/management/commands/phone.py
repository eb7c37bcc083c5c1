"""`kinline phone`: a telephone in the terminal, to place a call from a resident's side."""

import asyncio
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kinline.ops import datadir
from kinline.sip.options import DEFAULT_SIP, address
from kinline.sip.phone import terminal

MENU = "9000"  # asks for what is not given


class Command(BaseCommand):
    help = (
        "Call a number from a resident's telephone. Without --id and --pin it dials the menu, which asks for them. "
        "Keys you type are pressed; h hangs up. The called person's part is played by whoever answers there."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", nargs="?", default="", help="whom to call, as a resident would key it in")
        parser.add_argument("--id", default="", help="the resident's number")
        parser.add_argument("--pin", default="", help="their passcode; or set KINLINE_PHONE_PIN, which no list shows")
        parser.add_argument("--switch", default="", help="HOST:PORT of the switch (that of `up`, else 127.0.0.1:15060)")
        parser.add_argument("--user", default="telephone", help="of an enrolled telephone")
        parser.add_argument("--password", default="", help="of that telephone; or set KINLINE_PHONE_PASSWORD")
        parser.add_argument("--keys", default="", help="pressed once the line speaks; a comma waits two seconds")
        parser.add_argument("--seconds", type=float, default=0, help="hang up after so many")
        parser.add_argument("--wav", type=Path, help="keep what was heard in this file")

    def handle(self, **options: Any) -> None:
        try:
            switch = address(options["switch"]) if options["switch"] else _switch_of_up()
        except ValueError as problem:
            raise CommandError(str(problem)) from None
        wish = terminal.Wish(
            switch=switch,
            number=_dialled(
                options["id"], options["pin"] or os.environ.get("KINLINE_PHONE_PIN", ""), options["number"]
            ),
            user=options["user"],
            password=options["password"] or _secret("PASSWORD"),
            keys=options["keys"],
            seconds=options["seconds"],
            wav=options["wav"],
        )
        try:
            call = asyncio.run(terminal.talk(wish, self._tell, terminal.stdin()))
        except OSError as problem:
            raise CommandError(f"Cannot call from here: {problem.strerror}.") from None
        except KeyboardInterrupt:
            return
        if "up" not in call.moments:
            raise SystemExit(1)

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _secret(name: str) -> str:
    return os.environ.get(f"KINLINE_PHONE_{name}", "")


def _dialled(who: str, pin: str, number: str) -> str:
    if who and pin and number:
        return f"{who}*{pin}*{number}"
    return number if number and not (who or pin) else MENU


def _switch_of_up() -> tuple[str, int]:
    known = datadir.read_json(Path(settings.DATA) / "demo.json") or {}
    return address(known["sip"]) if known.get("sip") else DEFAULT_SIP
