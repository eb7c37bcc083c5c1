"""`payout list|settle|returned|address`: what no card can take, paid by finance (MON-6)."""

from argparse import ArgumentParser
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.conf import settings

from kinline.core.money import dollars
from kinline.flows import pay_out
from kinline.flows.authority import Actor
from kinline.identity import permissions
from kinline.identity.permissions import Permission
from kinline.ops.acting import ActingCommand, shown
from kinline.payments.models.refunds import PayOutState, Way
from kinline.payments.queries import pay_outs as lists

WAYS = [way.value for way in Way if way != Way.CARD]


class Command(ActingCommand):
    help = "Refunds that finance pays: cheques, and the residents' pay-out list."
    operator_may = True

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        listed = act("list", "what waits, oldest first, at the places you work for")
        listed.add_argument("--state", default=PayOutState.WAITING, choices=PayOutState.values)
        settle = act("settle", "it was paid")
        settle.add_argument("payout", type=int)
        settle.add_argument("--reference", default="", help="number of the cheque, card or transfer")
        settle.add_argument("--way", choices=WAYS, help="as it was really paid, if not as listed")
        act("returned", "it came back, or was never cashed").add_argument("payout", type=int)
        address = act("address", "a new address for what waits, came back, or is unclaimed")
        address.add_argument("payout", type=int)
        address.add_argument("--name", required=True)
        address.add_argument("--address", required=True, help="lines, separated by |")
        address.add_argument("--region", default="", help="the address's state, such as FL")

    def list(self, actor: Actor, now: datetime, *, state: str, **_options: Any) -> None:
        places = places_of(actor, now)
        for row in lists.every_pay_out(places, state):
            self.say(written(row))
        listed = lists.summary(places, state)
        self.say(f"{listed.count} {state}, {dollars(listed.cents)} in all.")

    def settle(
        self, actor: Actor, now: datetime, *, payout: int, reference: str, way: str | None, **_options: Any
    ) -> None:
        done = pay_out.settle(staff=actor, pay_out_id=payout, reference=reference, way=way, now=now)
        self.say(f"Pay-out {done.pk} of {dollars(done.amount_cents)} is paid.")

    def returned(self, actor: Actor, now: datetime, *, payout: int, **_options: Any) -> None:
        done = pay_out.returned(staff=actor, pay_out_id=payout, now=now)
        self.say(f"Pay-out {done.pk} of {dollars(done.amount_cents)} came back. It waits for a new address.")

    def address(self, actor: Actor, now: datetime, *, payout: int, name: str, address: str, **options: Any) -> None:
        lines = "\n".join(line.strip() for line in address.split("|"))
        anew = pay_out.new_address(
            staff=actor, pay_out_id=payout, name=name, address=lines, region=options["region"], now=now
        )
        self.say(f"Pay-out {anew.pk} of {dollars(anew.amount_cents)} waits to be paid.")


def places_of(actor: Actor, now: datetime) -> Collection[int] | None:
    """Where the actor may pay refunds; None: the operator, everywhere."""
    if actor is None:
        return None
    found = permissions.places_of(actor, now)
    return [place for place, may in found.items() if Permission.SETTLE_REFUNDS in may]


def written(row: lists.PayOutRow) -> str:
    """One line of a list; the payee's address is on the list, so it is printed for those who may see the list only."""
    where = " / ".join(row.payee_address.splitlines()) or ("no address" if row.address_missing else "")
    who = f"{row.payee_name or 'not known'}{f' ({row.resident_number})' if row.resident_number else ''}"
    frozen = "  [under dispute]" if row.frozen else ""
    amount = f"{dollars(row.amount_cents):>10}"
    since = shown(row.since, settings.TIME_ZONE)
    return (
        f"{row.id:<8}{amount}  {row.way:<13}since {since}  {row.facility_name or '-'}  {who}  {where}{frozen}".rstrip()
    )
