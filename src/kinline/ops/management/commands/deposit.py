"""`deposit cash` and `deposit money-order`: lobby money recorded by staff, with a receipt to print (MON-3).

`deposit import FILE`: what a kiosk or retail network collected.
"""

import uuid
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from kinline.core.csvfiles import Fault
from kinline.core.money import dollars
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.facilities.models import Facility
from kinline.flows.authority import Actor
from kinline.flows.deposit import Method, record_deposit
from kinline.flows.deposit_file import import_deposits
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.ops.acting import ActingCommand, facility_named, family_named, resident_numbered, shown, staff_only
from kinline.payments import file_wording
from kinline.payments.models import Deposit

WIDTH = 48
FAULTS_SHOWN = 50


class Command(ActingCommand):
    help = "Record lobby money as message credits and print the receipt, or take in a file of deposits."

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        for name, summary in (("cash", "cash over the counter"), ("money-order", "a money order")):
            parser = act(name, summary)
            parser.add_argument("--to", required=True, help="family:<username> or resident:<number>")
            parser.add_argument("--amount", required=True, help="dollars, such as 10.00")
            parser.add_argument("--facility", required=True, metavar="SLUG", help="whose lobby it is")
            parser.add_argument("--payer", default="", help="name of who paid, for the receipt")
            parser.add_argument("--key", type=uuid.UUID, help="the same key again records nothing twice")
        parser = act("import", "a file of deposits: all its lines, or none if one is wrong; the same file once")
        parser.add_argument("file", type=Path, help="CSV: account,amount,reference,payer,last_name; last line: total")
        parser.add_argument("--facility", required=True, metavar="SLUG", help="for which the network collected")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "import":
            options["act"] = "load"  # `import` is a word of the language
        super().handle(*args, **options)

    def load(self, actor: Actor, now: datetime, *, file: Path, facility: str, dry_run: bool, **_options: Any) -> None:
        try:
            content = file.read_bytes()
        except OSError as problem:
            raise CommandError(f"Cannot read {file}: {problem.strerror}.") from None
        done = import_deposits(
            content, name=file.name, staff=staff_only(actor), facility_id=facility_named(facility).pk, now=now,
            dry_run=dry_run,
        )  # fmt: skip
        if done.faults:
            raise _refused(done.faults)
        said = f"{done.lines} deposits, {dollars(done.total_cents)} in all"
        if done.again:
            self.say(f"This file was taken in before: {said}. Nothing was changed.")
        else:
            self.say(f"Dry run, nothing was changed. It would be: {said}." if dry_run else f"Done: {said}.")

    def cash(self, actor: Actor, now: datetime, **options: Any) -> None:
        self._record("cash", staff_only(actor), now, **options)

    def money_order(self, actor: Actor, now: datetime, **options: Any) -> None:
        self._record("money_order", staff_only(actor), now, **options)

    def _record(
        self,
        method: Method,
        staff: User,
        now: datetime,
        *,
        to: str,
        amount: str,
        facility: str,
        payer: str,
        key: uuid.UUID | None,
        **_options: Any,
    ) -> None:
        place = facility_named(facility)
        party, name = _account(to, place)
        deposit = record_deposit(
            account=party,
            amount_cents=_cents(amount),
            method=method,
            client_key=key or uuid.uuid4(),
            now=now,
            recorded_by=staff,
            facility_id=place.pk,
            payer_name=payer,
        )
        self.say(_receipt(deposit, place, staff, party, name))


def _refused(faults: tuple[Fault, ...]) -> CommandError:
    told = [file_wording.sentence(fault) for fault in faults]
    more = [f"… and {len(told) - FAULTS_SHOWN} more"] if len(told) > FAULTS_SHOWN else []
    return CommandError("\n".join(["Nothing was changed:", *told[:FAULTS_SHOWN], *more]))


def _account(to: str, place: Facility) -> tuple[Party, str]:
    """Whose balance `--to` means, and how the receipt names them."""
    side, _colon, who = to.partition(":")
    if side == FAMILY:
        user = family_named(who)
        return Party(FAMILY, user.pk), user.username
    if side == RESIDENT:
        resident = resident_numbered(place.agency, who)
        return Party(RESIDENT, resident.pk), f"{resident.name} ({resident.number})"
    raise CommandError(f"{to} is nobody's balance. Write family:<username> or resident:<number>.")


def _cents(amount: str) -> int:
    """`10`, `10.5` and `10.00` in cents; anything finer than a cent is not money."""
    try:
        cents = Decimal(amount.removeprefix("$")) * 100
    except InvalidOperation:
        cents = Decimal("NaN")
    if not cents.is_finite() or cents != cents.to_integral_value():
        raise CommandError(f"{amount} is not an amount of dollars and cents, such as 10.00.")
    return int(cents)


def _receipt(deposit: Deposit, place: Facility, staff: User, party: Party, name: str) -> str:
    lines = [
        ("Receipt", deposit.receipt),
        ("Date", shown(deposit.at, place.time_zone)),
        ("Paid by", deposit.payer_name or "not named"),
        ("For", name),
        ("Message credits", dollars(deposit.amount_cents)),
        ("Fee", "none"),
        ("Balance now", dollars(ledger.balance(chart.messages_of(party)).available_cents)),
        ("Received by", staff.username),
    ]
    rows = [f"{label:<17}{value:>{WIDTH - 17}}" for label, value in lines]
    return "\n".join(["=" * WIDTH, place.name.center(WIDTH).rstrip(), "=" * WIDTH, *rows, "=" * WIDTH])
