"""A card processor in memory, with the functions of `payments.processors` and bad luck on demand.

`install(monkeypatch)` puts it in the processor's place. `pay`, `confirm`, `disputes`, `decides`, `ends_refund`,
`pays_out` are what payers, banks and the processor do; each leaves an event in `events`, as the real one sends it.
`fails("create_page", "lost")` makes a call go wrong: `down` (nothing was done), `lost` (done, but no answer came),
`killed` (done, answered, and the one who asked died before writing it down), `refused`.
"""

import hashlib
import hmac
import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from kinline.payments import processors
from kinline.payments.errors import ProcessorDown, ProcessorRefused
from kinline.payments.processors import Disputed, Event, Movement, Page, Payment, RefundAnswer, Session

FUNCTIONS = (
    "create_page", "page", "expire_page", "payment", "pay_again", "forget_card", "refund", "refund_state", "dispute",
    "movements",
)  # fmt: skip
FEE_CENTS = 30

DECLINES = {"declined": "generic_decline", "empty": "insufficient_funds", "expired": "expired_card"}


class Killed(BaseException):
    """The worker died here. Not an Exception: nobody on the way out may clean up."""


@dataclass
class _Kept:
    """A payment as the processor keeps it."""

    payment: Payment
    refunded_cents: int = 0
    takes_refunds: bool = True
    dispute_ref: str = ""


@dataclass
class FakeProcessor:
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    name: str = ""  # of several in one database: part of every reference
    sessions: dict[str, Session] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    payments: dict[str, _Kept] = field(default_factory=dict)
    refunds: dict[str, RefundAnswer] = field(default_factory=dict)
    disputed: dict[str, Disputed] = field(default_factory=dict)
    listed: list[Movement] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    forgotten: set[str] = field(default_factory=set)
    is_down: bool = False
    refunds_wait: bool = False
    next_charge: str = "ok"
    _keys: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    _faults: dict[str, deque[str]] = field(default_factory=dict)
    _count: int = 0

    # In the processor's place

    def install(self, patch: pytest.MonkeyPatch) -> "FakeProcessor":
        for name in FUNCTIONS:
            patch.setattr(processors, name, self._with_luck(name))
        return self

    def fails(self, name: str, *luck: str) -> None:
        """The next calls of this function go wrong, one for each word; `ok` lets one pass."""
        self._faults.setdefault(name, deque()).extend(luck)

    def _with_luck(self, name: str) -> Any:
        real = getattr(self, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            self.calls.append(name)
            faults = self._faults.get(name)
            luck = faults.popleft() if faults else "ok"
            if self.is_down or luck == "down":
                raise ProcessorDown
            if luck == "refused":
                raise ProcessorRefused("refused")
            answer = real(*args, **kwargs)
            if luck == "lost":
                raise ProcessorDown
            if luck == "killed":
                raise Killed
            return answer

        return call

    # What our side calls

    def create_page(self, page: Page) -> Session:
        def make() -> Session:
            ref = self._ref("cs_test")
            self.pages[ref] = page
            metadata = {**page.metadata, "key": page.key}
            self.sessions[ref] = Session(
                ref, f"https://pay.example/{ref}", "", "open", page.customer_ref, page.amount_cents, "usd", metadata
            )
            return self.sessions[ref]

        return self.sessions[self._once(page.key, page, make).ref]

    def page(self, ref: str) -> Session:
        return self._known(self.sessions, ref)

    def expire_page(self, ref: str) -> Session:
        if self.page(ref).state == "open":
            self._move(ref, state="expired", url="")
            self._happened("checkout.session.expired", ref)
        return self.page(ref)

    def payment(self, ref: str) -> Payment:
        return self._known(self.payments, ref).payment

    def pay_again(
        self, customer_ref: str, method_ref: str, amount_cents: int, key: str, metadata: Mapping[str, str]
    ) -> Payment:
        if method_ref in self.forgotten and key not in self._keys:
            raise ProcessorRefused("payment_method_detached")

        def charge() -> Payment:
            return self._charged(amount_cents, {**metadata, "key": key}, self.next_charge, customer_ref, method_ref)

        return self.payment(self._once(key, (customer_ref, method_ref, amount_cents), charge).ref)

    def forget_card(self, method_ref: str) -> None:
        self.forgotten.add(method_ref)

    def refund(self, payment_ref: str, amount_cents: int, key: str) -> RefundAnswer:
        answer = self._once(key, (payment_ref, amount_cents), lambda: self._refunded(payment_ref, amount_cents))
        return self.refunds.get(answer.ref, answer)

    def refund_state(self, ref: str) -> RefundAnswer:
        return self._known(self.refunds, ref)

    def dispute(self, ref: str) -> Disputed:
        return self._known(self.disputed, ref)

    def movements(self, day_start: datetime, day_end: datetime) -> Iterator[Movement]:
        yield from [one for one in reversed(self.listed) if day_start <= one.at < day_end]

    # What payers, banks and the processor do

    def pay(self, session_ref: str, card: str = "ok", *, currency: str = "usd", cents: int | None = None) -> Payment:
        """A payer types a card: `ok`, `bank` (confirmed later), `no_refunds`, or one that is declined."""
        session, page = self.page(session_ref), self.pages[session_ref]
        assert session.state == "open", "a page that is not open cannot be paid"
        customer = page.customer_ref or (self._ref("cus") if page.keep_card else "")
        payment = self._charged(
            page.amount_cents if cents is None else cents, dict(session.metadata), card, customer, self._ref("pm"),
            currency=currency,
        )  # fmt: skip
        if payment.state == "failed":
            self._move(session_ref, payment_ref=payment.ref)
            return payment
        self._move(session_ref, payment_ref=payment.ref, state=payment.state, customer_ref=customer, url="")
        self._happened("checkout.session.completed", session_ref)
        return payment

    def confirm(self, payment_ref: str, failure: str = "") -> None:
        """A bank answers, days later: yes, or no and why."""
        kept = self.payments[payment_ref]
        assert kept.payment.state == "waiting"
        state: Any = "failed" if failure else "paid"
        kept.payment = replace(kept.payment, state=state, failure=failure)
        if not failure:
            self._listed("payment", kept.payment.amount_cents, payment_ref, payment_ref)
        for ref, session in self.sessions.items():
            if session.payment_ref == payment_ref:
                self._move(ref, state=state)
                self._happened(f"checkout.session.async_payment_{'failed' if failure else 'succeeded'}", ref)
        self._happened(f"payment_intent.{'payment_failed' if failure else 'succeeded'}", payment_ref)

    def ends_refund(self, ref: str, failure: str = "") -> None:
        """A bank took the refund, or did not: then it is ours again."""
        before = self.refunds[ref]
        self.refunds[ref] = replace(before, state="failed" if failure else "paid", failure=failure)
        if failure:
            self.payments[before.payment_ref].refunded_cents -= before.amount_cents
            self._listed("refund_failed", before.amount_cents, ref, before.payment_ref)
        self._happened("refund.updated", ref)

    def disputes(self, payment_ref: str, cents: int | None = None, *, inquiry: bool = False) -> str:
        """A bank asks a payment back, or only asks. The dispute's name."""
        kept, ref = self.payments[payment_ref], self._ref("du")
        amount = kept.payment.amount_cents if cents is None else cents
        state: Any = "inquiry" if inquiry else "open"
        self.disputed[ref] = Disputed(ref, payment_ref, amount, "usd", state, "fraudulent")
        if not inquiry:
            kept.dispute_ref = ref
            self._listed("dispute", -amount, ref, payment_ref)
        self._happened("charge.dispute.created", ref)
        return ref

    def decides(self, dispute_ref: str, state: Any) -> None:
        """`won`: by us, the money is back. `lost`: the payer's bank keeps it."""
        found = self.disputed[dispute_ref] = replace(self.disputed[dispute_ref], state=state)
        if state == "won":
            self.payments[found.payment_ref].dispute_ref = ""
            self._listed("dispute_won", found.amount_cents, dispute_ref, found.payment_ref)
        self._happened("charge.dispute.closed", dispute_ref)

    def pays_out(self, cents: int) -> None:
        self._listed("payout", -cents, self._ref("po"), "")

    @property
    def balance_cents(self) -> int:
        """What it holds of ours, before its fees."""
        return sum(one.amount_cents for one in self.listed)

    # Its own books

    def _charged(
        self, cents: int, metadata: dict[str, str], card: str, customer: str, method: str, *, currency: str = "usd"
    ) -> Payment:
        ref = self._ref("pi")
        state: Any = "failed" if card in DECLINES else "waiting" if card == "bank" else "paid"
        payment = Payment(ref, state, cents, currency, DECLINES.get(card, ""), "Visa 4242", method, customer, metadata)
        self.payments[ref] = _Kept(payment, takes_refunds=card != "no_refunds")
        if state == "paid":
            self._listed("payment", cents, ref, ref)
        kind = {"paid": "succeeded", "failed": "payment_failed", "waiting": "processing"}[state]
        self._happened(f"payment_intent.{kind}", ref)
        return payment

    def _refunded(self, payment_ref: str, cents: int) -> RefundAnswer:
        kept = self._known(self.payments, payment_ref)
        if kept.dispute_ref:
            return RefundAnswer("", "failed", "charge_disputed", payment_ref, cents)
        if kept.payment.state != "paid" or cents > kept.payment.amount_cents - kept.refunded_cents:
            return RefundAnswer("", "failed", "charge_already_refunded", payment_ref, cents)
        ref = self._ref("re")
        state: Any = "waiting" if self.refunds_wait else "paid"
        self.refunds[ref] = RefundAnswer(ref, state, "", payment_ref, cents)
        kept.refunded_cents += cents
        self._listed("refund", -cents, ref, payment_ref)
        self._happened("refund.created", ref)
        if not kept.takes_refunds:
            self.ends_refund(ref, "declined")
        return self.refunds[ref]

    def _once(self, key: str, facts: Any, make: Any) -> Any:
        if key in self._keys:
            known, answer = self._keys[key]
            if known != facts:
                raise ProcessorRefused("idempotency_error")
            return answer
        answer = make()
        self._keys[key] = (facts, answer)
        return answer

    def _known(self, things: dict[str, Any], ref: str) -> Any:
        if ref not in things:
            raise ProcessorRefused("resource_missing")
        return things[ref]

    def _move(self, ref: str, **changes: Any) -> None:
        self.sessions[ref] = replace(self.sessions[ref], **changes)

    def _listed(self, kind: Any, cents: int, about: str, payment_ref: str) -> None:
        fee = FEE_CENTS if kind == "payment" else 0
        self.listed.append(Movement(self._ref("txn"), kind, cents, self.now, about, fee, payment_ref))

    def _happened(self, kind: str, about: str) -> None:
        self.events.append(Event(self._ref("evt"), kind, about, self.now))

    def _ref(self, kind: str) -> str:
        self._count += 1
        return f"{kind}_{self.name}{self._count:06d}"


def signed(event: Event, secret: str, at: datetime) -> tuple[bytes, str]:
    """The event's body and its signature header, as the real processor sends them."""
    told = {
        "id": event.ref, "object": "event", "type": event.kind, "created": int(event.made_at.timestamp()),
        "data": {"object": {"id": event.about}},
    }  # fmt: skip
    body = json.dumps(told).encode()
    stamp = int(at.timestamp())
    mark = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return body, f"t={stamp},v1={mark}"
