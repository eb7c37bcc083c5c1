"""`reconcile [--day YYYY-MM-DD]`: our books beside the card processor's list of a day (MON-7)."""

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kinline.core import clock
from kinline.core.money import dollars
from kinline.flows.reconcile import Compared, reconcile_day
from kinline.payments import queries
from kinline.payments.errors import ProcessorDown


class Command(BaseCommand):
    help = "Compare a day with the card processor's list. What does not agree is written down and shown."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="default: yesterday, in the deployment's time zone")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = clock.now()
        yesterday = timezone.localdate(now, timezone.get_default_timezone()) - timedelta(days=1)
        try:
            self._say(reconcile_day(options["day"] or yesterday, now=now))
        except ProcessorDown as down:
            raise CommandError(f"{down} [{down.code}]") from down

    def _say(self, compared: Compared) -> None:
        write = self.stdout.write
        write(f"{compared.day}: {compared.lines} lines of the processor, {compared.agree} agree with ours.")
        write(f"It kept {dollars(compared.fee_cents)} as its fees, which are the operator's and no customer's.")
        for one in queries.differences_of(compared.day):
            ours, theirs = ("none" if cents is None else dollars(cents) for cents in (one.ours_cents, one.theirs_cents))
            write(f"  {one.kind:<15} {one.ref:<32} ours {ours:>12}  theirs {theirs:>12}")
        write("Nothing differs." if not compared.found else f"{compared.found} to be explained.")
