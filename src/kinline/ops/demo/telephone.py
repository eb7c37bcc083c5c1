"""The sample's telephones: how each jail calls, its prices, its lists of numbers. All numbers are 555-01xx: nobody's.

The last two digits of a number say what the demo's outside world does when it rings (sip/outside.py).
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from kinline.flows import set_up
from kinline.ops.demo.calendar import OPENED_DAYS, ago
from kinline.ops.demo.money import ANAS, BENS
from kinline.ops.demo.people import DANIEL, FIRST_NUMBER, GRACE, IVAN, LUIS, MAYA, OMAR, ROSA, TOM, Cast, numbers
from kinline.ops.demo.places import AGENCY, NORTH, SOUTH, Jail
from kinline.residents.models import Resident
from kinline.telephony.models import (
    AllowedNumber,
    CallLimits,
    CallRate,
    Hotline,
    KnownNumber,
    LineHours,
    NumberBlock,
    NumberNote,
    Population,
    RatePlan,
    SpeedDial,
    Station,
    TelephoneSettings,
)

CARMENS, COUNSELS, RELAY = "+17165550163", "+12125550150", "+15185550171"
WATCHED, PRIVATE, BLOCKED = "+16075550121", "+16075550122", "+13155550166"
ASKED, DENIED = "+15855550118", "+15855550119"
EXPLAINS = {NORTH: "+15185550110", SOUTH: "+15185550111"}  # the number that is shown to who is called (T16)
# What the demo's outside world can do besides answering and pressing 1, to be tried by the first resident.
BEHAVIOURS = {
    91: "Busy (sample)", 92: "Never answers (sample)", 93: "Says no (sample)", 94: "Blocks (sample)",
    95: "Hangs up early (sample)", 96: "Voicemail (sample)", 97: "Presses nothing (sample)",
    98: "No such number (sample)", 99: "Asks the price (sample)",
}  # fmt: skip

SETTINGS: dict[str, dict[str, Any]] = {
    NORTH: {"payers": ["prepaid_collect", "pin_debit"], "lists_numbers": True},
    SOUTH: {"payers": ["pin_debit", "prepaid_collect"], "lists_numbers": False, "courtesy_seconds": 90},
}
# Micro-dollars a minute, and the facility's share of them. The lowest cap of any jail is $0.10 (47 CFR 64.6010).
RATES = {NORTH: (80_000, 20_000), SOUTH: (60_000, 0)}
PLACES = ("domestic", "territory")
LIMIT_SECONDS = {NORTH: 900, SOUTH: 1200}
PEOPLE_A_DAY = {NORTH: 21, SOUTH: 20}

# What is free and asks for nothing (REC3): said in the sample's words on reporting abuse, too (requests.py).
HOTLINES = (
    ("77", "+15185550177", "Sample State Ombuds Office", "Oficina estatal de muestra del defensor"),
    ("78", "+15185550178", "Sample counsellor, confidential", "Consejera de muestra, confidencial"),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A number on somebody's list, and how they know it."""

    who: str
    number: str
    name: str
    relation: str


LISTED = (
    Listed(DANIEL, ANAS, "Ana Sample", "mother"), Listed(OMAR, ANAS, "Ana Sample", "neighbor"),
    Listed(LUIS, ANAS, "Ana Sample", "aunt"), Listed(GRACE, BENS, "Ben Example", "brother"),
    Listed(MAYA, BENS, "Ben Example", "cousin"), Listed(ROSA, CARMENS, "Carmen Ejemplo", "hermana"),
    Listed(TOM, CARMENS, "Carmen Ejemplo", "amiga"), Listed(IVAN, WATCHED, "Watched Sample", "friend"),
    Listed(GRACE, RELAY, "Sample relay service", "relay"), Listed(OMAR, BLOCKED, "Blocked Sample", "friend"),
)  # fmt: skip


def own_number(who: str) -> str:
    """Somebody of each resident's own who answers: 315-555-01 and the resident's place."""
    return f"+131555501{int(who) - FIRST_NUMBER:02d}"


def make(jail: Jail, cast: Cast, now: datetime) -> None:
    opened = ago(now, OPENED_DAYS, "08:00")
    for place in (jail.north, jail.south):
        set_up.change_facility(staff=None, facility_id=place.pk, changes={"calls_offered": True}, now=opened)
        _settings(place.pk, place.slug, opened)
        _stations(place, opened)
    _limits(jail, cast)
    _numbers(jail, now)
    _lists(jail, cast, now)


def _settings(place_id: int, slug: str, opened: datetime) -> None:
    chosen = {"places": list(PLACES), "caller_id": EXPLAINS[slug], **SETTINGS[slug]}
    TelephoneSettings.objects.get_or_create(facility_id=place_id, defaults=chosen)
    year = opened.year - 1
    Population.objects.get_or_create(
        facility_id=place_id, year=year, defaults={"person_days": 365 * PEOPLE_A_DAY[slug], "counted_at": opened}
    )
    plan, _ = RatePlan.objects.get_or_create(facility_id=place_id, effective_from=opened, defaults={"made_at": opened})
    base, additive = RATES[slug]
    for kind in PLACES:
        prices = {"base_micro": base, "additive_micro": additive}
        CallRate.objects.get_or_create(plan=plan, kind=kind, country="", defaults=prices)
    for keys, number, name, name_es in HOTLINES:
        line = {"number": number, "name": name, "name_es": name_es}
        Hotline.objects.get_or_create(facility_id=place_id, keys=keys, retired_at=None, defaults=line)


def _stations(place: Any, opened: datetime) -> None:
    """One telephone in each unit, and in the north one for a relay service (TEL-11)."""
    for unit in place.units.order_by("pk"):
        _station(place.pk, unit.pk, unit.name, opened)
    if place.slug == NORTH:
        _station(place.pk, None, "Relay", opened, relay=True)


def _station(place_id: int, unit_id: int | None, name: str, opened: datetime, *, relay: bool = False) -> None:
    facts = {
        "facility_id": place_id, "unit_id": unit_id, "label": f"Sample telephone {name}", "relay": relay,
        "salt": secrets.token_bytes(32), "enrolled_at": opened,
    }  # fmt: skip
    Station.objects.get_or_create(username=username(name), defaults=facts)


def username(unit: str) -> str:
    return f"sample-{unit.lower().replace(' ', '-')}"


def _limits(jail: Jail, cast: Cast) -> None:
    """Of each jail, and of one resident: five minutes, in the evening shut, and never recorded."""
    for place in (jail.north, jail.south):
        CallLimits.objects.get_or_create(
            facility=place, unit=None, resident=None, number="", defaults={"seconds": LIMIT_SECONDS[place.slug]}
        )
    strict, _ = CallLimits.objects.get_or_create(
        facility=jail.north, unit=None, resident_id=cast.parties[IVAN].id, number="",
        defaults={"seconds": 300, "calls_a_day": 4, "record": False},
    )  # fmt: skip
    LineHours.objects.get_or_create(limits=strict, days="0123456", opens=time(7), closes=time(22))


def _numbers(jail: Jail, now: datetime) -> None:
    """What the county knows of some numbers, each with a note (TEL-9), and one number that may not be called."""
    at = ago(now, 14, "11:00")
    investigator, supervisor = jail.staff["sample.investigator"], jail.staff["sample.supervisor"]
    known: tuple[tuple[str, dict[str, Any], str, str], ...] = (
        (COUNSELS, {"privileged_since": at}, "privileged", "Sample Public Defenders, checked with the bar."),
        (RELAY, {"relay": True}, "relay", "A relay service for the deaf (sample)."),
        (WATCHED, {"watched": True}, "watched", "Sample of a watched number: see file S-1."),
        (PRIVATE, {"do_not_record": True}, "do_not_record", "Sample clergy: not to be recorded."),
    )
    for number, flags, act, note in known:
        _, new = KnownNumber.objects.get_or_create(agency=jail.agency, number=number, defaults=flags)
        if new:
            NumberNote.objects.create(
                agency=jail.agency, number=number, act=act, note=note, made_by=investigator, made_at=at
            )
    NumberBlock.objects.get_or_create(
        facility=jail.north, number=BLOCKED, by="facility", lifted_at=None,
        defaults={"note": "Sample of a block: its holder asked the jail.", "made_by": supervisor, "made_at": at},
    )  # fmt: skip


# Whom each resident may call


def _lists(jail: Jail, cast: Cast, now: datetime) -> None:
    asked, decided = ago(now, 40, "18:00"), ago(now, 39, "10:00")
    staff = jail.staff["sample.supervisor"]
    listed = [*LISTED, *(Listed(who, own_number(who), "Own Sample", "friend") for who in numbers())]
    listed += [Listed(DANIEL, f"+131555501{end}", name, "sample") for end, name in BEHAVIOURS.items()]
    rows = [
        AllowedNumber(
            resident_id=cast.parties[one.who].id, number=one.number, name=one.name, relation=one.relation,
            asked_at=asked, decided_at=decided, decided_by=staff, approved=True,
        )
        for one in listed
    ]  # fmt: skip
    AllowedNumber.objects.bulk_create(rows, ignore_conflicts=True)
    SpeedDial.objects.get_or_create(resident_id=cast.parties[DANIEL].id, keys="1", defaults={"number": ANAS})
    _waiting(cast, staff, now)


def _waiting(cast: Cast, staff: Any, now: datetime) -> None:
    """One number that was asked for and waits for staff, and one that was denied."""
    daniel = cast.parties[DANIEL].id
    waits = {"name": "Uncle Sample", "relation": "uncle", "asked_at": ago(now, 1, "17:30")}
    AllowedNumber.objects.get_or_create(resident_id=daniel, number=ASKED, removed_at=None, defaults=waits)
    at = ago(now, 8, "09:40")
    denied = {
        "name": "Denied Sample", "relation": "friend", "asked_at": ago(now, 9, "17:30"), "decided_at": at,
        "decided_by": staff, "approved": False, "denied_reason": "The number belongs to somebody else (sample).",
    }  # fmt: skip
    AllowedNumber.objects.get_or_create(resident_id=daniel, number=DENIED, removed_at=None, defaults=denied)


def allowed(people: Iterable[str]) -> dict[str, tuple[int, list[str]]]:
    """Of each resident, by number: their id, and the numbers that they may call in the order of their list."""
    found: dict[str, tuple[int, list[str]]] = {}
    wanted = list(people)
    here = Resident.objects.filter(agency__slug=AGENCY, number__in=wanted).values_list("number", "pk")
    by_id = {who: found.setdefault(number, (who, []))[1] for number, who in here}
    rows = AllowedNumber.objects.filter(resident_id__in=by_id, approved=True, removed_at=None).order_by("pk")
    for who, number in rows.values_list("resident_id", "number"):
        by_id[who].append(number)
    return found
