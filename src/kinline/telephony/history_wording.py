"""What a line of the calls to a number says to whoever holds it: how it ended, who paid. Codes → sentences."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kinline.core.money import dollars

if TYPE_CHECKING:
    from kinline.telephony.queries.family import CallLine

# They talked: who or what ended it.
TALKED: Mapping[str, str | Promise] = MappingProxyType(
    {
        "caller_hung_up": _("The caller hung up"),
        "called_hung_up": _("Your side hung up"),
        "time_limit": _("The time was up"),
        "media_lost": _("The line broke"),
        "switch_lost": _("Lost by our fault"),
        "forwarded": _("It ended at a sign of forwarding, and cost nothing"),
    }
)
# Any other reason, by whose it is: staff have many, and another switch has words of its own.
_BY_SIDE: Mapping[str, str | Promise] = MappingProxyType(
    {
        "staff": _("The facility ended it"),
        "caller": TALKED["caller_hung_up"],
        "called": TALKED["called_hung_up"],
    }
)
_ENDED = _("It ended")
# They did not.
NOT_TALKED: Mapping[str, str | Promise] = MappingProxyType(
    {
        "busy": _("Your number was busy"),
        "no_answer": _("Nobody answered"),
        "not_accepted": _("Answered, but no key was pressed"),
        "refused_by_called_party": _("Refused by a key"),
        "blocked_by_called_party": _("Blocked: nobody can call this number any more"),
        "caller_hung_up": _("The caller hung up first"),
        "called_hung_up": _("Your side hung up before the call began"),
        "refused_by_carrier": _("Your telephone company did not let it through"),
        "redirected": _("Your number sends calls on to another: those are not put through"),
    }
)
_NOT_REACHED = _("Your number could not be reached")
_TRIED: Mapping[str, str | Promise] = MappingProxyType(
    {
        "no_money": _("Not put through: there was no money for a minute"),
        "money_in_use": _("Not put through: the money was in use by another call"),
        "blocked_by_called_party": _("Not put through: you blocked this number"),
    }
)
PAYERS: Mapping[str, str | Promise] = MappingProxyType(
    {
        "number": _("Paid from this number"),
        "resident": _("Paid from the caller's own calling account"),
        "agency": _("Paid by the agency"),
        "nobody": _("Free"),
        "courtesy": _("Free: the first call"),
    }
)


OURS = _("Costs nothing")  # who paid; what was taken first went back by itself (TEL-14)


def given_back(line: "CallLine") -> str:
    """What went back of the price of a call, if anything did; the rest is its price."""
    return gettext("%(amount)s given back") % {"amount": dollars(line.back_cents)} if line.back_cents else ""


def how_it_ended(line: "CallLine") -> str:
    if line.tried:
        return str(_TRIED[line.how])
    if line.ours:
        return str(TALKED["switch_lost"])
    if line.accepted:
        return str(TALKED.get(line.how) or _BY_SIDE.get(line.by, _ENDED))
    return str(NOT_TALKED.get(line.how, _NOT_REACHED))


def who_paid(line: "CallLine") -> str:
    """Nothing for a call that did not come about: nobody pays for one."""
    if not line.accepted:
        return ""
    if line.ours and not line.cents:
        return str(OURS)
    return str(PAYERS["courtesy" if line.call_type == "courtesy" else line.payer])
