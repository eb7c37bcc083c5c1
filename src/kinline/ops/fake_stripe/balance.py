"""The lines of our balance at the processor."""

from kinline.ops.fake_stripe.machine import Machine
from kinline.ops.fake_stripe.store import Object


def fee_of(amount: int) -> int:
    """2.9 % and 30 cents: what a card costs its taker, more or less."""
    return amount * 29 // 1000 + 30


def enter(m: Machine, source: str, kind: str, category: str, amount: int, *, fee: int = 0) -> Object:
    """`amount` before `fee`, negative when it goes out. `kind`, `category`: the API's `type`, `reporting_category`."""
    return m.new(
        "txn",
        "balance_transaction",
        amount=amount,
        available_on=m.now,
        balance_type="payments",
        currency="usd",
        description=None,
        exchange_rate=None,
        fee=fee,
        fee_details=[],
        net=amount - fee,
        reporting_category=category,
        source=source,
        status="available",
        type=kind,
    )
