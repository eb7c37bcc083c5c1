"""What goes to the card processor and what comes from it, in our words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

CURRENCY = "usd"
SMALLEST_CENTS = 50  # the processor charges no less: its fee would be more than the payment

State = Literal["waiting", "paid", "failed"]
SessionState = Literal["open", "waiting", "paid", "failed", "expired"]
DisputeState = Literal["inquiry", "open", "won", "lost"]
MovementKind = Literal[
    "payment", "payment_failed", "refund", "refund_failed", "dispute", "dispute_won", "payout", "payout_failed", "other"
]


@dataclass(frozen=True, slots=True)
class Page:
    """What the processor's page asks a payer for. `key` makes a repeat give the same page, if all else is the same:
    so `expires_at`, from 30 minutes to 24 hours away, must come from the row and not from the clock.

    `words`: what the payer reads there. `language`: `en` or `es`. `keep_card`: to be charged again by `pay_again`.
    """

    key: str
    amount_cents: int
    words: str
    success_url: str
    cancel_url: str
    email: str = ""
    language: str = "en"
    keep_card: bool = False
    customer_ref: str = ""
    expires_at: datetime | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Session:
    """A page as it stands. `url` only while it is open. `open` also after a declined card: the payer may try another.

    `waiting`: the payer is done and a bank confirms; `failed`: it did not.
    """

    ref: str
    url: str
    payment_ref: str
    state: SessionState
    customer_ref: str
    amount_cents: int = 0
    currency: str = CURRENCY
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Payment:
    """`failure`: the processor's code of the last refusal ("insufficient_funds"). `card_label`: "Visa 4242".

    While its page is open, `failed` is not the end: ask `page`.
    """

    ref: str
    state: State
    amount_cents: int
    currency: str
    failure: str
    card_label: str
    method_ref: str
    customer_ref: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    """A refund; `ref` is empty if the processor would not even begin it. One that was `paid` may still fail later."""

    ref: str
    state: State
    failure: str
    payment_ref: str = ""
    amount_cents: int = 0


@dataclass(frozen=True, slots=True)
class Disputed:
    """`inquiry`: a bank asks and has taken nothing (yet)."""

    ref: str
    payment_ref: str
    amount_cents: int
    currency: str
    state: DisputeState
    reason: str


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of our balance at the processor. `amount_cents`: before its fee, positive when it comes in.

    `about`: the payment (`pi_…`), refund, dispute or payout that moved it. `payment_ref`: the payment behind it.
    """

    ref: str
    kind: MovementKind
    amount_cents: int
    at: datetime
    about: str
    fee_cents: int = 0
    payment_ref: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to the object `about`. What it is now must be asked for."""

    ref: str
    kind: str
    about: str
    made_at: datetime
