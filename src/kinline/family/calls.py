"""What the page of money for calls shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kinline.family.balances import Choice, choices, refused
from kinline.payments.queries import numbers as numbers_now
from kinline.payments.queries import origins
from kinline.payments.queries.numbers import NumberView
from kinline.payments.queries.targets import Target, targets

if TYPE_CHECKING:
    from kinline.identity.models import User


@dataclass(frozen=True, slots=True)
class Number:
    """`own_cents`: what I put in and is not spent, while nobody has proved the number."""

    view: NumberView
    target: Target
    own_cents: int


@dataclass(frozen=True, slots=True)
class Calls:
    """My numbers; calling accounts that take money, and those that do not, with why (MON-4)."""

    numbers: list[Number]
    accounts: list[Choice]
    closed: list[Choice]


def for_calls(user: "User", now: datetime) -> Calls:
    lines = targets(user, now)
    own = origins.unspent_of_payer(user.pk)
    by_listing = {line.listed_id: line for line in lines if line.listed_id}
    numbers = [
        Number(view, by_listing[view.id], 0 if view.mine else own.get(view.account, 0))
        for view in numbers_now.numbers_of(user.pk, now)
    ]
    people = [line for line in lines if line.kind == "calls"]
    return Calls(numbers, choices(people), refused(people))
