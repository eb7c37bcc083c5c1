"""A letter that waits in each way it can, and everybody who can end that."""

import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from conftest import PASSWORD

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.delivery import services as delivery
from kinline.facilities.models import Facility, MessagePrice
from kinline.flows import collect
from kinline.flows.decide_review import refuse, release
from kinline.flows.deliver_message import deliver_due
from kinline.flows.send_message import Sent, send
from kinline.flows.take_back import take_back
from kinline.identity import services as identity
from kinline.identity.models import User
from kinline.payments.models import Allowance
from kinline.residents import services as residents
from kinline.residents.models import Resident

Money = Callable[[Party, int], None]
DAY = timedelta(days=1)


def write(party: Party, contact: Contact, now: datetime, **more: object) -> Callable[[], Sent]:
    values = {"subject": "", "body": "A letter", "client_key": uuid.uuid4(), "collect": False, "now": now}
    return partial(send, party, contact_id=contact.pk, **{**values, **more})


@dataclass
class World:
    """A letter of the mother that waits in the way the row says, and everybody who can end that."""

    mother: Party
    resident: Party
    officer: User
    supervisor: User
    message_id: int
    now: datetime

    def act(self, name: str) -> Callable[[], None]:
        own, words = {"message_id": self.message_id, "now": self.now}, {"explanation": "No.", "reason_code": "threat"}
        acts: dict[str, Callable[[], None]] = {
            "deliver": partial(deliver_due, **own),
            "take_back": partial(take_back, self.mother, **own),
            "release": partial(release, staff=self.officer, **own),
            "refuse": partial(refuse, staff=self.supervisor, **own, **words),
            "accept": partial(collect.accept, self.resident, **own),
            "decline": partial(collect.decline, self.resident, **own),
            "pay": partial(collect.pay_declined, self.mother, **own),
        }
        return acts[name]


RULES = {
    "scheduled": [{"id": "wait", "then": "wait", "minutes": 1}],
    "review": [{"id": "held", "then": "review"}],
    "collect": [{"id": "at-once", "then": "deliver"}],
}


Waits = Callable[[str, str], World]


def waiting(place: Facility, officer: User, supervisor: User, give: Money, now: datetime) -> Waits:
    """`waits(state, payer)`: a letter between two new people that waits so. Many in one database: a clone is dear."""
    numbers = itertools.count(1)

    def make(state: str, payer: str) -> World:
        number = next(numbers)
        mother = Party("family", person(f"mother{number}", now).pk)
        daniel = Party("resident", held(place, str(5000 + number), now).pk)
        contact = Contact.objects.create(user_id=mother.id, resident_id=daniel.id, created_at=now - DAY)
        then = now - DAY + timedelta(seconds=2 * number)
        MessagePrice.objects.update(cents=0 if payer == "nobody" else 50)
        Allowance.objects.create(
            facility=place, kind="messages", per_week=1 if payer == "agency" else 0, effective_from=then
        )
        asked = _asked(place, daniel, contact, give, then) if payer == "prepaid" else None
        delivery.set_policy(facility_id=place.pk, rules=RULES[state], now=then + timedelta(seconds=1))
        give(daniel, 100)
        if payer == "sender":
            give(mother, 50)
        at = now - timedelta(hours=1)
        sent = write(mother, contact, at, collect=payer == "recipient", reply_to=asked)()
        assert (sent.state, sent.payer) == (state, payer)
        if payer == "recipient":
            give(mother, 50)
        return World(mother, daniel, officer, supervisor, sent.message_id, now)

    return make


def _asked(place: Facility, daniel: Party, contact: Contact, give: Money, now: datetime) -> int:
    """A delivered letter of his, whose answer he has paid for."""
    delivery.set_policy(facility_id=place.pk, rules=RULES["collect"], now=now)
    give(daniel, 100)
    return write(daniel, contact, now, prepay_reply=True)().message_id


def person(username: str, now: datetime) -> User:
    return identity.create_family_user(
        username=username, email=f"{username}@family.example", password=PASSWORD, first_name="M", last_name="Sample",
        now=now - DAY, activated=True,
    )  # fmt: skip


def held(place: Facility, number: str, now: datetime) -> Resident:
    one = residents.create(agency_id=place.agency_id, number=number, first_name="D", last_name="Sample", now=now - DAY)
    residents.book(resident_id=one.pk, facility_id=place.pk, now=now - DAY)
    return one
