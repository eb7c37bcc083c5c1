"""The chart of accounts: every address there may be, and which of them belong to customers. Pure.

An address says whose money it is and for what: `family:7:messages`. The database holds the same chart
(`ledger_is_customer`, migration 0002); a test keeps the two equal.
"""

import re
from typing import Final

from kinline.core.parties import FAMILY, Party

_ID: Final = "[1-9][0-9]{0,17}"

# Deposits are liabilities of these: never below zero, each with a balance row, never mixed (MON-2).
CUSTOMER: Final = (
    rf"family:{_ID}:messages",
    rf"resident:{_ID}:messages",
    r"number:\+[1-9][0-9]{6,14}:prepaid",
    rf"resident:{_ID}:calls",
)
# No floor and no balance row: these are summed.
HOUSE: Final = (
    rf"agency:{_ID}:funding",
    rf"facility:{_ID}:revenue",
    rf"facility:{_ID}:cash",
    r"processor:[a-z][a-z0-9_-]{0,30}:(?:clearing|fees)",
    r"refunds:payable",
    r"unclaimed:[A-Z]{2,3}",
    r"tax:payable",
    rf"additive:{_ID}",
    r"loss:disputes",
    r"goodwill",
    r"bank",
)

_CUSTOMER = re.compile("|".join(CUSTOMER))
_ANY = re.compile("|".join(CUSTOMER + HOUSE))


class UnknownAddress(ValueError):
    """The address is not in the chart: a programming error, never a person's."""


def check(address: str) -> str:
    """The address itself; raises UnknownAddress if the chart has no such account."""
    if not _ANY.fullmatch(address):
        raise UnknownAddress(address)
    return address


def is_customer(address: str) -> bool:
    """True if the account is a customer's: floor at zero, holds, refunds. Raises UnknownAddress."""
    return bool(_CUSTOMER.fullmatch(check(address)))


def family_messages(user_id: int) -> str:
    """Message credits of a family member."""
    return f"family:{user_id}:messages"


def resident_messages(resident_id: int) -> str:
    """Message credits of a resident."""
    return f"resident:{resident_id}:messages"


def messages_of(party: Party) -> str:
    """Message credits of either side."""
    return family_messages(party.id) if party.side == FAMILY else resident_messages(party.id)


def number_prepaid(e164: str) -> str:
    """Prepaid Collect of one telephone number, `+15551234567`."""
    return f"number:{e164}:prepaid"


def resident_calls(resident_id: int) -> str:
    """PIN Debit of one resident."""
    return f"resident:{resident_id}:calls"


def agency_funding(agency_id: int) -> str:
    """What an agency pays for its residents: a receivable, no floor."""
    return f"agency:{agency_id}:funding"


def facility_revenue(facility_id: int) -> str:
    """What delivered messages and used seconds earned at a facility."""
    return f"facility:{facility_id}:revenue"


def facility_cash(facility_id: int) -> str:
    """Cash and money orders taken at a facility's lobby."""
    return f"facility:{facility_id}:cash"


def processor_clearing(name: str) -> str:
    """Money at a card processor; `test` is the demo's."""
    return f"processor:{name}:clearing"


def processor_fees(name: str) -> str:
    """What a card processor keeps for itself: the operator's cost, never a customer's."""
    return f"processor:{name}:fees"


REFUNDS_PAYABLE: Final = "refunds:payable"
TAX_PAYABLE: Final = "tax:payable"
LOSS_DISPUTES: Final = "loss:disputes"
GOODWILL: Final = "goodwill"
BANK: Final = "bank"  # the operator's: where a processor pays out to, and what cheques are drawn on


def owner(address: str) -> tuple[str, str, str]:
    """Whose customer account it is: kind, key and purpose, as `("family", "7", "messages")`. Raises UnknownAddress."""
    if not is_customer(address):
        raise UnknownAddress(address)
    kind, key, purpose = address.split(":")
    return kind, key, purpose


def unclaimed(state: str) -> str:
    """Money that could not be returned, owed to a state: `unclaimed:FL`."""
    return f"unclaimed:{state}"


def additive(facility_id: int) -> str:
    """The facility's share of a telephone rate."""
    return f"additive:{facility_id}"
