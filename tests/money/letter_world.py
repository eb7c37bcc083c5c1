"""Everybody who writes, reads and decides letters: for the random histories of `test_letter_histories`.

Two families, two residents, two places. Each act is a method `_<name>`; what it is about is picked by number.
"""

import json
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from conftest import PASSWORD
from django.db import connection

from kinline.contacts.models import Contact, Restriction
from kinline.core.errors import Refusal
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.core.transaction import story
from kinline.facilities.models import Facility, MessagePrice
from kinline.flows import appeal, collect, contacts, custody, mailbox, prepaid, printing
from kinline.flows.close_account import close_account
from kinline.flows.decide_review import refuse, release
from kinline.flows.deposit import record_deposit
from kinline.flows.send_message import send
from kinline.flows.take_back import take_back
from kinline.identity.models import User
from kinline.messaging.models import Appeal, Message, Photo, PrepaidReply, PrintBatch, PrintedLetter
from kinline.messaging.pictures import Picture
from kinline.messaging.queries.printing import next_for_paper
from kinline.messaging.services import photos
from kinline.ops.handlers import HANDLERS
from kinline.payments.services import allowances
from kinline.residents.models import Custody, Resident

PHOTOS = 2  # a letter takes
SEEN_PHOTO = Picture(b"large", b"small", 2, 2)
Answers = Counter[tuple[str, str]]


@dataclass
class World:
    """Two families, two residents, three contacts, two places with a reviewer and two who decide appeals."""

    families: list[User]
    residents: list[Resident]
    pairs: list[Contact]
    places: list[Facility]
    staff: dict[int, tuple[User, User]]
    now: datetime
    check: Callable[[], None]
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

    def _photos(self, pair: int, count: int, word: str, may_collect: bool) -> None:
        """A family's letter with all photos that lie beside it, these among them."""
        contact = self.pairs[pair]
        for _ in range(count):
            story(photos.keep_photo)(contact.pk, SEEN_PHOTO, uuid.uuid4().bytes, limit=PHOTOS, now=self.now)
        beside = Photo.objects.filter(contact=contact, message=None).order_by("pk")
        form = {
            "contact_id": contact.pk, "subject": "", "body": f"A word: {word}", "client_key": uuid.uuid4(),
            "collect": may_collect, "photo_ids": list(beside.values_list("pk", flat=True)),
        }  # fmt: skip
        sent = send(self.party(pair, FAMILY), now=self.now, **form)
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
        message, sender, _ = self.message(number, "review", "scheduled", "collect", "paper")
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

    def _paper(self, number: int, on: bool) -> None:
        """Letters to them come on paper from now on, or at the kiosk again."""
        resident = self.residents[number]
        place = custody.open_custody(resident.pk).facility_id
        printing.mark_paper(staff=self.staff[place][1], facility_id=place, number=resident.number, on=on, now=self.now)

    def _print(self, number: int) -> None:
        place = self.places[number]
        units = [None, *place.units.values_list("pk", flat=True)]
        waits = [unit for unit in units if next_for_paper(self.chief(place), place.pk, unit, most=9, weight=9**9)]
        if not waits:
            raise Refusal
        printing.make_batch(staff=self.chief(place), facility_id=place.pk, unit_id=waits[0], now=self.now)

    def _hand_over(self, number: int, which: int) -> None:
        """Some of an open batch, by the bits of `which`, and once more the same."""
        batches = list(PrintBatch.objects.filter(closed_at=None).order_by("pk"))
        if not batches:
            raise Refusal
        batch = batches[number % len(batches)]
        ids = batch.letters.order_by("pk").values_list("message_id", flat=True)
        handed = [pk for bit, pk in enumerate(ids) if which >> bit & 1]
        place = {one.pk: one for one in self.places}[batch.facility_id]
        for _ in range(2):
            printing.hand_over(
                staff=self.chief(place), facility_id=place.pk, batch_id=batch.pk, handed=handed, now=self.now
            )

    def chief(self, place: Facility) -> User:
        return self.staff[place.pk][1]

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
                agency_id=place.agency_id, effective_from=self.now,
                defaults={"cents": cents, "photo_cents": None if cents else 20},
            )  # fmt: skip

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
        self.check()
        assert not Message.objects.filter(state="scheduled").exists()
        self._month()
        self.check()
        waits = PrepaidReply.objects.filter(state="open").exclude(message__state__in=("review", "paper"))
        assert not waits.exists(), "no letter that waits for a person, no time to wait for, and still set aside"

    def payers(self) -> Answers:
        """Who paid for what became of letters, and what became of paid replies, photos and paper."""
        ahead = PrepaidReply.objects.values_list("state", flat=True)
        photographed = Photo.objects.exclude(message=None).values_list("message__state", flat=True)
        printed = PrintedLetter.objects.values_list("outcome", flat=True)
        told = {"ahead": ahead, "photo": photographed, "paper": printed}
        letters = Message.objects.values_list("payer", "state")
        return Counter([*letters, *((of, state) for of, states in told.items() for state in states)])
