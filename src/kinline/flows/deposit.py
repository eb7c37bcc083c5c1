"""Money comes in (MON-3): booked, written down with a receipt, told; then collect letters that waited for it open."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.conf import settings

from kinline.core.audit import record as audit
from kinline.core.events import announce
from kinline.core.parties import FAMILY, Party
from kinline.core.transaction import story
from kinline.facilities import queries as facilities
from kinline.facilities.models import Facility
from kinline.flows.collect import open_waiting
from kinline.identity.models import Kind, User
from kinline.identity.permissions import NotPermitted, Permission, require
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.ledger.errors import KeyReused as LedgerKeyReused
from kinline.notices import services as notices
from kinline.payments import errors, services
from kinline.payments.models import Deposit
from kinline.payments.services import Facts
from kinline.residents.models import Resident

Method = Literal["cash", "money_order", "test"]


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the money is now, and how little of it may come: one credit of the place."""

    address: str
    minimum_cents: int
    facility: Facility | None = None


@story
def record_deposit(
    *,
    account: Party,
    amount_cents: int,
    method: Method,
    client_key: UUID,
    now: datetime,
    recorded_by: User | None = None,
    facility_id: int | None = None,
    payer: User | None = None,
    payer_name: str = "",
) -> Deposit:
    """Add `amount_cents` to the message credits of `account`; the same key again gives the same deposit.

    Cash and money orders are recorded by staff of a facility who may (`recorded_by`, `facility_id`); `test` is the
    demo's. Raises NotPermitted, TestMoneyOff, AmountTooSmall, AmountTooLarge, NoSuchBalance, KeyReused.
    """
    facts = Facts(
        account=chart.messages_of(account), amount_cents=amount_cents, method=method,
        payer_id=payer.pk if payer else None, payer_name=payer_name.strip(), facility_id=facility_id,
        recorded_by_id=recorded_by.pk if recorded_by else None,
    )  # fmt: skip
    earlier = services.earlier(facts, client_key=client_key)
    if earlier is not None:
        return earlier
    source = _source(method, facility_id, recorded_by, now)
    services.check_amount(amount_cents, minimum_cents=source.minimum_cents, limit_cents=settings.DEPOSIT_LIMIT_CENTS)
    owner = _owner(account, source.facility)
    entry_id = _booked(facts, source, client_key, now)
    deposit, new = services.record(facts, client_key=client_key, entry_id=entry_id, now=now)
    if new:
        _told(deposit, account, [person for person in (payer, owner) if person], now)
        open_waiting(account, now)
    return deposit


def _source(method: Method, facility_id: int | None, recorded_by: User | None, now: datetime) -> _Source:
    if method == "test":
        if not settings.DEMO:
            raise errors.TestMoneyOff
        cheapest = min((price.message_cents for price in facilities.prices(now)), default=1)
        return _Source(chart.processor_clearing("test"), cheapest)
    facility = facilities.facility_by_id(facility_id) if facility_id is not None else None
    if recorded_by is None or facility is None:
        raise NotPermitted
    require(recorded_by, facility.pk, Permission.RECORD_DEPOSIT, now)
    minimum = facilities.message_price_cents(facility.agency_id, now)
    return _Source(chart.facility_cash(facility.pk), minimum, facility)


def _owner(account: Party, facility: Facility | None) -> User | None:
    """The family member whose balance it is, locked: an account cannot be closed meanwhile. A resident has no email."""
    if account.side == FAMILY:
        members = User.objects.select_for_update(no_key=True).filter(kind=Kind.FAMILY, closed_at=None)
        owner = members.filter(pk=account.id, activated_at__isnull=False).first()
        if owner is None:
            raise errors.NoSuchBalance
        return owner
    residents = Resident.objects.filter(pk=account.id)
    if facility is not None:
        residents = residents.filter(agency_id=facility.agency_id)
    if not residents.exists():
        raise errors.NoSuchBalance
    return None


def _booked(facts: Facts, source: _Source, client_key: UUID, now: datetime) -> int:
    """What we hold goes up by as much as what we owe. No fee, no revenue (MON-2)."""
    lines = [(source.address, -facts.amount_cents), (facts.account, facts.amount_cents)]
    try:
        return ledger.post(key=f"deposit:{client_key}", kind="deposit", lines=lines, now=now)
    except LedgerKeyReused as reused:
        raise errors.KeyReused from reused


def _told(deposit: Deposit, account: Party, people: list[User], now: datetime) -> None:
    """A receipt to who paid and to whose balance it is, one each; a notice for the owner; the staff's act on record."""
    for person in {person.pk: person for person in people}.values():
        notices.mail(
            to=person.email, kind="receipt", now=now, user=person, language=person.language,
            number=deposit.receipt, amount_cents=deposit.amount_cents,
        )  # fmt: skip
    notices.tell(account, "money_added", now, amount_cents=deposit.amount_cents, number=deposit.receipt)
    by = deposit.recorded_by_id
    actor = f"staff:{by}" if by else f"family:{deposit.payer_id}" if deposit.payer_id else "system"
    audit(
        actor, "deposit.record", f"deposit:{deposit.pk}", now=now, facility_id=deposit.facility_id,
        amount_cents=deposit.amount_cents, method=deposit.method, account=deposit.account,
    )  # fmt: skip
    announce(account, "money")
