"""How residents say their own name, for those whom they call (TEL-2, T6).

Nothing but a name is kept, once the caller has heard it and said yes. Staff can hear it, with a record of who did, and
take it away: what is said there can be a message. Then a voice of ours says the name. It goes with its resident.
"""

import struct
from datetime import datetime, timedelta
from typing import Final

from kinline.core.audit import record
from kinline.core.parties import RESIDENT, Party
from kinline.core.transaction import story
from kinline.flows.authority import require
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.identity.services import attempts
from kinline.residents import queries as residents
from kinline.telephony.errors import NoName, NotAName
from kinline.telephony.models import Station
from kinline.telephony.queries import authority
from kinline.telephony.queries import names as queries
from kinline.telephony.services import names

AFTER_RELEASE: Final = timedelta(days=30)  # it stays for so long, should its resident come back
BATCH: Final = 200


@story
def keep(station: Station, *, resident_id: int, sound: bytes, now: datetime) -> None:
    """What a caller of this telephone said as their name. raises NotAName, also where the place takes none, where they
    are not, or after ten of a day.
    """
    place = station.facility
    here = residents.open_custody_at(place.pk, resident_id) is not None
    if not here or not authority.settings_of(place).records_names or not attempts.take("name_said", resident_id, now):
        raise NotAName
    row = names.keep(resident_id=resident_id, station_id=station.pk, sound=sound, now=now)
    who = Party(RESIDENT, resident_id).channel
    record(who, "name.record", f"recorded_name:{row.pk}", now=now, facility_id=place.pk)


@story
def hear(*, staff: User, facility_id: int, resident_id: int, now: datetime) -> bytes:
    """µ-law; who listened is on record. raises NotPermitted, NoName."""
    actor = require(staff, facility_id, Permission.DECIDE_NUMBERS, now)
    sound = queries.sound_of(resident_id)
    if not sound or residents.open_custody_at(facility_id, resident_id) is None:
        raise NoName
    record(actor, "name.play", f"resident:{resident_id}", now=now, facility_id=facility_id)
    return sound


def as_wav(sound: bytes) -> bytes:
    """A file that a browser plays: one channel of µ-law at 8 kHz, as telephones have it."""
    head = struct.pack("<HHIIHHH", 7, 1, 8000, 8000, 1, 8, 0)
    padded = sound + b"\0" * (len(sound) % 2)
    fact = struct.pack("<4sII", b"fact", 4, len(sound))
    body = b"WAVE" + struct.pack("<4sI", b"fmt ", len(head)) + head + fact + struct.pack("<4sI", b"data", len(sound))
    return struct.pack("<4sI", b"RIFF", len(body) + len(padded)) + body + padded


@story
def take_away(*, staff: User, facility_id: int, resident_id: int, reason: str, bar: bool, now: datetime) -> None:
    """From the next call on, a voice of ours says the name; `bar`: until staff want another.

    raises NotPermitted, NoName.
    """
    actor = require(staff, facility_id, Permission.DECIDE_NUMBERS, now)
    if residents.open_custody_at(facility_id, resident_id) is None:
        raise NoName
    row = names.take_away(resident_id=resident_id, by=staff, reason=reason, bar=bar, now=now)
    act = "name.bar" if bar else "name.remove"
    record(actor, act, f"recorded_name:{row.pk}", now=now, facility_id=facility_id, reason=reason)


@story
def allow(*, staff: User, facility_id: int, resident_id: int, now: datetime) -> None:
    """Their next call asks for a name again. raises NotPermitted, NoName."""
    actor = require(staff, facility_id, Permission.DECIDE_NUMBERS, now)
    if residents.open_custody_at(facility_id, resident_id) is None:
        raise NoName
    if names.allow(resident_id=resident_id):
        record(actor, "name.allow", f"resident:{resident_id}", now=now, facility_id=facility_id)


def purge(*, now: datetime) -> None:
    """Job, every night: a voice goes a month after its resident has left."""
    while gone := queries.of_people_gone(now - AFTER_RELEASE, BATCH):
        for resident_id in gone:
            _forget(resident_id, now)


@story
def _forget(resident_id: int, now: datetime) -> None:
    if names.forget(resident_id=resident_id, now=now):
        record("system", "name.purge", f"resident:{resident_id}", now=now)
