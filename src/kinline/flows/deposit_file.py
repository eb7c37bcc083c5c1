"""A file of deposits comes in (MON-3): every line of it or none, in one transaction, and once.

The same file again changes nothing and says so. A line that another file brought already, known by the facility and the
network's reference, is a fault: in doubt nothing is added twice. Reading the file is `payments.deposit_file`.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.conf import settings
from django.db.models.functions import Lower

from kinline.core.audit import record as audit
from kinline.core.csvfiles import Fault
from kinline.core.events import announce
from kinline.core.folding import fold
from kinline.core.money import dollars
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
from kinline.messaging.queries.numbers import with_offers
from kinline.notices import services as notices
from kinline.payments import deposit_file, errors, services
from kinline.payments.deposit_file import Row
from kinline.payments.models import Deposit, DepositFile, PrepaidNumber
from kinline.payments.models.deposits import Method
from kinline.payments.queries import files
from kinline.payments.services import Facts
from kinline.residents import queries as residents
from kinline.residents.roster import Known
from kinline.residents.rules import normal_number

_KEYS = UUID("6f3c9a0e-8f0b-4a5e-9c3d-6a1d3c0b7f21")  # the name space of keys made from references


@dataclass(frozen=True, slots=True)
class Imported:
    """What the file holds. `again`: it was taken in before. With `faults`, or in a dry run, nothing was changed."""

    lines: int
    total_cents: int
    faults: tuple[Fault, ...] = ()
    again: bool = False
    file_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database knows of the lines: people by number and by user name, numbers, places, keys used before."""

    residents: Mapping[str, Known]
    families: Mapping[str, int]
    numbers: frozenset[str]
    places: Mapping[int, Facility]
    minimum_cents: int
    taken: frozenset[UUID]


@story
def import_deposits(
    content: bytes, *, name: str, staff: User | None, facility_id: int, now: datetime, dry_run: bool = False
) -> Imported:
    """Take in the deposits that a network collected for a facility. `name`: of the file, as its sender calls it.

    Faults are returned by line; with any, nothing is done. Raises NotPermitted, FileTakenElsewhere.
    """
    place = _place(staff, facility_id, now)
    digest = hashlib.sha256(content).digest()
    earlier = files.deposit_file(digest)
    if earlier is not None:
        return _again(earlier, place)
    rows, faults = deposit_file.parse(content)
    known = _known(rows, place, now)
    faults = sorted([*faults, *_faults(rows, known, place)], key=lambda fault: fault.line)
    total = sum(row.amount_cents for row in rows)
    if faults or dry_run or staff is None:
        return Imported(len(rows), total, tuple(faults))
    file, new = services.begin_file(
        digest=digest,
        name=name,
        facility_id=place.pk,
        lines=len(rows),
        total_cents=total,
        taken_by_id=staff.pk,
        now=now,
    )
    if not new:
        return _again(file, place)
    _take_in(rows, known, file, now)
    audit(
        f"staff:{staff.pk}", "deposit.import", f"deposit_file:{file.pk}", now=now, facility_id=place.pk,
        lines=len(rows), total_cents=total,
    )  # fmt: skip
    return Imported(len(rows), total, file_id=file.pk)


def _place(staff: User | None, facility_id: int, now: datetime) -> Facility:
    """The facility, locked: of two files at once the second sees what the first brought."""
    place = Facility.objects.select_for_update(no_key=True).filter(pk=facility_id).first()
    if staff is None or place is None:
        raise NotPermitted
    require(staff, place.pk, Permission.RECORD_DEPOSIT, now)
    return place


def _again(file: DepositFile, place: Facility) -> Imported:
    if file.facility_id != place.pk:
        raise errors.FileTakenElsewhere
    return Imported(file.lines, file.total_cents, again=True, file_id=file.pk)


# Whom the lines mean


def _known(rows: Iterable[Row], place: Facility, now: datetime) -> _Known:
    """Few statements, however many lines. Family accounts are locked: none can be closed until the commit."""
    who: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        who[row.kind].add(row.who)
    members = (
        User.objects.select_for_update(no_key=True)
        .annotate(folded=Lower("username"))
        .filter(kind=Kind.FAMILY, closed_at=None, activated_at__isnull=False)
        .filter(folded__in={name.lower() for name in who["family"]})
        .order_by("pk")
    )
    return _Known(
        residents=residents.known(place.agency_id, {normal_number(one) for one in who["resident"] | who["calls"]}),
        families=dict(members.values_list("folded", "pk")),
        numbers=frozenset(PrepaidNumber.objects.filter(number__in=who["phone"]).values_list("number", flat=True)),
        places={one.pk: one for one in facilities.facilities_of(place.agency_id)},
        minimum_cents=max(1, facilities.message_price_cents(place.agency_id, now)),
        taken=frozenset(files.recorded(_key(place, row) for row in rows)),
    )


def _key(place: Facility, row: Row) -> UUID:
    """Made from what the network calls this payment, so that no file brings it a second time."""
    return uuid5(_KEYS, f"{place.pk}:{row.reference}")


def _address(row: Row, known: _Known) -> str | None:
    """The ledger's address of the line's account; None if it is nobody's."""
    if row.kind == "family":
        user_id = known.families.get(row.who.lower())
        return chart.family_messages(user_id) if user_id else None
    if row.kind == "phone":
        return chart.number_prepaid(row.who) if row.who in known.numbers else None
    person = known.residents.get(normal_number(row.who))
    if person is None:
        return None
    made = chart.resident_messages if row.kind == "resident" else chart.resident_calls
    return made(person.resident_id)


def _faults(rows: Iterable[Row], known: _Known, place: Facility) -> Iterator[Fault]:
    limit = settings.DEPOSIT_LIMIT_CENTS
    for row in rows:
        if not row.kind or not row.who or not row.amount_cents or not row.reference:
            continue  # the reader has said it
        if _address(row, known) is None:
            yield Fault(row.line, "unknown", row.account[:80])
        elif not _is_theirs(row, known):
            yield Fault(row.line, "other_name", row.account[:80])
        elif not _is_offered(row, known, place):
            yield Fault(row.line, "not_offered", row.account[:80])
        if row.amount_cents < known.minimum_cents:
            yield Fault(row.line, "too_small", dollars(known.minimum_cents))
        if row.amount_cents > limit:
            yield Fault(row.line, "too_high", dollars(limit))
        if _key(place, row) in known.taken:
            yield Fault(row.line, "known", row.reference)


def _is_theirs(row: Row, known: _Known) -> bool:
    """The last name is the check on a mistyped number, where the network sends one."""
    if not row.last_name or row.kind not in {"resident", "calls"}:
        return True
    return fold(known.residents[normal_number(row.who)].last_name) == fold(row.last_name)


def _is_offered(row: Row, known: _Known, place: Facility) -> bool:
    """MON-4: what the place allows where the person is; of who is in custody nowhere, the place of the file."""
    if row.kind == "family":
        return True
    if row.kind == "phone":
        return place.prepaid_numbers
    here = known.places.get(known.residents[normal_number(row.who)].facility_id or 0, place)
    return here.resident_deposits if row.kind == "resident" else here.pin_debit


# What is done


def _take_in(rows: list[Row], known: _Known, file: DepositFile, now: datetime) -> None:
    place_id = file.facility_id
    facts = [
        Facts(
            account=_address(row, known) or "", amount_cents=row.amount_cents, method=Method.FILE.value, payer_id=None,
            payer_name=row.payer, facility_id=place_id, recorded_by_id=file.taken_by_id, reference=row.reference,
        )
        for row in rows
    ]  # fmt: skip
    keys = [_key(file.facility, row) for row in rows]
    lines = [(f"deposit:{key}", one.account, one.amount_cents) for key, one in zip(keys, facts, strict=True)]
    entries = ledger.post_many(kind="deposit", source=chart.facility_cash(place_id), lines=lines, now=now)
    _tell(services.record_many(list(zip(facts, keys, entries, strict=True)), file_id=file.pk, now=now), now)


def _tell(deposits: list[Deposit], now: datetime) -> None:
    """As for a single deposit; what waited for credits opens where there is any."""
    told: dict[str, list[tuple[Party, dict[str, object]]]] = defaultdict(list)
    with_credits: dict[Party, None] = {}
    for deposit in deposits:
        kind, key, purpose = chart.owner(deposit.account)
        if purpose == "prepaid":
            continue
        owner = Party(FAMILY if kind == FAMILY else RESIDENT, int(key))
        params: dict[str, object] = {"amount_cents": deposit.amount_cents, "number": deposit.receipt}
        told["calls_money_added" if purpose == "calls" else "money_added"].append((owner, params))
        announce(owner, "money")
        if purpose == "messages":
            with_credits.setdefault(owner)
    for kind, to in told.items():
        notices.tell_many(to, kind, now)
    _mail(deposits, now)
    for party in with_offers(with_credits):
        open_waiting(party, now)


def _mail(deposits: list[Deposit], now: datetime) -> None:
    """A receipt to whose balance it is; who paid at the network has its own."""
    owners = [(deposit, chart.owner(deposit.account)) for deposit in deposits]
    mine = [(deposit, int(key)) for deposit, (kind, key, _purpose) in owners if kind == FAMILY]
    people = User.objects.in_bulk({pk for _, pk in mine})
    for deposit, pk in mine:
        receipts.mail(deposit, people[pk], now)
