"""Switches that ask over the API, kept by whoever runs the machine (TEL-10); staff keep those of their agency."""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.telephony.queries import switches
from kinline.telephony.services import stations
from kinline.telephony.services.stations import BUILT_IN
from kinline.telephony.staff_errors import UnknownSwitch


@story
def add(*, name: str, agency_id: int | None, now: datetime) -> str:
    """Its token. `agency_id` None: it serves every telephone of the deployment. raises SwitchNameTaken."""
    switch, token = stations.add_switch(agency_id=agency_id, name=name, now=now)
    record("operator", "switch.add", f"switch:{switch.pk}", now=now)
    return token


@story
def renew(*, name: str, now: datetime) -> str:
    """Another token, and on again. raises UnknownSwitch: also for our own, which needs none."""
    agency_id, switch_id = _known(name)
    switch, token = stations.renew_switch(agency_id=agency_id, switch_id=switch_id)
    record("operator", "switch.renew", f"switch:{switch.pk}", now=now)
    return token


@story
def disable(*, name: str, now: datetime) -> bool:
    """False: it was. raises UnknownSwitch."""
    agency_id, switch_id = _known(name)
    done = stations.disable_switch(agency_id=agency_id, switch_id=switch_id, now=now)
    if done:
        record("operator", "switch.disable", f"switch:{switch_id}", now=now)
    return done


def _known(name: str) -> tuple[int | None, int]:
    found = switches.by_name(name)
    if found is None or found.name == BUILT_IN:
        raise UnknownSwitch
    return found.agency_id, found.pk
