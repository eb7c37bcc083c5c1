"""Who calls from a facility's telephone, by what the place asks for: nothing, an ID, a passcode, or both (TEL-12).

Each try is a story of its own, so that a wrong one is counted whatever follows. Calls of people who are known and not
held here are refused and reported (STF-7).
"""

from datetime import datetime
from typing import Final

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.identity.services import attempts
from kinline.residents import queries as residents
from kinline.residents import services as pins
from kinline.residents.errors import PinLocked, WrongPin
from kinline.residents.models import Resident
from kinline.telephony.models import Station
from kinline.telephony.rules import Caller

Known = tuple[Resident | None, Caller]

WRONG: Final = "passcode"  # of `identity.limits`
NOBODY: Final = Caller(identified=False, in_custody=True)
HERE: Final = Caller(identified=True, in_custody=True)
LOCKED: Final = Caller(identified=False, in_custody=True, locked=True)


def who_calls(station: Station, asks: str, *, number: str, pin: str, now: datetime) -> Known:
    """`asks`: of the place's settings. `number`, `pin`: as keyed in."""
    if asks == "nothing":
        return None, HERE
    if asks == "pin":
        return _by_passcode(station, pin, now)
    place = station.facility
    person = residents.here_by_number(place.pk, number)
    if person is None and residents.by_number(place.agency_id, number) is not None:
        return None, _elsewhere(station, now)
    if asks == "id":
        return person, HERE if person else NOBODY
    return _by_both(place.pk, person, number, pin, now)


def _by_both(facility_id: int, person: Resident | None, number: str, pin: str, now: datetime) -> Known:
    try:
        return pins.check_pin(facility_id=facility_id, number=number, pin=pin, now=now), HERE
    except PinLocked:
        return person, LOCKED
    except WrongPin:
        return person, NOBODY


def _by_passcode(station: Station, pin: str, now: datetime) -> Known:
    """A wrong one is nobody's, so it counts against the telephone."""
    place = station.facility
    if attempts.paused_until(WRONG, station.pk, now) is not None:
        return None, LOCKED
    kept = residents.by_passcode(place.agency_id, pin)
    if kept is None:
        _count_wrong(station, now)
        return None, NOBODY
    if kept.locked_at is not None:
        return kept.resident, LOCKED
    if residents.open_custody_at(place.pk, kept.resident_id) is None:
        return None, _elsewhere(station, now)
    return kept.resident, HERE


@story
def _count_wrong(station: Station, now: datetime) -> None:
    attempts.take(WRONG, station.pk, now)
    record("system", "pin.unknown", now=now, facility_id=station.facility_id)


@story
def _elsewhere(station: Station, now: datetime) -> Caller:
    record("system", "pin.not_in_custody", f"station:{station.pk}", now=now, facility_id=station.facility_id)
    return Caller(identified=True, in_custody=False)
