"""Deposits, receipts and the statement, for whose money it is and for who gave it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from kinline.core.parties import FAMILY, Party
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.payments.models import Deposit
from kinline.payments.queries.given import Whose, whose_are


@dataclass(frozen=True, slots=True)
class Receipt:
    """`own`: it went into the reader's own balance; otherwise the reader gave it to somebody. `card`: only told to its
    owner ("Visa 4242").
    """

    number: str
    at: datetime
    amount_cents: int
    method: str
    payer_name: str
    facility_name: str
    own: bool
    whose: Whose
    card: str


def deposits_of(party: Party, limit: int = 50) -> list[Receipt]:
    """What came into the party's message credits and what the party gave, newest first."""
    deposits = list(_seen_by(party).order_by("-at", "-id")[:limit])
    whose = whose_are(deposit.account for deposit in deposits)
    return [_receipt(party, deposit, whose[deposit.account]) for deposit in deposits]


def receipt(party: Party, number: str) -> Receipt | None:
    """One receipt; None if there is none of this number, or it is somebody else's."""
    deposit = _seen_by(party).filter(receipt=number).first()
    return _receipt(party, deposit, whose_are([deposit.account])[deposit.account]) if deposit else None


def _seen_by(party: Party) -> QuerySet[Deposit]:
    mine = Q(account=chart.messages_of(party))
    if party.side == FAMILY:
        mine |= Q(payer_id=party.id)
    return Deposit.objects.filter(mine).select_related("facility", "payer")


def _receipt(party: Party, deposit: Deposit, whose: Whose) -> Receipt:
    return Receipt(
        number=deposit.receipt,
        at=deposit.at,
        amount_cents=deposit.amount_cents,
        method=deposit.method,
        payer_name=deposit.payer.name if deposit.payer else deposit.payer_name,
        facility_name=deposit.facility.name if deposit.facility else "",
        own=deposit.account == chart.messages_of(party),
        whose=whose,
        card=deposit.card_label if party.side == FAMILY and deposit.payer_id == party.id else "",
    )


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One change of a balance. `what`: `message`, `deposit`, `refund`, `correction`, or another kind of the books.

    `cents`: positive came in, negative went out; `balance_cents` after it. `message_id`: the letter it paid for.
    `receipt`: the number of its receipt, or nothing.
    """

    entry_id: int
    at: datetime
    what: str
    cents: int
    balance_cents: int
    message_id: int | None
    receipt: str


@dataclass(frozen=True, slots=True)
class Statement:
    """`next`: the cursor of the next page, or None on the last."""

    rows: list[StatementLine]
    next: int | None


def statement(party: Party, *, before: int | None = None, size: int = 20) -> Statement:
    """A page of the party's message credits, newest first (MON-5). Two statements, however long the page."""
    lines = ledger.history(chart.messages_of(party), limit=size + 1, before=before)
    shown = lines[:size]
    deposits = Deposit.objects.filter(entry_id__in=[line.entry_id for line in shown])
    receipts = dict(deposits.values_list("entry_id", "receipt"))
    rows = [_line(line, receipts.get(line.entry_id, "")) for line in shown]
    return Statement(rows, shown[-1].entry_id if len(lines) > size else None)


def _line(line: ledger.Line, receipt: str) -> StatementLine:
    about, _colon, number = line.reference.partition(":")
    return StatementLine(
        entry_id=line.entry_id,
        at=line.at,
        what=line.kind if line.corrects_id is None else "correction",
        cents=line.cents,
        balance_cents=line.balance_cents,
        message_id=int(number) if about == "message" and number.isdecimal() else None,
        receipt=receipt,
    )
