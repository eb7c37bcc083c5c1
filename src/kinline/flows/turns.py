"""How long one may sit at a kiosk of a place, and how long others come first after it (KSK-4)."""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.identity import permissions
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.residents import services


@story
def set_turns(*, staff: User, facility_id: int, minutes: int, pause_minutes: int, now: datetime) -> None:
    """0: no limit, no pause. raises NotPermitted."""
    permissions.require(staff, facility_id, Permission.MANAGE_KIOSKS, now)
    services.set_turns(facility_id=facility_id, minutes=minutes, pause_minutes=pause_minutes)
    record(
        f"staff:{staff.pk}", "turns.set", f"facility:{facility_id}", now=now, facility_id=facility_id,
        minutes=minutes, pause_minutes=pause_minutes,
    )  # fmt: skip
