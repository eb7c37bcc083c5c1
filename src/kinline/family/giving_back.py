"""What a family member can have back, and from where (MON-6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings

from kinline.core.parties import FAMILY, Party
from kinline.family import balances
from kinline.ledger import chart
from kinline.payments.queries import origins, refunds
from kinline.payments.queries.numbers import ids_of
from kinline.payments.queries.targets import Target
from kinline.payments.telephone import spoken

if TYPE_CHECKING:
    from kinline.identity.models import User

OWN = "me"


@dataclass(frozen=True, slots=True)
class Source:
    """A balance that money may come back from. `found.mine_cents` is how much, at most. `code` names it in a form and
    in an address, where no telephone number may stand (R8)."""

    code: str
    account: str
    title: str
    found: refunds.Refundable


def sources(user: "User", lines: Sequence[Target], now: datetime) -> list[Source]:
    """My credits, the numbers I proved, and what I put into numbers that nobody proved. Mine first, even if empty."""
    accounts = [*origins.held_numbers(user.pk), *origins.unspent_of_payer(user.pk)]
    ids = ids_of(accounts)
    own = source(user, OWN, chart.family_messages(user.pk), lines, now)
    return [own, *(source(user, f"number-{ids[account]}", account, lines, now) for account in accounts)]


def source(
    user: "User", code: str, account: str, lines: Sequence[Target], now: datetime, *, cents: int | None = None
) -> Source:
    """One of them. `cents`: how so much would be paid."""
    found = refunds.refundable(Party(FAMILY, user.pk), account, now, cents)
    return Source(code, account, title_of(account, lines), found)


def title_of(account: str, lines: Sequence[Target]) -> str:
    return balances.title_of(account, lines, spoken(account.split(":")[1], settings.COUNTRY))


def address_lines(user: "User") -> list[str]:
    """Where a cheque would go; empty when a part is missing."""
    if not (user.address_line1 and user.city):
        return []
    return list(filter(None, [
        user.name, user.address_line1, user.address_line2, f"{user.city}, {user.region} {user.postal_code}".strip(),
    ]))  # fmt: skip
