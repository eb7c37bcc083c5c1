"""`kinline switch`: the built-in telephone switch."""

import os
from argparse import ArgumentTypeError
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kinline.ops.service import run
from kinline.sip.options import DEFAULT_SIP, Address, Options, Peer, address
from kinline.sip.switch import DRIVERS, serve


def _address(text: str) -> Address:
    try:
        return address(text)
    except ValueError as problem:
        raise ArgumentTypeError(str(problem)) from None


def _ports(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    if not (low.isdecimal() and high.isdecimal() and 1024 <= int(low) < int(high) - 7 < 65528):
        raise ArgumentTypeError(f"{text}: ports are LOW-HIGH, such as 30000-39998")
    return int(low), int(high)


class Command(BaseCommand):
    help = "Let telephones call: SIP, sound, and the end of each call on the second. Ends in order on SIGTERM."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sip", type=_address, default=DEFAULT_SIP, metavar="HOST:PORT", help="listen here (UDP)")
        parser.add_argument(
            "--advertise", default="", metavar="HOST", help="our address as telephones and trunk see it"
        )
        parser.add_argument(
            "--trunk",
            type=_address,
            action="append",
            metavar="HOST:PORT",
            help="calls go out there, instead of by the trunks that are set up; several: tried in order",
        )
        parser.add_argument("--media", choices=DRIVERS, default="rtp-io", help="what carries the voices")
        parser.add_argument(
            "--rtp-ports", type=_ports, default=(30000, 39998), metavar="LOW-HIGH", help="for voices (rtp-io): 8 a call"
        )
        parser.add_argument(
            "--caller-id", default="", metavar="NUMBER", help="shown by calls that speak a code (E.164)"
        )
        parser.add_argument("--nat", action="store_true", help="telephones sit behind a NAT: send where they send from")
        parser.add_argument(
            "--trust-loopback",
            action="store_true",
            help="whoever calls from this machine is a telephone (the sample alone)",
        )
        parser.add_argument(
            "--known",
            action="append",
            default=[],
            metavar="HOST",
            help="an address without a limit of packets, as an edge proxy",
        )

    def handle(self, **options: Any) -> None:
        peers = tuple(Peer(f"{host}:{port}", host, port) for host, port in options["trunk"] or ())
        chosen = Options(
            sip=options["sip"],
            advertise=options["advertise"],
            peers=peers,
            media=options["media"],
            rtp_ports=options["rtp_ports"],
            nat=options["nat"],
            caller_id=options["caller_id"],
            data=Path(settings.DATA).absolute(),
            recordings=Path(settings.RECORDINGS).absolute(),
            trust_loopback=options["trust_loopback"],
            known=frozenset(options["known"]),
        )
        chosen.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chdir(chosen.folder)  # what carries the voices leaves a file wherever it is started
        try:
            run(partial(serve, chosen, ready=self._ready))
        except OSError as problem:
            host, port = chosen.sip
            raise CommandError(
                f"Cannot listen on {host} port {port}: {problem.strerror}. Choose another --sip."
            ) from None

    def _ready(self, where: Address) -> None:
        self.stdout.write(f"Telephones call {where[0]}:{where[1]}")
        self.stdout.flush()
