"""Verbs of money that comes and goes. Booking it is the ledger's; the flows tell the stories."""

from kinline.payments.services.deposits import Facts, check_amount, earlier, receipt_number, record

__all__ = ["Facts", "check_amount", "earlier", "receipt_number", "record"]
