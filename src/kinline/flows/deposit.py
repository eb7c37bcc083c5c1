"""Money comes in (MON-3): booked, written down with a receipt, told; then collect letters that waited for it open."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.conf import settings

from kinline.core.audit import record as audit
from kinline.core.events import announce
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.core.transaction import story
from kinline.facilities import queries as facilities
from kinline.facilities.models import Facility
from kinline.flows import receipts
from kinline.flows.collect import open_waiting
from kinline.identity.models import Kind, User
from kinline.identity.permissions import NotPermitted, Permission, require
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.ledger.errors import KeyReused as LedgerKeyReused
from kinline.notices import services as notices
from kinline.payments import errors, services
from kinline.payments.models import Deposit, PrepaidNumber
from kinline.payments.services import Facts
from kinline.residents.models import Resident

Method = Literal["cash", "money_order", "file", "test"]


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the money is now, and how little of it may come: one credit of the place."""

    address: str
    minimum_cents: int
    facility: Facility | None = None


@story
def record_deposit(
    *,
    account: Party | str,
    amount_cents: int,
    method: Method,
    client_key: UUID,
    now: datetime,
    recorded_by: User | None = None,
    facility_id: int | None = None,
    payer: User | None = None,
    payer_name: str = "",
    reference: str = "",
) -> Deposit:
    """Add `amount_cents` to a balance; the same key again gives the same deposit.

    `account`: a customer's ledger address; a Party stands for their message credits. Cash and money orders are
    recorded by staff of a facility who may (`recorded_by`, `facility_id`); `test` is the demo's.
    Raises NotPermitted, TestMoneyOff, AmountTooSmall, AmountTooLarge, NoSuchBalance, KeyReused.
    """
    facts = Facts(
        account=chart.messages_of(account) if isinstance(account, Party) else account,
        amount_cents=amount_cents, method=method, payer_id=payer.pk if payer else None,
        payer_name=payer_name.strip(), facility_id=facility_id,
        recorded_by_id=recorded_by.pk if recorded_by else None, reference=reference.strip(),
    )  # fmt: skip
    earlier = services.earlier(facts, client_key=client_key)
    if earlier is not None:
        return earlier
    source = _source(method, facility_id, recorded_by, now)
    services.check_amount(amount_cents, minimum_cents=source.minimum_cents, limit_cents=settings.DEPOSIT_LIMIT_CENTS)
    return put_in(facts, source.address, client_key=client_key, now=now, place=source.facility)


def put_in(
    facts: Facts, source: str, *, client_key: UUID, now: datetime, place: Facility | None = None
) -> Deposit:  # fmt: skip
    """Step: a checked deposit is booked from `source`, written down and told; a repeat changes nothing.

    `place`: a resident must be of its agency. Raises NoSuchBalance, KeyReused.
    """
    owner = lock_owner(facts.account, place)
    entry_id = _booked(facts, source, client_key, now)
    deposit, new = services.record(facts, client_key=client_key, entry_id=entry_id, now=now)
    if new:
        payer = User.objects.filter(pk=facts.payer_id or 0, closed_at=None).first()
        _told(deposit, [person for person in (payer, owner) if person], now)
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


def lock_owner(account: str, place: Facility | None) -> User | None:
    """Step: the family member whose balance it is, locked: an account cannot be closed meanwhile.

    None for a resident and for a telephone number, which have no email. Raises NoSuchBalance.
    """
    kind, key, _purpose = _owner_of(account)
    if kind == FAMILY:
        members = User.objects.select_for_update(no_key=True).filter(kind=Kind.FAMILY, closed_at=None)
        owner = members.filter(pk=int(key), activated_at__isnull=False).first()
        if owner is None:
            raise errors.NoSuchBalance
        return owner
    if not (_held_here(int(key), place) if kind == RESIDENT else PrepaidNumber.objects.filter(number=key).exists()):
        raise errors.NoSuchBalance
    return None


def _held_here(resident_id: int, place: Facility | None) -> bool:
    residents = Resident.objects.filter(pk=resident_id)
    return (residents.filter(agency_id=place.agency_id) if place else residents).exists()


def _owner_of(account: str) -> tuple[str, str, str]:
    try:
        return chart.owner(account)
    except chart.UnknownAddress as unknown:
        raise errors.NoSuchBalance from unknown


def _booked(facts: Facts, source: str, client_key: UUID, now: datetime) -> int:
    """What we hold goes up by as much as what we owe. No fee, no revenue (MON-2)."""
    lines = [(source, -facts.amount_cents), (facts.account, facts.amount_cents)]
    try:
        return ledger.post(key=f"deposit:{client_key}", kind="deposit", lines=lines, now=now)
    except LedgerKeyReused as reused:
        raise errors.KeyReused from reused


def _told(deposit: Deposit, people: list[User], now: datetime) -> None:
    """A receipt to who paid and to whose balance it is, one each; a notice for the owner; the act on record."""
    for person in {person.pk: person for person in people}.values():
        receipts.mail(deposit, person, now)
    by = deposit.recorded_by_id
    actor = f"staff:{by}" if by else f"family:{deposit.payer_id}" if deposit.payer_id else "system"
    audit(
        actor, "deposit.record", f"deposit:{deposit.pk}", now=now, facility_id=deposit.facility_id,
        amount_cents=deposit.amount_cents, method=deposit.method, account=deposit.account,
    )  # fmt: skip
    kind, key, purpose = chart.owner(deposit.account)
    if purpose == "prepaid":
        return
    owner = Party(FAMILY if kind == FAMILY else RESIDENT, int(key))
    notices.tell(
        owner, "calls_money_added" if purpose == "calls" else "money_added", now,
        amount_cents=deposit.amount_cents, number=deposit.receipt,
    )  # fmt: skip
    announce(owner, "money")
    if purpose == "messages":
        open_waiting(owner, now)
