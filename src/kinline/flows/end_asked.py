"""Staff end a call that goes on (TEL-9): the switch is told, ends it, and tells so; then it is settled as any other.

The switch hears of it with its next sign of life (`tell_call.alive`). A hotline is nobody's to end (REC3).
"""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.authority import require
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.telephony import services
from kinline.telephony.queries import desk
from kinline.telephony.staff_errors import CallOver

# Codes: what the record of the call says. Words are the faces' (`staff.call_wording`).
REASONS = ("security", "rule_broken", "emergency", "third_party", "wrong_caller", "technical")
LOCKDOWN = "lockdown"


@story
def ask_end(*, staff: User, facility_id: int, call_id: int, reason: str, now: datetime) -> None:
    """`reason`: one of `REASONS`. raises NotPermitted, CallOver: it is over, of elsewhere, or a hotline's."""
    actor = require(staff, facility_id, Permission.END_CALLS, now)
    if reason not in REASONS or not end_one(facility_id, call_id, reason):
        raise CallOver
    record(actor, "call.end", f"call:{call_id}", now=now, facility_id=facility_id, reason=reason)


def end_one(facility_id: int, call_id: int, reason: str) -> bool:
    """Step: ask for the end of a call of this place, once; False: it is over, or nobody's to end."""
    call = desk.one(facility_id, call_id)
    locked = services.locked(call.key, call.switch_id) if call else None
    if locked is None or locked.ended_at is not None:
        return False
    if not locked.end_asked:
        services.ask_end(locked, reason=reason)
    return True
