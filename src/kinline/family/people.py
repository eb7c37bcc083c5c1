"""A family member's people, each with the newest letter between the two; and the search for somebody new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kinline.contacts import queries as contacts
from kinline.contacts.queries import ContactView
from kinline.core.parties import Party
from kinline.family.errors import SearchedTooOften
from kinline.identity.services import take
from kinline.messaging import queries as messages
from kinline.residents import queries as residents
from kinline.residents.queries import Found


@dataclass(frozen=True, slots=True)
class Person:
    contact: ContactView
    last: messages.Row | None


def with_last_letters(party: Party, people: Sequence[ContactView], now: datetime) -> list[Person]:
    """Each contact with the newest letter, either way, in one statement for all."""
    last = messages.last_between(party, [contact.id for contact in people], now=now)
    return [Person(contact, last.get(contact.id)) for contact in people]


def stops_among(people: Sequence[ContactView]) -> list[ContactView]:
    """One contact of each place where an emergency holds all letters now (STF-8)."""
    return list({one.facility_id: one for one in people if one.stopped_until}.values())


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody found; `contact_id` when they are one of the searcher's people already."""

    person: Found
    contact_id: int | None


def search(party: Party, *, q: str, region: str, facility: str, now: datetime) -> list[Hit]:
    """CON-1, limited in rate. raises SearchedTooOften."""
    if not take("search", party.channel, now):
        raise SearchedTooOften
    known = {contact.resident_id: contact.id for contact in contacts.contacts_of(party, now)}
    return [Hit(person, known.get(person.resident_id)) for person in residents.find(q, region, facility)]
