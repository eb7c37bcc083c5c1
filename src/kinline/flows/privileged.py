"""Letters in confidence with an attorney (CON-5, DEL-7): asked for with proof, verified by staff, sealed from then on.

What the two wrote before, as ordinary letters, is taken out of the index at once and sealed by a job: the staff face,
where it is verified, has no key. A verified contact is never an ordinary one again.
"""

from datetime import datetime

from kinline.contacts import queries as contacts
from kinline.contacts import services
from kinline.contacts.errors import NoSuchContact, NotFoundHere, PrivilegedNotOffered
from kinline.contacts.models import Contact, ContactClass, PrivilegeClaim
from kinline.core import confidential, jobs
from kinline.core.audit import record
from kinline.core.events import announce
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.core.transaction import story
from kinline.flows.authority import not_own
from kinline.flows.deliver_message import deliver_or_return
from kinline.identity import permissions
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.messaging import search
from kinline.messaging import services as messages
from kinline.messaging.services import confiding
from kinline.notices import services as notices
from kinline.residents import queries as residents

AT_ONCE = 200  # letters in one transaction


@story
def ask(
    *, user_id: int, contact_id: int, profession: str, organisation: str, bar_number: str, document: str, now: datetime
) -> int:
    """A family member says what makes their letters with a resident confidential; the claim's id.

    raises NoSuchContact, NotFoundHere, PrivilegedNotOffered, PrivilegedAlready.
    """
    contact = services.locked(contact_id, user_id=user_id)
    custody = residents.open_custody(contact.resident_id)
    if custody is None:
        raise NotFoundHere
    if not custody.facility.privileged_offered:
        raise PrivilegedNotOffered(facility=custody.facility.name)
    claim = services.claim(
        contact, profession=profession, organisation=organisation, bar_number=bar_number, document=document, now=now
    )
    _noted(f"family:{user_id}", "privileged.ask", claim, custody.facility_id, now)
    _refresh(contact)
    return claim.pk


@story
def withdraw(*, user_id: int, contact_id: int, now: datetime) -> None:
    """Whoever asked takes it back, or is no longer this person's attorney. raises NoSuchContact, ClaimOver."""
    contact = services.locked(contact_id, user_id=user_id)
    claim = services.open_claim(contact)
    services.end_claim(contact, claim, by=None, reason="", now=now)
    custody = residents.open_custody(contact.resident_id)
    _noted(f"family:{user_id}", "privileged.withdraw", claim, custody.facility_id if custody else None, now)
    _refresh(contact)


@story
def verify(*, staff: User, claim_id: int, now: datetime) -> None:
    """Staff have looked at the proof. raises NoSuchContact, OwnContact, PrivilegedNotOffered, ClaimOver."""
    contact, facility_id = _for_staff(staff, claim_id, now)
    custody = residents.open_custody(contact.resident_id)
    if custody is None or not custody.facility.privileged_offered:
        raise PrivilegedNotOffered(facility=custody.facility.name if custody else "")
    claim = services.open_claim(contact, claim_id)
    if not services.verify_claim(contact, claim, staff, now):
        return
    _take_from_staff(contact.pk, now)
    jobs.defer("confide", contact_id=contact.pk)
    _noted(f"staff:{staff.pk}", "privileged.verify", claim, facility_id, now)
    _tell(contact, "privileged_verified", now)


def _take_from_staff(contact_id: int, now: datetime) -> None:
    """Step: nobody may read, find or print them any more, so nobody need decide about them either."""
    search.forget(contact_id)
    for message in confiding.locked_before_staff(contact_id):
        messages.end_waiting_review(message, now=now)
        deliver_or_return(message, now)


@story
def end(*, staff: User, claim_id: int, reason: str, now: datetime) -> None:
    """Not verified, or no longer; both are told why. raises NoSuchContact, OwnContact, ReasonNeeded, ClaimOver."""
    contact, facility_id = _for_staff(staff, claim_id, now)
    claim = services.open_claim(contact, claim_id)
    services.end_claim(contact, claim, by=staff, reason=reason, now=now)
    _noted(f"staff:{staff.pk}", "privileged.end", claim, facility_id, now)
    kind = "privileged_ended" if claim.verified_at else "privileged_refused"
    _tell(contact, kind, now, reason=claim.ended_reason)


@story
def look_at(*, staff: User, claim_id: int, now: datetime) -> None:
    """Who looks at a proof is on record. raises NoSuchContact, OwnContact."""
    _contact, facility_id = _for_staff(staff, claim_id, now)
    record(f"staff:{staff.pk}", "privileged.look", f"claim:{claim_id}", now=now, facility_id=facility_id)


@story
def confide(*, now: datetime, contact_id: int) -> None:
    """Job: seal what two people wrote before their class was verified. Comes again while there is more; raises
    ConfidentialClosed in a worker without a key, and comes again then, too."""
    contact = contacts.contact_at(contact_id)
    if contact is None or contact.kind == ContactClass.PERSONAL:
        return
    _take_from_staff(contact_id, now)
    if confiding.seal_some(contact_id, limit=AT_ONCE):
        jobs.defer("confide", contact_id=contact_id)


def seal_all(now: datetime) -> int:
    """All letters in confidence, under the key of now: the first of each two people at once, the rest by jobs.

    By the clock, too: a letter that was on its way to the database while its contact was verified is plain.
    """
    found = contacts.in_confidence() if confidential.can_seal() else []
    for contact_id in found:
        confide(contact_id=contact_id, now=now)
    return len(found)


def _for_staff(staff: User, claim_id: int, now: datetime) -> tuple[Contact, int]:
    """The locked contact of a claim, and the place that decides. One elsewhere looks like one that is not there."""
    claim = PrivilegeClaim.objects.filter(pk=claim_id).first()
    if claim is None:
        raise NoSuchContact
    contact = services.locked(claim.contact_id)
    custody = residents.open_custody(contact.resident_id)
    if custody is None or not permissions.may(staff, custody.facility_id, Permission.VERIFY_PRIVILEGED, now):
        raise NoSuchContact
    not_own(staff, contact)
    return contact, custody.facility_id


def _noted(actor: str, act: str, claim: PrivilegeClaim, facility_id: int | None, now: datetime) -> None:
    record(actor, act, f"claim:{claim.pk}", now=now, facility_id=facility_id, contact=claim.contact_id)


def _tell(contact: Contact, kind: str, now: datetime, reason: str = "") -> None:
    for party, name in _both(contact):
        notices.tell(party, kind, now, contact_id=contact.pk, other_name=name, reason=reason)
    _refresh(contact)


def _refresh(contact: Contact) -> None:
    for party, _name in _both(contact):
        announce(party, "contact", contact_id=contact.pk)


def _both(contact: Contact) -> tuple[tuple[Party, str], tuple[Party, str]]:
    """Each side with the name of the other."""
    return (
        (Party(FAMILY, contact.user_id), contact.resident.name),
        (Party(RESIDENT, contact.resident_id), contact.user.name),
    )
