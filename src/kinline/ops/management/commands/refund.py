"""`refund list|show|run`: refunds as the operator sees them; asking for one is its owner's alone (MON-6)."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from kinline.core.money import dollars
from kinline.flows.authority import Actor
from kinline.flows.closing_refund import sweep_closed
from kinline.flows.inactivity import sweep_idle
from kinline.flows.release_refund import sweep_released
from kinline.flows.send_pay_out import ask_sent_pay_outs, sweep_pay_outs
from kinline.flows.unclaimed import sweep_unclaimed
from kinline.ops.acting import ActingCommand, shown
from kinline.payments.models import Refund
from kinline.payments.refund_wording import pay_out_sentence

SWEEPS = (sweep_pay_outs, ask_sent_pay_outs, sweep_released, sweep_closed, sweep_idle, sweep_unclaimed)


class Command(ActingCommand):
    help = "Refunds and where each part of them is."
    operator_may = True

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        act("list", "the newest").add_argument("--limit", type=int, default=50)
        act("show", "one, with its pay-outs").add_argument("refund", type=int)
        act("run", "do now what the clock does: send, release, close, remind, unclaimed")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["staff"] is not None:
            raise CommandError("Refunds as a whole are the operator's: leave out --as. See: payout list.")
        super().handle(*args, **options)

    def list(self, _actor: Actor, _now: datetime, *, limit: int, **_options: Any) -> None:
        for one in Refund.objects.order_by("-pk")[:limit]:
            self.say(f"{one.pk:<8}{dollars(one.amount_cents):>10}  {one.cause:<12}{shown(one.at, settings.TIME_ZONE)}")

    def show(self, _actor: Actor, _now: datetime, *, refund: int, **_options: Any) -> None:
        found = Refund.objects.filter(pk=refund).first()
        if found is None:
            raise CommandError(f"There is no refund {refund}.")
        self.say(f"{dollars(found.amount_cents)} from {found.account}, {found.cause}, asked by {found.asked_by}")
        for one in found.pay_outs.order_by("pk"):
            where = pay_out_sentence(one.state, one.way, has_address=bool(one.payee_address))
            self.say(f"{one.pk:<8}{dollars(one.amount_cents):>10}  {one.way:<13}{one.state:<10}{where}")

    def run(self, _actor: Actor, now: datetime, **_options: Any) -> None:
        for sweep in SWEEPS:
            sweep(now=now)
        self.say("Done. What goes to cards is sent by the worker.")
