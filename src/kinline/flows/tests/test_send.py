"""Sending a letter: MSG-1 to MSG-5. Every refusal also shows that nothing happened."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from kinline.contacts.models import Contact, Restriction
from kinline.core.models import AuditEvent
from kinline.core.parties import Party
from kinline.delivery import services as delivery
from kinline.facilities.models import Facility, MessagePrice
from kinline.flows.deliver_message import deliver_due
from kinline.flows.send_message import Sent, send
from kinline.flows.take_back import take_back
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.messaging import errors, queries
from kinline.messaging.models import Body, Draft, Mailbox, Message, Review
from kinline.messaging.services import save_draft
from kinline.residents.models import Resident

Money = Callable[[Party, int], None]


def write(
    party: Party, contact: Contact, now: datetime, body: str = "Hello", *, collect: bool = False, **more: object
) -> Sent:
    values = {"contact_id": contact.pk, "subject": "Hi", "client_key": uuid4(), "collect": collect, "now": now}
    return send(party, body=body, **{**values, **more})


def available(party: Party) -> int:
    return ledger.balance(chart.messages_of(party)).available_cents


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Message, Body, Mailbox, Review, AuditEvent))


@pytest.fixture
def rich(money: Money, mother_party: Party) -> Party:
    money(mother_party, 200)
    return mother_party


def test_msg_4_5_delivered_at_once_and_paid(
    rich: Party, contact: Contact, resident_party: Party, now: datetime
) -> None:
    sent = write(rich, contact, now, "Querido Daniel")
    assert (sent.state, sent.payer, sent.price_cents, sent.again) == ("delivered", "sender", 50, False)
    balance = ledger.balance(chart.messages_of(rich))
    assert (balance.posted_cents, balance.held_cents) == (150, 0)
    inbox = queries.page(resident_party, "inbox", now=now).rows
    assert [(row.id, row.preview, row.unread) for row in inbox] == [(sent.message_id, "Querido Daniel", True)]
    letter = queries.letter(resident_party, sent.message_id, now=now)
    assert letter is not None
    assert letter.body == "Querido Daniel"


def test_msg_4_held_while_delayed_then_captured(
    rich: Party, contact_south: Contact, resident_south: Resident, south: Facility
) -> None:
    noon = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)  # 12:00 in New York
    delivery.set_policy(
        facility_id=south.pk, rules=[{"id": "w", "then": "wait", "minutes": 30}], now=noon - timedelta(days=60)
    )
    sent = write(rich, contact_south, noon)
    assert sent.state == "scheduled"
    balance = ledger.balance(chart.messages_of(rich))
    assert (balance.posted_cents, balance.held_cents) == (200, 50)
    reader = Party("resident", resident_south.pk)
    assert queries.letter(reader, sent.message_id, now=noon) is None
    deliver_due(message_id=sent.message_id, now=noon + timedelta(minutes=29))
    assert Message.objects.get().state == "scheduled"
    for _ in range(2):  # a job runs at least once
        deliver_due(message_id=sent.message_id, now=noon + timedelta(minutes=30))
    message = Message.objects.get()
    assert (message.state, message.delivered_at) == ("delivered", noon + timedelta(minutes=30))
    balance = ledger.balance(chart.messages_of(rich))
    assert (balance.posted_cents, balance.held_cents) == (150, 0)
    assert Mailbox.objects.filter(resident_id=reader.id).count() == 1


REFUSED = [
    ("x" * 30_001, errors.TooLong, "30,001"),
    ("", errors.Empty, "empty"),
    (" \n\t ", errors.Empty, "empty"),
    ("\u200b\u200d\ufeff\u2060", errors.Empty, "empty"),
    ("\x00\x00", errors.Empty, "empty"),
]


@pytest.mark.parametrize(("body", "refusal", "says"), REFUSED)
def test_msg_1_refused_text_writes_nothing(
    body: str, refusal: type[Exception], says: str, rich: Party, contact: Contact, now: datetime
) -> None:
    before = rows()
    with pytest.raises(refusal, match=says):
        write(rich, contact, now, body)
    assert rows() == before
    assert available(rich) == 200


ACCEPTED = [
    ("x" * 30_000, 30_000),
    ("a\r\nb\rc", 5),
    ("e\u0301" * 30_000, 30_000),  # NFC joins each pair
    ("👨‍👩‍👧‍👦", 7),
    ("שלום \u202eabc", 9),
    ("a\x00b\x07", 2),
    ("\ud800x", 2),
]


@pytest.mark.parametrize(("body", "length"), ACCEPTED)
def test_msg_1_counted_as_code_points_after_nfc(
    body: str, length: int, rich: Party, contact: Contact, now: datetime
) -> None:
    sent = write(rich, contact, now, body)
    message = Message.objects.get(pk=sent.message_id)
    assert message.length == length == len(Body.objects.get(pk=message.pk).text)


def test_msg_3_no_credit_refused_when_the_sender_chose_so(mother_party: Party, contact: Contact, now: datetime) -> None:
    before = rows()
    with pytest.raises(errors.NoCredit):
        write(mother_party, contact, now)
    assert rows() == before


def test_msg_3_less_than_the_price_is_none(money: Money, mother_party: Party, contact: Contact, now: datetime) -> None:
    money(mother_party, 49)
    sent = write(mother_party, contact, now, collect=True)
    assert (sent.state, sent.payer) == ("collect", "recipient")
    assert available(mother_party) == 49


def test_msg_2_a_price_of_zero_asks_for_no_money(
    mother_party: Party, contact: Contact, north: Facility, now: datetime
) -> None:
    MessagePrice.objects.create(agency_id=north.agency_id, cents=0, effective_from=now - timedelta(days=1))
    sent = write(mother_party, contact, now)
    assert (sent.state, sent.payer, sent.price_cents) == ("delivered", "nobody", 0)


def test_habit_6_same_key_same_text_same_answer(rich: Party, contact: Contact, now: datetime) -> None:
    key = uuid4()
    first = write(rich, contact, now, client_key=key)
    again = write(rich, contact, now, client_key=key)
    assert (again.message_id, again.again) == (first.message_id, True)
    assert Message.objects.count() == 1
    assert available(rich) == 150


def test_habit_6_repeat_answers_even_when_it_could_not_be_sent_now(
    money: Money, mother_party: Party, contact: Contact, now: datetime
) -> None:
    money(mother_party, 50)
    key = uuid4()
    first = write(mother_party, contact, now, client_key=key)
    Contact.objects.filter(pk=contact.pk).update(resident_blocked_at=now)
    assert write(mother_party, contact, now, client_key=key).message_id == first.message_id


def test_habit_6_same_key_other_text_refused(rich: Party, contact: Contact, now: datetime) -> None:
    key = uuid4()
    write(rich, contact, now, client_key=key)
    before = rows()
    with pytest.raises(errors.KeyReused):
        write(rich, contact, now, "Another text", client_key=key)
    assert rows() == before
    assert available(rich) == 150


def test_not_my_contact_is_not_found(rich: Party, contact: Contact, stranger: User, now: datetime) -> None:
    before = rows()
    with pytest.raises(errors.NotFound):
        write(Party("family", stranger.pk), contact, now)
    assert rows() == before


@pytest.mark.parametrize("field", ["resident_blocked_at", "family_blocked_at", "denied_at", "declined_at"])
def test_con_3_cannot_write(field: str, rich: Party, contact: Contact, now: datetime) -> None:
    Contact.objects.filter(pk=contact.pk).update(**{field: now})
    before = rows()
    with pytest.raises(errors.CannotWrite):
        write(rich, contact, now)
    assert rows() == before
    assert available(rich) == 200


def test_del_3_no_policy_holds_for_review(rich: Party, contact: Contact, north: Facility, now: datetime) -> None:
    north.policies.all().delete()
    sent = write(rich, contact, now)
    assert sent.state == "review"
    assert Review.objects.get().decision == ""
    assert ledger.balance(chart.messages_of(rich)).held_cents == 50


def test_del_1_a_rule_refuses_by_itself_and_nothing_is_charged(
    rich: Party, contact: Contact, north: Facility, resident_party: Party, now: datetime
) -> None:
    rule = {
        "id": "no",
        "then": "refuse",
        "reason": "threat",
        "why": {"en": "A word of the list."},
        "when": {"words": ["hose"]},
    }
    delivery.set_policy(
        facility_id=north.pk, rules=[{"id": "a", "then": "deliver"}, rule], now=now - timedelta(hours=1)
    )
    assert write(rich, contact, now, "The hose broke once.").state == "review", "words refuse only where that is said"
    delivery.set_may_refuse(facility_id=north.pk, on=True)
    take_back(rich, message_id=Message.objects.get().pk, now=now)
    sent = write(rich, contact, now, "The hose broke.")
    assert sent.state == "refused"
    assert (available(rich), ledger.balance(chart.messages_of(rich)).held_cents) == (200, 0)
    for party in (rich, resident_party):
        refusal = queries.refusal(party, sent.message_id, now=now)
        assert refusal is not None
        assert (refusal.explanation, refusal.rule, refusal.may_appeal) == ("A word of the list.", "no", True)
    assert queries.letter(resident_party, sent.message_id, now=now) is None


def test_take_back_returns_the_price_once(rich: Party, contact: Contact, north: Facility, now: datetime) -> None:
    north.policies.all().delete()
    sent = write(rich, contact, now)
    for _ in range(2):
        take_back(rich, message_id=sent.message_id, now=now)
    assert Message.objects.get().state == "withdrawn"
    assert Review.objects.get().decision == "withdrawn"
    assert (available(rich), ledger.balance(chart.messages_of(rich)).held_cents) == (200, 0)


def test_take_back_of_a_delivered_letter_is_too_late(rich: Party, contact: Contact, now: datetime) -> None:
    sent = write(rich, contact, now)
    with pytest.raises(errors.TooLate):
        take_back(rich, message_id=sent.message_id, now=now)
    assert Message.objects.get().state == "delivered"
    assert available(rich) == 150


def test_take_back_is_the_senders_alone(
    rich: Party, contact: Contact, north: Facility, resident_party: Party, stranger: User, now: datetime
) -> None:
    north.policies.all().delete()
    sent = write(rich, contact, now)
    for party in (resident_party, Party("family", stranger.pk)):
        with pytest.raises(errors.NotFound):
            take_back(party, message_id=sent.message_id, now=now)
    assert Message.objects.get().state == "review"


# What changed while a letter waits for its time → where it is then, what its sender can spend, what stays held.
AFTER_SENDING = [
    ({"resident_blocked_at": True}, "returned", 200, 0),
    ({"family_blocked_at": True}, "returned", 200, 0),
    ({"declined_at": True}, "returned", 200, 0),
    ({"denied_at": True}, "review", 150, 50),
    ({"consent_needed": True}, "review", 150, 50),
    ({"approval_needed": True}, "review", 150, 50),
]


@pytest.mark.parametrize(("change", "state", "left", "held"), AFTER_SENDING)
def test_what_changed_while_it_waits_holds_it_or_gives_it_back(
    change: dict[str, bool], state: str, left: int, held: int, rich: Party, contact: Contact, north: Facility,
    now: datetime,
) -> None:  # fmt: skip
    delivery.set_policy(
        facility_id=north.pk, rules=[{"id": "w", "then": "wait", "minutes": 5}], now=now - timedelta(hours=1)
    )
    sent = write(rich, contact, now)
    values = {name: now if name.endswith("_at") else value for name, value in change.items()}
    Contact.objects.filter(pk=contact.pk).update(**values)
    deliver_due(message_id=sent.message_id, now=now + timedelta(minutes=6))
    assert Message.objects.get().state == state
    assert (available(rich), ledger.balance(chart.messages_of(rich)).held_cents) == (left, held)
    assert Mailbox.objects.count() == 1


def test_a_place_that_offers_no_letters_any_more_holds_what_was_on_its_way(
    rich: Party, contact: Contact, north: Facility, now: datetime
) -> None:
    delivery.set_policy(
        facility_id=north.pk, rules=[{"id": "w", "then": "wait", "minutes": 5}], now=now - timedelta(hours=1)
    )
    sent = write(rich, contact, now)
    Facility.objects.filter(pk=north.pk).update(messages_offered=False)
    deliver_due(message_id=sent.message_id, now=now + timedelta(minutes=6))
    assert Message.objects.get().state == "review"
    assert Mailbox.objects.count() == 1


def test_a_restriction_made_while_it_waits_holds_it(
    rich: Party, contact: Contact, north: Facility, supervisor: User, now: datetime
) -> None:
    delivery.set_policy(
        facility_id=north.pk, rules=[{"id": "w", "then": "wait", "minutes": 5}], now=now - timedelta(hours=1)
    )
    sent = write(rich, contact, now)
    Restriction.objects.create(
        facility=north, user_id=rich.id, resident_id=contact.resident_id, reason="court order", starts_at=now,
        created_by=supervisor, created_at=now,
    )  # fmt: skip
    deliver_due(message_id=sent.message_id, now=now + timedelta(minutes=6))
    assert Message.objects.get().state == "review"
    assert ledger.balance(chart.messages_of(rich)).held_cents == 50
    assert Review.objects.get().decision == ""


def test_sending_ends_the_draft_of_that_page_only(
    rich: Party, contact: Contact, contact_south: Contact, now: datetime
) -> None:
    key = uuid4()
    save_draft(rich, contact_id=contact.pk, subject="", text="Hel", client_key=key, now=now)
    save_draft(rich, contact_id=contact_south.pk, subject="", text="Other", client_key=uuid4(), now=now)
    write(rich, contact, now, client_key=key)
    assert [draft.text for draft in Draft.objects.all()] == ["Other"]
