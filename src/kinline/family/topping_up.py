"""The automatic top-ups of a family member, for a page to show (MON-3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kinline.family import balances
from kinline.family.balances import Choice
from kinline.family.giving_back import title_of
from kinline.payments import queries
from kinline.payments.queries.targets import Target

if TYPE_CHECKING:
    from kinline.identity.models import User
    from kinline.payments.models import TopUp

FIRST = {"below": 250, "amount": 1000, "cap": 5000}  # cents, suggested


@dataclass(frozen=True, slots=True)
class Order:
    """A standing order. `taken_cents`: what it took this calendar month. `live` is false when it ended by itself."""

    account: str
    code: str  # of its balance in an address; empty when nothing can be added there now
    title: str
    below_cents: int
    amount_cents: int
    cap_cents: int
    taken_cents: int
    card: str
    live: bool
    reason: str
    again_at: datetime | None

    @property
    def left_cents(self) -> int:
        return max(0, self.cap_cents - self.taken_cents)


def orders(user: "User", lines: Sequence[Target], now: datetime) -> list[Order]:
    return [_order(user, row, lines, now) for row in queries.top_ups(user.pk)]


def _order(user: "User", row: "TopUp", lines: Sequence[Target], now: datetime) -> Order:
    return Order(
        account=row.account,
        code=next((line.code for line in lines if line.account == row.account), ""),
        title=title_of(row.account, lines),
        below_cents=row.below_cents,
        amount_cents=row.amount_cents,
        cap_cents=row.month_cap_cents,
        taken_cents=queries.topped_up_cents(user.pk, row.account, now),
        card=row.card_label,
        live=row.stopped_at is None,
        reason=row.stop_reason,
        again_at=row.try_after if row.failed_tries else None,
    )


def possible(lines: Iterable[Target], there: Iterable[Order]) -> list[Choice]:
    """Balances that an order can be set up for: mine, which I see, and which have none. When it adds money would tell
    how much there is in a balance that is not mine."""
    taken = {one.account for one in there if one.live}
    return balances.choices(line for line in lines if line.balance is not None and line.account not in taken)


def running(code: str, there: Iterable[Order], lines: Iterable[Target]) -> tuple[Order, Choice] | None:
    """The live order of the balance with this code."""
    order = next((one for one in there if one.live and one.code == code != ""), None)
    choices = balances.choices(line for line in lines if line.code == code)
    return (order, choices[0]) if order and choices else None
