"""A person decides on a held letter (DEL-4, DEL-5). Used by the command line and, later, by the portal."""

from datetime import datetime

from kinline.contacts import queries as contacts
from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.facilities.models import RefusalReason
from kinline.flows.authority import not_own
from kinline.flows.deliver_message import deliver_or_return
from kinline.flows.refusing import refused
from kinline.identity import permissions
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.messaging import errors, services
from kinline.messaging.models import Message, State


@story
def release(*, staff: User, message_id: int, now: datetime) -> None:
    """Let a held letter through. If the two may no longer write to each other, it is returned instead.

    raises NotPermitted, NotFound, TooLate when it does not wait for review any more, CannotWrite while the facility
    itself has stopped letters between the two: a reviewer does not lift a restriction by the way.
    """
    message = _held(staff, message_id, now)
    contact = contacts.contact(services.sender_of(message), message.contact_id, now)
    if contact is not None and contact.stopped_by_facility:
        raise errors.CannotWrite(why=contact.state_sentence)
    services.end_review(message, "release", now=now, decided_by=staff)
    record(f"staff:{staff.pk}", "message.release", f"message:{message.pk}", now=now, facility_id=message.facility_id)
    deliver_or_return(message, now)


@story
def refuse(
    *, staff: User, message_id: int, reason_code: str, explanation: str, now: datetime, withheld: bool = False
) -> None:
    """Refuse a held letter with a reason from the facility's list and a sentence of explanation.

    `withheld`: suspected crime, so nobody is told; needs the supervisor's permission (DEL-5, M5).
    raises Denied, NotFound, TooLate, ReasonUnknown, ExplanationMissing.
    """
    message = _held(staff, message_id, now)
    if withheld:
        permissions.require(staff, message.facility_id, Permission.WITHHOLD_NOTICE, now)
    reason = RefusalReason.objects.filter(facility_id=message.facility_id, code=reason_code, retired_at=None).first()
    if reason is None:
        raise errors.ReasonUnknown
    if not explanation.strip():
        raise errors.ExplanationMissing
    refused(
        message, reason=reason, explanation=explanation.strip()[:1000], decided_by=staff, now=now,
        withheld_by=staff if withheld else None,
    )  # fmt: skip


def _held(staff: User, message_id: int, now: datetime) -> Message:
    """The message, locked, if it waits for review at a facility where this person may decide."""
    message = services.locked(message_id)
    permissions.require(staff, message.facility_id, Permission.DECIDE_REVIEW, now)
    not_own(staff, message.contact)
    if message.state != State.REVIEW:
        raise errors.TooLate
    return message
