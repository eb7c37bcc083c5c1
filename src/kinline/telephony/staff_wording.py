"""What codes of calls mean, to staff: kinds of places, how a call was paid, how it ended or why it was refused."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = Mapping[str, str | Promise]

PLACES: Words = MappingProxyType(
    {
        "domestic": _("United States"),
        "territory": _("Territories of the United States"),
        "canada": _("Canada"),
        "caribbean": _("Caribbean"),
        "international": _("Other countries"),
    }
)
TIERS: Words = MappingProxyType(
    {
        "prison": _("prison"),
        "large": _("large jail, 1,000 people and more"),
        "medium": _("medium jail, 350 to 999 people"),
        "small": _("small jail, 100 to 349 people"),
        "very_small": _("very small jail, 50 to 99 people"),
        "extremely_small": _("extremely small jail, fewer than 50 people"),
    }
)
PAID: Words = MappingProxyType(
    {
        "prepaid_collect": _("prepaid number"),
        "pin_debit": _("resident's money"),
        "allowance": _("agency's minutes"),
        "courtesy": _("first call, free"),
        "free": pgettext_lazy("a call", "free"),
        "refused": pgettext_lazy("a call", "refused"),
    }
)
STATES: Words = MappingProxyType(
    {"reserved": _("dials"), "dialling": _("rings or is announced"), "talking": _("they talk"), "ended": _("over")}
)
# Why staff end a call (`flows.end_asked.REASONS`).
ENDS: Words = MappingProxyType(
    {
        "security": _("Safety of the place"),
        "rule_broken": _("Against the rules of calls"),
        "third_party": _("A third party is on the line"),
        "wrong_caller": _("Not the person whose PIN it is"),
        "emergency": _("Emergency at the place"),
        "technical": _("Technical trouble"),
    }
)
_OVER: Words = {
    "completed": _("They talked"),
    "caller_hung_up": _("The caller hung up"),
    "called_hung_up": _("The other side hung up"),
    "time_limit": _("The time was up"),
    "busy": _("Busy"),
    "no_answer": _("Nobody answered"),
    "not_accepted": _("Answered, no key was pressed"),
    "refused_by_called_party": _("Refused by a key"),
    "refused_by_carrier": _("Stopped by the telephone company"),
    "no_such_number": _("No such number"),
    "unreachable": _("Could not be reached"),
    "redirected": _("Would be sent on to another number"),
    "media_lost": _("The sound was lost"),
    "switch_lost": _("The switch was lost"),
    "switch_crash": _("The switch was lost"),
    "switch_stopped": _("The switch was stopped"),
    "media_failed": _("The media server was lost"),
    "gateway_error": _("The way outside was lost"),
    "switch_failed": _("A fault of the switch"),
    "ended_by_staff": _("Ended by staff"),
    "transfer": _("The resident was transferred"),
    "release": _("The resident was released"),
    "try_later": _("No answer from our own system"),
    "nobody_keyed": _("Nothing was keyed in"),
    "forwarded": _("A sign of forwarding"),
    "lockdown": _("Lockdown"),
}
_REFUSED: Words = {
    "not_offered": _("Calls are not offered here"),
    "pin_locked": _("PIN locked after wrong tries"),
    "wrong_pin": _("Wrong ID number or PIN"),
    "not_in_custody": _("Not in custody here"),
    "already_calling": _("In another call"),
    "nothing_dialled": _("No number was keyed in"),
    "no_number": _("Not a number"),
    "emergency_number": _("Emergency number"),
    "service_number": _("Service number"),
    "directory_number": _("Directory enquiries"),
    "premium_number": _("Premium number"),
    "toll_free_number": _("Toll-free number"),
    "personal_number": _("Personal number"),
    "dial_around": _("Another company's code"),
    "place_not_allowed": _("That part of the world may not be called"),
    "blocked_number": _("Blocked by the facility"),
    "blocked_by_called_party": _("Blocked by who is called"),
    "not_on_list": _("Not on the resident's list"),
    "blackout": _("Lines were closed"),
    "suspended": _("The resident's calls are suspended"),
    "restricted": _("Restricted"),
    "contact_blocked": _("The person called blocks this resident"),
    "closed_hours": _("Outside calling hours"),
    "too_soon": _("Too soon after the last call"),
    "quota_used": _("The quota was used up"),
    "money_in_use": _("The money was in use by another call"),
    "no_money": _("No money for a minute"),
    "no_rate": _("No price is set"),
}
RESULTS: Words = MappingProxyType({**_OVER, **ENDS, **_REFUSED})
STOPS: Words = MappingProxyType(
    {
        "lockdown": _("Lockdown: also ends calls in progress"),
        "blackout": _("Blackout: calls in progress come to their end"),
        "suspended": _("One resident's calls are suspended"),
    }
)
STOPPED: Words = MappingProxyType({"lockdown": _("Lockdown"), "blackout": _("Blackout"), "suspended": _("Suspension")})
JURISDICTIONS: Words = MappingProxyType(
    {
        "intrastate": _("within the state"),
        "interstate": _("between states"),
        "international": _("international"),
    }
)
ACCESS: Words = MappingProxyType({"voice": _("voice"), "relay": _("TTY or relay")})
MOMENTS: Words = MappingProxyType(
    {
        "dialling": _("Dialled"),
        "ringing": _("Rang"),
        "answered": _("Was answered"),
        "announced": _("Announcement began"),
        "price_heard": _("Heard the price"),
        "wrong_key": _("Pressed another key"),
        "accepted": _("Accepted"),
        "warned": _("Last minute was announced"),
        "blocked": _("Blocked this number"),
        "sign": _("Sign of forwarding or a third party"),
    }
)
RECORDED: Words = MappingProxyType(
    {
        "none": _("Not recorded"),
        "asked": _("Recorded"),
        "privileged": _("Never recorded: privileged"),
        "hotline": _("Never recorded"),
    }
)


# What was done to a number (`NumberNote.act`).
NOTES: Words = MappingProxyType(
    {
        "privileged": _("Privileged from then on"),
        "not_privileged": _("Not privileged any more"),
        "do_not_record": _("Not to be recorded"),
        "not_do_not_record": _("May be recorded again"),
        "relay": _("Known as a relay service"),
        "not_relay": _("No relay service any more"),
        "watched": _("Watched"),
        "not_watched": _("Not watched any more"),
        "owner": _("Its holder was written down"),
        "block": _("Blocked"),
        "unblock": _("Block lifted"),
    }
)


# Why money of a call went back (`CallCorrection.why`).
CORRECTED: Words = MappingProxyType(
    {
        "our_fault": _("Lost by our fault: given back by itself"),
        "wrong_cut": _("It was wrongly ended"),
        "bad_line": _("They could not hear each other"),
        "wrong_price": _("The price was wrong"),
        "other": pgettext_lazy("a reason", "Something else"),
    }
)


def result(code: str) -> str:
    return str(RESULTS.get(code, code))
