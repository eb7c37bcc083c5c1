"""An appeal against a refusal: filed by either side, decided by another person (DEL-6, M2 to M4)."""

from datetime import date, datetime

from kinline.contacts import queries as contacts
from kinline.core.audit import record
from kinline.core.events import announce
from kinline.core.parties import FAMILY, Party
from kinline.core.transaction import story
from kinline.design.wording import full_day
from kinline.facilities import queries as facilities
from kinline.flows.arriving import arrived
from kinline.flows.authority import not_own
from kinline.flows.collect import not_stopped
from kinline.identity import permissions
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.messaging import errors, queries, services
from kinline.messaging.models import Appeal, Folder, Message, Payer, State
from kinline.messaging.rules import decision_due
from kinline.messaging.services import appeals, reviewing
from kinline.notices import services as notices


@story
def file(party: Party, *, message_id: int, text: str, now: datetime) -> int:
    """Ask that another person decide again. Free. Returns the appeal's id.

    raises AppealNotOpen, AppealFiled, AppealTooLate, AppealEmpty.
    """
    if queries.refusal(party, message_id, now=now) is None:
        raise errors.AppealNotOpen
    message = services.locked(message_id)
    view = queries.refusal(party, message_id, now=now)  # again: another tab may have filed before the lock was had
    if view is None or message.state != State.REFUSED:
        raise errors.AppealNotOpen
    if view.appeal is not None:
        raise errors.AppealFiled
    if not view.may_appeal:
        raise errors.AppealTooLate(day=full_day(view.last_day))
    if not text.strip():
        raise errors.AppealEmpty
    due_on = _due_on(message, now)
    appeal = services.file_appeal(message.review, party, text=text.strip()[:4000], due_on=due_on, now=now)
    record(party.channel, "appeal.file", f"appeal:{appeal.pk}", now=now, facility_id=message.facility_id)
    notices.tell(
        party, "appeal_filed", now, message_id=message.pk, other_name=view.other_name, due_on=due_on.isoformat()
    )
    return appeal.pk


def _due_on(message: Message, now: datetime) -> date:
    facility = message.facility
    holidays = facilities.holidays(facility.agency_id)
    return decision_due(now, facility.appeal_decision_days, facility.time_zone, holidays)


@story
def decide(*, staff: User, appeal_id: int, won: bool, answer: str, now: datetime) -> None:
    """Decide an appeal in writing, at once. Won: the original is delivered, free, with its original date.

    raises NotPermitted, NotFound, SameDecider, AppealDecided, AppealRuled, ExplanationMissing; CannotWrite if it is
    won while the facility has stopped letters between the two.
    """
    appeal, message = undecided(staff, appeal_id, won=won, now=now)
    carry(appeal, message, staff, won=won, answer=in_writing(answer), now=now)


# Steps that the portal's desk shares (`flows.appeal_desk`)


def undecided(staff: User, appeal_id: int, *, won: bool, now: datetime) -> tuple[Appeal, Message]:
    """The appeal and its letter, locked, if this person may decide it so. raises as `decide`."""
    appeal = services.locked_appeal(appeal_id)
    message = services.locked(appeal.review.message_id)
    may_decide(staff, appeal, message, now)
    if appeal.outcome:
        raise errors.AppealDecided
    if appeals.open_ruling(appeal) is not None:
        raise errors.AppealRuled
    if won:
        may_arrive(message, now)
    return appeal, message


def may_decide(staff: User, appeal: Appeal, message: Message, now: datetime) -> None:
    """raises NotPermitted, OwnContact, SameDecider."""
    permissions.require(staff, message.facility_id, Permission.DECIDE_APPEAL, now)
    not_own(staff, message.contact)
    if reviewing.had_part(appeal.review, staff):
        raise errors.SameDecider


def in_writing(answer: str) -> str:
    if not answer.strip():
        raise errors.ExplanationMissing
    return answer.strip()[:2000]


def carry(appeal: Appeal, message: Message, staff: User, *, won: bool, answer: str, now: datetime) -> None:
    """What the decision of a locked appeal means, whoever made it."""
    services.decide_appeal(appeal, won=won, decided_by=staff, answer=answer, now=now)
    record(
        f"staff:{staff.pk}", "appeal.decide", f"appeal:{appeal.pk}", now=now, facility_id=message.facility_id, won=won
    )
    if won and message.state == State.REFUSED:
        _deliver_free(message, now)
    _tell(message, appeal, won, now)


def may_arrive(message: Message, now: datetime) -> None:
    """raises CannotWrite while the facility has stopped letters between the two. One that arrived has arrived."""
    if message.state != State.REFUSED:
        return
    contact = contacts.contact(services.sender_of(message), message.contact_id, now)
    if contact is not None and contact.stopped_by_facility:
        raise errors.CannotWrite(why=contact.state_sentence)
    if contact is not None:
        not_stopped(contact)


def _deliver_free(message: Message, now: datetime) -> None:
    services.move(message, message.state, payer=Payer.NOBODY)
    services.put_copy(message, services.recipient_of(message), folder=Folder.INBOX, at=now)
    arrived(message, now)


def _tell(message: Message, appeal: Appeal, won: bool, now: datetime) -> None:
    """Whoever appealed hears the answer; if it was won, both sides do."""
    both = services.sender_of(message), services.recipient_of(message)
    for party in both if won else [party for party in both if party.side == appeal.side]:
        stranger = both[0] if party is both[1] else both[1]
        notices.tell(
            party, "appeal_won" if won else "appeal_lost", now, message_id=message.pk,
            other_name=services.name_of(message, stranger), answer=appeal.answer,
        )  # fmt: skip
        announce(party, "status", message_id=message.pk)
        if party.side == FAMILY:
            user = message.contact.user
            notices.mail(to=user.email, kind="appeal_decided", now=now, user=user, language=user.language)
