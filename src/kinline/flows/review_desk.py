"""What a reviewer does in the portal (DEL-4): claim, read, decide, take back, pass on. Each act is a story of its own.

Every story locks the letter first and reads its review after that, so two people never hold the same one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kinline.core import jobs
from kinline.core.audit import record
from kinline.core.errors import Refusal
from kinline.core.transaction import story
from kinline.facilities.models import RefusalReason
from kinline.flows.authority import not_own
from kinline.flows.decide_review import held, may_decide, not_stopped, why_refused
from kinline.identity import permissions
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.messaging import errors, queries, services
from kinline.messaging.models import End, Message, Review, State
from kinline.messaging.queries.reviews import Between
from kinline.messaging.services import reviewing


@story
def claim(*, staff: User, message_id: int, now: datetime, take_over: bool = False) -> None:
    """Have a letter to oneself for 15 minutes; again, for 15 more.

    `take_over`: also from somebody else, which needs a supervisor's permission.
    raises NotPermitted, NotFound, TooLate, ClaimedByOther, RuledAlready, WithInvestigator, OwnContact.
    """
    message = may_decide(staff, message_id, now)
    review = reviewing.review_of(message)
    other = reviewing.claimed_by_other(review, staff, now)
    if other is not None and not take_over:
        raise errors.ClaimedByOther(name=other.name)
    if reviewing.open_ruling(review) is not None:
        raise errors.RuledAlready
    if other is not None:
        permissions.require(staff, message.facility_id, Permission.TAKE_OVER_REVIEW, now)
        _note(staff, "review.take_over", message, now, claimed_by=other.pk)
    elif review.claimed_by_id != staff.pk:
        _note(staff, "review.claim", message, now)
    reviewing.claim(review, staff, now=now)


@story
def claim_next(*, staff: User, facility_id: int, now: datetime) -> int:
    """Claim the oldest letter that is free for this person; its id. raises NotPermitted, NothingWaits."""
    permissions.require(staff, facility_id, Permission.DECIDE_REVIEW, now)
    investigates = permissions.may(staff, facility_id, Permission.INVESTIGATE, now)
    tried: list[int] = []
    while True:
        message = reviewing.lock_next(facility_id, staff, investigates=investigates, tried=tried, now=now)
        if message is None:
            raise errors.NothingWaits
        review = reviewing.review_of(message)
        if _free(review, staff, now):
            reviewing.claim(review, staff, now=now)
            _note(staff, "review.claim", message, now)
            return message.pk
        tried.append(message.pk)


def _free(review: Review, staff: User, now: datetime) -> bool:
    """Read after the lock: somebody may have been faster."""
    taken = reviewing.claimed_by_other(review, staff, now) or reviewing.open_ruling(review)
    return not review.decision and taken is None


@story
def let_go(*, staff: User, message_id: int, now: datetime) -> None:
    """Give one's own claim back; of a letter that is not one's own, nothing changes."""
    message = services.locked(message_id)
    permissions.require(staff, message.facility_id, Permission.DECIDE_REVIEW, now)
    review = reviewing.review_of(message)
    if review.claimed_by_id == staff.pk:
        reviewing.unclaim(review)
        _note(staff, "review.let_go", message, now)


@story
def read(*, staff: User, message_id: int, purpose: str, now: datetime) -> str | None:
    """The text of a held letter, and one's own claim is as good as new. None: privileged, its words are not staff's.

    Every look is written down with its purpose (REC5). raises NotPermitted, NotFound, TooLate, OwnContact,
    WithInvestigator.
    """
    message = services.locked(message_id)
    permissions.require(staff, message.facility_id, Permission.READ_REVIEW, now)
    not_own(staff, message.contact)
    if message.state != State.REVIEW:
        raise errors.TooLate
    review = reviewing.review_of(message)
    if review.passed_at and not permissions.may(staff, message.facility_id, Permission.INVESTIGATE, now):
        raise errors.WithInvestigator
    text = queries.review_text([message.facility_id], message_id)
    if text is not None:
        reviewing.note_look(review, staff, now=now)
        _note(staff, "message.read", message, now, purpose=purpose[:200])
    if review.claimed_by_id == staff.pk and reviewing.open_ruling(review) is None:
        reviewing.claim(review, staff, now=now)
    return text


@story
def read_between(*, staff: User, message_id: int, now: datetime) -> list[Between]:
    """The last letters between the same two at this facility with their texts, each look written down (REC5).

    raises NotPermitted, NotFound, OwnContact.
    """
    message = services.locked(message_id)
    permissions.require(staff, message.facility_id, Permission.READ_REVIEW, now)
    not_own(staff, message.contact)
    found = queries.between([message.facility_id], message_id, texts=True)
    for one in found:
        if one.text:
            record(
                f"staff:{staff.pk}", "message.read", f"message:{one.message_id}", now=now,
                facility_id=message.facility_id, purpose=f"conversation around message {message_id}",
            )  # fmt: skip
    return found


@story
def decide_release(*, staff: User, message_id: int, now: datetime) -> int:
    """Decide that a letter is delivered, ten seconds from now. Returns the ruling's id.

    raises as `decide_review.release`.
    """
    message = held(staff, message_id, now)
    not_stopped(message, now)
    return _rule(message, staff, "release", now)


@story
def decide_refuse(
    *, staff: User, message_id: int, reason_code: str, explanation: str, now: datetime, withheld: bool = False
) -> int:
    """Decide that a letter is not delivered, ten seconds from now. Returns the ruling's id.

    raises as `decide_review.refuse`.
    """
    message = held(staff, message_id, now)
    reason, said = why_refused(message, staff, now, reason_code=reason_code, said=explanation, withheld=withheld)
    return _rule(message, staff, "refuse", now, reason=reason, explanation=said, withheld=withheld)


def _rule(
    message: Message,
    staff: User,
    decision: str,
    now: datetime,
    *,
    reason: RefusalReason | None = None,
    explanation: str = "",
    withheld: bool = False,
) -> int:
    review = reviewing.review_of(message)
    ruling = reviewing.rule(review, staff, decision, now=now, reason=reason, explanation=explanation, withheld=withheld)
    reviewing.claim(review, staff, now=now)
    jobs.defer("carry_out_ruling", at=ruling.effective_at, ruling_id=ruling.pk)
    _note(staff, "review.decide", message, now, decision=decision)
    return ruling.pk


@story
def withdraw(*, staff: User, ruling_id: int, now: datetime) -> int:
    """Take one's own decision back while it has not taken effect; the letter is one's own again. Returns its id.

    raises NotFound, NotYourDecision, TooLate.
    """
    message = services.locked(reviewing.message_of_ruling(ruling_id))
    ruling = reviewing.ruling(ruling_id)
    permissions.require(staff, message.facility_id, Permission.DECIDE_REVIEW, now)
    if ruling.staff_id != staff.pk:
        raise errors.NotYourDecision
    if ruling.end == End.WITHDRAWN:
        return message.pk
    if ruling.end:
        raise errors.TooLate
    reviewing.end_ruling(ruling, End.WITHDRAWN, now=now)
    reviewing.claim(reviewing.review_of(message), staff, now=now)
    _note(staff, "review.withdraw", message, now, decision=ruling.decision)
    return message.pk


@story
def pass_on(*, staff: User, message_id: int, note: str, now: datetime) -> None:
    """Leave a letter to an investigator, with a note for them. raises as `claim`."""
    message = held(staff, message_id, now)
    reviewing.pass_on(reviewing.review_of(message), staff, note=note.strip()[:500], now=now)
    _note(staff, "review.pass_on", message, now)


@dataclass(frozen=True, slots=True)
class Approved:
    """What became of one letter of several: `why_not` is empty when it is decided."""

    message_id: int
    why_not: str


def approve_read(*, staff: User, message_ids: Sequence[int], now: datetime) -> list[Approved]:
    """Release several letters that this person has opened (DEL-4): one story each, so one "no" stops none of the rest.
    Each takes effect ten seconds from now and can be taken back."""
    return [_approve(staff, message_id, now) for message_id in dict.fromkeys(message_ids)]


def _approve(staff: User, message_id: int, now: datetime) -> Approved:
    try:
        _approve_one(staff, message_id, now)
    except Refusal as no:
        return Approved(message_id, str(no))
    return Approved(message_id, "")


@story
def _approve_one(staff: User, message_id: int, now: datetime) -> None:
    message = held(staff, message_id, now)
    if not reviewing.has_looked(reviewing.review_of(message), staff):
        raise errors.NotRead
    not_stopped(message, now)
    _rule(message, staff, "release", now)


def _note(staff: User, act: str, message: Message, now: datetime, **detail: object) -> None:
    record(f"staff:{staff.pk}", act, f"message:{message.pk}", now=now, facility_id=message.facility_id, **detail)
