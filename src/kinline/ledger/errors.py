"""What the ledger refuses. The database raises an SQLSTATE; here it becomes a refusal with a code and a sentence."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal


class LedgerRefusal(Refusal):
    """A foreseen "no" of the ledger. Nothing was moved; the transaction it happened in cannot go on."""


class InsufficientFunds(LedgerRefusal):
    code = "insufficient_funds"
    sentence = _("There is not enough money in this balance.")


class KeyReused(LedgerRefusal):
    code = "ledger_key_reused"
    sentence = _("This was already done, with different details. Nothing was changed.")


class AlreadyCaptured(LedgerRefusal):
    code = "already_captured"
    sentence = _("This was already paid.")


class AlreadyVoided(LedgerRefusal):
    code = "already_voided"
    sentence = _("This money was already given back.")


class AlreadyExpired(LedgerRefusal):
    code = "already_expired"
    sentence = _("The time for this payment is over, and the money was given back.")


class NoSuchHold(LedgerRefusal):
    code = "no_such_hold"
    sentence = _("No money was set aside for this.")


class ExceedsHold(LedgerRefusal):
    code = "exceeds_hold"
    sentence = _("This is not an amount that was set aside.")


class Unbalanced(LedgerRefusal):
    code = "unbalanced"
    sentence = _("These amounts do not balance. Nothing was changed.")


class NotInChart(LedgerRefusal):
    code = "not_in_chart"
    sentence = _("There is no such account. Nothing was changed.")


class InsertOnly(LedgerRefusal):
    code = "insert_only"
    sentence = _("What is written in the books stays. Correct it with a new entry.")


class BalanceGuarded(LedgerRefusal):
    code = "balance_guarded"
    sentence = _("A balance changes only through the books.")


class NotHoldable(LedgerRefusal):
    code = "not_holdable"
    sentence = _("These amounts cannot be set aside.")


class NothingToCorrect(LedgerRefusal):
    code = "nothing_to_correct"
    sentence = _("The entry that this would correct does not exist.")


class NotEarned(LedgerRefusal):
    """A customer's money would become ours without a delivered letter or a call (L3): flows migration 0002."""

    code = "not_earned"
    sentence = _("Nothing was delivered for this money. Nothing was changed.")


CODES: Final[Mapping[str, type[LedgerRefusal]]] = MappingProxyType(
    {
        "KL001": InsufficientFunds,
        "KL002": KeyReused,
        "KL003": AlreadyCaptured,
        "KL004": AlreadyVoided,
        "KL005": AlreadyExpired,
        "KL006": NoSuchHold,
        "KL007": ExceedsHold,
        "KL008": Unbalanced,
        "KL009": NotInChart,
        "KL010": InsertOnly,
        "KL011": BalanceGuarded,
        "KL012": NotHoldable,
        "KL013": NothingToCorrect,
        "KL014": NotEarned,
    }
)


@contextmanager
def refusals() -> Iterator[None]:
    """Turns the database's SQLSTATEs of the ledger into refusals; for flows whose own statement calls the ledger."""
    try:
        yield
    except DatabaseError as error:
        refusal = CODES.get(getattr(error.__cause__, "sqlstate", None) or "")
        if refusal is None:
            raise
        raise refusal from error
