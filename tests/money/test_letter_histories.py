"""Random histories of letters and their money (quality.md R3): everybody acts in any order, and every law holds always.

After each act the laws of `letters.py` are asked of every row. `KINLINE_HISTORIES` sets how many histories
(without it: until every act has succeeded once); `KINLINE_SEED` begins with that one, and a failure names its own.
"""

import json
import os
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from conftest import PASSWORD
from django.db import connection, transaction

from kinline.contacts.models import Contact, Restriction
from kinline.core.errors import Refusal
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.delivery import services as delivery
from kinline.facilities.models import Facility, MessagePrice
from kinline.flows import appeal, collect, contacts, custody, mailbox, prepaid
from kinline.flows.close_account import close_account
from kinline.flows.decide_review import refuse, release
from kinline.flows.deposit import record_deposit
from kinline.flows.send_message import send
from kinline.flows.take_back import take_back
from kinline.identity import services as identity
from kinline.identity.models import Role, User
from kinline.messaging.models import Appeal, Message, PrepaidReply
from kinline.ops.handlers import HANDLERS
from kinline.payments.services import allowances
from kinline.residents.models import Custody, Resident
from tests.money.books import settle
from tests.money.letters import wrongs

HISTORIES = int(os.environ.get("KINLINE_HISTORIES", "80"))
SEED = int(os.environ.get("KINLINE_SEED", random.randrange(2**32)))
BY_ITSELF = "KINLINE_HISTORIES" not in os.environ  # then it goes on until everything happened
ENOUGH = 200  # histories in which every act has surely succeeded once

# One policy everywhere; a word in the letter picks what happens to it.
RULES = [
    {"id": "never", "then": "refuse", "reason": "threat", "why": {"en": "No."}, "when": {"words": ["never"]}},
    {"id": "look", "then": "review", "when": {"words": ["look"]}},
    {"id": "later", "then": "wait", "minutes": 30, "when": {"words": ["later"]}},
    {"id": "at-once", "then": "deliver"},
]
SIDES = (FAMILY, RESIDENT)
ACTS = {  # how often, in proportion
    "send": 30, "deposit": 9, "time": 8, "accept": 9, "decline": 7, "pay": 5, "take_back": 5, "review": 9, "appeal": 5,
    "always": 4, "block": 2, "unblock": 3, "restrict": 1, "allow": 2, "leave": 2, "come": 8, "move": 1, "remove": 3,
    "open": 3, "repeat": 3, "price": 1, "close": 1, "grant": 3, "month": 2, "answer": 8,
}  # fmt: skip
WORDS = ("now", "now", "later", "look", "look", "never")
LENGTH = 22
Acts = list[tuple[Any, ...]]

# So that what needs several acts in a row happens often: nothing yet; money on one side or both; a paid
# reply; a free week.
_MONEY: Acts = [("deposit", side, who, 220) for side in SIDES for who in (0, 1)]
BEGINNINGS: list[Acts] = [
    [],
    [("deposit", RESIDENT, 0, 220), ("deposit", RESIDENT, 1, 220)],
    _MONEY,
    [*_MONEY, ("send", 0, FAMILY, "now", False, True, False), ("send", 0, RESIDENT, "now", False, True, False)],
    [("grant", 2)],
]
Answers = Counter[tuple[str, str]]


def history(chance: random.Random) -> Acts:
    """Some acts; which letter and which people, by number."""
    pair, letter, who = (lambda: chance.randrange(3)), (lambda: chance.randrange(30)), (lambda: chance.randrange(2))
    side, yes = (lambda: chance.choice(SIDES)), (lambda: chance.random() < 0.5)
    values: dict[str, Callable[[], tuple[Any, ...]]] = {
        "send": lambda: (
            pair(),
            side(),
            chance.choice(WORDS),
            not yes() or yes(),
            chance.random() < 0.25,
            yes(),
        ),
        "deposit": lambda: (side(), who(), chance.choice([50, 100, 220])),
        "review": lambda: (letter(), chance.choice(["release", "release", "refuse", "withhold"])),
        "appeal": lambda: (letter(), side(), chance.choice(["won", "lost", "waits"])),
        "time": lambda: (chance.choice([1, 10, 40]),),
        "always": lambda: (pair(), side(), yes()),
        "remove": lambda: (letter(), side(), yes()),
        "price": lambda: (chance.choice([0, 30, 50]),),
        "grant": lambda: (chance.choice([0, 1, 2]),),
        "month": lambda: (),
        "answer": lambda: (letter(), chance.choice(WORDS)),
    } | dict.fromkeys(["block", "unblock"], lambda: (pair(), side()))
    values |= dict.fromkeys(["restrict", "allow"], lambda: (pair(),))
    values |= dict.fromkeys(["leave", "come", "move", "close"], lambda: (who(),))
    values |= dict.fromkeys(["take_back", "accept", "decline", "pay", "open", "repeat"], lambda: (letter(),))
    names = chance.choices(list(ACTS), list(ACTS.values()), k=LENGTH)
    return [*chance.choice(BEGINNINGS), *((name, *values[name]()) for name in names)]


@dataclass
class World:
    """Two families, two residents, three contacts, two places with a reviewer and two who decide appeals."""

    families: list[User]
    residents: list[Resident]
    pairs: list[Contact]
    places: list[Facility]
    staff: dict[int, tuple[User, User]]
    now: datetime
    forms: dict[int, dict[str, Any]] = field(default_factory=dict)

    # Each act; `answer` says whether it was refused

    def do(self, name: str, *values: Any) -> str:
        self.now += timedelta(seconds=1)
        try:
            getattr(self, f"_{name}")(*values)
        except Refusal as refusal:
            return refusal.code
        return "done"

    def party(self, pair: int, side: str) -> Party:
        contact = self.pairs[pair]
        return Party(FAMILY, contact.user_id) if side == FAMILY else Party(RESIDENT, contact.resident_id)

    def message(self, number: int, *states: str) -> tuple[Message, Party, Party]:
        """A letter, its sender and its reader: two times of three one in one of these states, if there is any."""
        every = Message.objects.order_by("pk").values_list("pk", flat=True)
        ids = (list(every.filter(state__in=states)) if number % 3 else []) or list(every)
        if not ids:
            raise Refusal
        message = Message.objects.select_related("contact").get(pk=ids[number % len(ids)])
        both = Party(FAMILY, message.contact.user_id), Party(RESIDENT, message.contact.resident_id)
        return (message, *(both if message.sender == FAMILY else both[::-1]))

    def _send(self, pair: int, side: str, word: str, may_collect: bool, prepay: bool, answers: bool) -> None:
        contact = self.pairs[pair]
        theirs = Message.objects.filter(contact=contact).exclude(sender=side).order_by("-pk")
        answered = theirs.first() if answers else None
        form = {
            "contact_id": contact.pk, "subject": "", "body": f"A word: {word}", "client_key": uuid.uuid4(),
            "collect": may_collect, "prepay_reply": prepay, "reply_to": answered.pk if answered else None,
        }  # fmt: skip
        sent = send(self.party(pair, side), now=self.now, **form)
        self.forms[sent.message_id] = form

    def _answer(self, number: int, word: str) -> None:
        """A reply that the other side paid for, or has paid for once."""
        ahead = list(PrepaidReply.objects.order_by("state", "pk").select_related("message"))
        if not ahead:
            raise Refusal
        letter = ahead[number % len(ahead)].message
        pair = next(n for n, contact in enumerate(self.pairs) if contact.pk == letter.contact_id)
        form = {
            "contact_id": letter.contact_id, "subject": "", "body": f"A word: {word}", "client_key": uuid.uuid4(),
            "collect": True, "reply_to": letter.pk,
        }  # fmt: skip
        sent = send(self.party(pair, RESIDENT if letter.sender == FAMILY else FAMILY), now=self.now, **form)
        self.forms[sent.message_id] = form

    def _repeat(self, number: int) -> None:
        """The same form again: the same letter, whatever has become of it."""
        message, sender, _ = self.message(number)
        again = send(sender, now=self.now, **self.forms[message.pk])
        assert (again.message_id, again.again) == (message.pk, True)

    def _deposit(self, side: str, number: int, cents: int) -> None:
        person = (self.families if side == FAMILY else self.residents)[number]
        party, place = Party(side, person.pk), self.places[0]
        record_deposit(
            account=party, amount_cents=cents, method="cash", client_key=uuid.uuid4(), now=self.now,
            recorded_by=self.staff[place.pk][1], facility_id=place.pk,
        )  # fmt: skip

    def _take_back(self, number: int) -> None:
        message, sender, _ = self.message(number, "review", "scheduled", "collect")
        take_back(sender, message_id=message.pk, now=self.now)

    def _accept(self, number: int) -> None:
        message, _, reader = self.message(number, "collect")
        collect.accept(reader, message_id=message.pk, now=self.now)

    def _decline(self, number: int) -> None:
        message, _, reader = self.message(number, "collect")
        collect.decline(reader, message_id=message.pk, now=self.now)

    def _pay(self, number: int) -> None:
        message, sender, _ = self.message(number, "collect", "declined")
        collect.pay_declined(sender, message_id=message.pk, now=self.now)

    def _open(self, number: int) -> None:
        """Whoever may read it reads it; nobody reads what is not theirs yet."""
        message, sender, reader = self.message(number)
        seen = mailbox.open_message(reader, message_id=message.pk, now=self.now)
        assert (seen is not None and seen.body is not None) == (message.state == "delivered")
        assert mailbox.open_message(sender, message_id=message.pk, now=self.now) is not None

    def _review(self, number: int, decision: str) -> None:
        message, _, _ = self.message(number, "review")
        reviewer, chief = self.staff[message.facility_id]
        if decision == "release":
            release(staff=reviewer, message_id=message.pk, now=self.now)
        else:
            refuse(
                staff=reviewer if decision == "refuse" else chief, message_id=message.pk, reason_code="plan",
                explanation="A plan.", now=self.now, withheld=decision == "withhold",
            )  # fmt: skip

    def _appeal(self, number: int, side: str, outcome: str) -> None:
        message, sender, reader = self.message(number, "refused")
        party = sender if sender.side == side else reader
        filed = Appeal.objects.filter(review__message=message, side=side, outcome="").first()
        pk = filed.pk if filed else appeal.file(party, message_id=message.pk, text="Please.", now=self.now)
        if outcome != "waits":
            chief = self.staff[message.facility_id][1]
            appeal.decide(staff=chief, appeal_id=pk, won=outcome == "won", answer="Answer.", now=self.now)

    def _always(self, pair: int, side: str, on: bool) -> None:
        contacts.set_always_accept(self.party(pair, side), self.pairs[pair].pk, on, self.now)

    def _block(self, pair: int, side: str) -> None:
        contacts.block(self.party(pair, side), self.pairs[pair].pk, self.now)

    def _unblock(self, pair: int, side: str) -> None:
        contacts.unblock(self.party(pair, side), self.pairs[pair].pk, self.now)

    def _restrict(self, pair: int) -> None:
        contact = self.pairs[pair]
        place = Custody.objects.filter(resident_id=contact.resident_id).latest("pk").facility_id
        contacts.restrict(
            staff=self.staff[place][1], facility_id=place, reason="Order.", now=self.now, user_id=contact.user_id,
            resident_id=contact.resident_id,
        )  # fmt: skip

    def _allow(self, pair: int) -> None:
        for one in Restriction.objects.filter(resident_id=self.pairs[pair].resident_id, ends_at=None):
            contacts.end_restriction(staff=self.staff[one.facility_id][1], restriction_id=one.pk, now=self.now)

    def _leave(self, number: int) -> None:
        custody.release_resident(staff=None, resident_id=self.residents[number].pk, now=self.now)

    def _come(self, number: int) -> None:
        person = self.residents[number]
        custody.book_resident(
            staff=None, facility_id=self.places[0].pk, number=person.number, first_name="D", last_name="S", now=self.now
        )

    def _move(self, number: int) -> None:
        person = self.residents[number]
        here = custody.open_custody(person.pk).facility_id
        there = next(place.pk for place in self.places if place.pk != here)
        custody.transfer_resident(staff=None, resident_id=person.pk, facility_id=there, now=self.now)

    def _remove(self, number: int, side: str, on: bool) -> None:
        message, sender, reader = self.message(number)
        party = sender if sender.side == side else reader
        if on:
            mailbox.remove(party, [message.pk], now=self.now)
        else:
            mailbox.restore(party, [message.pk], now=self.now)

    def _price(self, cents: int) -> None:
        for place in self.places:
            MessagePrice.objects.get_or_create(
                agency_id=place.agency_id, effective_from=self.now, defaults={"cents": cents}
            )

    def _grant(self, per_week: int) -> None:
        for place in self.places:
            allowances.set_allowance(
                facility_id=place.pk, kind="messages", per_week=per_week, effective_from=self.now, now=self.now
            )

    def _month(self) -> None:
        """What was paid ahead for replies has waited long enough, and it is another week."""
        self.now += timedelta(days=31)
        self.work()
        prepaid.expire_replies(now=self.now)
        assert not PrepaidReply.objects.filter(state="open", expires_at__lte=self.now).exists()

    def _close(self, number: int) -> None:
        user = User.objects.get(pk=self.families[number].pk)
        if user.closed_at is None:
            close_account(user, password=PASSWORD, now=self.now)

    def _time(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.work()

    def work(self) -> None:
        """What the worker would do by now, each job twice: handlers run at least once."""
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM procrastinate_jobs WHERE scheduled_at IS NULL OR scheduled_at <= %s"
                " RETURNING task_name, args",
                [self.now],
            )
            due = cursor.fetchall()
        for name, ids in due:
            if name != "send_email":
                HANDLERS[name](now=self.now, **json.loads(ids))
                HANDLERS[name](now=self.now, **json.loads(ids))

    def end(self) -> None:
        """A day later nothing waits for a time any more; what waits waits for a person."""
        self.now += timedelta(days=1)
        self.work()
        check()
        assert not Message.objects.filter(state="scheduled").exists()
        self._month()
        check()
        waits = PrepaidReply.objects.filter(state="open").exclude(message__state="review")
        assert not waits.exists(), "no letter in review and no time to wait for, and still set aside"

    def payers(self) -> Answers:
        """Who paid for what became of letters, and what became of replies that were paid ahead."""
        letters = Message.objects.values_list("payer", "state")
        return Counter(
            [*letters, *(("ahead", state) for state in PrepaidReply.objects.values_list("state", flat=True))]
        )


@pytest.fixture
def world(
    mother: User, stranger: User, resident: Resident, resident_south: Resident, north: Facility, south: Facility,
    now: datetime,
) -> Callable[[], World]:  # fmt: skip
    then = now - timedelta(days=2)
    places, staff = [north, south], {}
    for place in places:
        delivery.set_policy(facility_id=place.pk, rules=RULES, now=then)
        delivery.set_may_refuse(facility_id=place.pk, on=True)
        staff[place.pk] = (_staff(place, Role.REVIEWER, then), _staff(place, Role.FACILITY_ADMIN, then))
    families, residents = [mother, stranger], [resident, resident_south]
    pairs = [
        Contact.objects.create(user=families[f], resident=residents[r], created_at=then)
        for f, r in ((0, 0), (0, 1), (1, 0))
    ]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")  # tests that commit leave some behind
    return lambda: World(families, residents, pairs, places, staff, now)


def _staff(place: Facility, role: Role, now: datetime) -> User:
    name = f"{role}.{place.slug}"
    user = identity.create_staff(
        username=name, email=f"{name}@staff.example", password=PASSWORD, first_name="S", last_name=name, now=now
    )
    identity.grant_role(user_id=user.pk, facility_id=place.pk, role=role, now=now)
    return user


@contextmanager
def undone() -> Iterator[None]:
    block = transaction.atomic()
    block._from_testcase = True  # a story may be told inside, as in any test's own transaction
    with block:
        yield
        transaction.set_rollback(True)


def check() -> None:
    """What a commit would check, and every law."""
    settle()
    assert wrongs() == []


def test_random_histories_of_letters(world: Callable[[], World]) -> None:
    """MON-1, MSG-3, MSG-4, CON-3, CON-4, DEL-5, DEL-6."""
    answers: Answers = Counter()
    payers: Answers = Counter()
    number = 0
    while number < HISTORIES or (BY_ITSELF and number < ENOUGH and unproved(answers, payers)):
        again = f"KINLINE_SEED={SEED + number} KINLINE_HISTORIES=1"
        payers += _one(world, history(random.Random(SEED + number)), answers, again)
        number += 1
    if BY_ITSELF or HISTORIES >= ENOUGH:
        assert unproved(answers, payers) == set()


def unproved(answers: Answers, payers: Answers) -> set[object]:
    """An act that never succeeds proves nothing; nor does what never happened."""
    return {name for name in ACTS if not answers[name, "done"]} | {pair for pair in SEEN if not payers[pair]}


# What surely happened to a letter of each payer, and to what was paid ahead, in that many histories.
SEEN = {
    ("sender", "delivered"), ("recipient", "delivered"), ("agency", "delivered"),
    ("agency", "withdrawn"), ("prepaid", "delivered"),
    ("ahead", "used"), ("ahead", "returned"),
}  # fmt: skip


def _one(world: Callable[[], World], acts: Acts, answers: Answers, again: str) -> Answers:
    with undone():
        here = world()
        for number, (name, *values) in enumerate(acts):
            try:
                answers[name, here.do(name, *values)] += 1
                check()
            except Exception as problem:
                problem.add_note(f"{again}: after {acts[: number + 1]}")
                raise
        here.end()
        return here.payers()
