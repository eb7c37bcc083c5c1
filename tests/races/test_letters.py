"""Two people, or two devices of one, end the same letter at the same moment: one wins, the money is right.

Each row makes the dangerous order: the first act has read and is about to write when the second comes. The control is
the same stories without their row locks: it loses on every row.
"""

import time
import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from conftest import PASSWORD

from kinline.contacts.models import Contact
from kinline.core.errors import Refusal
from kinline.core.parties import Party
from kinline.delivery import services as delivery
from kinline.facilities.models import Facility
from kinline.flows import appeal, collect, send_message
from kinline.flows.close_account import close_account
from kinline.flows.contacts import block, set_always_accept
from kinline.flows.decide_review import refuse, release
from kinline.flows.deposit import record_deposit
from kinline.identity.models import Closure, User
from kinline.ledger import chart, queries
from kinline.messaging import services
from kinline.messaging.models import Appeal, Message
from kinline.payments.models import PayOut
from tests.money.letters import wrongs
from tests.races.steps import FIRST_WRITE, crossing, without_row_locks
from tests.races.together import together
from tests.races.world import DAY, RULES, Money, Waits, write

pytestmark = pytest.mark.usefixtures("db")


def code(answer: object) -> object:
    """A refusal by its code; everything else as it is."""
    return answer.code if isinstance(answer, Refusal) else answer


def balance(party: Party) -> tuple[int, int]:
    found = queries.balance(chart.messages_of(party))
    return found.posted_cents, found.held_cents


# One letter, two ends

# How it waits and who pays; the act that comes first, the one that comes second and hears this; how the letter ends.
ENDS: list[tuple[str | None, ...]] = [
    ("scheduled", "sender", "deliver", "take_back", "too_late", "delivered"),
    ("scheduled", "sender", "take_back", "deliver", None, "withdrawn"),
    ("scheduled", "sender", "deliver", "deliver", None, "delivered"),
    ("scheduled", "nobody", "deliver", "take_back", "too_late", "delivered"),
    ("scheduled", "nobody", "take_back", "deliver", None, "withdrawn"),
    ("scheduled", "recipient", "deliver", "take_back", None, "withdrawn"),  # it is offered, then taken back
    ("scheduled", "recipient", "take_back", "deliver", None, "withdrawn"),
    ("review", "sender", "release", "take_back", "too_late", "delivered"),
    ("review", "sender", "take_back", "release", "too_late", "withdrawn"),
    ("review", "sender", "refuse", "take_back", "too_late", "refused"),
    ("review", "sender", "take_back", "refuse", "too_late", "withdrawn"),
    ("review", "sender", "release", "refuse", "too_late", "delivered"),
    ("review", "sender", "refuse", "release", "too_late", "refused"),
    ("review", "sender", "release", "release", "too_late", "delivered"),
    ("review", "sender", "refuse", "refuse", "too_late", "refused"),
    ("review", "nobody", "release", "refuse", "too_late", "delivered"),
    ("review", "nobody", "refuse", "release", "too_late", "refused"),
    ("review", "nobody", "take_back", "release", "too_late", "withdrawn"),
    ("review", "recipient", "release", "refuse", "too_late", "collect"),
    ("scheduled", "prepaid", "deliver", "take_back", "too_late", "delivered"),
    ("scheduled", "prepaid", "take_back", "deliver", None, "withdrawn"),
    ("scheduled", "prepaid", "deliver", "deliver", None, "delivered"),
    ("review", "prepaid", "release", "refuse", "too_late", "delivered"),
    ("review", "prepaid", "take_back", "refuse", "too_late", "withdrawn"),
    ("scheduled", "agency", "deliver", "take_back", "too_late", "delivered"),
    ("scheduled", "agency", "take_back", "deliver", None, "withdrawn"),
    ("review", "agency", "refuse", "release", "too_late", "refused"),
    ("collect", "recipient", "accept", "decline", "not_collect", "delivered"),
    ("collect", "recipient", "decline", "accept", "not_collect", "declined"),
    ("collect", "recipient", "accept", "take_back", "too_late", "delivered"),
    ("collect", "recipient", "take_back", "accept", "not_collect", "withdrawn"),
    ("collect", "recipient", "accept", "pay", "not_collect", "delivered"),
    ("collect", "recipient", "pay", "accept", "not_collect", "delivered"),
    ("collect", "recipient", "decline", "take_back", "too_late", "declined"),
    ("collect", "recipient", "take_back", "decline", "not_collect", "withdrawn"),
    ("collect", "recipient", "pay", "take_back", "too_late", "delivered"),
    ("collect", "recipient", "take_back", "pay", "not_collect", "withdrawn"),
    ("collect", "recipient", "pay", "decline", "not_collect", "delivered"),
    ("collect", "recipient", "accept", "accept", None, "delivered"),
    ("collect", "recipient", "pay", "pay", None, "delivered"),
]


def misses(waits: Waits) -> list[tuple[str | None, ...]]:
    """The rows that did not end as they say, or left something wrong behind."""
    found, before = [], wrongs()
    for row in ENDS:
        state, payer, first, second, hears, ends = row
        world = waits(state, payer)
        answers = [code(answer) for answer in crossing(world.act(first), FIRST_WRITE, world.act(second))]
        after = wrongs()
        if (answers, Message.objects.get(pk=world.message_id).state, after) != ([None, hears], ends, before):
            found.append(row)
        before = after
    return found


def test_who_comes_second_hears_so(waits: Waits) -> None:
    assert misses(waits) == []
    assert wrongs() == []


def test_control_without_the_locks_every_row_loses(waits: Waits, monkeypatch: pytest.MonkeyPatch) -> None:
    without_row_locks(monkeypatch)
    assert misses(waits) == ENDS


# One form, two tabs


TABS = 4


@pytest.mark.parametrize(("credits", "collects"), [(500, False), (50, False), (50, True), (0, True)])
def test_one_form_from_several_tabs_is_one_letter(
    mother_party: Party, contact: Contact, give: Money, now: datetime, credits: int, collects: bool
) -> None:
    """Also when it takes the last credit, and when it goes collect."""
    if credits:
        give(mother_party, credits)
    answers = together([write(mother_party, contact, now, collect=collects)] * TABS)
    message = Message.objects.get()
    assert {(answer.message_id, answer.payer, answer.state) for answer in answers} == {
        (message.pk, message.payer, message.state)
    }
    assert [answer.again for answer in answers].count(False) == 1
    assert balance(mother_party) == (max(credits - 50, 0), 0)
    assert wrongs() == []


def test_control_without_the_forms_key_each_tab_sends_a_letter(
    mother_party: Party, contact: Contact, give: Money, now: datetime
) -> None:
    give(mother_party, 500)
    together([write(mother_party, contact, now) for _ in range(TABS)])
    assert balance(mother_party) == (500 - TABS * 50, 0)


def test_one_key_and_two_texts(mother_party: Party, contact: Contact, give: Money, now: datetime) -> None:
    give(mother_party, 500)
    key = uuid.uuid4()
    answers = together([write(mother_party, contact, now, body=f"Text {n}", client_key=key) for n in range(2)])
    assert sorted(str(code(answer)) for answer in answers if isinstance(answer, Refusal)) == ["key_reused"]
    assert balance(mother_party) == (450, 0)
    assert Message.objects.count() == 1


# The last credit


@pytest.mark.parametrize("order", [1, -1])
def test_the_last_credit_and_a_letter_to_open(
    mother_party: Party, resident_party: Party, contact: Contact, give: Money, now: datetime, order: int
) -> None:
    """One sends, on another device they accept a collect letter: one of the two is paid."""
    waiting = write(mother_party, contact, now, collect=True)().message_id
    give(resident_party, 50)
    acts = [write(resident_party, contact, now), partial(collect.accept, resident_party, message_id=waiting, now=now)]
    answers = [code(answer) for answer in together(acts[::order])]
    assert ("no_credit" in answers) != ("no_credit_to_open" in answers), answers
    assert balance(resident_party) == (0, 0)
    assert wrongs() == []


# The cap of collect letters


def send_many(mother_party: Party, contact: Contact, now: datetime) -> list[object]:
    acts = [write(mother_party, contact, now, collect=True, body=str(number)) for number in range(TABS)]
    return [code(answer) for answer in together(acts)]


def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counting takes long enough that all count before one has written."""
    real = send_message.collect_between

    def count(*args: Any) -> int:
        found = real(*args)
        time.sleep(0.5)
        return found

    monkeypatch.setattr(send_message, "collect_between", count)


def test_control_without_the_lock_the_cap_is_passed(
    mother_party: Party, contact: Contact, north: Facility, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    Facility.objects.update(collect_limit=2)
    slowly(monkeypatch)
    monkeypatch.setattr(services, "lock_pair", lambda _: None)
    assert send_many(mother_party, contact, now).count("collect_limit") < TABS - 2
    assert Message.objects.count() > 2


def test_the_cap_holds(
    mother_party: Party, contact: Contact, north: Facility, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    Facility.objects.update(collect_limit=2)
    slowly(monkeypatch)
    assert send_many(mother_party, contact, now).count("collect_limit") == TABS - 2
    assert Message.objects.count() == 2


# Credits come while letters wait for them


def test_credits_come_while_the_letter_is_accepted(
    mother_party: Party, resident_party: Party, contact: Contact, north: Facility, admin: User, now: datetime
) -> None:
    """Opened by itself, accepted by hand, always-accept chosen again: however these meet, each letter is paid once."""
    ids = [write(mother_party, contact, now, collect=True)().message_id for _ in range(3)]
    Contact.objects.update(resident_always_accepts=True)

    def deposit() -> Callable[[], object]:
        return partial(
            record_deposit, account=resident_party, amount_cents=100, method="cash", client_key=uuid.uuid4(), now=now,
            recorded_by=admin, facility_id=north.pk,
        )  # fmt: skip

    acts = [deposit(), deposit(), partial(set_always_accept, resident_party, contact.pk, True, now)]
    acts += [partial(collect.accept, resident_party, message_id=message_id, now=now) for message_id in ids]
    answers = [code(answer) for answer in together(acts)]
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    delivered = Message.objects.filter(state="delivered").count()
    assert balance(resident_party) == (200 - 50 * delivered, 0)
    assert wrongs() == []


# Appeals


@pytest.fixture
def appealed(mother_party: Party, contact: Contact, north: Facility, officer: User, give: Money, now: datetime) -> int:
    delivery.set_policy(facility_id=north.pk, rules=RULES["review"], now=now - DAY)
    give(mother_party, 50)
    message_id = write(mother_party, contact, now)().message_id
    refuse(staff=officer, message_id=message_id, reason_code="threat", explanation="No.", now=now)
    return appeal.file(mother_party, message_id=message_id, text="Please look again.", now=now)


def decide(appealed: int, staff: User, now: datetime, *, won: bool) -> Callable[[], None]:
    return partial(appeal.decide, staff=staff, appeal_id=appealed, won=won, answer="Answer.", now=now)


@pytest.mark.parametrize("won", [True, False])
def test_an_appeal_is_decided_once(appealed: int, supervisor: User, admin: User, now: datetime, won: bool) -> None:
    first, second = decide(appealed, supervisor, now, won=won), decide(appealed, admin, now, won=not won)
    assert [code(answer) for answer in crossing(first, FIRST_WRITE, second)] == [None, "appeal_decided"]
    assert Appeal.objects.get().decided_by == supervisor
    assert Message.objects.get().state == ("delivered" if won else "refused")
    assert wrongs() == []


@pytest.mark.parametrize("won", [True, False])
def test_control_an_appeal_is_decided_twice(
    appealed: int, supervisor: User, admin: User, now: datetime, won: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_row_locks(monkeypatch)
    first, second = decide(appealed, supervisor, now, won=won), decide(appealed, admin, now, won=not won)
    assert crossing(first, FIRST_WRITE, second) == [None, None]


def test_an_appeal_is_filed_once(
    mother_party: Party, contact: Contact, north: Facility, officer: User, give: Money, now: datetime
) -> None:
    delivery.set_policy(facility_id=north.pk, rules=RULES["review"], now=now - DAY)
    give(mother_party, 50)
    message_id = write(mother_party, contact, now)().message_id
    refuse(staff=officer, message_id=message_id, reason_code="threat", explanation="No.", now=now)
    file = partial(appeal.file, mother_party, message_id=message_id, text="Please.", now=now)
    answers = [code(answer) for answer in crossing(file, FIRST_WRITE, file)]
    assert answers == [Appeal.objects.get().pk, "appeal_filed"]


# A block, and a closed account


@pytest.mark.parametrize("before", ["contacts_contact c", FIRST_WRITE])
def test_released_by_staff_and_blocked_at_once(
    mother_party: Party, resident_party: Party, contact: Contact, north: Facility, officer: User, give: Money,
    now: datetime, before: str,
) -> None:  # fmt: skip
    """Blocked before the release has looked: returned, with its price. After: it was let through before the block."""
    delivery.set_policy(facility_id=north.pk, rules=RULES["review"], now=now - DAY)
    give(mother_party, 50)
    message_id = write(mother_party, contact, now)().message_id
    let_through = partial(release, staff=officer, message_id=message_id, now=now)
    stop = before if before != FIRST_WRITE else "ledger_capture"
    assert crossing(let_through, stop, partial(block, resident_party, contact.pk, now)) == [None, None]
    returned = before != FIRST_WRITE
    assert Message.objects.get().state == ("returned" if returned else "delivered")
    assert balance(mother_party) == (50 if returned else 0, 0)
    assert wrongs() == []


def closed_while(first: Callable[[], object], before: str, mother: User, now: datetime) -> list[object]:
    """An act of one device, and the account is closed on another in the middle of it."""
    answers = crossing(first, before, partial(close_account, mother, password=PASSWORD, now=now))
    closure = Closure.objects.get()
    given = sum(PayOut.objects.filter(user=mother).values_list("amount_cents", flat=True))
    assert closure.owed_cents == given, "what was left is on its way"
    assert balance(Party("family", mother.pk)) == (0, 0), "nothing stays, and nothing stays held"
    assert not Message.objects.filter(sender="family", state__in=["review", "scheduled", "collect"]).exists()
    assert wrongs() == []
    return [code(answer) for answer in answers]


@pytest.mark.parametrize("waits", ["collect", "scheduled", "review"])
@pytest.mark.parametrize("credits", [50, 0])
def test_an_account_is_closed_while_its_letter_is_sent(
    mother: User, mother_party: Party, contact: Contact, north: Facility, give: Money, now: datetime, waits: str,
    credits: int,
) -> None:  # fmt: skip
    delivery.set_policy(facility_id=north.pk, rules=RULES[waits], now=now - DAY)
    if credits:
        give(mother_party, credits)
    closed_while(write(mother_party, contact, now, collect=True), FIRST_WRITE, mother, now)


def test_an_account_is_closed_while_a_declined_letter_is_paid(
    mother: User, mother_party: Party, resident_party: Party, contact: Contact, give: Money, now: datetime
) -> None:
    waiting = write(mother_party, contact, now, collect=True)().message_id
    collect.decline(resident_party, message_id=waiting, now=now)
    give(mother_party, 50)
    pay = partial(collect.pay_declined, mother_party, message_id=waiting, now=now)
    closed_while(pay, FIRST_WRITE, mother, now)
