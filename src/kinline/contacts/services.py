"""Verbs on contacts. Who may, and who is told, is the flow's question (`flows.contacts`, `flows.custody`)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from kinline.contacts import rules
from kinline.contacts.errors import (
    BadPeriod,
    ClaimOver,
    InvitationGone,
    NoSuchContact,
    NothingToDecide,
    PrivilegedAlready,
    ReasonNeeded,
    TooManyInvitations,
    TooManyWatches,
    WatchNeedsName,
)
from kinline.contacts.models import ArrivalWatch, Contact, ContactClass, Invitation, PrivilegeClaim, Restriction
from kinline.core.folding import fold
from kinline.core.parties import FAMILY, Party
from kinline.core.transaction import verb
from kinline.identity.models import User
from kinline.residents.models import Resident
from kinline.residents.rules import normal_number

INVITATION_LASTS = timedelta(days=60)
INVITATIONS_A_DAY = 10
WATCHES = 20


@verb
def locked(contact_id: int, **owner: int) -> Contact:
    """The contact with its two people, locked until the story ends. raises NoSuchContact, also for somebody else's."""
    rows = Contact.objects.select_for_update(of=("self",), no_key=True).select_related("user", "resident")
    contact = rows.filter(pk=contact_id, **owner).first()
    if contact is None:
        raise NoSuchContact
    return contact


@verb
def ask(
    *, user_id: int, resident_id: int, relation: str, contact_rule: str, now: datetime, asked_by: str = FAMILY
) -> tuple[Contact, bool]:
    """The contact of these two, and whether it is new: it needs what the place's rule asks for (CON-2).

    Who asked has agreed: a resident who invited somebody has consented. Asking again changes nothing.
    """
    consent, approval = rules.needs(contact_rule)
    return Contact.objects.get_or_create(
        user_id=user_id,
        resident_id=resident_id,
        defaults={
            "relation": relation.strip()[:40],
            "asked_by": asked_by,
            "created_at": now,
            "consent_needed": consent,
            "consented_at": now if asked_by != FAMILY else None,
            "approval_needed": approval,
        },
    )


@verb
def consent(contact: Contact, now: datetime) -> bool:
    """The resident agrees, perhaps after a no. False if they had agreed before. raises NothingToDecide."""
    if not contact.consent_needed:
        raise NothingToDecide
    if contact.consented_at and not contact.declined_at:
        return False
    _set(contact, consented_at=now, declined_at=None)
    return True


@verb
def decline(contact: Contact, now: datetime) -> None:
    """The resident does not agree. After a yes, a block is the way. raises NothingToDecide."""
    if not contact.consent_needed or contact.consented_at:
        raise NothingToDecide
    _set(contact, declined_at=contact.declined_at or now)


@verb
def approve(contact: Contact, by: User, now: datetime) -> bool:
    """The facility agrees. False if it had before. raises NothingToDecide: its rule asks for no approval."""
    if not contact.approval_needed:
        raise NothingToDecide
    if contact.approved_at and not contact.denied_at:
        return False
    _set(contact, approved_at=now, approved_by=by, denied_at=None, denied_reason="")
    return True


@verb
def deny(contact: Contact, reason: str, now: datetime) -> None:
    """The facility does not agree, or no longer. raises ReasonNeeded, NothingToDecide."""
    if not reason.strip():
        raise ReasonNeeded
    if not contact.approval_needed:
        raise NothingToDecide
    _set(contact, denied_at=now, denied_reason=reason.strip()[:300], approved_at=None, approved_by=None)


@verb
def set_block(contact: Contact, party: Party, on: bool, now: datetime) -> bool:
    """One side's silent no, or its end (CON-3). False if it was so before."""
    name = f"{party.side}_blocked_at"
    if (getattr(contact, name) is not None) == on:
        return False
    _set(contact, **{name: now if on else None})
    return True


@verb
def set_always_accept(contact: Contact, party: Party, on: bool) -> None:
    """Whether this side opens collect letters of the other without being asked (MSG-3)."""
    _set(contact, **{f"{party.side}_always_accepts": on})


def _set(contact: Contact, **changes: object) -> None:
    for name, value in changes.items():
        setattr(contact, name, value)
    contact.save(update_fields=list(changes))


@verb
def raise_needs(*, resident_ids: Sequence[int], contact_rule: str) -> None:
    """Residents came to a place: its rule adds what it asks for, and takes nothing away (CON-4).

    Consent and approval that were given stay given.
    """
    consent_needed, approval_needed = rules.needs(contact_rule)
    contacts = Contact.objects.filter(resident_id__in=resident_ids)
    if consent_needed:
        contacts.filter(consent_needed=False).update(consent_needed=True)
    if approval_needed:
        contacts.filter(approval_needed=False).update(approval_needed=True)


# The confidential class (CON-5)


@verb
def claim(
    contact: Contact, *, profession: str, organisation: str, bar_number: str, document: str, now: datetime
) -> PrivilegeClaim:
    """Somebody says what makes their letters with a resident confidential. raises PrivilegedAlready."""
    if contact.claims.filter(ended_at=None).exists():
        raise PrivilegedAlready
    made = PrivilegeClaim.objects.create(
        contact=contact, profession=profession, organisation=organisation.strip()[:120],
        bar_number=bar_number.strip()[:60], document=document.strip()[:200], asked_at=now,
    )  # fmt: skip
    _set(contact, privilege_asked_at=now)
    return made


@verb
def open_claim(contact: Contact, claim_id: int | None = None) -> PrivilegeClaim:
    """The claim of a locked contact that waits or holds; `claim_id`: this very one. raises ClaimOver."""
    found = contact.claims.filter(ended_at=None).first()
    if found is None or claim_id not in {None, found.pk}:
        raise ClaimOver
    return found


@verb
def verify_claim(contact: Contact, claim: PrivilegeClaim, by: User, now: datetime) -> bool:
    """From now on the two write in confidence. False if it was verified before."""
    if claim.verified_at is not None:
        return False
    claim.verified_at, claim.verified_by = now, by
    claim.save(update_fields=["verified_at", "verified_by"])
    _set(contact, kind=ContactClass.PRIVILEGED, privilege_asked_at=None, privilege_ended_at=None)
    return True


@verb
def end_claim(contact: Contact, claim: PrivilegeClaim, *, by: User | None, reason: str, now: datetime) -> None:
    """By staff, with a reason, or (`by` None) by whoever made it. raises ReasonNeeded.

    A verified contact stays of its class, and closed: what was written in confidence is never staff's to read.
    """
    if by is not None and not reason.strip():
        raise ReasonNeeded
    claim.ended_at, claim.ended_by, claim.ended_reason = now, by, reason.strip()[:300]
    claim.save(update_fields=["ended_at", "ended_by", "ended_reason"])
    _set(contact, privilege_asked_at=None, privilege_ended_at=now)


# Restrictions


@verb
def restrict(
    *,
    facility_id: int,
    user_id: int | None,
    resident_id: int | None,
    reason: str,
    told: str,
    by_id: int,
    now: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Restriction:
    """The facility's no for a pair or a person (CON-3). raises ReasonNeeded, BadPeriod."""
    begins = starts_at or now
    if not reason.strip():
        raise ReasonNeeded
    if ends_at is not None and ends_at <= begins:
        raise BadPeriod
    return Restriction.objects.create(
        facility_id=facility_id,
        user_id=user_id,
        resident_id=resident_id,
        reason=reason.strip()[:300],
        told=told.strip()[:300],
        starts_at=begins,
        ends_at=ends_at,
        created_by_id=by_id,
        created_at=now,
    )


@verb
def end_restriction(restriction: Restriction, now: datetime) -> bool:
    """It holds no longer; one that had not begun never will. False if it had ended."""
    if restriction.ends_at is not None and restriction.ends_at <= now:
        return False
    restriction.ends_at = max(now, restriction.starts_at)
    restriction.save(update_fields=["ends_at"])
    return True


# Invitations


@verb
def add_invitation(*, resident_id: int, email: str, now: datetime) -> Invitation | None:
    """None if this resident invited this address before: nobody is written to twice. raises TooManyInvitations."""
    Resident.objects.select_for_update(no_key=True).get(pk=resident_id)
    mine = Invitation.objects.filter(resident_id=resident_id)
    if mine.filter(email__iexact=email).exists():
        return None
    if mine.filter(created_at__gt=now - timedelta(days=1)).count() >= INVITATIONS_A_DAY:
        raise TooManyInvitations(count=INVITATIONS_A_DAY)
    return Invitation.objects.create(
        resident_id=resident_id, email=email, created_at=now, expires_at=now + INVITATION_LASTS
    )


@verb
def accept_invitation(*, invitation_id: int, user: User, now: datetime) -> Invitation:
    """By whoever proved the address it went to. raises InvitationGone, also for somebody else's."""
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("resident")
    found = rows.filter(pk=invitation_id, email__iexact=user.email, accepted_at=None, expires_at__gt=now).first()
    if found is None or user.activated_at is None:
        raise InvitationGone
    found.accepted_at, found.accepted_by = now, user
    found.save(update_fields=["accepted_at", "accepted_by"])
    return found


# "Tell me when they are here"


@verb
def add_watch(
    *, user_id: int, number: str, first_name: str, last_name: str, agency_id: int | None, now: datetime
) -> ArrivalWatch:
    """The open watch for these words, made if there is none. raises WatchNeedsName, TooManyWatches."""
    what = {"number": normal_number(number)[:30], "first_name": first_name.strip(), "last_name": last_name.strip()}
    if not what["number"] and not what["last_name"]:
        raise WatchNeedsName
    User.objects.select_for_update(no_key=True).get(pk=user_id)
    mine = ArrivalWatch.objects.filter(user_id=user_id, told_at=None, ended_at=None)
    where = Q(agency=None) if agency_id is None else Q(agency_id=agency_id)
    same = mine.filter(where, **what).first()
    if same:
        return same
    if mine.count() >= WATCHES:
        raise TooManyWatches(count=WATCHES)
    return ArrivalWatch.objects.create(user_id=user_id, agency_id=agency_id, created_at=now, **what)


@verb
def end_watch(*, user_id: int, watch_id: int, now: datetime) -> None:
    """Its owner no longer waits."""
    ArrivalWatch.objects.filter(pk=watch_id, user_id=user_id, told_at=None, ended_at=None).update(ended_at=now)


@verb
def take_watches(arrived: Iterable[Resident], now: datetime) -> list[tuple[ArrivalWatch, Resident]]:
    """The open watches that somebody who arrived fits, marked as told: each is told once.

    A number must be the whole number; a name must be the last name and, if given, the first, without case and accents.
    """
    people = list(arrived)
    if not people:
        return []
    by_number: dict[str, list[Resident]] = {}
    by_last: dict[str, list[Resident]] = {}
    for person in people:
        by_number.setdefault(person.number, []).append(person)
        by_last.setdefault(fold(person.last_name), []).append(person)
    rows = ArrivalWatch.objects.select_for_update(of=("self",), skip_locked=True).select_related("user")
    waiting = rows.filter(told_at=None, ended_at=None, user__closed_at=None)
    # Names are compared folded, which the database cannot: only watches by number are narrowed there.
    found = [
        (watch, who)
        for watch in waiting.filter(Q(number__in=by_number) | ~Q(last_name=""))
        if (who := _who(watch, by_number, by_last))
    ]
    ArrivalWatch.objects.filter(pk__in=[watch.pk for watch, _ in found]).update(told_at=now)
    return found


_People = dict[str, list[Resident]]


def _who(watch: ArrivalWatch, by_number: _People, by_last: _People) -> Resident | None:
    if watch.number:
        candidates = by_number.get(watch.number, [])
    else:
        candidates = [p for p in by_last.get(fold(watch.last_name), []) if _first_fits(watch, p)]
    return next((p for p in candidates if watch.agency_id in {None, p.agency_id}), None)


def _first_fits(watch: ArrivalWatch, person: Resident) -> bool:
    return not watch.first_name or fold(watch.first_name) in fold(person.first_name).split()
