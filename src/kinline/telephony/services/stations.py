"""Verbs of telephones and switches: enrolled, renewed, switched off (STF-2, TEL-10).

Of a switch only a digest of its token is kept. A telephone's password is made of its salt and the pepper whenever it is
needed: SIP digest wants the password itself, and a copy of the database alone gives none away.
"""

import base64
import secrets
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from kinline.core.transaction import verb
from kinline.facilities.models import Facility, HousingUnit
from kinline.facilities.queries import token_digest
from kinline.telephony.models import Station, Switch
from kinline.telephony.staff_errors import SwitchNameTaken, UnknownStation, UnknownSwitch

BUILT_IN: Final = "built-in"
_PASSWORD_BYTES: Final = 15  # 24 letters and digits, of which none needs care when it is typed into a telephone


def password_of(station: Station) -> str:
    """What a telephone proves itself with to the switch."""
    made = salted_hmac(
        "kinline.telephony.station", bytes(station.salt), secret=settings.PIN_PEPPER, algorithm="sha256"
    ).digest()
    return base64.b32encode(made[:_PASSWORD_BYTES]).decode().lower()


@verb
def enrol(
    *, facility_id: int, unit_id: int | None, label: str, language: str, relay: bool, now: datetime
) -> tuple[Station, str]:
    """A telephone with its password. Its name is nothing that can be guessed. raises UnknownStation: no such unit."""
    place = Facility.objects.get(pk=facility_id)
    if unit_id is not None and not HousingUnit.objects.filter(pk=unit_id, facility_id=facility_id).exists():
        raise UnknownStation
    station = Station.objects.create(
        facility=place,
        unit_id=unit_id,
        label=label,
        username=f"{place.slug[:30]}-{secrets.token_hex(4)}",
        salt=secrets.token_bytes(32),
        language=language,
        relay=relay,
        enrolled_at=now,
    )
    return station, password_of(station)


def _station(facility_id: int, station_id: int) -> Station:
    station = Station.objects.select_for_update(no_key=True).filter(pk=station_id, facility_id=facility_id).first()
    if station is None:
        raise UnknownStation
    return station


@verb
def renew_station(*, facility_id: int, station_id: int) -> tuple[Station, str]:
    """Another password, and on again; the old one is nothing any more. raises UnknownStation."""
    station = _station(facility_id, station_id)
    station.salt, station.disabled_at = secrets.token_bytes(32), None
    station.save(update_fields=["salt", "disabled_at"])
    return station, password_of(station)


@verb
def change_station(
    *, facility_id: int, station_id: int, unit_id: int | None, label: str, language: str, relay: bool
) -> None:
    """raises UnknownStation, also for a unit of elsewhere."""
    station = _station(facility_id, station_id)
    if unit_id is not None and not HousingUnit.objects.filter(pk=unit_id, facility_id=facility_id).exists():
        raise UnknownStation
    station.unit_id, station.label, station.language, station.relay = unit_id, label, language, relay
    station.save(update_fields=["unit", "label", "language", "relay"])


@verb
def disable_station(*, facility_id: int, station_id: int, now: datetime) -> bool:
    """It places no call any more. False: it was off. raises UnknownStation."""
    station = _station(facility_id, station_id)
    if station.disabled_at is not None:
        return False
    station.disabled_at = now
    station.save(update_fields=["disabled_at"])
    return True


@verb
def add_switch(*, agency_id: int | None, name: str, now: datetime) -> tuple[Switch, str]:
    """A switch and its token, which is shown this once. raises SwitchNameTaken."""
    token = secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            switch = Switch.objects.create(
                name=name, agency_id=agency_id, token_digest=token_digest(token), created_at=now
            )
    except IntegrityError:
        raise SwitchNameTaken(name=name) from None
    return switch, token


def _switch(agency_id: int | None, switch_id: int) -> Switch:
    rows = Switch.objects.select_for_update(no_key=True).filter(pk=switch_id)
    switch = (rows.filter(agency=None) if agency_id is None else rows.filter(agency_id=agency_id)).first()
    if switch is None:
        raise UnknownSwitch
    return switch


@verb
def renew_switch(*, agency_id: int | None, switch_id: int) -> tuple[Switch, str]:
    """Another token, and on again. `agency_id` None: of the deployment. raises UnknownSwitch, also for another's."""
    switch, token = _switch(agency_id, switch_id), secrets.token_urlsafe(32)
    switch.token_digest, switch.disabled_at = token_digest(token), None
    switch.save(update_fields=["token_digest", "disabled_at"])
    return switch, token


@verb
def disable_switch(*, agency_id: int | None, switch_id: int, now: datetime) -> bool:
    """Its token opens nothing any more. False: it was so. raises UnknownSwitch."""
    switch = _switch(agency_id, switch_id)
    if switch.disabled_at is not None:
        return False
    switch.disabled_at = now
    switch.save(update_fields=["disabled_at"])
    return True
