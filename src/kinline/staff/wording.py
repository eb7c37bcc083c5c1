"""Words for what staff read in tables: kinds of debts, ways and states of money that goes out."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_LIABILITIES: Mapping[str, str | Promise] = {
    "liability:family-credits": _("Message credits of family members"),
    "liability:resident-credits": _("Message credits of residents"),
    "liability:prepaid-numbers": _("Prepaid numbers (PPC)"),
    "liability:pin-debit": _("Calling accounts (PIN Debit)"),
    "liability:refunds-payable": _("Refunds that are on their way"),
    "liability:tax": _("Taxes"),
}
_UNCLAIMED = _("Unclaimed property, owed to %(state)s")
_ADDITIVE = _("Share of a facility in telephone rates")

METHODS: Mapping[str, str | Promise] = {
    "cash": _("Cash"),
    "money_order": _("Money order"),
    "file": _("File of a network"),
    "card": _("Card"),
    "test": _("Test money"),
}
ACCOUNTS: Mapping[str, str | Promise] = {
    "resident": _("Message credits"),
    "calls": _("Calling account (PIN Debit)"),
    "phone": _("Prepaid number (PPC)"),
    "family": _("Message credits"),
}


def liability(kind: str) -> str:
    if kind.startswith("liability:unclaimed:"):
        return str(_UNCLAIMED) % {"state": kind.rsplit(":", 1)[1]}
    return str(_ADDITIVE if kind.startswith("liability:additive:") else _LIABILITIES.get(kind, kind))
