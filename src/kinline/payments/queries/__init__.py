"""Every read of money that came or goes: the actor first; absent and forbidden look alike."""

from kinline.payments.queries.cards import (
    UNFINISHED,
    begun_since,
    checkout,
    checkouts,
    has_disputed,
    is_charged,
    of_key,
    of_session,
    top_up,
    top_ups,
    topped_up_cents,
    under_way,
    unfinished,
)
from kinline.payments.queries.deposits import (
    Receipt,
    Statement,
    StatementLine,
    deposits_of,
    receipt,
    statement,
)
from kinline.payments.queries.differences import (
    difference,
    differences,
    differences_of,
    in_doubt,
    require_reconciler,
)

__all__ = [
    "UNFINISHED",
    "Receipt",
    "Statement",
    "StatementLine",
    "begun_since",
    "checkout",
    "checkouts",
    "deposits_of",
    "difference",
    "differences",
    "differences_of",
    "has_disputed",
    "in_doubt",
    "is_charged",
    "of_key",
    "of_session",
    "receipt",
    "require_reconciler",
    "statement",
    "top_up",
    "top_ups",
    "topped_up_cents",
    "under_way",
    "unfinished",
]  # fmt: skip
