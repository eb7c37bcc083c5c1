"""Verbs of the switch that the deployment brings itself, and of its telephones."""

import secrets
from datetime import datetime

from kinline.core.transaction import verb
from kinline.facilities.queries import token_digest
from kinline.telephony.models import Station, Switch
from kinline.telephony.services.stations import BUILT_IN


@verb
def built_in(now: datetime) -> Switch:
    """Our own switch, made at its first start. It asks in process, so nobody ever learns its token."""
    facts = {"token_digest": token_digest(secrets.token_urlsafe(32)), "created_at": now}
    return Switch.objects.get_or_create(name=BUILT_IN, agency=None, defaults=facts)[0]


@verb
def station_seen(username: str, *, now: datetime) -> None:
    """A sign of life of a telephone: it registered, or placed a call."""
    Station.objects.filter(username=username, disabled_at=None).update(seen_at=now)
