"""Words for what staff read in tables: kinds of debts, ways and states of money that goes out."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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

WAYS: Mapping[str, str | Promise] = {
    "cheque": _("Cheque"),
    "release_card": _("Release card"),
    "trust": _("Trust account"),
    "cash": _("Cash at the counter"),
    "card": _("Card"),
}
STATES: Mapping[str, str | Promise] = {
    "waiting": pgettext_lazy("a payment", "To be paid"),
    "paid": pgettext_lazy("a payment", "Paid"),
    "returned": pgettext_lazy("a payment", "Came back"),
    "unclaimed": pgettext_lazy("a payment", "Owed to a state"),
    "remitted": pgettext_lazy("a payment", "Paid to a state"),
}
# As finance reads them; the family and the resident read `payments.refund_wording`.
CAUSES: Mapping[str, str | Promise] = {
    "asked": _("asked for"),
    "gift_undone": _("gift taken back"),
    "closure": _("account closed"),
    "release": _("released"),
    "inactive": _("long unused"),
}
DIFFERENCES: Mapping[str, str | Promise] = {
    "missing_here": _("The processor has it, our books do not."),
    "missing_there": _("Our books have it, the processor does not."),
    "amount": _("The amounts are not the same."),
    "state": _("We and the processor do not agree on how it ended."),
    "wrong_amount": _("Another amount came than was asked for; it was not added."),
    "wrong_currency": _("Another currency came than was asked for; it was not added."),
}


def liability(kind: str) -> str:
    if kind.startswith("liability:unclaimed:"):
        return str(_UNCLAIMED) % {"state": kind.rsplit(":", 1)[1]}
    return str(_ADDITIVE if kind.startswith("liability:additive:") else _LIABILITIES.get(kind, kind))
