"""`deposit cash` and `deposit money-order`: lobby money recorded by staff, with a receipt to print (MON-3)."""

import uuid
from argparse import ArgumentParser
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.core.money import dollars
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.facilities import queries as facilities
from kinline.facilities.models import Facility
from kinline.flows.deposit import record_deposit
from kinline.identity import queries as identity
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.payments.models import Deposit
from kinline.residents import queries as residents

METHODS: dict[str, Literal["cash", "money_order"]] = {"cash": "cash", "money-order": "money_order"}
WIDTH = 48


class Command(BaseCommand):
    help = "Record lobby money as message credits and print the receipt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("method", choices=sorted(METHODS))
        parser.add_argument("--as", dest="staff", required=True, metavar="STAFF", help="who takes the money")
        parser.add_argument("--to", required=True, help="family:<username> or resident:<number>")
        parser.add_argument("--amount", required=True, help="dollars, such as 10.00")
        parser.add_argument("--facility", required=True, metavar="SLUG", help="whose lobby it is")
        parser.add_argument("--payer", default="", help="name of who paid, for the receipt")
        parser.add_argument("--key", type=uuid.UUID, help="the same key again records nothing twice")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        facility = facilities.facility_by_slug(options["facility"])
        if facility is None:
            raise CommandError(f"There is no facility {options['facility']}.")
        staff = identity.staff_by_username(options["staff"])
        if staff is None:
            raise CommandError(f"There is no staff member {options['staff']}.")
        party, name = _account(options["to"], facility)
        try:
            deposit = record_deposit(
                account=party,
                amount_cents=_cents(options["amount"]),
                method=METHODS[options["method"]],
                client_key=options["key"] or uuid.uuid4(),
                now=now,
                recorded_by=staff,
                facility_id=facility.pk,
                payer_name=options["payer"],
            )
        except Refusal as refusal:
            raise CommandError(f"{refusal} [{refusal.code}]") from refusal
        self.stdout.write(_receipt(deposit, facility, staff, party, name))


def _account(to: str, facility: Facility) -> tuple[Party, str]:
    """Whose balance `--to` means, and how the receipt names them."""
    side, _colon, who = to.partition(":")
    if side == FAMILY:
        user = identity.by_identifier(who)
        if user is not None:
            return Party(FAMILY, user.pk), user.username
    elif side == RESIDENT:
        resident = residents.by_number(facility.agency_id, who)
        if resident is not None:
            return Party(RESIDENT, resident.pk), f"{resident.name} ({resident.number})"
    raise CommandError(f"There is no {to}. Write family:<username> or resident:<number>.")


def _cents(amount: str) -> int:
    """`10`, `10.5` and `10.00` in cents; anything finer than a cent is not money."""
    try:
        cents = Decimal(amount.lstrip("$")) * 100
    except InvalidOperation:
        cents = Decimal("NaN")
    if not cents.is_finite() or cents != cents.to_integral_value():
        raise CommandError(f"{amount} is not an amount of dollars and cents, such as 10.00.")
    return int(cents)


def _receipt(deposit: Deposit, facility: Facility, staff: User, party: Party, name: str) -> str:
    lines = [
        ("Receipt", deposit.receipt),
        ("Date", _here(deposit.at, facility)),
        ("Paid by", deposit.payer_name or "not named"),
        ("For", name),
        ("Message credits", dollars(deposit.amount_cents)),
        ("Fee", "none"),
        ("Balance now", dollars(ledger.balance(chart.messages_of(party)).available_cents)),
        ("Received by", staff.username),
    ]
    rows = [f"{label:<17}{value:>{WIDTH - 17}}" for label, value in lines]
    return "\n".join(["=" * WIDTH, facility.name.center(WIDTH).rstrip(), "=" * WIDTH, *rows, "=" * WIDTH])


def _here(at: datetime, facility: Facility) -> str:
    return f"{at.astimezone(ZoneInfo(facility.time_zone)):%Y-%m-%d %H:%M %Z}"
