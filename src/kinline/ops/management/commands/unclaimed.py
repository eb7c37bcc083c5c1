"""`unclaimed list|remit|rules`: money whose owner cannot be found (F18, E3)."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.core.management.base import CommandError

from kinline.core.money import dollars
from kinline.flows import unclaimed
from kinline.flows.authority import Actor
from kinline.ops.acting import ActingCommand
from kinline.ops.management.commands.payout import places_of, written
from kinline.payments.queries import dormancy
from kinline.payments.queries import pay_outs as lists


class Command(ActingCommand):
    help = "Money that could not be returned: what waits for an address, and what is owed to a state."
    operator_may = True

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        act("list", "oldest first, with its state of affairs")
        remit = act("remit", "it was paid to the state")
        remit.add_argument("payout", type=int)
        remit.add_argument("--reference", required=True, help="of the state's report")
        act("rules", "after how many months each state takes it")
        rule = act("rule", "a state's own rule, from a day on")
        rule.add_argument("region", help="the state's code, such as FL")
        rule.add_argument("months", type=int)
        rule.add_argument("--notice", type=int, default=5000, metavar="CENTS", help="a letter goes out from here on")
        rule.add_argument("--notice-days", type=int, default=120)
        rule.add_argument("--source", required=True, help="the law")
        rule.add_argument("--from", dest="since", type=date.fromisoformat, help="a day; default: today")

    def list(self, actor: Actor, now: datetime, **_options: Any) -> None:
        for row in lists.unclaimed(places_of(actor, now)):
            letter = f"  letter {row.notice_at:%Y-%m-%d}" if row.notice_at else ""
            self.say(f"{written(row)}  {row.state} {row.payee_region or '?'}{letter}")

    def remit(self, actor: Actor, now: datetime, *, payout: int, reference: str, **_options: Any) -> None:
        done = unclaimed.remit(staff=actor, pay_out_id=payout, reference=reference, now=now)
        self.say(f"Pay-out {done.pk}: {dollars(done.amount_cents)} is paid to {done.payee_region}.")

    def rules(self, _actor: Actor, _now: datetime, **_options: Any) -> None:
        for rule in dormancy.rules():
            self.say(
                f"{rule.region:<4}{rule.months} months, a letter {rule.notice_days} days before from "
                f"{dollars(rule.notice_cents)}, from {rule.effective_from:%Y-%m-%d}  ({rule.source})"
            )

    def rule(self, actor: Actor, now: datetime, *, region: str, months: int, **options: Any) -> None:
        if actor is not None:
            raise CommandError("A state's rule is the operator's: leave out --as.")
        unclaimed.set_rule(
            region=region, months=months, notice_cents=options["notice"], notice_days=options["notice_days"],
            source=options["source"], effective_from=options["since"] or now.date(), now=now,
        )  # fmt: skip
        self.say(f"{region.upper()}: {months} months.")
