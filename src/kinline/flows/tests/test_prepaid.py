"""A reply that is paid ahead (MSG-3): set aside with the letter, used once, and back in every other case."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from conftest import AT_ONCE, PASSWORD
from tests.money.letters import wrongs

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.delivery import services as delivery
from kinline.facilities.models import Facility, MessagePrice
from kinline.flows import collect, custody
from kinline.flows import contacts as people
from kinline.flows.appeal import decide, file
from kinline.flows.close_account import close_account
from kinline.flows.decide_review import refuse, release
from kinline.flows.deliver_message import deliver_due
from kinline.flows.prepaid import expire_replies
from kinline.flows.send_message import Sent, send
from kinline.flows.take_back import take_back
from kinline.identity.models import User
from kinline.ledger import chart, queries
from kinline.messaging import errors
from kinline.messaging import queries as letters
from kinline.messaging.models import Message, PrepaidReply
from kinline.notices.models import Notice
from kinline.residents.models import Resident

HELD = [{"id": "held", "then": "review"}]
WAITS = [{"id": "wait", "then": "wait", "minutes": 30}]
DAYS = timedelta(days=30)


@pytest.fixture
def write(contact: Contact, now: datetime) -> Callable[..., Sent]:
    def sent(party: Party, **more: Any) -> Sent:
        form = {"subject": "", "body": "A letter", "client_key": uuid.uuid4(), "collect": False, "now": now, **more}
        return send(party, contact_id=contact.pk, **form)

    return sent


@pytest.fixture
def rules(north: Facility, now: datetime) -> Callable[[list[dict[str, Any]]], object]:
    times = iter(range(1, 100))
    return lambda wanted: delivery.set_policy(
        facility_id=north.pk, rules=wanted, now=now - timedelta(hours=1) + timedelta(seconds=next(times))
    )


@pytest.fixture
def paid(write: Callable[..., Sent], mother_party: Party, money: Any) -> Sent:
    """A delivered letter of the mother whose reply she paid; she has one credit left."""
    money(mother_party, 150)
    return write(mother_party, prepay_reply=True)


def cents(party: Party) -> tuple[int, int]:
    found = queries.balance(chart.messages_of(party))
    return found.posted_cents, found.held_cents


def refunded() -> int:
    """What a closed account gets back (MON-6): all that was set aside, too."""
    return queries.balance(chart.REFUNDS_PAYABLE).posted_cents


def told(party: Party) -> list[str]:
    return list(Notice.objects.filter(**party.filter).order_by("pk").values_list("kind", flat=True))


def reply() -> PrepaidReply:
    return PrepaidReply.objects.get()


# Setting aside


def test_letter_and_reply_are_two_prices(paid: Sent, mother_party: Party, now: datetime) -> None:
    """MSG-3: the letter is captured, the reply only set aside."""
    assert (paid.state, paid.payer, cents(mother_party)) == ("delivered", "sender", (100, 50))
    assert (reply().state, reply().price_cents, reply().expires_at) == ("open", 50, now + DAYS)
    assert wrongs() == []


def test_with_one_credit_nothing_is_sent(write: Callable[..., Sent], mother_party: Party, money: Any) -> None:
    money(mother_party, 99)
    for may_collect in (False, True):
        with pytest.raises(errors.NoCreditForReply):
            write(mother_party, prepay_reply=True, collect=may_collect)
    assert (Message.objects.count(), PrepaidReply.objects.count(), cents(mother_party)) == (0, 0, (99, 0))


def test_a_collect_letter_has_no_paid_reply(write: Callable[..., Sent], mother_party: Party) -> None:
    with pytest.raises(errors.NoCreditForReply):
        write(mother_party, prepay_reply=True, collect=True)
    with pytest.raises(errors.NoCredit):
        write(mother_party, prepay_reply=True)
    assert not Message.objects.exists()


def test_where_none_is_offered(write: Callable[..., Sent], mother_party: Party, money: Any, north: Facility) -> None:
    money(mother_party, 100)
    Facility.objects.update(reply_days=0)
    with pytest.raises(errors.NoPrepaidReply):
        write(mother_party, prepay_reply=True)
    assert (Message.objects.count(), cents(mother_party)) == (0, (100, 0))


def test_where_letters_are_free_there_is_nothing_to_pay(write: Callable[..., Sent], mother_party: Party) -> None:
    MessagePrice.objects.update(cents=0)
    assert write(mother_party, prepay_reply=True).payer == "nobody"
    assert not PrepaidReply.objects.exists()


def test_the_form_twice_sets_aside_once(write: Callable[..., Sent], mother_party: Party, money: Any) -> None:
    money(mother_party, 200)
    key = uuid.uuid4()
    first, second = (write(mother_party, prepay_reply=True, client_key=key) for _ in range(2))
    assert (second.again, second.message_id, cents(mother_party)) == (True, first.message_id, (150, 50))


def test_the_days_begin_with_the_delivery(
    write: Callable[..., Sent], mother_party: Party, money: Any, now: datetime, rules: Any
) -> None:
    rules(WAITS)
    money(mother_party, 100)
    sent = write(mother_party, prepay_reply=True)
    assert (reply().expires_at, cents(mother_party)) == (None, (100, 100))
    later = now + timedelta(minutes=30)
    deliver_due(message_id=sent.message_id, now=later)
    assert (reply().expires_at, cents(mother_party)) == (later + DAYS, (50, 50))
    assert wrongs() == []


# The reply


def test_the_reply_costs_its_writer_nothing(
    paid: Sent, write: Callable[..., Sent], mother_party: Party, resident_party: Party, money: Any
) -> None:
    money(resident_party, 50)
    answer = write(resident_party, reply_to=paid.message_id, shown_cents=0)
    assert (answer.state, answer.payer, answer.price_cents) == ("delivered", "prepaid", 50)
    assert (cents(resident_party), cents(mother_party)) == ((50, 0), (50, 0))
    assert (reply().state, reply().used_by_id) == ("used", answer.message_id)
    assert wrongs() == []


def test_both_see_who_paid(
    paid: Sent, write: Callable[..., Sent], mother_party: Party, resident_party: Party, now: datetime
) -> None:
    offered = letters.letter(resident_party, paid.message_id, now=now)
    assert offered.paid_reply.name == "Marta"
    assert offered.reply is None
    mine = letters.letter(mother_party, paid.message_id, now=now)
    assert (mine.reply.state, mine.paid_reply) == ("open", None)
    answer = write(resident_party, reply_to=paid.message_id)
    seen = [letters.letter(party, answer.message_id, now=now) for party in (mother_party, resident_party)]
    assert [view.paid_by for view in seen] == ["You paid for this reply.", "Marta paid for this reply."]
    after = letters.letter(mother_party, paid.message_id, now=now)
    assert after.reply.sentence == "You paid for Daniel's reply: 50¢."
    asked = letters.letter(resident_party, paid.message_id, now=now)
    assert asked.paid_reply is None


def test_a_resident_pays_for_the_answer_of_the_family(
    write: Callable[..., Sent], mother_party: Party, resident_party: Party, money: Any
) -> None:
    money(resident_party, 100)
    asked = write(resident_party, prepay_reply=True)
    answer = write(mother_party, reply_to=asked.message_id)
    assert (answer.payer, cents(resident_party), cents(mother_party)) == ("prepaid", (0, 0), (0, 0))
    assert wrongs() == []


def test_the_price_is_pinned(
    paid: Sent, write: Callable[..., Sent], resident_party: Party, mother_party: Party
) -> None:
    MessagePrice.objects.update(cents=80)
    answer = write(resident_party, reply_to=paid.message_id, shown_cents=0)
    assert (answer.price_cents, cents(mother_party)) == (50, (50, 0))
    assert wrongs() == []


def test_a_second_reply_is_the_writers_own(
    paid: Sent, write: Callable[..., Sent], resident_party: Party, mother_party: Party
) -> None:
    write(resident_party, reply_to=paid.message_id)
    with pytest.raises(errors.NoLongerPaid):
        write(resident_party, reply_to=paid.message_id, shown_cents=0, collect=True)
    second = write(resident_party, reply_to=paid.message_id, shown_cents=50, collect=True)
    assert (second.payer, second.state, cents(mother_party)) == ("recipient", "collect", (50, 0))
    assert wrongs() == []


def test_only_the_other_side_and_only_a_reply_uses_it(
    paid: Sent, write: Callable[..., Sent], mother_party: Party, resident_party: Party
) -> None:
    own = write(mother_party, reply_to=paid.message_id)
    other = write(resident_party, collect=True)
    assert (own.payer, other.payer, reply().state) == ("sender", "recipient", "open")
    assert wrongs() == []


def test_another_family_member_cannot_use_it(
    paid: Sent, stranger: User, resident: Resident, resident_party: Party, now: datetime
) -> None:
    """A number of somebody else's letter is an answer to nothing."""
    theirs = Contact.objects.create(user=stranger, resident=resident, created_at=now)
    sent = send(
        resident_party, contact_id=theirs.pk, subject="", body="To Steve", client_key=uuid.uuid4(), collect=True,
        now=now, reply_to=paid.message_id,
    )  # fmt: skip
    assert (sent.payer, reply().state) == ("recipient", "open")


def test_a_reply_may_pay_for_the_next(
    paid: Sent, write: Callable[..., Sent], mother_party: Party, resident_party: Party, money: Any
) -> None:
    money(resident_party, 50)
    answer = write(resident_party, reply_to=paid.message_id, prepay_reply=True)
    assert (answer.payer, cents(resident_party)) == ("prepaid", (50, 50))
    assert write(mother_party, reply_to=answer.message_id).payer == "prepaid"
    assert (cents(resident_party), cents(mother_party)) == ((0, 0), (50, 0))
    assert wrongs() == []


# Every end of the letter


def _withheld(staff: User, chief: User, pk: int, now: datetime) -> None:
    refuse(staff=chief, message_id=pk, reason_code="threat", explanation="No.", now=now, withheld=True)


ENDS: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "taken back": (WAITS, "withdrawn", "returned"),
    "refused": (HELD, "refused", "returned"),
    "withheld": (HELD, "withheld", "returned"),
    "blocked": (WAITS, "returned", "returned"),
    "released": (WAITS, "returned", "returned"),
    "closed": (WAITS, "withdrawn", "returned"),
    "delivered": (HELD, "delivered", "open"),
}


@pytest.mark.parametrize("end", ENDS)
def test_each_end_of_the_letter(
    end: str, write: Callable[..., Sent], mother: User, mother_party: Party, resident: Resident, contact: Contact,
    resident_party: Party, officer: User, supervisor: User, money: Any, now: datetime, rules: Any,
) -> None:  # fmt: skip
    """What was paid ahead for a reply to a letter that is not delivered goes back with its price."""
    held, state, left = ENDS[end]
    rules(held)
    money(mother_party, 100)
    pk = write(mother_party, prepay_reply=True).message_id
    later = now + timedelta(hours=1)
    acts: dict[str, Callable[[], object]] = {
        "taken back": partial(take_back, mother_party, message_id=pk, now=now),
        "refused": partial(
            refuse, staff=officer, message_id=pk, reason_code="threat", explanation="No.", now=now
        ),
        "withheld": partial(_withheld, officer, supervisor, pk, now),
        "blocked": lambda: (people.block(resident_party, contact.pk, now), deliver_due(message_id=pk, now=later)),
        "released": partial(custody.release_resident, staff=None, resident_id=resident.pk, now=now),
        "closed": partial(close_account, mother, password=PASSWORD, now=now),
        "delivered": partial(release, staff=officer, message_id=pk, now=now),
    }  # fmt: skip
    acts[end]()
    assert (Message.objects.get().state, reply().state) == (state, left)
    assert cents(mother_party) == {"delivered": (50, 50), "closed": (0, 0)}.get(end, (100, 0))
    assert refunded() == (100 if end == "closed" else 0)
    assert wrongs() == []


# Every end of the reply


REPLY_ENDS = {
    "taken back": ("withdrawn", "open"),
    "refused": ("refused", "open"),
    "withheld": ("withheld", "open"),
    "blocked": ("returned", "open"),
    "released": ("returned", "returned"),
    "closed": ("returned", "returned"),
    "let through": ("delivered", "used"),
    "after a release": ("returned", "returned"),
    "refused after a release": ("refused", "returned"),
}


@pytest.mark.parametrize("end", REPLY_ENDS)
def test_each_end_of_the_reply(
    end: str, paid: Sent, write: Callable[..., Sent], mother: User, mother_party: Party, resident: Resident,
    resident_party: Party, contact: Contact, officer: User, supervisor: User, now: datetime, rules: Any,
) -> None:  # fmt: skip
    """A reply that is not delivered leaves the money for another, unless nobody can reply any more."""
    rules(WAITS if end in {"blocked", "released"} else HELD)
    pk = write(resident_party, reply_to=paid.message_id).message_id
    assert (reply().state, cents(mother_party), cents(resident_party)) == ("used", (100, 50), (0, 0))
    hours = timedelta(hours=3)
    no = partial(refuse, staff=officer, message_id=pk, reason_code="threat", explanation="No.", now=now + hours)
    leave = partial(custody.release_resident, staff=None, resident_id=resident.pk, now=now)
    acts: dict[str, Callable[[], object]] = {
        "taken back": partial(take_back, resident_party, message_id=pk, now=now + hours),
        "refused": no,
        "withheld": partial(_withheld, officer, supervisor, pk, now + hours),
        "blocked": lambda: (people.block(mother_party, contact.pk, now), deliver_due(message_id=pk, now=now + hours)),
        "released": leave,
        "closed": partial(close_account, mother, password=PASSWORD, now=now),
        "let through": partial(release, staff=officer, message_id=pk, now=now),
        "after a release": lambda: (leave(), release(staff=officer, message_id=pk, now=now)),
        "refused after a release": lambda: (leave(), no()),
    }  # fmt: skip
    acts[end]()
    state, left = REPLY_ENDS[end]
    assert (Message.objects.get(pk=pk).state, reply().state) == (state, left)
    rest = {"open": (100, 50), "used": (50, 0), "returned": (100, 0)}[left]
    assert (cents(mother_party), refunded()) == (((0, 0), 100) if end == "closed" else (rest, 0))
    if left == "open":
        assert reply().expires_at == now + DAYS + hours, "the time on its way does not count"
    assert wrongs() == []


def test_after_a_refused_reply_another_is_paid(
    paid: Sent, write: Callable[..., Sent], resident_party: Party, mother_party: Party, officer: User, now: datetime,
    rules: Any,
) -> None:  # fmt: skip
    rules(HELD)
    first = write(resident_party, reply_to=paid.message_id).message_id
    refuse(staff=officer, message_id=first, reason_code="threat", explanation="No.", now=now)
    rules(AT_ONCE)
    second = write(resident_party, reply_to=paid.message_id)
    assert (second.payer, cents(mother_party)) == ("prepaid", (50, 0))
    assert wrongs() == []


def test_a_refused_reply_that_wins_its_appeal_is_free(
    paid: Sent, write: Callable[..., Sent], resident_party: Party, mother_party: Party, officer: User,
    supervisor: User, now: datetime, rules: Any,
) -> None:  # fmt: skip
    rules(HELD)
    pk = write(resident_party, reply_to=paid.message_id).message_id
    refuse(staff=officer, message_id=pk, reason_code="threat", explanation="No.", now=now)
    appeal = file(resident_party, message_id=pk, text="Please.", now=now)
    decide(staff=supervisor, appeal_id=appeal, won=True, answer="Yes.", now=now)
    message = Message.objects.get(pk=pk)
    assert (message.state, message.payer, reply().state, cents(mother_party)) == (
        "delivered", "nobody", "open", (100, 50),
    )  # fmt: skip
    assert wrongs() == []


def test_a_withheld_reply_seems_to_use_it_still(
    paid: Sent, write: Callable[..., Sent], resident_party: Party, officer: User, supervisor: User, now: datetime,
    rules: Any,
) -> None:  # fmt: skip
    """DEL-5: nobody learns of it from a hint that comes back."""
    rules(HELD)
    pk = write(resident_party, reply_to=paid.message_id).message_id
    _withheld(officer, supervisor, pk, now)
    assert letters.paid_reply(resident_party, paid.message_id, now=now) is None


def test_the_payer_does_not_learn_of_a_reply_in_review(
    paid: Sent, write: Callable[..., Sent], resident_party: Party, mother_party: Party, now: datetime, rules: Any
) -> None:
    rules(HELD)
    write(resident_party, reply_to=paid.message_id)
    view = letters.letter(mother_party, paid.message_id, now=now)
    assert view.reply.state == "open"


# Time


def test_unused_in_time_it_comes_back(paid: Sent, mother_party: Party, now: datetime) -> None:
    assert expire_replies(now=now + DAYS - timedelta(seconds=1)) == 0
    assert cents(mother_party) == (100, 50)
    assert (expire_replies(now=now + DAYS), expire_replies(now=now + DAYS)) == (1, 0)
    assert (cents(mother_party), reply().state, told(mother_party)) == ((100, 0), "returned", ["reply_returned"])
    assert wrongs() == []


def test_too_late_but_before_the_job_the_reply_is_not_paid(
    paid: Sent, write: Callable[..., Sent], resident_party: Party, now: datetime
) -> None:
    late = write(resident_party, reply_to=paid.message_id, collect=True, now=now + DAYS)
    assert (late.payer, reply().state) == ("recipient", "open")


def test_a_letter_in_review_keeps_it_however_long(
    write: Callable[..., Sent], mother_party: Party, officer: User, money: Any, now: datetime, rules: Any
) -> None:
    rules(HELD)
    money(mother_party, 100)
    pk = write(mother_party, prepay_reply=True).message_id
    late = now + 2 * DAYS
    assert expire_replies(now=late) == 0
    release(staff=officer, message_id=pk, now=late)
    assert reply().expires_at == late + DAYS


def test_a_reply_in_review_keeps_it_however_long(
    paid: Sent, write: Callable[..., Sent], mother_party: Party, resident_party: Party, officer: User, now: datetime,
    rules: Any,
) -> None:  # fmt: skip
    rules(HELD)
    pk = write(resident_party, reply_to=paid.message_id).message_id
    late = now + 2 * DAYS
    assert expire_replies(now=late) == 0
    release(staff=officer, message_id=pk, now=late)
    assert (cents(mother_party), Message.objects.get(pk=pk).state) == ((50, 0), "delivered")


# People who go


def test_a_release_gives_back_what_waits_both_ways(
    paid: Sent, write: Callable[..., Sent], mother_party: Party, resident: Resident, resident_party: Party, money: Any,
    now: datetime,
) -> None:  # fmt: skip
    money(resident_party, 100)
    write(resident_party, prepay_reply=True)
    custody.release_resident(staff=None, resident_id=resident.pk, now=now)
    assert set(PrepaidReply.objects.values_list("state", flat=True)) == {"returned"}
    assert (cents(mother_party), cents(resident_party)) == ((100, 0), (50, 0))
    assert "reply_returned" in told(mother_party)
    assert "reply_returned" in told(resident_party)
    assert wrongs() == []


def test_a_closed_account_gives_back_what_waits_both_ways(
    paid: Sent, write: Callable[..., Sent], mother: User, mother_party: Party, resident_party: Party, money: Any,
    now: datetime,
) -> None:  # fmt: skip
    money(resident_party, 100)
    write(resident_party, prepay_reply=True)
    close_account(mother, password=PASSWORD, now=now)
    assert set(PrepaidReply.objects.values_list("state", flat=True)) == {"returned"}
    assert (cents(resident_party), cents(mother_party)[1]) == ((50, 0), 0)
    assert ("reply_returned" in told(resident_party), "reply_returned" in told(mother_party)) == (True, False)


def test_a_transfer_changes_nothing(
    paid: Sent, write: Callable[..., Sent], mother_party: Party, resident: Resident, resident_party: Party,
    south: Facility, now: datetime,
) -> None:  # fmt: skip
    """CON-4: the price is pinned, and earned by the place that delivers."""
    custody.transfer_resident(staff=None, resident_id=resident.pk, facility_id=south.pk, now=now)
    delivery.set_policy(facility_id=south.pk, rules=AT_ONCE, now=now)
    answer = write(resident_party, reply_to=paid.message_id)
    assert (answer.payer, cents(mother_party)) == ("prepaid", (50, 0))
    assert queries.totals()[chart.facility_revenue(south.pk)] == 50
    assert wrongs() == []


def test_a_collect_letter_that_its_sender_pays_for_later_has_none(
    write: Callable[..., Sent], mother_party: Party, resident_party: Party, money: Any, now: datetime
) -> None:
    pk = write(mother_party, collect=True).message_id
    collect.decline(resident_party, message_id=pk, now=now)
    money(mother_party, 50)
    collect.pay_declined(mother_party, message_id=pk, now=now)
    assert (cents(mother_party), PrepaidReply.objects.count()) == ((0, 0), 0)
