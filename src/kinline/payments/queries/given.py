"""What somebody put into others' balances (MON-6): of those a payer sees their own deposits, and no balance."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.db.models import Q, Sum

from kinline.core.parties import FAMILY, RESIDENT
from kinline.ledger import chart
from kinline.payments.models import Deposit, PayOut
from kinline.payments.models.refunds import PayOutState
from kinline.payments.telephone import spoken
from kinline.residents.models import Resident

PAGE = 25
Kind = Literal["messages", "calls", "number"]
_NOT_PAID_BACK = Q(state__in=[PayOutState.FAILED, PayOutState.RECALLED]) | Q(replaced_by__isnull=False)


@dataclass(frozen=True, slots=True)
class Whose:
    """A balance as a payer may know it. `name`: the resident's, or the number as people write it; of another family
    member's it is empty.
    """

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Given:
    """`back_cents`: what of it came back to the payer, or is on its way."""

    receipt: str
    at: datetime
    cents: int
    method: str
    whose: Whose
    back_cents: int


@dataclass(frozen=True, slots=True)
class Page:
    """`next`: the cursor of the next page, or None on the last."""

    rows: list[Given]
    next: int | None


def given(user_id: int, *, before: int | None = None, size: int = PAGE) -> Page:
    """A page of it, newest first."""
    deposits = Deposit.objects.filter(payer_id=user_id).exclude(account=chart.family_messages(user_id))
    if before is not None:
        deposits = deposits.filter(pk__lt=before)
    found = list(deposits.order_by("-pk")[: size + 1])
    rows, whose = found[:size], whose_are(one.account for one in found)
    back = _back(user_id, [one.pk for one in rows])
    told = [
        Given(one.receipt, one.at, one.amount_cents, one.method, whose[one.account], back.get(one.pk, 0))
        for one in rows
    ]
    return Page(told, rows[-1].pk if len(found) > size else None)


def _back(user_id: int, deposit_ids: list[int]) -> dict[int, int]:
    paid = PayOut.objects.filter(deposit_id__in=deposit_ids, user_id=user_id).exclude(_NOT_PAID_BACK)
    return dict(paid.order_by().values_list("deposit_id").annotate(Sum("amount_cents")))


def whose_are(accounts: Iterable[str]) -> dict[str, Whose]:
    """What to call balances: one statement for all residents among them."""
    owners = {account: chart.owner(account) for account in accounts}
    ids = [int(key) for kind, key, _purpose in owners.values() if kind == RESIDENT]
    names = {person.pk: person.name for person in Resident.objects.filter(pk__in=ids)} if ids else {}
    return {account: _whose(*owner, names) for account, owner in owners.items()}


def _whose(kind: str, key: str, purpose: str, names: dict[int, str]) -> Whose:
    if kind == FAMILY:
        return Whose("messages", "")
    if kind == RESIDENT:
        return Whose("calls" if purpose == "calls" else "messages", names.get(int(key), ""))
    return Whose("number", spoken(key, settings.COUNTRY))
