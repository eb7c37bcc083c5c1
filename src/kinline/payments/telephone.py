"""Telephone numbers as people type them, in the plan of the deployment's country. Pure; plans: `phonenumbers`."""

import unicodedata
from dataclasses import dataclass
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

LONGEST_TYPED = 40  # characters; more is no telephone number
SHORT_DIGITS = 6  # no subscriber has so short a number: emergency, service and text codes

# Dialled like a domestic call of the country.
_SAME_PLAN: Final = {"US": frozenset({"US", "PR", "VI", "GU", "AS", "MP"})}
# Kinds of numbers that a call from a facility cannot reach or must not pay (TEL-3).
_CODES: Final = {
    PhoneNumberType.PREMIUM_RATE: "premium_number",
    PhoneNumberType.SHARED_COST: "premium_number",
    PhoneNumberType.TOLL_FREE: "toll_free_number",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """`number`: E.164 (`+18135550142`), or nothing, and then `code` says why not."""

    number: str
    code: str = ""


def typed(text: str, country: str) -> Typed:
    """What was typed, read as a number of `country` unless it begins with `+`.

    Codes: `no_number` (nobody has such a number), `short_number` (emergency, 988, 411: free or not to be called),
    `premium_number`, `toll_free_number`, `foreign_number` (TEL-3).
    """
    line = " ".join(text.split())
    if not line or len(line) > LONGEST_TYPED:
        return Typed("", "no_number")
    if _is_short(line, country):
        return Typed("", "short_number")
    try:
        found = phonenumbers.parse(line, country)
    except phonenumbers.NumberParseException:
        return Typed("", "no_number")
    if found.extension or not phonenumbers.is_valid_number(found):
        return Typed("", "no_number")
    code = _refused(found, country)
    return Typed("", code) if code else Typed(phonenumbers.format_number(found, PhoneNumberFormat.E164))


def _is_short(line: str, country: str) -> bool:
    """911, 988, 411 and their like; also what a telephone would take for an emergency call."""
    if phonenumbers.connects_to_emergency_number(line, country):
        return True
    return 0 < len(digits(line)) <= SHORT_DIGITS and not any(c.isalpha() for c in line)


def _refused(found: PhoneNumber, country: str) -> str:
    if code := _CODES.get(phonenumbers.number_type(found)):
        return code
    if phonenumbers.region_code_for_number(found) not in _SAME_PLAN.get(country, frozenset({country})):
        return "foreign_number"
    is_976 = found.country_code == 1 and str(found.national_number)[3:6] == "976"
    return "premium_number" if is_976 else ""


def spoken(number: str, country: str) -> str:
    """How people of `country` write it: `(813) 555-0142`; a foreign one with its country's code."""
    try:
        found = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return number
    home = found.country_code == phonenumbers.country_code_for_region(country)
    how = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(found, how)


def digits(text: str) -> str:
    """The digits of any script in `text`, as 0 to 9; spaces and dashes do not matter."""
    return "".join(str(unicodedata.digit(c)) for c in text[:100] if unicodedata.digit(c, None) is not None)
