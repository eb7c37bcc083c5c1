"""Every read of money that came or goes: the actor first; absent and forbidden look alike."""

from kinline.payments.queries.cards import UNFINISHED, begun_since, checkout, checkouts, top_up, top_ups, under_way
from kinline.payments.queries.deposits import (
    Receipt,
    Statement,
    StatementLine,
    deposits_of,
    receipt,
    statement,
    unmatched,
)

__all__ = [
    "UNFINISHED", "Receipt", "Statement", "StatementLine", "begun_since", "checkout", "checkouts", "deposits_of",
    "receipt", "statement", "top_up", "top_ups", "under_way", "unmatched",
]  # fmt: skip
