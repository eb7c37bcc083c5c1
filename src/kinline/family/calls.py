"""What the page of money for calls shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kinline.contacts import queries as contacts
from kinline.core.parties import FAMILY, Party
from kinline.facilities import queries as facilities
from kinline.family.balances import Choice, choices, refused
from kinline.flows.call_me import LETTERS_ONLY
from kinline.payments.queries import numbers as numbers_now
from kinline.payments.queries import origins
from kinline.payments.queries.numbers import NumberView
from kinline.payments.queries.targets import Target, targets
from kinline.telephony.queries import family, prices

if TYPE_CHECKING:
    from kinline.contacts.queries import ContactView
    from kinline.facilities.models import Facility
    from kinline.identity.models import User


@dataclass(frozen=True, slots=True)
class Number:
    """`own_cents`: what I put in and is not spent, while nobody has proved the number. `blocked`: only of mine."""

    view: NumberView
    target: Target
    own_cents: int
    blocked: bool


@dataclass(frozen=True, slots=True)
class Calls:
    """My numbers; calling accounts that take money, and those that do not, with why (MON-4). `asked`: the contacts who
    may be asked to call. `places`: where my people are, else all; those of them that offer calls. `courtesy_seconds`:
    how long a first call is free there, at the least (TEL-13).
    """

    numbers: list[Number]
    accounts: list[Choice]
    closed: list[Choice]
    asked: "list[ContactView]"
    places: "list[Facility]"
    courtesy_seconds: int


def for_calls(user: "User", now: datetime) -> Calls:
    lines = targets(user, now)
    own = origins.unspent_of_payer(user.pk)
    by_listing = {line.listed_id: line for line in lines if line.listed_id}
    views = numbers_now.numbers_of(user.pk, now)
    blocked = family.own_blocks([view.number for view in views if view.mine])
    numbers = [
        Number(view, by_listing[view.id], 0 if view.mine else own.get(view.account, 0), view.number in blocked)
        for view in views
    ]
    people = [line for line in lines if line.kind == "calls"]
    mine = contacts.contacts_of(Party(FAMILY, user.pk), now)
    places = reached(mine)
    offers = prices.offers(places, now) if places else {}
    courtesy = min(filter(None, (one.setting.courtesy_seconds for one in offers.values())), default=0)
    asked = [one for one in mine if may_ask(one)]
    return Calls(numbers, choices(people), refused(people), asked, places, courtesy)


def may_ask(contact: "ContactView") -> bool:
    """Whether a note "please call me" reaches this person (TEL-13); what only stops letters does not stop it."""
    return contact.calls_offered and contact.in_custody and contact.state_code in LETTERS_ONLY


def reached(people: "list[ContactView]") -> "list[Facility]":
    """Places that offer calls: those where these people are; for somebody without people, all."""
    ids = {one.facility_id for one in people if one.in_custody}
    places = facilities.public_facilities()
    return [place for place in places if place.calls_offered and (place.pk in ids or not ids)]


def places_of(user: "User", now: datetime) -> "list[Facility]":
    return reached(contacts.contacts_of(Party(FAMILY, user.pk), now))
