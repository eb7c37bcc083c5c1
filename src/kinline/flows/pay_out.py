"""Finance staff pay what no card can take: cheques, and the residents' pay-out list (MON-6)."""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.authority import Actor, named, require
from kinline.flows.give_back import audited, tell_payee
from kinline.identity.permissions import NotPermitted, Permission
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.payments import errors
from kinline.payments.models import PayOut
from kinline.payments.models.refunds import PayOutState, Way
from kinline.payments.queries import origins
from kinline.payments.services import refunds as services
from kinline.payments.services.refunds import Payee
from kinline.payments.states import state_code

FAMILY_WAYS = frozenset({Way.CHEQUE, Way.CASH})
RESIDENT_WAYS = FAMILY_WAYS | {Way.RELEASE_CARD, Way.TRUST}


@story
def settle(*, staff: Actor, pay_out_id: int, reference: str, now: datetime, way: str | None = None) -> PayOut:
    """It was paid: by cheque `reference`, release card, trust account, or in cash of the place. Again, it is the same.

    `way`: as it was really paid; None: as the list says. Raises NoSuchPayOut, NotPermitted, WrongPayOutState, WrongWay,
    ReferenceNeeded, UnderDispute.
    """
    pay_out = _of_desk(staff, pay_out_id, now)
    paid_by, number = way or pay_out.way, reference.strip()
    if (pay_out.state, pay_out.way, pay_out.reference) == (PayOutState.PAID, paid_by, number):
        return pay_out
    if pay_out.state != PayOutState.WAITING:
        raise errors.WrongPayOutState
    _check(pay_out, paid_by, number)
    entry_id = ledger.post(
        key=f"pay_out:{pay_out.pk}", kind="pay_out", reference=f"pay_out:{pay_out.pk}", now=now,
        lines=[(chart.REFUNDS_PAYABLE, -pay_out.amount_cents), (_source(pay_out, paid_by), pay_out.amount_cents)],
    )  # fmt: skip
    values = {"way": paid_by, "reference": number[:80], "settled_by": staff, "entry_id": entry_id, "ended_at": now}
    services.move(pay_out, PayOutState.PAID, **values)
    _recorded("pay_out.settle", staff, pay_out, now)
    tell_payee(pay_out, "refund_paid", now)
    return pay_out


@story
def returned(*, staff: Actor, pay_out_id: int, now: datetime) -> PayOut:
    """What was sent came back or was never cashed: owed again, until somebody has a new address. Again, it is the same.

    Raises NoSuchPayOut, NotPermitted, WrongPayOutState (also of what was handed over in cash).
    """
    pay_out = _of_desk(staff, pay_out_id, now)
    if pay_out.state == PayOutState.RETURNED and pay_out.replaced_by_id is None:
        return pay_out
    if pay_out.state != PayOutState.PAID or pay_out.way in {Way.CASH, Way.CARD}:
        raise errors.WrongPayOutState
    ledger.post(
        key=f"returned:{pay_out.pk}", kind="pay_out_back", reference=f"pay_out:{pay_out.pk}", now=now,
        corrects=pay_out.entry_id,
        lines=[(chart.BANK, -pay_out.amount_cents), (chart.REFUNDS_PAYABLE, pay_out.amount_cents)],
    )  # fmt: skip
    services.move(pay_out, PayOutState.RETURNED, ended_at=None)
    _recorded("pay_out.returned", staff, pay_out, now)
    tell_payee(pay_out, "refund_returned", now)
    return pay_out


@story
def new_address(
    *, staff: Actor, pay_out_id: int, name: str, address: str, now: datetime, region: str = ""
) -> PayOut:  # fmt: skip
    """Where it can be sent. One that waits gets the words; one that came back, or is unclaimed, is paid anew.

    `region`: the address's state. Answers the pay-out that waits now. Raises NoSuchPayOut, NotPermitted,
    WrongPayOutState, AddressNeeded.
    """
    pay_out = _of_desk(staff, pay_out_id, now)
    if not name.strip() or not address.strip():
        raise errors.AddressNeeded
    state = state_code(region) or pay_out.payee_region
    payee = Payee(name.strip()[:161], pay_out.payee_email, address.strip()[:600], state, pay_out.facility_id)
    waits = pay_out.state == PayOutState.WAITING and pay_out.way != Way.CARD
    if waits:
        words = {"payee_name": payee.name, "payee_address": payee.address, "payee_region": payee.region}
        services.move(pay_out, PayOutState.WAITING, **words)
    else:
        pay_out = send_anew(pay_out, payee, now)
    _recorded("pay_out.address", staff, pay_out, now)
    return pay_out


def send_anew(pay_out: PayOut, payee: Payee, now: datetime) -> PayOut:
    """Step: a locked pay-out that came back, or fell to a state that has it not yet, waits again under a new row.

    Raises WrongPayOutState.
    """
    came_back = pay_out.state == PayOutState.RETURNED and pay_out.replaced_by_id is None
    if not came_back and pay_out.state != PayOutState.UNCLAIMED:
        raise errors.WrongPayOutState
    if pay_out.state == PayOutState.UNCLAIMED:
        ledger.post(
            key=f"reclaimed:{pay_out.pk}", kind="reclaimed", reference=f"pay_out:{pay_out.pk}", now=now,
            lines=[
                (chart.unclaimed(pay_out.payee_region), -pay_out.amount_cents),
                (chart.REFUNDS_PAYABLE, pay_out.amount_cents),
            ],
        )  # fmt: skip
    way = Way.CHEQUE if pay_out.way == Way.CARD else pay_out.way
    return services.replace(pay_out, state=PayOutState.RETURNED, way=way, payee=payee, now=now)


def _of_desk(staff: Actor, pay_out_id: int, now: datetime) -> PayOut:
    """Locked. Nobody settles what is paid to themselves (STF-1); what belongs to no place is the operator's."""
    pay_out = services.locked_pay_out(pay_out_id)
    if staff is None:
        return pay_out
    if pay_out.facility_id is None or (pay_out.payee_email and pay_out.payee_email.lower() == staff.email.lower()):
        raise NotPermitted
    require(staff, pay_out.facility_id, Permission.SETTLE_REFUNDS, now)
    return pay_out


def _check(pay_out: PayOut, way: str, reference: str) -> None:
    ways = FAMILY_WAYS if pay_out.resident_id is None else RESIDENT_WAYS
    if pay_out.way == Way.CARD or way not in ways or (way == Way.CASH and pay_out.facility_id is None):
        raise errors.WrongWay
    if way != Way.CASH and not reference:
        raise errors.ReferenceNeeded
    if origins.is_disputed(pay_out.deposit_id):
        raise errors.UnderDispute


def _source(pay_out: PayOut, way: str) -> str:
    if way == Way.CASH and pay_out.facility_id is not None:
        return chart.facility_cash(pay_out.facility_id)
    return chart.BANK


def _recorded(act: str, staff: Actor, pay_out: PayOut, now: datetime) -> None:
    record(
        named(staff), act, f"pay_out:{pay_out.pk}", now=now, facility_id=pay_out.facility_id,
        amount_cents=pay_out.amount_cents, account=audited(pay_out.refund.account),
    )  # fmt: skip
