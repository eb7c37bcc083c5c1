"""An appeal decided in the portal (DEL-6): like every decision there it takes effect ten seconds later, by a job, and
can be taken back until then (experience.md, 10). Each act is a story of its own and locks the appeal first.
"""

from datetime import datetime

from kinline.core import jobs
from kinline.core.audit import record
from kinline.core.errors import Refusal
from kinline.core.transaction import story
from kinline.flows.appeal import carry, in_writing, may_arrive, may_decide, undecided
from kinline.identity import permissions
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.messaging import errors, services
from kinline.messaging.models import Appeal, AppealRuling, End, Message
from kinline.messaging.services import appeals


@story
def decide(*, staff: User, appeal_id: int, won: bool, answer: str, now: datetime) -> int:
    """Decide an appeal in writing, ten seconds from now. Returns the ruling's id. raises as `appeal.decide`."""
    appeal, message = undecided(staff, appeal_id, won=won, now=now)
    ruling = appeals.rule_on_appeal(appeal, staff, won=won, answer=in_writing(answer), now=now)
    jobs.defer("carry_out_appeal", at=ruling.effective_at, ruling_id=ruling.pk)
    _note("appeal.rule", ruling, message, now)
    return ruling.pk


@story
def withdraw(*, staff: User, ruling_id: int, now: datetime) -> int:
    """Take one's own decision back while it has not taken effect. Returns the appeal's id.

    raises NotFound, NotPermitted, NotYourDecision, TooLate.
    """
    appeal = services.locked_appeal(appeals.appeal_of_ruling(ruling_id))
    ruling = appeals.ruling(ruling_id)
    permissions.require(staff, appeal.review.facility_id, Permission.DECIDE_APPEAL, now)
    if ruling.staff_id != staff.pk:
        raise errors.NotYourDecision
    if ruling.end == End.WITHDRAWN:
        return appeal.pk
    if ruling.end:
        raise errors.TooLate
    appeals.end_ruling(ruling, End.WITHDRAWN, now=now)
    _note("appeal.withdraw", ruling, appeal.review.message, now)
    return appeal.pk


@story
def carry_out(*, ruling_id: int, now: datetime) -> None:
    """Job: the ten seconds are over. Run again, or after it was withdrawn, this does nothing.

    Void, and the appeal waits again, when whoever decided may not decide any more, or the letter may not arrive.
    """
    appeal = services.locked_appeal(appeals.appeal_of_ruling(ruling_id))
    message = services.locked(appeal.review.message_id)
    ruling = appeals.ruling(ruling_id)
    if ruling.end:
        return
    if ruling.effective_at > now:  # clocks of two machines: it is not forgotten, only put off
        jobs.defer("carry_out_appeal", at=ruling.effective_at, ruling_id=ruling_id)
        return
    why = _what_voids(appeal, message, ruling, now)
    appeals.end_ruling(ruling, End.VOID if why else End.DONE, now=now, why=why)
    if why:
        record(
            "system", "appeal.void", f"appeal:{appeal.pk}", now=now, facility_id=message.facility_id,
            staff=ruling.staff_id, why=why,
        )  # fmt: skip
        return
    carry(appeal, message, ruling.staff, won=ruling.won, answer=ruling.answer, now=now)


def _what_voids(appeal: Appeal, message: Message, ruling: AppealRuling, now: datetime) -> str:
    """The code of what has changed since the decision; empty: nothing that matters."""
    if appeal.outcome:
        return "moved_on"
    try:
        may_decide(ruling.staff, appeal, message, now)
        if ruling.won:
            may_arrive(message, now)
    except Refusal as no:
        return no.code
    return ""


def _note(act: str, ruling: AppealRuling, message: Message, now: datetime) -> None:
    appeal = f"appeal:{ruling.appeal_id}"
    record(f"staff:{ruling.staff_id}", act, appeal, now=now, facility_id=message.facility_id, won=ruling.won)
