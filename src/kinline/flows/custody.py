"""Custody: booked, moved, transferred, released; and what each does to contacts and letters (CON-4, STF-2).

A letter names the facility that holds it, so mail in review stays there. Contacts stay, under the new place's rules.
Writing ends with custody by itself, as `contacts.rules` reads it; what waits then goes back to who paid.
"""

from datetime import date, datetime

from kinline.contacts import queries as contacts
from kinline.contacts import services as contact_services
from kinline.core.audit import record
from kinline.core.events import announce
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.core.transaction import story
from kinline.facilities import queries as facilities
from kinline.facilities.errors import UnknownFacility
from kinline.facilities.models import Facility
from kinline.flows import release_refund
from kinline.flows.authority import Actor, named, require
from kinline.flows.contacts import tell_arrivals
from kinline.flows.deliver_message import return_waiting
from kinline.flows.end_call import ask_end_of
from kinline.identity.permissions import Permission
from kinline.notices import services as notices
from kinline.residents import queries, services
from kinline.residents.errors import BadNumber, InCustodyAlready, NotInCustody
from kinline.residents.models import Custody, Resident
from kinline.residents.pins import random_pin
from kinline.residents.services import EndReason
from kinline.telephony.queries import authority as telephones


@story
def book_resident(
    *,
    staff: Actor,
    facility_id: int,
    number: str,
    first_name: str,
    last_name: str,
    now: datetime,
    unit_id: int | None = None,
    date_of_birth: date | None = None,
    booking: str = "",
    pin: str = "",
    language: str = "en",
) -> int:
    """A person comes into custody; their id. Known by number: the same person comes back, with contacts and letters.

    `pin`: to be changed at first use. raises NotPermitted, BadNumber, InCustodyAlready, PinForm, PinTooEasy.
    """
    actor = require(staff, facility_id, Permission.EDIT_ROSTER, now)
    place = place_of(facility_id)
    person = queries.by_number(place.agency_id, number) or services.create(
        agency_id=place.agency_id,
        number=number,
        first_name=first_name,
        last_name=last_name,
        now=now,
        date_of_birth=date_of_birth,
        language=language,
    )
    services.book(resident_id=person.pk, facility_id=facility_id, unit_id=unit_id, booking=booking, now=now)
    if pin:
        services.set_pin(resident_id=person.pk, pin=pin, must_change=True, now=now)
    record(actor, "custody.book", f"resident:{person.pk}", now=now, facility_id=facility_id)
    arrive([person], place, now)
    return person.pk


def arrive(people: list[Resident], place: Facility, now: datetime) -> None:
    """Step: these residents are at a place now: its rule for contacts holds, and who waits for them is told."""
    contact_services.raise_needs(resident_ids=[person.pk for person in people], contact_rule=place.contact_rule)
    tell_arrivals(people, now)


@story
def transfer_resident(
    *,
    staff: Actor,
    resident_id: int,
    facility_id: int,
    now: datetime,
    unit_id: int | None = None,
    booking: str = "",
    number: str | None = None,
) -> None:
    """To another place of this deployment: contacts and letters move along, under its rules (CON-4).

    `number`: the new one, where the place belongs to another agency. raises NotPermitted (needed at both places),
    NotInCustody, InCustodyAlready (there), NumberTaken.
    """
    custody = held(resident_id)
    require(staff, custody.facility_id, Permission.EDIT_ROSTER, now)
    require(staff, facility_id, Permission.EDIT_ROSTER, now)
    transfer(staff, custody, place_of(facility_id), now=now, unit_id=unit_id, booking=booking, number=number)


def transfer(
    actor: Actor,
    custody: Custody,
    place: Facility,
    *,
    now: datetime,
    unit_id: int | None = None,
    booking: str = "",
    number: str | None = None,
) -> None:
    """Step: one resident to another place; those who write to them are told."""
    if custody.facility_id == place.pk:
        raise InCustodyAlready(facility=place.name)
    person = custody.resident
    if person.agency_id != place.agency_id:
        services.to_agency(resident_id=person.pk, agency_id=place.agency_id, number=number)
    _end(custody, "transfer", now, place.name)
    services.book(resident_id=person.pk, facility_id=place.pk, unit_id=unit_id, booking=booking, now=now)
    contact_services.raise_needs(resident_ids=[person.pk], contact_rule=place.contact_rule)
    who = named(actor)
    record(who, "custody.transfer", f"resident:{person.pk}", now=now, facility_id=place.pk, came=custody.facility_id)


@story
def move_resident(*, staff: Actor, resident_id: int, unit_id: int, now: datetime) -> None:
    """To another unit of the same place. raises NotPermitted, NotInCustody (also: a unit of another place)."""
    custody = held(resident_id)
    actor = require(staff, custody.facility_id, Permission.EDIT_ROSTER, now)
    services.move_unit(resident_id=resident_id, unit_id=unit_id)
    record(actor, "custody.move", f"resident:{resident_id}", now=now, facility_id=custody.facility_id, unit=unit_id)


@story
def release_resident(*, staff: Actor, resident_id: int, now: datetime) -> None:
    """Custody ends: nobody can write any more; reading stays (CON-4). raises NotPermitted, NotInCustody."""
    custody = held(resident_id)
    require(staff, custody.facility_id, Permission.EDIT_ROSTER, now)
    release(staff, custody, now)


def release(actor: Actor, custody: Custody, now: datetime) -> None:
    """Step: one resident leaves custody; letters that wait go back, those who write to them are told (CON-4). Their
    money follows by a job (MON-6).
    """
    return_waiting(custody.resident_id, now)
    _end(custody, "release", now, custody.facility.name)
    release_refund.arm(custody, now)
    subject = f"resident:{custody.resident_id}"
    record(named(actor), "custody.release", subject, now=now, facility_id=custody.facility_id)


def _end(custody: Custody, reason: EndReason, now: datetime, place: str) -> None:
    """Custody and sittings end. Told are only those who can write: not who was blocked, denied or restricted."""
    party = Party(RESIDENT, custody.resident_id)
    writing = [contact for contact in contacts.contacts_of(party, now) if contact.can_write]
    services.end_custody(resident_id=custody.resident_id, reason=reason, now=now)
    ask_end_of(custody.resident_id, reason)
    for contact in writing:
        family = Party(FAMILY, contact.user_id)
        notices.tell(family, reason, now, contact_id=contact.id, other_name=custody.resident.name, facility_name=place)
        announce(family, "contact", contact_id=contact.id)
    if reason == "transfer":
        notices.tell(party, reason, now, facility_name=place)


@story
def reset_pin(*, staff: Actor, resident_id: int, pin: str, now: datetime) -> None:
    """Staff give a new PIN, which also unlocks; to be changed at first use (KSK-6).

    raises NotPermitted, NotInCustody, PinForm, PinTooEasy.
    """
    _reset_pin(staff, resident_id, pin, now)


def _reset_pin(staff: Actor, resident_id: int, pin: str, now: datetime) -> None:
    actor, facility_id = _may_reset(staff, resident_id, now)
    services.set_pin(resident_id=resident_id, pin=pin, must_change=True, now=now)
    _pin_given(actor, resident_id, facility_id, now)


def _may_reset(staff: Actor, resident_id: int, now: datetime) -> tuple[str, int]:
    facility_id = held(resident_id).facility_id
    return require(staff, facility_id, Permission.RESET_PIN, now), facility_id


def _pin_given(actor: str, resident_id: int, facility_id: int, now: datetime) -> None:
    services.end_sessions(resident_id=resident_id, reason="pin", now=now)
    record(actor, "pin.reset", f"resident:{resident_id}", now=now, facility_id=facility_id)
    notices.tell(Party(RESIDENT, resident_id), "pin_reset", now)


@story
def give_pin(*, staff: Actor, resident_id: int, now: datetime) -> str:
    """A new PIN that nobody has thought of; kept nowhere in clear. raises NotPermitted, NotInCustody.

    Where a passcode alone says at the telephone who calls, it is one that nobody else there has (TEL-12).
    """
    custody = open_custody(resident_id)
    if not telephones.passcode_alone(custody.facility_id):
        pin = random_pin(custody.resident.number)
        _reset_pin(staff, resident_id, pin, now)
        return pin
    actor, facility_id = _may_reset(staff, resident_id, now)
    pin = services.issue_passcode(resident_id=resident_id, now=now)
    _pin_given(actor, resident_id, facility_id, now)
    return pin


@story
def correct_resident(
    *,
    staff: Actor,
    resident_id: int,
    first_name: str,
    last_name: str,
    now: datetime,
    date_of_birth: date | None = None,
    language: str | None = None,
) -> None:
    """What is known of somebody is set right. raises NotPermitted, NotInCustody, BadNumber (no last name)."""
    custody = held(resident_id)
    actor = require(staff, custody.facility_id, Permission.EDIT_ROSTER, now)
    if not last_name.strip():
        raise BadNumber
    services.rename(
        resident_id=resident_id,
        first_name=first_name,
        last_name=last_name,
        date_of_birth=date_of_birth,
        language=language,
    )
    record(actor, "custody.correct", f"resident:{resident_id}", now=now, facility_id=custody.facility_id)


def held(resident_id: int) -> Custody:
    """Where they are, locked until the story ends: whoever moves or releases them, one by one or with a file, does it
    one after the other. raises NotInCustody.
    """
    services.lock(resident_id=resident_id)
    return open_custody(resident_id)


def open_custody(resident_id: int) -> Custody:
    """raises NotInCustody."""
    custody = queries.open_custody(resident_id)
    if custody is None:
        raise NotInCustody
    return custody


def place_of(facility_id: int) -> Facility:
    """raises UnknownFacility."""
    found = facilities.facility_by_id(facility_id)
    if found is None:
        raise UnknownFacility(slug=facility_id)
    return found
