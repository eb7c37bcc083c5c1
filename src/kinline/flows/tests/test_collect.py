"""Collect letters: MSG-3."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.flows import collect
from kinline.flows.contacts import block
from kinline.flows.decide_review import release
from kinline.flows.deposit import record_deposit
from kinline.flows.take_back import take_back
from kinline.flows.tests.test_send import available, write
from kinline.identity.models import User
from kinline.messaging import errors, queries
from kinline.messaging.models import Mailbox, Message

Money = Callable[[Party, int], None]


@pytest.fixture
def waiting(mother_party: Party, contact: Contact, now: datetime) -> int:
    """A collect letter that waits for Daniel."""
    return write(mother_party, contact, now, "Collect me", collect=True).message_id


def test_shows_who_and_what_it_costs_but_not_what_it_says(waiting: int, resident_party: Party, now: datetime) -> None:
    row = queries.page(resident_party, "inbox", now=now).rows[0]
    assert (row.collect_cents, row.preview, row.other_name) == (50, "", "Marta Sample")
    letter = queries.letter(resident_party, waiting, now=now)
    assert letter is not None
    assert (letter.body, letter.can_accept) == (None, True)
    assert queries.counts(resident_party).collect_waiting == 1
    assert queries.counts(resident_party).unread == 0


def test_a_subject_is_not_read_for_nothing(
    mother_party: Party, contact: Contact, resident_party: Party, money: Money, now: datetime
) -> None:
    """200 characters of a subject would be a letter that nobody pays for: MSG-3 shows that it waits, and from whom."""
    sent = write(mother_party, contact, now, "Words", subject="The bail is paid", collect=True)
    seen = [
        queries.letter(resident_party, sent.message_id, now=now),
        *queries.page(resident_party, "inbox", now=now).rows,
        *queries.conversation(resident_party, contact.pk, now=now).rows,
        *queries.export(resident_party),
    ]
    assert len(seen) == 4
    assert "bail" not in str(seen)
    money(resident_party, 50)
    collect.accept(resident_party, message_id=sent.message_id, now=now)
    letter = queries.letter(resident_party, sent.message_id, now=now)
    assert letter is not None
    assert letter.subject == "The bail is paid"


def test_accepted_is_paid_once(waiting: int, resident_party: Party, money: Money, now: datetime) -> None:
    money(resident_party, 100)
    for _ in range(2):
        collect.accept(resident_party, message_id=waiting, now=now)
    assert available(resident_party) == 50
    letter = queries.letter(resident_party, waiting, now=now)
    assert letter is not None
    assert (letter.body, letter.state) == ("Collect me", "delivered")


def test_without_credits_it_waits(waiting: int, resident_party: Party, money: Money, now: datetime) -> None:
    money(resident_party, 49)
    with pytest.raises(errors.NoCreditToOpen):
        collect.accept(resident_party, message_id=waiting, now=now)
    assert Message.objects.get().state == "collect"
    assert available(resident_party) == 49


def test_not_the_recipient_not_found(
    waiting: int, mother_party: Party, stranger: User, money: Money, now: datetime
) -> None:
    money(mother_party, 100)
    for party in (mother_party, Party("family", stranger.pk)):
        with pytest.raises(errors.NotFound):
            collect.accept(party, message_id=waiting, now=now)
    assert available(mother_party) == 100


def test_declined_then_paid_by_the_sender(
    waiting: int, mother_party: Party, resident_party: Party, money: Money, now: datetime
) -> None:
    collect.decline(resident_party, message_id=waiting, now=now)
    assert queries.letter(resident_party, waiting, now=now) is None
    letter = queries.letter(mother_party, waiting, now=now)
    assert letter is not None
    assert (letter.state, letter.can_pay) == ("declined", True)
    with pytest.raises(errors.NoCredit):
        collect.pay_declined(mother_party, message_id=waiting, now=now)
    money(mother_party, 50)
    for _ in range(2):
        collect.pay_declined(mother_party, message_id=waiting, now=now)
    assert available(mother_party) == 0
    message = Message.objects.get()
    assert (message.state, message.payer, message.ended_at) == ("delivered", "sender", None)
    assert Mailbox.objects.filter(resident_id=resident_party.id).count() == 1


def test_always_accept_opens_by_itself_when_it_can_pay(
    mother_party: Party, resident_party: Party, contact: Contact, money: Money, now: datetime
) -> None:
    Contact.objects.filter(pk=contact.pk).update(resident_always_accepts=True)
    money(resident_party, 60)
    first = write(mother_party, contact, now, "one", collect=True)
    second = write(mother_party, contact, now, "two", collect=True)
    assert (first.state, second.state) == ("delivered", "collect")
    assert available(resident_party) == 10


def test_credits_open_what_waits_oldest_first_for_always_accept_only(
    mother_party: Party, resident_party: Party, contact: Contact, admin: User, north: Facility, stranger: User,
    now: datetime,
) -> None:  # fmt: skip
    other = Contact.objects.create(user=stranger, resident_id=resident_party.id, created_at=now)
    ids = [write(mother_party, contact, now, text, collect=True).message_id for text in ("one", "two", "three")]
    theirs = write(Party("family", stranger.pk), other, now, "not asked", collect=True).message_id
    Contact.objects.filter(pk=contact.pk).update(resident_always_accepts=True)
    record_deposit(
        account=resident_party,
        amount_cents=100,
        method="cash",
        client_key=uuid4(),
        now=now,
        facility_id=north.pk,
        recorded_by=admin,
    )
    states = dict(Message.objects.values_list("pk", "state"))
    assert [states[pk] for pk in (*ids, theirs)] == ["delivered", "delivered", "collect", "collect"]
    assert available(resident_party) == 0


def test_capped_between_one_pair(mother_party: Party, contact: Contact, north: Facility, now: datetime) -> None:
    Facility.objects.filter(pk=north.pk).update(collect_limit=2)
    written = [write(mother_party, contact, now, collect=True).message_id for _ in range(2)]
    with pytest.raises(errors.CollectLimit, match="2 collect letters"):
        write(mother_party, contact, now, collect=True)
    assert Message.objects.count() == 2
    take_back(mother_party, message_id=written[0], now=now)
    assert write(mother_party, contact, now, collect=True).state == "collect"


def test_taken_back_disappears_for_the_recipient(
    waiting: int, mother_party: Party, resident_party: Party, now: datetime
) -> None:
    take_back(mother_party, message_id=waiting, now=now)
    assert queries.letter(resident_party, waiting, now=now) is None
    with pytest.raises(errors.NotCollect):
        collect.accept(resident_party, message_id=waiting, now=now)


def test_the_facility_reads_before_the_offer(
    mother_party: Party, resident_party: Party, contact: Contact, north: Facility, officer: User, now: datetime
) -> None:
    north.policies.all().delete()
    sent = write(mother_party, contact, now, collect=True)
    assert sent.state == "review"
    assert queries.letter(resident_party, sent.message_id, now=now) is None
    release(staff=officer, message_id=sent.message_id, now=now)
    letter = queries.letter(resident_party, sent.message_id, now=now)
    assert letter is not None
    assert (letter.state, letter.body) == ("collect", None)


def test_the_reply_of_a_resident_without_credits(
    mother_party: Party, resident_party: Party, contact: Contact, money: Money, now: datetime
) -> None:
    sent = write(resident_party, contact, now, "From inside", collect=True)
    money(mother_party, 50)
    collect.accept(mother_party, message_id=sent.message_id, now=now)
    assert available(mother_party) == 0
    letter = queries.letter(mother_party, sent.message_id, now=now)
    assert letter is not None
    assert letter.body == "From inside"


@pytest.mark.parametrize("side", ["family", "resident"])
def test_con_3_credits_open_nothing_of_somebody_blocked(
    waiting: int, resident_party: Party, mother_party: Party, contact: Contact, admin: User, north: Facility,
    now: datetime, side: str,
) -> None:  # fmt: skip
    Contact.objects.update(resident_always_accepts=True)
    block(resident_party if side == "resident" else mother_party, contact.pk, now)
    record_deposit(
        account=resident_party, amount_cents=100, method="cash", client_key=uuid4(), now=now, facility_id=north.pk,
        recorded_by=admin,
    )  # fmt: skip
    assert (Message.objects.get().state, available(resident_party)) == ("collect", 100)
