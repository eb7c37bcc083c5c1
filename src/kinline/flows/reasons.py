"""The facility's public list of reasons for which a letter may be refused, kept by its administrators (DEL-5, M9)."""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.delivery import queries as delivery
from kinline.delivery.services import hold_lists
from kinline.facilities import services
from kinline.facilities.errors import ReasonOfList, ReasonOfRule, UnknownReason
from kinline.facilities.models import RefusalReason
from kinline.flows.authority import Actor, require
from kinline.identity.permissions import Permission


@story
def new_reason(*, staff: Actor, facility_id: int, code: str, text: str, text_es: str, now: datetime) -> str:
    """The new reason's code; `code` empty: made from the text.

    raises NotPermitted, ReasonTaken, ReasonThere, ReasonWithoutCode, ReasonNotNeutral.
    """
    actor = require(staff, facility_id, Permission.EDIT_RULES, now)
    reason = services.new_reason(facility_id=facility_id, code=code, text=text, text_es=text_es)
    record(actor, "reason.add", f"facility:{facility_id}", now=now, facility_id=facility_id, code=reason.code)
    return reason.code


@story
def retire_reason(*, staff: Actor, facility_id: int, reason_id: int, now: datetime) -> None:
    """Off the list; never deleted. raises NotPermitted, UnknownReason, LastReason, ReasonOfRule, ReasonOfList."""
    actor = require(staff, facility_id, Permission.EDIT_RULES, now)
    # Rules and lists are looked at after these two locks, so that nobody gives them this reason meanwhile.
    hold_lists(facility_id=facility_id)
    services.retire_reason(facility_id=facility_id, reason_id=reason_id, now=now)
    code = _reason(facility_id, reason_id).code
    rule = delivery.refusing_with(facility_id, code, now)
    if rule is not None:
        raise ReasonOfRule(version=rule[0], rule=rule[1])
    name = delivery.list_refusing_with(facility_id, code)
    if name is not None:
        raise ReasonOfList(name=name)
    record(actor, "reason.retire", f"facility:{facility_id}", now=now, facility_id=facility_id, code=code)


@story
def restore_reason(*, staff: Actor, facility_id: int, reason_id: int, now: datetime) -> None:
    """A retired one is on the list again. raises NotPermitted, UnknownReason, ReasonThere, ReasonNotNeutral."""
    actor = require(staff, facility_id, Permission.EDIT_RULES, now)
    services.restore_reason(facility_id=facility_id, reason_id=reason_id)
    code = _reason(facility_id, reason_id).code
    record(actor, "reason.restore", f"facility:{facility_id}", now=now, facility_id=facility_id, code=code)


def _reason(facility_id: int, reason_id: int) -> RefusalReason:
    reason = RefusalReason.objects.filter(facility_id=facility_id, pk=reason_id).first()
    if reason is None:
        raise UnknownReason
    return reason
