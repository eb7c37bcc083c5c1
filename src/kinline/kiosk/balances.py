"""The resident's second balance: PIN Debit, money of theirs for calls (MON-2)."""

from kinline.kiosk.seat import Seated
from kinline.ledger import chart
from kinline.ledger import queries as ledger


def calls(request: Seated) -> ledger.Balance | None:
    """What the calling account holds. None where the place has none and nothing is left in it from elsewhere."""
    balance = ledger.balance(chart.resident_calls(request.resident.pk))
    return balance if request.kiosk.facility.pin_debit or balance.posted_cents else None
