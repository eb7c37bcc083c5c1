"""Verbs of money that comes and goes. Booking it is the ledger's; the flows tell the stories."""

from kinline.payments.services.cards import (
    ENDED,
    Terms,
    ask_checkout,
    check_card_amount,
    client_key_in,
    deposit_key,
    end_checkout,
    key_of,
    locked_checkout,
    note_decline,
    note_difference,
    note_page,
    note_waiting,
)
from kinline.payments.services.deposits import (
    Facts,
    begin_file,
    check_amount,
    earlier,
    receipt_number,
    record,
    record_many,
)

__all__ = [
    "ENDED", "Facts", "Terms", "ask_checkout", "begin_file", "check_amount", "check_card_amount", "client_key_in",
    "deposit_key", "earlier", "end_checkout", "key_of", "locked_checkout", "note_decline", "note_difference",
    "note_page", "note_waiting", "receipt_number", "record", "record_many",
]  # fmt: skip
