"""Everybody who moves money, and the bad luck they have: for the random histories of `test_money_histories`.

Two families, two residents, two telephone numbers, a desk that may do all of finance, and a card processor in memory.
Each act is a method `_<name>`; what it is about is picked by number among what there is.
"""

import contextlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from conftest import PASSWORD
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils import timezone

from kinline.contacts.models import Contact
from kinline.core.errors import Refusal
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.facilities.models import Facility
from kinline.flows import (
    agency,
    authorise_call,
    checkout,
    custody,
    deposit_file,
    end_call,
    numbers,
    pay_out,
    processor_event,
    proof,
    refund,
    tell_call,
    top_up,
)
from kinline.flows import unclaimed as unclaimed_flow
from kinline.flows.authorise_call import Try
from kinline.flows.close_account import close_account
from kinline.flows.decide_review import refuse, release
from kinline.flows.deposit import record_deposit
from kinline.flows.send_message import send
from kinline.flows.take_back import take_back
from kinline.flows.tell_call import Moment
from kinline.identity.models import User
from kinline.ledger import chart, queries
from kinline.messaging.models import Message
from kinline.ops.handlers import BY_THE_CLOCK, HANDLERS
from kinline.payments.errors import ProcessorDown
from kinline.payments.models import Allowance, Checkout, Deposit, Difference, PayOut, Refund, TopUp
from kinline.payments.services import Terms, note_compared
from kinline.residents.models import Resident
from kinline.telephony.models import Call
from tests.calls.line import PIN, Line
from tests.money.books import settle
from tests.money.luck import Death, done, due, open_pages, pick, put_off, row, verify
from tests.money.processor import FakeProcessor, Killed, signed

NUMBERS = ("+18135550142", "+18135550143")
WORD = "look"  # the word for which letters are held
RETRY = timedelta(minutes=10)
DAY = 24 * 60  # minutes
CLOCK = [name for name in BY_THE_CLOCK if name != "housekeeping"]


@dataclass
class World:
    families: list[User]
    residents: list[Resident]
    pairs: list[Contact]
    place: Facility
    desk: User
    processor: FakeProcessor
    now: datetime
    phones: dict[int, Line]  # by facility
    heard: list[int] = field(default_factory=list)
    seq: int = 0

    # An act, with its luck

    def do(self, name: str, *values: Any, dies_at: int = 0) -> str:
        """`done`, the code of a refusal, or `killed`."""
        self.now += timedelta(seconds=1)
        self.processor.now = self.now
        frame = connection.execute_wrapper(Death(dies_at)) if dies_at else contextlib.nullcontext()
        try:
            with frame:
                getattr(self, f"_{name}")(*values)
        except Refusal as refusal:
            return refusal.code
        except Killed:
            return "killed"
        return "done"

    # Balances

    def accounts(self) -> list[str]:
        own = [chart.family_messages(user.pk) for user in self.families]
        theirs = [make(one.pk) for one in self.residents for make in (chart.resident_messages, chart.resident_calls)]
        return [*own, *theirs, *(chart.number_prepaid(number) for number in NUMBERS)]

    def account(self, number: int) -> str:
        return self.accounts()[number % len(self.accounts())]

    def family(self, number: int) -> User:
        return User.objects.get(pk=self.families[number % len(self.families)].pk)

    # Money in

    def _lobby(self, account: int, cents: int, key: uuid.UUID) -> None:
        record_deposit(
            account=self.account(account), amount_cents=cents, method="cash", client_key=key, now=self.now,
            recorded_by=self.desk, facility_id=self.place.pk, payer_name="An aunt",
        )  # fmt: skip

    def _gift(self, account: int, payer: int, cents: int, key: uuid.UUID) -> None:
        record_deposit(
            account=self.account(account), amount_cents=cents, method="cash", client_key=key, now=self.now,
            recorded_by=self.desk, facility_id=self.place.pk, payer=self.family(payer),
        )  # fmt: skip

    def _file(self, account: int, cents: int, key: uuid.UUID) -> None:
        who = {
            "family": lambda: f"family:{self.families[account % 2].username}",
            "resident": lambda: f"resident:{self.residents[account % 2].number}",
            "calls": lambda: f"calls:{self.residents[account % 2].number}",
            "phone": lambda: f"phone:{NUMBERS[account % 2]}",
        }[("family", "resident", "calls", "phone")[account % 4]]()
        line = f"{who},{cents / 100:.2f},{key}\n"
        text = f"account,amount,reference\n{line}total,{cents / 100:.2f},1\n"
        done = deposit_file.import_deposits(
            text.encode(), name="day.csv", staff=self.desk, facility_id=self.place.pk, now=self.now
        )
        if done.faults:
            raise Refusal

    def _buy(self, payer: int, account: int, cents: int, key: uuid.UUID, terms: bool) -> None:
        checkout.start(
            self.family(payer), account=self.account(account), amount_cents=cents, client_key=key, now=self.now,
            top_up=Terms(300, cents, cents * 3) if terms else None,
        )  # fmt: skip

    def _pay(self, page: int, card: str) -> None:
        self.processor.pay(pick(open_pages(self.processor), page), card)

    def _confirm(self, payment: int, failure: str) -> None:
        waiting = [ref for ref, kept in self.processor.payments.items() if kept.payment.state == "waiting"]
        self.processor.confirm(pick(waiting, payment), failure)

    def _back(self, number: int) -> None:
        one = row(Checkout.objects.all(), number)
        checkout.came_back(one.payer, one.pk, self.now)

    def _give_up(self, number: int) -> None:
        one = row(Checkout.objects.all(), number)
        checkout.give_up(one.payer, one.pk, self.now)

    def _charges(self, kind: str) -> None:
        """What the processor will answer to the next charge of a kept card."""
        self.processor.next_charge = kind

    def _stop_top_up(self, number: int) -> None:
        one = row(TopUp.objects.filter(stopped_at=None), number)
        top_up.stop(one.user, one.account, self.now)

    def _grant(self, letters: int) -> None:
        Allowance.objects.create(
            facility=self.place, kind="messages", per_week=letters, effective_from=self.now - timedelta(seconds=1)
        )

    def _agency_pays(self, cents: int, key: uuid.UUID) -> None:
        agency.record_payment(
            staff=self.desk, agency_id=self.place.agency_id, amount_cents=cents, reference=str(key), now=self.now
        )

    # Money spent

    def _write(self, pair: int, side: str, word: str, ahead: bool, key: uuid.UUID) -> None:
        contact = self.pairs[pair % len(self.pairs)]
        party = Party(FAMILY, contact.user_id) if side == FAMILY else Party(RESIDENT, contact.resident_id)
        latest = Message.objects.filter(contact=contact, state="delivered").exclude(sender=side).order_by("-pk").first()
        send(
            party, contact_id=contact.pk, subject="", body=f"A word: {word}", client_key=key, collect=True,
            now=self.now, reply_to=latest.pk if latest else None, prepay_reply=ahead,
        )  # fmt: skip

    def _decide(self, number: int, let: bool) -> None:
        one = row(Message.objects.filter(state="review"), number)
        if let:
            release(staff=self.desk, message_id=one.pk, now=self.now)
        else:
            refuse(staff=self.desk, message_id=one.pk, reason_code="plan", explanation="A plan.", now=self.now)

    def _take_back(self, number: int) -> None:
        one = row(Message.objects.filter(state__in=["review", "scheduled", "collect"]), number)
        contact = Contact.objects.get(pk=one.contact_id)
        party = Party(FAMILY, contact.user_id) if one.sender == FAMILY else Party(RESIDENT, contact.resident_id)
        take_back(party, message_id=one.pk, now=self.now)

    def _minutes(self, minutes: int) -> None:
        Allowance.objects.create(
            facility=self.place, kind="minutes", per_week=minutes, effective_from=self.now - timedelta(seconds=1)
        )

    def _call(self, number: int, key: uuid.UUID) -> None:
        """A resident lifts a receiver where they are, or were."""
        one, keys = self.residents[number % 2], NUMBERS[number // 2 % 2].removeprefix("+1")
        held = one.custodies.filter(ended_at=None).first()
        line = self.phones[held.facility_id if held else self.place.pk]
        tried = Try(one.number, PIN, keys)
        answer = authorise_call.authorise(line.switch, key=key, station=line.station, tried=tried, now=self.now)
        if not answer.decision.allowed:
            raise Refusal

    def _moment(self, number: int, kind: str) -> None:
        self._tell(self._live(number), kind)

    def _alive(self, number: int, seconds: int) -> None:
        call = self._live(number)
        tell_call.alive(call.switch, heard={call.key: 1000 * seconds}, now=self.now)

    def _hang_up(self, number: int, seconds: int) -> None:
        """It ends: what was used is taken, the rest goes back; or nobody answered. Told twice, as switches do."""
        call = self._live(number)
        if seconds:
            self._tell(call, "accepted")
        for _ in range(2):
            end_call.end(
                call.switch, key=call.key, reason="caller_hung_up" if seconds else "no_answer", side="caller",
                billable_ms=1000 * seconds, sip_code=0, now=self.now,
            )  # fmt: skip

    def _boots(self, number: int) -> None:
        call = self._live(number)
        tell_call.booted(call.switch, boot_id=str(number), now=self.now)

    def _live(self, number: int) -> Call:
        found: Call = row(Call.objects.select_related("switch").filter(ended_at=None), number)
        return found

    def _tell(self, call: Call, kind: str) -> None:
        self.seq += 1
        tell_call.tell(call.switch, key=call.key, moment=Moment(self.seq, kind, self.now), now=self.now)

    # Money back

    def _refund(self, payer: int, account: int, cents: int, key: uuid.UUID) -> None:
        """Of one's own credits, of a number, or (four in twenty) of anything."""
        user = self.family(payer)
        mine = [chart.family_messages(user.pk), *map(chart.number_prepaid, NUMBERS)] * 6 + self.accounts()
        asked = mine[account % len(mine)]
        whole = queries.balance(asked).available_cents
        refund.ask(user=user, account=asked, amount_cents=cents or max(whole, 1), client_key=key, now=self.now)

    def _inside(self, number: int, calls: bool, cents: int, key: uuid.UUID) -> None:
        one = self.residents[number % 2].pk
        account = chart.resident_calls(one) if calls else chart.resident_messages(one)
        refund.ask_resident(resident_id=one, account=account, amount_cents=cents, client_key=key, now=self.now)

    def _undo(self, number: int, key: uuid.UUID) -> None:
        gift = row(Deposit.objects.filter(payer__isnull=False, account__startswith="resident:"), number)
        refund.undo_gift(user=gift.payer, deposit_id=gift.pk, client_key=key, now=self.now)

    def _settle(self, number: int, way: str | None) -> None:
        one = row(PayOut.objects.filter(state="waiting").exclude(way="card"), number)
        pay_out.settle(staff=self._clerk(one), pay_out_id=one.pk, reference=f"N{one.pk}", now=self.now, way=way)

    def _returned(self, number: int) -> None:
        one = row(PayOut.objects.filter(state="paid").exclude(way__in=["card", "cash"]), number)
        pay_out.returned(staff=self._clerk(one), pay_out_id=one.pk, now=self.now)

    def _address(self, number: int) -> None:
        one = row(PayOut.objects.filter(state__in=["returned", "unclaimed", "waiting"], replaced_by=None), number)
        words = {"name": "Ann Sample", "address": "1 Sample Street", "region": "NY"}
        pay_out.new_address(staff=self._clerk(one), pay_out_id=one.pk, now=self.now, **words)

    def _remit(self, number: int) -> None:
        one = row(PayOut.objects.filter(state="unclaimed"), number)
        unclaimed_flow.remit(staff=self._clerk(one), pay_out_id=one.pk, reference="R1", now=self.now)

    def _clerk(self, one: PayOut) -> User | None:
        """What belongs to no place is the operator's."""
        return self.desk if one.facility_id is not None else None

    # Banks and the processor

    def _dispute(self, number: int, part: int) -> None:
        paid = [
            kept.payment for kept in self.processor.payments.values()
            if kept.payment.state == "paid" and not kept.dispute_ref
        ]  # fmt: skip
        one = pick(paid, number)
        self.processor.disputes(one.ref, max(50, one.amount_cents * part // 100))

    def _bank_decides(self, number: int, state: str) -> None:
        may = {"open": ("won", "lost"), "lost": ("won",), "won": ()}
        open_ones = [ref for ref, one in self.processor.disputed.items() if state in may[one.state]]
        self.processor.decides(pick(open_ones, number), state)

    def _refunds_wait(self, on: bool) -> None:
        self.processor.refunds_wait = on

    def _refund_ends(self, number: int, failure: str) -> None:
        may = ("waiting", "paid") if failure else ("waiting",)
        refs = [ref for ref, one in self.processor.refunds.items() if one.state in may]
        self.processor.ends_refund(pick(refs, number), failure)

    def _payout(self, part: int) -> None:
        if self.processor.balance_cents <= 0:
            raise Refusal
        self.processor.pays_out(max(1, self.processor.balance_cents * part // 100))

    def _luck(self, function: str, luck: str) -> None:
        self.processor.fails(function, luck)

    def _down(self, on: bool) -> None:
        self.processor.is_down = on

    def _hear(self, number: int, again: bool) -> None:
        """An event comes: any of those that were not heard yet, in any order, or one a second time."""
        fresh = [n for n in range(len(self.processor.events)) if again or n not in self.heard]
        index = pick(fresh, number)
        body, signature = signed(self.processor.events[index], settings.STRIPE_WEBHOOK_SECRET, self.now)
        processor_event.receive(body, signature, self.now)
        self.heard.append(index)

    # People

    def _list(self, payer: int, number: int) -> None:
        numbers.list_number(self.family(payer), number=NUMBERS[number % 2], now=self.now)

    def _prove(self, payer: int, number: int) -> None:
        user = self.family(payer)
        numbers.confirm(staff=self.desk, facility_id=self.place.pk, user=user, number=NUMBERS[number % 2], now=self.now)

    def _leave(self, number: int) -> None:
        custody.release_resident(staff=None, resident_id=self.residents[number % 2].pk, now=self.now)

    def _come(self, number: int) -> None:
        one = self.residents[number % 2]
        custody.book_resident(
            staff=None, facility_id=self.place.pk, number=one.number, first_name="D", last_name="S", now=self.now
        )

    def _close(self, number: int) -> None:
        close_account(self.family(number), password=PASSWORD, now=self.now)

    # Time

    def _time(self, minutes: int) -> None:
        """When days pass, two nights of theirs: what runs by the clock makes up for those between. A processor that is
        down is back by then, and before the second night all bad luck is over.
        """
        if minutes >= DAY:
            minutes -= self._pass(min(minutes, 2 * DAY))
            self._down(False)
            self._night()
        if minutes >= DAY:
            self.processor._faults.clear()
            minutes -= self._pass(DAY)
            self._night()
        self._pass(minutes)
        if minutes >= DAY:  # the nights between: nobody did anything, so each found an empty list
            compared = timezone.localdate(self.now, timezone.get_default_timezone()) - timedelta(days=1)
            note_compared(compared, now=self.now)

    def _pass(self, minutes: int) -> int:
        self.now += timedelta(minutes=minutes)
        self.processor.now = self.now
        for ref in open_pages(self.processor):
            ends = self.processor.pages[ref].expires_at
            if ends is not None and ends <= self.now:
                self.processor.expire_page(ref)
        self.work()
        return minutes

    def _night(self) -> None:
        """Whatever runs by the clock, again if the processor did not answer."""
        for name in CLOCK:
            for _ in range(3):
                with contextlib.suppress(ProcessorDown):
                    HANDLERS[name](now=self.now)
                    break
        self.work()

    def _clock(self, name: str) -> None:
        HANDLERS[name](now=self.now)

    def work(self) -> None:
        """What the worker does by now. A job that a fault ends is done again later, as by procrastinate."""
        for row_id, name, ids in due(self.now):
            try:
                HANDLERS[name](now=self.now, **ids)
                HANDLERS[name](now=self.now, **ids)
            except ProcessorDown:
                put_off(row_id, self.now + RETRY)
            else:
                done(row_id)

    # What must hold

    def check(self) -> None:
        settle()
        broken = proof.differences() + queries.replay()
        assert broken == [], broken
        below = [one for one, cents in queries.totals().items() if chart.is_customer(one) and cents < 0]
        assert below == []

    def end(self) -> None:
        """Faults are over and time goes on: nothing is lost, doubled or stuck, and both sides' books are one."""
        self._down(False)
        self.processor._faults.clear()
        self.processor.next_charge = "ok"
        for ref, kept in list(self.processor.payments.items()):
            if kept.payment.state == "waiting":
                self.processor.confirm(ref)
        for ref, one in list(self.processor.refunds.items()):
            if one.state == "waiting":
                self.processor.ends_refund(ref)
        for ref, dispute in list(self.processor.disputed.items()):
            if dispute.state == "open":
                self.processor.decides(ref, "won")
        self._refunds_wait(False)
        for _ in range(3):
            self._time(2 * DAY)
        self.check()
        assert not Call.objects.filter(ended_at=None).exists()
        assert "The books are right." in verify()
        self._whole()

    def _whole(self) -> None:
        open_ones = Checkout.objects.filter(state__in=["new", "open", "waiting"])
        assert not open_ones.exists(), list(open_ones.values())
        waiting = PayOut.objects.filter(way="card", state__in=["waiting", "sent"])
        assert not waiting.exists(), list(waiting.values())
        paid = {
            ref: one.payment.amount_cents for ref, one in self.processor.payments.items() if one.payment.state == "paid"
        }
        assert dict(Deposit.objects.filter(method="card").values_list("payment_ref", "amount_cents")) == paid
        # Its fees leave the clearing account for one of their own; its balance here is before them.
        at_processor = sum(cents for one, cents in queries.totals().items() if one.startswith("processor:stripe:"))
        ours, theirs = -at_processor, self.processor.balance_cents
        assert ours == theirs, list(Difference.objects.values())
        doubled = Refund.objects.filter(pay_outs__amount_cents__gt=F("amount_cents"))
        assert not doubled.exists()
        for user in User.objects.filter(pk__in=[one.pk for one in self.families], closed_at__isnull=False):
            assert queries.balance(chart.family_messages(user.pk)) == queries.Balance(0, 0)
