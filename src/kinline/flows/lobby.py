"""Cash or a money order over the counter, for any of the four balances (MON-3, MON-4)."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from kinline.facilities import queries as facilities
from kinline.flows.deposit import record_deposit
from kinline.identity.models import User
from kinline.identity.permissions import Permission, require
from kinline.payments import errors
from kinline.payments.models import Deposit
from kinline.payments.queries import lobby
from kinline.payments.services import numbers

Method = Literal["cash", "money_order"]


def take_money(
    *,
    staff: User,
    facility_id: int,
    code: str,
    amount_cents: int,
    method: Method,
    payer_name: str,
    reference: str,
    client_key: UUID,
    now: datetime,
) -> Deposit:
    """The deposit, with its receipt; the same key again is the same deposit. `code`: as of `lobby.LobbyAccount`.

    A number that nobody named before becomes known by it. Raises NotPermitted, NoSuchBalance, NotOffered,
    ReferenceMissing, and what `record_deposit` raises.
    """
    require(staff, facility_id, Permission.RECORD_DEPOSIT, now)
    place = facilities.facility_by_id(facility_id)
    found = lobby.by_code(place, code) if place else None
    if found is None:
        raise errors.NoSuchBalance
    if found.why_not:
        raise errors.NotOffered(why=found.why_not)
    if method == "money_order" and not reference.strip():
        raise errors.ReferenceMissing
    if found.kind == "phone":
        numbers.known(found.detail, now=now)
    return record_deposit(
        account=found.account, amount_cents=amount_cents, method=method, client_key=client_key, now=now,
        recorded_by=staff, facility_id=facility_id, payer_name=payer_name, reference=reference,
    )  # fmt: skip
