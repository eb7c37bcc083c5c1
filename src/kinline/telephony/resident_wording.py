"""What a resident reads of calls: why a number cannot be called, why a call did not come about, who paid (TEL-3).

Codes → sentences. Every code of `rules`, of `dialling` and of the call machine's ends has one; a test holds that.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kinline.core.money import dollars

if TYPE_CHECKING:
    from kinline.telephony.queries.resident import CallLine

Sentences = Mapping[str, str | Promise]

NUMBERS: Sentences = MappingProxyType(
    {
        "nothing_dialled": _("Type a telephone number."),
        "no_number": _("This is no telephone number. Type the area code and the seven digits, such as 212 555 0142."),
        "emergency_number": _("Emergency numbers cannot be called from here. In an emergency tell staff at once."),
        "service_number": _("Short service numbers cannot be called from here."),
        "directory_number": _("Directory information cannot be called from here."),
        "premium_number": _("Numbers that cost extra (such as 900 or 976) cannot be called from here."),
        "toll_free_number": _("Toll-free numbers (such as 800 or 888) cannot be called from here."),
        "personal_number": _("Numbers that follow a person (500 or 700) cannot be called from here."),
        "dial_around": _("Codes of other telephone companies cannot be called from here."),
        "place_not_allowed": _("Calls to that country or place are not possible from here."),
        "no_rate": _("There is no price for calls to that place, so it cannot be called."),
        "blocked_number": _("The facility does not let this number be called."),
        "blocked_by_called_party": _("Whoever has this number asked not to be called from here."),
        "not_on_list": _("The number was not on your list of approved numbers."),
    }
)
_OTHERS: Sentences = MappingProxyType(
    {
        "not_offered": _("There are no calls at this facility."),
        "wrong_pin": _("The number or the PIN was not right."),
        "pin_locked": _("Your PIN was locked after five wrong tries. Staff give you a new one."),
        "not_in_custody": _("Your PIN does not work at this facility."),
        "already_calling": _("You were in another call."),
        "lockdown": _("The lines were closed: lockdown."),
        "blackout": _("The lines were closed for a time."),
        "suspended": _("Your calls were stopped for a time. Ask staff why, and until when."),
        "restricted": _("You may not call this number at this time. Ask staff why."),
        "contact_blocked": _("The number could not be reached."),  # who blocks does so silently (CON-3)
        "closed_hours": _("It was outside the hours for calls."),
        "too_soon": _("There must be a pause between two calls. It was not over."),
        "quota_used": _("The calls or minutes that you may use were used up."),
        "no_money": _("There was not enough money for one minute."),
        "money_in_use": _("The money was set aside for another call. When that one ends, it is free again."),
        # It rang, or began to
        "busy": _("The number was busy."),
        "no_answer": _("Nobody answered."),
        "not_accepted": _("Somebody or something answered, but no key was pressed."),
        "refused_by_called_party": _("They pressed the key to refuse the call."),
        "refused_by_carrier": _("Their telephone company did not let the call through."),
        "redirected": _("Their number sends calls on to another. Such calls are not put through."),
        "unreachable": _("The number could not be reached."),
        "no_such_number": _("Nobody has this number."),
        "nobody_keyed": _("No keys were pressed in time."),
        "try_later": _("Something of ours did not work. Try again later."),
    }
)
REFUSED: Sentences = MappingProxyType({**NUMBERS, **_OTHERS})
ENDED: Sentences = MappingProxyType(
    {
        "caller_hung_up": _("You hung up."),
        "called_hung_up": _("They hung up."),
        "time_limit": _("The time was up."),
        "lockdown": _("Staff ended it: lockdown."),
        "media_lost": _("The line broke."),
        "forwarded": _("It ended at a sign that a third person was called in, and cost nothing."),
    }
)
BEFORE: Sentences = MappingProxyType(
    {
        "caller_hung_up": _("You hung up before they took the call."),
        "called_hung_up": _("They hung up before they took the call."),
        "blocked_by_called_party": _("They pressed the key to block this number. It cannot be called any more."),
        "media_lost": _("The line broke before the call began."),
        "media_failed": _("The line broke before the call began."),
        "switch_lost": _("The line broke before the call began."),
    }
)
OURS = _("The line broke by our fault. This call costs nothing.")
_BY_STAFF = _("Staff ended it.")
_NOT_BEGUN = _("The call did not begin.")
# What closes lines now.
STOPPED: Sentences = MappingProxyType(
    {
        "lockdown": _("Lockdown: nobody can call."),
        "blackout": _("The facility has closed the lines for a time."),
        "suspended": _("Your calls are stopped for a time. Ask staff why."),
    }
)
PAID: Sentences = MappingProxyType(
    {
        "number": _("Paid from the money on their number (PPC)"),
        "resident": _("Paid from your calling account (PIN Debit)"),
        "agency": _("Paid by the agency"),
        "courtesy": _("Free: the first call to this number"),
        "nobody": _("Free"),
    }
)


def cannot_be_called(code: str) -> str:
    return str(NUMBERS.get(code, NUMBERS["no_number"]))


def refusals(codes: Sequence[str]) -> list[str]:
    """Every reason of a try that was not put through, the first first."""
    return [str(REFUSED.get(code, _NOT_BEGUN)) for code in dict.fromkeys(codes)]


def stopped(code: str) -> str:
    return str(STOPPED.get(code, STOPPED["blackout"]))


def how_it_ended(line: "CallLine") -> list[str]:
    """Sentences: one of a call that rang, all reasons of one that was refused."""
    if line.tried:
        return refusals(line.reasons)
    code = line.reasons[0] if line.reasons else ""
    if line.ours:
        return [str(OURS)]
    if line.accepted:
        return [str(ENDED.get(code, _BY_STAFF))]
    return [str(BEFORE.get(code) or REFUSED.get(code, _NOT_BEGUN))]


def given_back(line: "CallLine") -> str:
    """What went back of the price of a call, if anything did; the rest is its price."""
    return gettext("%(amount)s given back") % {"amount": dollars(line.back_cents)} if line.back_cents else ""


def who_paid(line: "CallLine") -> str:
    """Nothing of a call that nobody took: nobody pays for one."""
    if not line.accepted or (line.ours and not line.cents):
        return ""
    return str(PAID["courtesy" if line.call_type == "courtesy" else line.payer])
