"""Switches that may ask for calls (TEL-10)."""

from kinline.facilities.queries import token_digest
from kinline.telephony.models import Station, Switch
from kinline.telephony.queries import authority


def by_token(token: str) -> Switch | None:
    """The switch of this token, while it may ask."""
    if not token:
        return None
    return Switch.objects.select_related("agency").filter(token_digest=token_digest(token), disabled_at=None).first()


def by_name(name: str) -> Switch | None:
    return Switch.objects.filter(name=name).first()


def every() -> list[Switch]:
    """For whoever runs the machine."""
    return list(Switch.objects.select_related("agency").order_by("name"))


def station_of(switch: Switch, username: str) -> Station | None:
    """A telephone for which this switch may ask: an agency's own switch serves that agency's places alone."""
    found = authority.station(username)
    if found is None or (switch.agency_id is not None and found.facility.agency_id != switch.agency_id):
        return None
    return found
