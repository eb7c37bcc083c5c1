"""A no of the facility (a restriction, a denial) holds against every way by which a letter could arrive: CON-3."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from kinline.contacts.models import Contact, Restriction
from kinline.core.models import AuditEvent
from kinline.core.parties import Party
from kinline.delivery import services as delivery
from kinline.facilities.models import Facility
from kinline.flows import appeal, collect
from kinline.flows.decide_review import refuse, release
from kinline.flows.deliver_message import deliver_due
from kinline.flows.deposit import record_deposit
from kinline.flows.reading import read_held
from kinline.flows.tests.test_send import available, write
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.messaging import errors, queries
from kinline.messaging.models import Appeal, Mailbox, Message, Review

Money = Callable[[Party, int], None]
Stop = Callable[[], None]


@pytest.fixture(params=["restriction", "denial", "restriction of the resident"])
def stop(request: pytest.FixtureRequest, contact: Contact, north: Facility, supervisor: User, now: datetime) -> Stop:
    """Letters between the two are stopped from now on."""

    def stopped() -> None:
        if request.param == "denial":
            Contact.objects.filter(pk=contact.pk).update(denied_at=now)
            return
        pair = {"resident_id": contact.resident_id}
        if request.param == "restriction":
            pair["user_id"] = contact.user_id
        Restriction.objects.create(
            facility=north, reason="court order", starts_at=now, created_by=supervisor, created_at=now, **pair
        )

    return stopped


@pytest.fixture
def offered(mother_party: Party, contact: Contact, now: datetime) -> int:
    """A collect letter that waits for Daniel's credit."""
    return write(mother_party, contact, now, "Collect me", collect=True).message_id


@pytest.fixture
def held(money: Money, mother_party: Party, contact: Contact, north: Facility, now: datetime) -> int:
    """A letter of the mother in review at the north; 50 of her 200 cents are set aside."""
    money(mother_party, 200)
    north.policies.all().delete()
    return write(mother_party, contact, now, "Held words").message_id


def test_a_collect_letter_cannot_be_opened(
    offered: int, stop: Stop, resident_party: Party, money: Money, now: datetime
) -> None:
    money(resident_party, 100)
    stop()
    with pytest.raises(errors.CannotWrite):
        collect.accept(resident_party, message_id=offered, now=now)
    assert Message.objects.get().state == "collect"
    assert available(resident_party) == 100


def test_a_collect_letter_does_not_open_by_itself(
    offered: int, stop: Stop, contact: Contact, resident_party: Party, north: Facility, admin: User, now: datetime
) -> None:
    Contact.objects.filter(pk=contact.pk).update(resident_always_accepts=True)
    stop()
    record_deposit(
        account=resident_party, amount_cents=500, method="cash", client_key=uuid4(), now=now, recorded_by=admin,
        facility_id=north.pk,
    )  # fmt: skip
    assert Message.objects.get().state == "collect"
    assert available(resident_party) == 500


def test_a_reviewer_does_not_lift_it_by_the_way(
    held: int, stop: Stop, officer: User, mother_party: Party, now: datetime
) -> None:
    stop()
    with pytest.raises(errors.CannotWrite):
        release(staff=officer, message_id=held, now=now)
    assert Message.objects.get().state == "review"
    assert Review.objects.get().decision == ""
    assert ledger.balance(chart.messages_of(mother_party)).held_cents == 50
    assert not AuditEvent.objects.filter(act="message.release").exists()
    refuse(staff=officer, message_id=held, reason_code="threat", explanation="A court says so.", now=now)
    assert available(mother_party) == 200


def test_after_its_end_the_letter_can_be_released(
    held: int, officer: User, contact: Contact, north: Facility, supervisor: User, now: datetime
) -> None:
    Restriction.objects.create(
        facility=north, user_id=contact.user_id, resident_id=contact.resident_id, reason="a week", starts_at=now,
        ends_at=now + timedelta(days=7), created_by=supervisor, created_at=now,
    )  # fmt: skip
    release(staff=officer, message_id=held, now=now + timedelta(days=7))
    assert Message.objects.get().state == "delivered"


def test_an_order_that_begins_while_a_letter_is_delayed_holds_it_for_a_person(
    contact: Contact, north: Facility, supervisor: User, money: Money, mother_party: Party, now: datetime
) -> None:
    delivery.set_policy(
        facility_id=north.pk, rules=[{"id": "wait", "then": "wait", "minutes": 30}], now=now - timedelta(hours=1)
    )
    money(mother_party, 200)
    waiting = write(mother_party, contact, now, "On its way").message_id
    Restriction.objects.create(
        facility=north, user_id=contact.user_id, resident_id=contact.resident_id, reason="from tonight on",
        starts_at=now + timedelta(minutes=10), created_by=supervisor, created_at=now,
    )  # fmt: skip
    deliver_due(message_id=waiting, now=now + timedelta(minutes=30))
    assert (Message.objects.get().state, Mailbox.objects.count()) == ("review", 1)
    assert ledger.balance(chart.messages_of(mother_party)).held_cents == 50


def test_a_won_appeal_does_not_pass_it(
    held: int, stop: Stop, officer: User, supervisor: User, mother_party: Party, now: datetime
) -> None:
    refuse(staff=officer, message_id=held, reason_code="threat", explanation="So it seems.", now=now)
    appeal_id = appeal.file(mother_party, message_id=held, text="It is a song.", now=now)
    stop()
    with pytest.raises(errors.CannotWrite):
        appeal.decide(staff=supervisor, appeal_id=appeal_id, won=True, answer="It is.", now=now)
    assert Appeal.objects.get().outcome == ""
    assert Mailbox.objects.count() == 1
    appeal.decide(staff=supervisor, appeal_id=appeal_id, won=False, answer="Not while the order holds.", now=now)
    assert Appeal.objects.get().outcome == "lost"


# DEL-7: no facility offers confidential letters yet, so a contact of that class can only be refused, never screened.


def test_del7_a_privileged_contact_is_told_so_and_nothing_is_sent(
    contact: Contact, mother_party: Party, resident_party: Party, money: Money, now: datetime
) -> None:
    Contact.objects.filter(pk=contact.pk).update(kind="privileged")
    for party in (mother_party, resident_party):
        money(party, 100)
        with pytest.raises(errors.CannotWrite, match="does not offer confidential letters"):
            write(party, contact, now, "Privileged words")
        assert available(party) == 100
    assert not Message.objects.exists()


def test_del7_what_waited_when_a_contact_became_privileged_is_not_read_but_given_back(
    held: int, contact: Contact, officer: User, north: Facility, mother_party: Party, now: datetime
) -> None:
    Contact.objects.filter(pk=contact.pk).update(kind="privileged")
    assert [(row.message_id, row.subject) for row in queries.reviews_waiting([north.pk])] == [(held, "")]
    with pytest.raises(errors.NotFound):
        read_held(staff=officer, message_id=held, purpose="review", now=now)
    release(staff=officer, message_id=held, now=now)
    assert Message.objects.get().state == "returned"
    assert (Mailbox.objects.count(), available(mother_party)) == (1, 200)
