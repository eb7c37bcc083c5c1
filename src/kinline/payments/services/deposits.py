"""Verbs of money coming in. Booking it is the ledger's; `flows.deposit` tells the story."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from kinline.core.money import dollars
from kinline.core.transaction import verb
from kinline.payments import errors
from kinline.payments.models import Deposit, DepositFile


@dataclass(frozen=True, slots=True)
class Facts:
    """What a deposit is; a repeat with the same key must say the same. `account` is the ledger address."""

    account: str
    amount_cents: int
    method: str
    payer_id: int | None
    payer_name: str
    facility_id: int | None
    recorded_by_id: int | None
    reference: str = ""
    payment_ref: str = ""
    card_label: str = ""


def check_amount(amount_cents: int, *, minimum_cents: int, limit_cents: int) -> None:
    """Raises AmountTooSmall or AmountTooLarge. No fee is taken off: what comes in is what is added (MON-3)."""
    if amount_cents < max(minimum_cents, 1):
        raise errors.AmountTooSmall(minimum=dollars(max(minimum_cents, 1)))
    if amount_cents > limit_cents:
        raise errors.AmountTooLarge(limit=dollars(limit_cents))


def earlier(facts: Facts, *, client_key: UUID) -> Deposit | None:
    """The deposit that this key recorded before. Raises KeyReused if its details were others."""
    deposit = Deposit.objects.filter(client_key=client_key).first()
    if deposit is not None and any(getattr(deposit, name) != value for name, value in asdict(facts).items()):
        raise errors.KeyReused
    return deposit


@verb
def record(facts: Facts, *, client_key: UUID, entry_id: int, now: datetime) -> tuple[Deposit, bool]:
    """The deposit that `entry_id` booked, and whether it is new. Raises KeyReused if it was another one.

    To be called after the entry was posted under the same key: whoever comes second has waited there for the first.
    """
    known = earlier(facts, client_key=client_key)
    if known is not None:
        return known, False
    deposit = Deposit.objects.create(
        **asdict(facts), client_key=client_key, entry_id=entry_id, receipt=receipt_number(entry_id), at=now
    )
    return deposit, True


@verb
def begin_file(
    *, digest: bytes, name: str, facility_id: int, lines: int, total_cents: int, taken_by_id: int, now: datetime
) -> tuple[DepositFile, bool]:
    """The file of this digest, and whether it is new: of two who take it in at once, the second finds the first's."""
    facts = {
        "name": name[:120], "facility_id": facility_id, "lines": lines, "total_cents": total_cents,
        "taken_by_id": taken_by_id, "at": now,
    }  # fmt: skip
    return DepositFile.objects.get_or_create(digest=digest, defaults=facts)


@verb
def record_many(found: Sequence[tuple[Facts, UUID, int]], *, file_id: int, now: datetime) -> list[Deposit]:
    """Deposits of a file, each with its facts, its key and the entry that booked it. None of them is there yet."""
    deposits = [
        Deposit(
            **asdict(facts),
            client_key=key,
            entry_id=entry_id,
            receipt=receipt_number(entry_id),
            file_id=file_id,
            at=now,
        )
        for facts, key, entry_id in found
    ]
    return Deposit.objects.bulk_create(deposits, batch_size=1000)


def receipt_number(entry_id: int) -> str:
    """`R-00001234`: the entry's id, so that a receipt leads straight to the books. It is shown to its owners only."""
    return f"R-{entry_id:08d}"
