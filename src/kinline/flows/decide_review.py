"""A person decides on a held letter (DEL-4, DEL-5): at once by the command line, after ten seconds from the portal.

Both ways check the same and do the same: `flows.review_desk` writes the decision down, a job carries it out here.
"""

from datetime import datetime

from kinline.contacts import queries as contacts
from kinline.contacts.errors import OwnContact
from kinline.core import jobs
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
from kinline.messaging.models import End, Message, Ruling, State
from kinline.messaging.services import reviewing


@story
def release(*, staff: User, message_id: int, now: datetime) -> None:
    """Let a held letter through. If the two may no longer write to each other, it is returned instead.

    raises NotPermitted, NotFound, TooLate when it does not wait for review any more, ClaimedByOther, RuledAlready,
    WithInvestigator; CannotWrite while the facility itself has stopped letters between the two: a reviewer does not
    lift a restriction by the way.
    """
    message = held(staff, message_id, now)
    not_stopped(message, now)
    _release(message, staff, now)


@story
def refuse(
    *, staff: User, message_id: int, reason_code: str, explanation: str, now: datetime, withheld: bool = False
) -> None:
    """Refuse a held letter with a reason from the facility's list and a sentence of explanation.

    `withheld`: suspected crime, so nobody is told; needs the supervisor's permission (DEL-5, M5).
    raises as `release`, and ReasonUnknown, ExplanationMissing.
    """
    message = held(staff, message_id, now)
    reason, said = why_refused(message, staff, now, reason_code=reason_code, said=explanation, withheld=withheld)
    _refuse(message, staff, now, reason=reason, said=said, withheld=withheld)


@story
def carry_out(*, ruling_id: int, now: datetime) -> None:
    """Job: the ten seconds are over. Run again, or after it was withdrawn, this does nothing.

    Void, and the letter waits for a person again, when whoever decided may not decide any more, or may not let it
    through any more.
    """
    message = services.locked(reviewing.message_of_ruling(ruling_id))
    ruling = reviewing.ruling(ruling_id)
    if ruling.end:
        return
    if ruling.effective_at > now:  # clocks of two machines: it is not forgotten, only put off
        jobs.defer("carry_out_ruling", at=ruling.effective_at, ruling_id=ruling_id)
        return
    why = _what_voids(message, ruling, now)
    if why:
        _void(message, ruling, why, now)
        return
    reviewing.end_ruling(ruling, End.DONE, now=now)
    if ruling.reason is not None:
        said, withheld = ruling.explanation, ruling.withheld
        _refuse(message, ruling.staff, now, reason=ruling.reason, said=said, withheld=withheld)
    else:
        _release(message, ruling.staff, now)


def _what_voids(message: Message, ruling: Ruling, now: datetime) -> str:
    """The code of what has changed since the decision; empty: nothing that matters."""
    if message.state != State.REVIEW:
        return "moved_on"
    try:
        permissions.require(ruling.staff, message.facility_id, Permission.DECIDE_REVIEW, now)
        if ruling.withheld:
            permissions.require(ruling.staff, message.facility_id, Permission.WITHHOLD_NOTICE, now)
        not_own(ruling.staff, message.contact)
        if ruling.decision == "release":
            not_stopped(message, now)
    except (permissions.NotPermitted, OwnContact, errors.CannotWrite) as no:
        return no.code
    return ""


def _void(message: Message, ruling: Ruling, why: str, now: datetime) -> None:
    reviewing.end_ruling(ruling, End.VOID, now=now, why=why)
    reviewing.unclaim(ruling.review)
    record(
        "system", "review.void", f"message:{message.pk}", now=now, facility_id=message.facility_id,
        staff=ruling.staff_id, decision=ruling.decision, why=why,
    )  # fmt: skip


def _release(message: Message, staff: User, now: datetime) -> None:
    services.end_review(message, "release", now=now, decided_by=staff)
    record(f"staff:{staff.pk}", "message.release", f"message:{message.pk}", now=now, facility_id=message.facility_id)
    deliver_or_return(message, now)


def _refuse(message: Message, staff: User, now: datetime, *, reason: RefusalReason, said: str, withheld: bool) -> None:
    withheld_by = staff if withheld else None
    refused(message, reason=reason, explanation=said, decided_by=staff, now=now, withheld_by=withheld_by)


# Steps that the portal's desk shares


def held(staff: User, message_id: int, now: datetime) -> Message:
    """The message, locked, if it waits for review at a facility where this person may decide, and is free for them."""
    message = may_decide(staff, message_id, now)
    review = reviewing.review_of(message)
    other = reviewing.claimed_by_other(review, staff, now)
    if other is not None:
        raise errors.ClaimedByOther(name=other.name)
    if reviewing.open_ruling(review) is not None:
        raise errors.RuledAlready
    return message


def may_decide(staff: User, message_id: int, now: datetime) -> Message:
    """The message, locked, if it waits for review and this person may decide it, whoever works on it now."""
    message = services.locked(message_id)
    permissions.require(staff, message.facility_id, Permission.DECIDE_REVIEW, now)
    not_own(staff, message.contact)
    if message.state != State.REVIEW:
        raise errors.TooLate
    if reviewing.review_of(message).passed_at is not None:
        _investigates(staff, message, now)
    return message


def _investigates(staff: User, message: Message, now: datetime) -> None:
    if not permissions.may(staff, message.facility_id, Permission.INVESTIGATE, now):
        raise errors.WithInvestigator


def not_stopped(message: Message, now: datetime) -> None:
    """raises CannotWrite while the facility has stopped letters between the two."""
    contact = contacts.contact(services.sender_of(message), message.contact_id, now)
    if contact is not None and contact.stopped_by_facility:
        raise errors.CannotWrite(why=contact.state_sentence)


def why_refused(
    message: Message, staff: User, now: datetime, *, reason_code: str, said: str, withheld: bool
) -> tuple[RefusalReason, str]:
    """The reason of the facility's list and the sentence, as they are kept (M1); who withholds may do so (M5)."""
    if withheld:
        permissions.require(staff, message.facility_id, Permission.WITHHOLD_NOTICE, now)
    reason = RefusalReason.objects.filter(facility_id=message.facility_id, code=reason_code, retired_at=None).first()
    if reason is None:
        raise errors.ReasonUnknown
    if not said.strip():
        raise errors.ExplanationMissing
    return reason, said.strip()[:1000]
