"""What somebody keyed in, and where in the world that is (TEL-3, `rules.md` T1, T2). Pure; plans: `phonenumbers`.

Keyed digits are read as a telephone in the United States is dialled: ten digits, `1` and ten, or `011` and a number
abroad. Whether a place may be called is the facility's; what can never be called says so here, with a code of its own.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

PlaceKind = Literal["domestic", "territory", "canada", "caribbean", "international"]
KINDS: Final[tuple[PlaceKind, ...]] = ("domestic", "territory", "canada", "caribbean", "international")
Jurisdiction = Literal["intrastate", "interstate", "international"]

COUNTRY_CODE: Final = 1
TERRITORIES: Final = frozenset({"PR", "VI", "GU", "AS", "MP"})
LONGEST: Final = 18  # digits: 011 and the longest number that E.164 allows
_KEYED = re.compile(r"[0-9]+")
_SERVICES: Final = re.compile(r"1?[2-9]11")
_DIAL_AROUND: Final = re.compile(r"101[0-9]{4}.*")
_NEVER: Final = {
    PhoneNumberType.PREMIUM_RATE: "premium_number",
    PhoneNumberType.SHARED_COST: "premium_number",
    PhoneNumberType.TOLL_FREE: "toll_free_number",
    PhoneNumberType.PERSONAL_NUMBER: "personal_number",
    PhoneNumberType.UAN: "personal_number",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number is: `kind` sets the rate, `country` is ISO 3166, `state` as the post writes it, only in the US."""

    kind: PlaceKind
    country: str
    state: str = ""

    def seen_from(self, state: str) -> Jurisdiction:
        """As the FCC counts calls (F32); a mobile number counts where its area code lies."""
        if self.kind in {"canada", "caribbean", "international"}:
            return "international"
        here = self.state or self.country
        return "intrastate" if here == state else "interstate"


@dataclass(frozen=True, slots=True)
class Dialled:
    """`number` in E.164 and its `place`; or `code`, why nobody can be called so."""

    number: str = ""
    place: Place | None = None
    code: str = ""


def dialled(keys: str) -> Dialled:
    """The keys pressed, read as a number.

    Codes: `nothing_dialled`; `no_number` (nobody has it, or it cannot be one: letters, stars, too short, too long);
    `emergency_number` (911 and its like: staff answer emergencies, T17); `service_number` (0, N11); `directory_number`;
    `premium_number` (900, 976); `toll_free_number`; `personal_number` (500, 700); `dial_around` (1010XXX).
    """
    if not keys:
        return Dialled(code="nothing_dialled")
    if not _KEYED.fullmatch(keys) or len(keys) > LONGEST:
        return Dialled(code="no_number")
    if code := _short_code(keys):
        return Dialled(code=code)
    if keys.startswith("011"):
        return _abroad(keys[3:])
    national = keys[1:] if len(keys) == 11 and keys.startswith("1") else keys
    if len(national) != 10:
        return Dialled(code="no_number")
    return _in_plan(national)


def e164(number: str) -> Dialled:
    """The same for a number that is stored (`+18135550142`): of a speed dial or a list."""
    if number.startswith(f"+{COUNTRY_CODE}"):
        return dialled(number[1:])
    return _abroad(number.removeprefix("+"))


def _short_code(keys: str) -> str:
    if keys in {"911", "9911", "112", "999", "933"}:
        return "emergency_number"
    if keys in {"411", "1411"}:
        return "directory_number"
    if keys in {"0", "00"} or _SERVICES.fullmatch(keys) or keys == "988":
        return "service_number"
    return "dial_around" if _DIAL_AROUND.fullmatch(keys) else ""


def _in_plan(national: str) -> Dialled:
    area, exchange, line = national[:3], national[3:6], national[6:]
    if area == "700":
        return Dialled(code="personal_number")
    if area == "900" or exchange == "976":
        return Dialled(code="premium_number")
    if exchange == "555" and line == "1212":
        return Dialled(code="directory_number")
    if exchange[1:] == "11":
        return Dialled(code="no_number")
    return _found(PhoneNumber(country_code=COUNTRY_CODE, national_number=int(national)))


def _abroad(digits: str) -> Dialled:
    if digits.startswith(str(COUNTRY_CODE)):
        return dialled(digits) if len(digits) == 11 else Dialled(code="no_number")
    try:
        return _found(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        return Dialled(code="no_number")


def _found(number: PhoneNumber) -> Dialled:
    if code := _NEVER.get(phonenumbers.number_type(number)):
        return Dialled(code=code)
    if not phonenumbers.is_valid_number(number):
        return Dialled(code="no_number")
    return Dialled(phonenumbers.format_number(number, PhoneNumberFormat.E164), place_of(number))


def place_of(number: PhoneNumber) -> Place:
    country = phonenumbers.region_code_for_number(number) or "001"  # 001: of no one country, as satellites have
    if number.country_code != COUNTRY_CODE:
        return Place("international", country)
    if country == "US":
        return Place("domestic", country, area_codes().get(str(number.national_number)[:3], ""))
    if country in TERRITORIES:
        return Place("territory", country)
    return Place("canada" if country == "CA" else "caribbean", country)


@cache
def area_codes() -> dict[str, str]:
    """Area code → state, as the plan stood in `phonenumbers` 9.0 (geographic data); a newer code has no state."""
    text = resources.files(__package__).joinpath("area_codes.txt").read_text()
    rows = (line.split() for line in text.splitlines())
    return {code: state for state, *codes in rows for code in codes}
