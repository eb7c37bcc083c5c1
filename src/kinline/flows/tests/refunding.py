"""Deposits and a card processor for tests of money that goes back."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from kinline.core.transaction import story
from kinline.flows.deposit import put_in
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.payments.errors import ProcessorDown
from kinline.payments.models import Deposit
from kinline.payments.processors import RefundAnswer
from kinline.payments.services import Facts


def by_card(account: str, cents: int, payer: User, now: datetime, label: str = "Visa 4242") -> Deposit:
    """A card payment as `flows.fulfil` books it."""
    ref = f"pi_{uuid.uuid4().hex}"
    facts = Facts(
        account=account, amount_cents=cents, method="card", payer_id=payer.pk, payer_name="", facility_id=None,
        recorded_by_id=None, payment_ref=ref, card_label=label,
    )  # fmt: skip
    return story(put_in)(facts, chart.processor_clearing("stripe"), client_key=uuid.uuid4(), now=now)


def in_cash(
    account: str, cents: int, now: datetime, facility_id: int, payer: User | None = None, payer_name: str = ""
) -> Deposit:
    facts = Facts(
        account=account, amount_cents=cents, method="cash", payer_id=payer.pk if payer else None,
        payer_name=payer_name, facility_id=facility_id, recorded_by_id=None,
    )  # fmt: skip
    return story(put_in)(facts, chart.facility_cash(facility_id), client_key=uuid.uuid4(), now=now)


@dataclass
class Cards:
    """The processor, in memory. `answers`: what it says from now on: `paid`, `waiting`, `failed`, `down`, `lost`."""

    answers: str = "paid"
    failure: str = ""
    by_key: dict[str, RefundAnswer] = field(default_factory=dict)

    def refund(self, payment_ref: str, amount_cents: int, key: str) -> RefundAnswer:
        if self.answers == "down":
            raise ProcessorDown
        if key not in self.by_key:
            state = "paid" if self.answers == "lost" else self.answers
            ref = "" if self.failure == "refused" else f"re_{len(self.by_key)}"
            self.by_key[key] = RefundAnswer(ref, state, self.failure, payment_ref, amount_cents)
        if self.answers == "lost":
            raise ProcessorDown
        return self.by_key[key]

    def refund_state(self, ref: str) -> RefundAnswer:
        if self.answers == "down":
            raise ProcessorDown
        return next(one for one in self.by_key.values() if one.ref == ref)

    def becomes(self, ref: str, state: str, failure: str = "") -> None:
        for key, one in self.by_key.items():
            if one.ref == ref:
                self.by_key[key] = RefundAnswer(ref, state, failure, one.payment_ref, one.amount_cents)

    @property
    def given_cents(self) -> int:
        return sum(one.amount_cents for one in self.by_key.values() if one.state == "paid")
