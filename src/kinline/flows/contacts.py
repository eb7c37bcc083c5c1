"""Who may write to whom: asked, agreed, approved, blocked, restricted, invited, waited for (CON-1 to CON-3).

A block and a declined consent are never told to the other side; an approval, a denial and a restriction that may be
told are. Staff decide only at the place where the resident is.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from kinline.contacts import queries, services
from kinline.contacts.errors import BadEmail, DecidedMeanwhile, NoSuchContact, NotFoundHere, NotOffered
from kinline.contacts.models import Contact, Restriction
from kinline.core.audit import record
from kinline.core.events import announce
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.core.transaction import story
from kinline.flows import collect
from kinline.flows.authority import not_own
from kinline.identity import permissions
from kinline.identity import queries as identity
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.notices import services as notices
from kinline.residents import queries as residents
from kinline.residents.models import Custody, Resident


@story
def ask(*, user_id: int, resident_id: int, relation: str, now: datetime) -> int:
    """A family member asks for a contact; the contact's id. Asking again is the same contact.

    raises NotFoundHere, NotOffered.
    """
    custody = _where(resident_id)
    if not custody.facility.messages_offered:
        raise NotOffered
    contact, new = services.ask(
        user_id=user_id,
        resident_id=resident_id,
        relation=relation,
        contact_rule=custody.facility.contact_rule,
        now=now,
    )
    if new:
        record(f"family:{user_id}", "contact.ask", _object(contact), now=now, facility_id=custody.facility_id)
        _tell_asked(contact, now)
    return contact.pk


def _where(resident_id: int) -> Custody:
    custody = residents.open_custody(resident_id)
    if custody is None:
        raise NotFoundHere
    return custody


def _tell_asked(contact: Contact, now: datetime) -> None:
    """The resident hears of it at once: to say yes or no, or that they can write. If staff must agree first: later."""
    resident = Party(RESIDENT, contact.resident_id)
    if contact.consent_needed and contact.consented_at is None:
        notices.tell(resident, "contact_waiting", now, contact_id=contact.pk, other_name=contact.user.name)
    elif not contact.approval_needed:
        notices.tell(resident, "contact_approved", now, contact_id=contact.pk, other_name=contact.user.name)
    announce(resident, "contact", contact_id=contact.pk)


@story
def consent(*, resident_id: int, contact_id: int, now: datetime) -> None:
    """The resident says yes, perhaps after a no. raises NoSuchContact, NothingToDecide."""
    contact = services.locked(contact_id, resident_id=resident_id)
    if services.consent(contact, now):
        record(f"resident:{resident_id}", "contact.consent", _object(contact), now=now)
        _tell_open(contact, now, but=RESIDENT)


@story
def decline(*, resident_id: int, contact_id: int, now: datetime) -> None:
    """The resident says no. The other side is not told. raises NoSuchContact, NothingToDecide."""
    contact = services.locked(contact_id, resident_id=resident_id)
    services.decline(contact, now)
    record(f"resident:{resident_id}", "contact.decline", _object(contact), now=now)
    announce(Party(RESIDENT, resident_id), "contact", contact_id=contact_id)


def _tell_open(contact: Contact, now: datetime, but: str = "") -> None:
    """Both sides hear that they can write, when they can. `but`: the side that has just done it knows."""
    still_waits = (contact.consent_needed and not contact.consented_at) or (
        contact.approval_needed and not contact.approved_at
    )
    for party in (Party(FAMILY, contact.user_id), Party(RESIDENT, contact.resident_id)):
        announce(party, "contact", contact_id=contact.pk)
        if not still_waits and party.side != but:
            name = contact.resident.name if party.side == FAMILY else contact.user.name
            notices.tell(party, "contact_approved", now, contact_id=contact.pk, other_name=name)
    if not still_waits and contact.user.notify_by_email:
        user = contact.user
        notices.mail(to=user.email, kind="contact_approved", now=now, user=user, language=user.language)


# Staff


@story
def approve(*, staff: User, contact_id: int, now: datetime, seen: str | None = None) -> None:
    """`seen`: as `Contact.decided` was when it was looked at.

    raises NoSuchContact, NotFoundHere, NotPermitted, OwnContact, NothingToDecide, DecidedMeanwhile.
    """
    contact, facility_id = _for_staff(staff, contact_id, Permission.DECIDE_CONTACT, now, seen)
    if services.approve(contact, staff, now):
        record(f"staff:{staff.pk}", "contact.approve", _object(contact), now=now, facility_id=facility_id)
        _tell_open(contact, now)


@story
def deny(*, staff: User, contact_id: int, reason: str, now: datetime, seen: str | None = None) -> None:
    """Both sides are told, with the reason. `seen`, and raises, as `approve`; also ReasonNeeded."""
    contact, facility_id = _for_staff(staff, contact_id, Permission.DECIDE_CONTACT, now, seen)
    services.deny(contact, reason, now)
    record(f"staff:{staff.pk}", "contact.deny", _object(contact), now=now, facility_id=facility_id)
    for party, name in _both(contact):
        notices.tell(party, "contact_denied", now, contact_id=contact.pk, other_name=name, reason=contact.denied_reason)
        announce(party, "contact", contact_id=contact.pk)


@story
def look_at(*, staff: User, contact_id: int, now: datetime) -> None:
    """Who decides about a contact sees an address and a date of birth: that is on record. raises as `approve`."""
    contact, facility_id = _for_staff(staff, contact_id, Permission.DECIDE_CONTACT, now)
    record(f"staff:{staff.pk}", "contact.look", _object(contact), now=now, facility_id=facility_id)


def _for_staff(
    staff: User, contact_id: int, permission: Permission, now: datetime, seen: str | None = None
) -> tuple[Contact, int]:
    """The locked contact and the place that decides. A contact elsewhere looks like one that is not there."""
    contact = services.locked(contact_id)
    custody = residents.open_custody(contact.resident_id)
    if custody is None or not permissions.may(staff, custody.facility_id, permission, now):
        raise NoSuchContact
    not_own(staff, contact)
    if seen is not None and seen != contact.decided:
        raise DecidedMeanwhile
    return contact, custody.facility_id


def _both(contact: Contact) -> tuple[tuple[Party, str], tuple[Party, str]]:
    """Each side with the name of the other."""
    return (
        (Party(FAMILY, contact.user_id), contact.resident.name),
        (Party(RESIDENT, contact.resident_id), contact.user.name),
    )


@story
def restrict(
    *,
    staff: User,
    facility_id: int,
    reason: str,
    now: datetime,
    user_id: int | None = None,
    resident_id: int | None = None,
    told: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> int:
    """Stop letters of a pair, or of one person with everybody, from–until; the restriction's id (CON-3).

    `told`: what the pair may be told beyond that it is so. raises NotPermitted, NotFoundHere, ReasonNeeded, BadPeriod.
    """
    permissions.require(staff, facility_id, Permission.RESTRICT, now)
    if resident_id is None and user_id is None:
        raise NotFoundHere
    if resident_id is not None and _where(resident_id).facility_id != facility_id:
        raise NotFoundHere
    restriction = services.restrict(
        facility_id=facility_id,
        user_id=user_id,
        resident_id=resident_id,
        reason=reason,
        told=told,
        by_id=staff.pk,
        now=now,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    _audit_restriction(staff, "contact.restrict", restriction, now, facility_id)
    _tell_restricted(restriction, now)
    return restriction.pk


@story
def end_restriction(*, staff: User, restriction_id: int, now: datetime) -> None:
    """By the place that made it, or where the resident is now, whom it followed.

    raises NotPermitted; NoSuchContact if there is no such restriction.
    """
    restriction = Restriction.objects.select_for_update(of=("self",)).filter(pk=restriction_id).first()
    if restriction is None:
        raise NoSuchContact
    place_id = _ends_at(staff, restriction, now)
    if services.end_restriction(restriction, now):
        _audit_restriction(staff, "contact.unrestrict", restriction, now, place_id)
        for contact in _pair(restriction):
            for party, name in _both(contact):
                notices.tell(party, "restriction_ended", now, contact_id=contact.pk, other_name=name)
                announce(party, "contact", contact_id=contact.pk)


def _ends_at(staff: User, restriction: Restriction, now: datetime) -> int:
    """The place at which this person may end it. raises NotPermitted."""
    held = residents.open_custody(restriction.resident_id) if restriction.resident_id else None
    if held is not None and permissions.may(staff, held.facility_id, Permission.RESTRICT, now):
        return held.facility_id
    permissions.require(staff, restriction.facility_id, Permission.RESTRICT, now)
    return restriction.facility_id


def _audit_restriction(staff: User, act: str, restriction: Restriction, now: datetime, facility_id: int) -> None:
    record(
        f"staff:{staff.pk}",
        act,
        f"restriction:{restriction.pk}",
        now=now,
        facility_id=facility_id,
        user=restriction.user_id,
        resident=restriction.resident_id,
    )


def _pair(restriction: Restriction) -> list[Contact]:
    """The contact that a restriction of a pair is about; nothing if it is about one person with everybody."""
    if restriction.user_id is None or restriction.resident_id is None:
        return []
    pair = Contact.objects.select_related("user", "resident")
    return list(pair.filter(user_id=restriction.user_id, resident_id=restriction.resident_id))


def _tell_restricted(restriction: Restriction, now: datetime) -> None:
    """Only what staff allowed to be told. The open pages of both refresh anyway: they say so before composing."""
    for contact in _pair(restriction):
        for party, name in _both(contact):
            if restriction.told:
                notices.tell(
                    party, "contact_restricted", now, contact_id=contact.pk, other_name=name, reason=restriction.told
                )
            announce(party, "contact", contact_id=contact.pk)


# Either side, for itself


@story
def block(party: Party, contact_id: int, now: datetime) -> None:
    """Silently: the other side is not told (CON-3). raises NoSuchContact."""
    _set_block(party, contact_id, True, now)


@story
def unblock(party: Party, contact_id: int, now: datetime) -> None:
    """raises NoSuchContact."""
    _set_block(party, contact_id, False, now)


def _set_block(party: Party, contact_id: int, on: bool, now: datetime) -> None:
    contact = services.locked(contact_id, **party.filter)
    if services.set_block(contact, party, on, now):
        record(party.channel, "contact.block" if on else "contact.unblock", _object(contact), now=now)
        announce(party, "contact", contact_id=contact_id)


@story
def set_always_accept(party: Party, contact_id: int, on: bool, now: datetime) -> None:
    """Open collect letters of this contact without asking (MSG-3); those that wait now as well, oldest first.

    raises NoSuchContact.
    """
    contact = services.locked(contact_id, **party.filter)
    services.set_always_accept(contact, party, on)
    record(party.channel, "contact.always_accept", _object(contact), now=now, on=on)
    if on:
        collect.open_waiting(party, now)


# Who is not there yet


@story
def invite(*, resident_id: int, email: str, now: datetime) -> None:
    """A resident asks somebody, by email, to write to them. The same address twice: no second email.

    Says nothing about whether the address has an account (ACC-3). raises BadEmail, NotFoundHere, TooManyInvitations.
    """
    address = email.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise BadEmail from None
    resident = _where(resident_id).resident
    invitation = services.add_invitation(resident_id=resident_id, email=address, now=now)
    if invitation is not None:
        record(f"resident:{resident_id}", "contact.invite", f"invitation:{invitation.pk}", now=now)
        notices.mail(to=address, kind="invitation", now=now, language=resident.language, other_name=resident.name)
        user = identity.active_with_email(address)
        if user is not None:
            tell_invitations(user.pk, now, only=invitation.pk)


def tell_invitations(user_id: int, now: datetime, only: int | None = None) -> None:
    """Step: who has an account, or has just proved the address of one, finds the invitation in the portal, too."""
    for invitation in queries.invitations_for(user_id, now):
        if only in {None, invitation.pk}:
            notices.tell(Party(FAMILY, user_id), "invited", now, other_name=invitation.resident.name)


@story
def accept_invitation(*, user_id: int, invitation_id: int, now: datetime) -> int:
    """The invited person says yes; the contact's id. The resident has consented by inviting, unless they have said no
    to this person since: a later no counts.

    raises InvitationGone, NotFoundHere.
    """
    user = User.objects.get(pk=user_id)
    invitation = services.accept_invitation(invitation_id=invitation_id, user=user, now=now)
    resident: Resident = invitation.resident
    custody = _where(resident.pk)
    contact, new = services.ask(
        user_id=user_id,
        resident_id=resident.pk,
        relation="",
        contact_rule=custody.facility.contact_rule,
        now=now,
        asked_by=RESIDENT,
    )
    said_no_since = contact.declined_at is not None and contact.declined_at >= invitation.created_at
    if not new and contact.consent_needed and not said_no_since:
        services.consent(contact, now)
    record(f"family:{user_id}", "contact.accept", _object(contact), now=now, facility_id=custody.facility_id)
    party = Party(RESIDENT, resident.pk)
    notices.tell(party, "invitation_accepted", now, contact_id=contact.pk, other_name=user.name)
    announce(party, "contact", contact_id=contact.pk)
    return contact.pk


@story
def watch_arrival(
    *,
    user_id: int,
    now: datetime,
    number: str = "",
    first_name: str = "",
    last_name: str = "",
    agency_id: int | None = None,
) -> int:
    """ "Tell me when they are here"; told at once if they are. raises WatchNeedsName, TooManyWatches."""
    watch = services.add_watch(
        user_id=user_id, number=number, first_name=first_name, last_name=last_name, agency_id=agency_id, now=now
    )
    here = residents.in_custody_called(watch.number, watch.last_name)
    tell_arrivals(here, now)
    return watch.pk


@story
def end_watch(*, user_id: int, watch_id: int, now: datetime) -> None:
    services.end_watch(user_id=user_id, watch_id=watch_id, now=now)


def tell_arrivals(arrived: list[Resident], now: datetime) -> None:
    """Step: everybody who waits for one of these residents is told, once, in the portal and by email."""
    for watch, resident in services.take_watches(arrived, now):
        custody = residents.open_custody(resident.pk)
        if custody is None:
            continue
        party = Party(FAMILY, watch.user_id)
        notices.tell(party, "arrival", now, other_name=resident.name, facility_name=custody.facility.name)
        user = watch.user
        notices.mail(to=user.email, kind="arrival", now=now, user=user, language=user.language)


def _object(contact: Contact) -> str:
    return f"contact:{contact.pk}"
