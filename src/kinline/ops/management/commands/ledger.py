"""`ledger verify`: the books proved from their rows. `ledger balances`, `ledger history ADDRESS`: read them."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kinline.core.money import dollars
from kinline.flows import proof
from kinline.ledger import queries
from kinline.ledger.chart import UnknownAddress
from kinline.ledger.laws import LAWS, Law


class Command(BaseCommand):
    help = "Prove the books (verify), or read them (balances, history)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("verify", help="replay every posting and hold; exit code 1 if a law is broken")
        balances = actions.add_parser("balances", help="every account and what it sums to")
        balances.add_argument("--json", action="store_true")
        history = actions.add_parser("history", help="one account, newest first")
        history.add_argument("address", help="such as family:7:messages")
        history.add_argument("--limit", type=int, default=50)

    def handle(self, *args: Any, **options: Any) -> None:
        {"verify": self.verify, "balances": self.balances, "history": self.history}[options["action"]](options)

    def verify(self, options: dict[str, Any]) -> None:
        count = self._told(LAWS, queries.replay()) + self._told(proof.LAWS, proof.differences())
        if count:
            raise CommandError(f"The books are wrong in {count} places.")
        self.stdout.write(self.style.SUCCESS("The books are right."))

    def _told(self, laws: Mapping[str, Law], broken: list[queries.Difference]) -> int:
        for name, law in laws.items():
            self._say(law.says, [difference.where for difference in broken if difference.law == name])
        return len(broken)

    def _say(self, says: str, places: list[str]) -> None:
        self.stdout.write(f"{'BROKEN' if places else 'holds ':<7} {says}")
        for place in places:
            self.stdout.write(f"          {place}")

    def balances(self, options: dict[str, Any]) -> None:
        totals = queries.totals()
        if options["json"]:
            self.stdout.write(json.dumps(totals, indent=2))
            return
        for address, cents in totals.items():
            self.stdout.write(f"{dollars(cents):>14}  {address}")
        self.stdout.write(f"{dollars(sum(totals.values())):>14}  all together")

    def history(self, options: dict[str, Any]) -> None:
        try:
            lines = queries.history(options["address"], limit=options["limit"])
        except UnknownAddress as unknown:
            raise CommandError(f"The chart has no account {unknown}.") from unknown
        for line in lines:
            corrects = f"corrects {line.corrects_id}" if line.corrects_id else ""
            what = " ".join(filter(None, [line.kind, line.reference, corrects]))
            self.stdout.write(
                f"{line.at:%Y-%m-%d %H:%M:%S}  {line.entry_id:>10}  {dollars(line.cents):>12}"
                f"  {dollars(line.balance_cents):>12}  {what}"
            )
