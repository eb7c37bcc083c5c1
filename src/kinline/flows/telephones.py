"""Telephones of a place, switches of an agency, and how a place telephones (STF-2, TEL-1, TEL-9, TEL-10)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.facilities import queries as facilities
from kinline.flows.authority import Actor, require
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.telephony.models import Station, Switch
from kinline.telephony.queries import authority
from kinline.telephony.services import places, stations


@story
def enrol(
    *, staff: Actor, facility_id: int, unit_id: int | None, label: str, language: str, relay: bool, now: datetime
) -> tuple[Station, str]:
    """A telephone, and its password, shown this once. raises NotPermitted, UnknownStation."""
    actor = require(staff, facility_id, Permission.MANAGE_TELEPHONES, now)
    station, password = stations.enrol(
        facility_id=facility_id, unit_id=unit_id, label=label, language=language, relay=relay, now=now
    )
    record(actor, "station.enrol", f"station:{station.pk}", now=now, facility_id=facility_id)
    return station, password


@story
def renew(*, staff: Actor, facility_id: int, station_id: int, now: datetime) -> tuple[Station, str]:
    """raises NotPermitted, UnknownStation."""
    actor = require(staff, facility_id, Permission.MANAGE_TELEPHONES, now)
    station, password = stations.renew_station(facility_id=facility_id, station_id=station_id)
    record(actor, "station.renew", f"station:{station.pk}", now=now, facility_id=facility_id)
    return station, password


@story
def change(
    *,
    staff: Actor,
    facility_id: int,
    station_id: int,
    unit_id: int | None,
    label: str,
    language: str,
    relay: bool,
    now: datetime,
) -> None:
    """raises NotPermitted, UnknownStation."""
    actor = require(staff, facility_id, Permission.MANAGE_TELEPHONES, now)
    stations.change_station(
        facility_id=facility_id, station_id=station_id, unit_id=unit_id, label=label, language=language, relay=relay
    )
    record(actor, "station.change", f"station:{station_id}", now=now, facility_id=facility_id)


@story
def switch_off(*, staff: Actor, facility_id: int, station_id: int, now: datetime) -> None:
    """raises NotPermitted, UnknownStation."""
    actor = require(staff, facility_id, Permission.MANAGE_TELEPHONES, now)
    if stations.disable_station(facility_id=facility_id, station_id=station_id, now=now):
        record(actor, "station.disable", f"station:{station_id}", now=now, facility_id=facility_id)


@story
def change_settings(
    *, staff: User, facility_id: int, changes: Mapping[str, Any], seen: Mapping[str, Any], now: datetime
) -> None:
    """How a place telephones, by column. raises NotPermitted, TelephoneSettingsChanged."""
    actor = require(staff, facility_id, Permission.EDIT_FACILITY, now)
    default = authority.settings_by_id(facility_id)
    columns = {name: getattr(default, name) for name in {*changes, *seen, "payers", "places"}}
    places.change_settings(facility_id=facility_id, changes=changes, seen=seen, default=columns)
    record(
        actor, "telephone.change", f"facility:{facility_id}", now=now, facility_id=facility_id, columns=sorted(changes)
    )


# Switches are an agency's: whoever keeps them does so at a place of it.


def _agency(facility_id: int) -> int:
    return facilities.facilities_by_id([facility_id])[0].agency_id


@story
def add_switch(*, staff: User, facility_id: int, name: str, now: datetime) -> tuple[Switch, str]:
    """raises NotPermitted, SwitchNameTaken."""
    actor = require(staff, facility_id, Permission.MANAGE_SWITCHES, now)
    switch, token = stations.add_switch(agency_id=_agency(facility_id), name=name, now=now)
    record(actor, "switch.add", f"switch:{switch.pk}", now=now, facility_id=facility_id)
    return switch, token


@story
def renew_switch(*, staff: User, facility_id: int, switch_id: int, now: datetime) -> tuple[Switch, str]:
    """raises NotPermitted, UnknownSwitch."""
    actor = require(staff, facility_id, Permission.MANAGE_SWITCHES, now)
    switch, token = stations.renew_switch(agency_id=_agency(facility_id), switch_id=switch_id)
    record(actor, "switch.renew", f"switch:{switch_id}", now=now, facility_id=facility_id)
    return switch, token


@story
def disable_switch(*, staff: User, facility_id: int, switch_id: int, now: datetime) -> None:
    """raises NotPermitted, UnknownSwitch."""
    actor = require(staff, facility_id, Permission.MANAGE_SWITCHES, now)
    if stations.disable_switch(agency_id=_agency(facility_id), switch_id=switch_id, now=now):
        record(actor, "switch.disable", f"switch:{switch_id}", now=now, facility_id=facility_id)
