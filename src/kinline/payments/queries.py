"""Deposits and receipts, for whose money it is and for who gave it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from kinline.core.parties import FAMILY, Party
from kinline.ledger import chart
from kinline.payments.models import Deposit


@dataclass(frozen=True, slots=True)
class Receipt:
    """`own`: it went into the reader's own balance; otherwise the reader gave it to somebody."""

    number: str
    at: datetime
    amount_cents: int
    method: str
    payer_name: str
    facility_name: str
    own: bool


def deposits_of(party: Party, limit: int = 50) -> list[Receipt]:
    """What came into the party's message credits and what the party gave, newest first."""
    return [_receipt(party, deposit) for deposit in _seen_by(party).order_by("-at", "-id")[:limit]]


def receipt(party: Party, number: str) -> Receipt | None:
    """One receipt; None if there is none of this number, or it is somebody else's."""
    deposit = _seen_by(party).filter(receipt=number).first()
    return _receipt(party, deposit) if deposit else None


def _seen_by(party: Party) -> QuerySet[Deposit]:
    mine = Q(account=chart.messages_of(party))
    if party.side == FAMILY:
        mine |= Q(payer_id=party.id)
    return Deposit.objects.filter(mine).select_related("facility", "payer")


def _receipt(party: Party, deposit: Deposit) -> Receipt:
    return Receipt(
        number=deposit.receipt,
        at=deposit.at,
        amount_cents=deposit.amount_cents,
        method=deposit.method,
        payer_name=deposit.payer.name if deposit.payer else deposit.payer_name,
        facility_name=deposit.facility.name if deposit.facility else "",
        own=deposit.account == chart.messages_of(party),
    )


_UNMATCHED = """
    SELECT 'deposit ' || d.receipt FROM payments_deposit d
    WHERE NOT EXISTS (
        SELECT FROM ledger_entry e
        JOIN ledger_posting p ON p.entry_id = e.id JOIN ledger_account a ON a.id = p.account_id
        WHERE e.id = d.entry_id AND e.key = 'deposit:' || d.client_key
            AND a.address = d.account AND p.cents = d.amount_cents)
    UNION ALL
    SELECT 'entry ' || e.id FROM ledger_entry e
    WHERE e.key LIKE 'deposit:%' AND NOT EXISTS (SELECT FROM payments_deposit d WHERE d.entry_id = e.id)
"""


def unmatched() -> Iterator[str]:
    """Deposits without their entry and entries without their deposit; for `ledger verify`. None when all is well."""
    with connection.cursor() as cursor:
        cursor.execute(_UNMATCHED)
        yield from (where for (where,) in cursor.fetchall())
