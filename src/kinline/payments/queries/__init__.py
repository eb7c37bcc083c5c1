"""Every read of money that came or goes: the actor first; absent and forbidden look alike."""

from kinline.payments.queries.deposits import (
    Receipt,
    Statement,
    StatementLine,
    deposits_of,
    receipt,
    statement,
    unmatched,
)

__all__ = ["Receipt", "Statement", "StatementLine", "deposits_of", "receipt", "statement", "unmatched"]
