"""Money that could not be returned (F18, E3): a letter to its owner, then it is owed to a state; never revenue."""

from datetime import date, datetime

from django.conf import settings

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.authority import Actor, named, require
from kinline.flows.give_back import audited, tell_payee
from kinline.flows.pay_out import send_anew
from kinline.flows.sweeping import each
from kinline.identity.permissions import NotPermitted, Permission
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.payments import errors
from kinline.payments.models import PayOut
from kinline.payments.models.refunds import PayOutState
from kinline.payments.queries import dormancy, origins
from kinline.payments.rules import unclaimed_step
from kinline.payments.services import refunds as services
from kinline.payments.states import state_code


def sweep_unclaimed(*, now: datetime) -> None:
    """Every night, over what came back or has nowhere to go."""
    each("send_again", dormancy.may_be_sent_again(), lambda one: send_again(pay_out_id=one, now=now))
    each("unclaimed", dormancy.undelivered(), lambda one: look_after(pay_out_id=one, now=now))


@story
def send_again(*, pay_out_id: int, now: datetime) -> None:
    """Its owner has another address in their account by now: it is sent there, without anybody's help."""
    pay_out = services.locked_pay_out(pay_out_id)
    payee = services.payee_of(pay_out.user_id, pay_out.facility_id)
    if pay_out.user_id is None or not payee.address or payee.address == pay_out.payee_address:
        return
    if pay_out.state == PayOutState.WAITING:
        words = {"payee_name": payee.name, "payee_email": payee.email, "payee_address": payee.address}
        services.move(pay_out, PayOutState.WAITING, **words, payee_region=payee.region or pay_out.payee_region)
    elif pay_out.state == PayOutState.RETURNED and pay_out.replaced_by_id is None:
        send_anew(pay_out, payee, now)
    else:
        return
    _recorded("pay_out.address", None, pay_out, now, by="system")


@story
def look_after(*, pay_out_id: int, now: datetime) -> None:
    """Write to its owner, or book it as owed to the state of their last address, by that state's rule."""
    pay_out = services.locked_pay_out(pay_out_id)
    if not dormancy.is_undelivered(pay_out) or origins.is_disputed(pay_out.deposit_id):
        return
    rule = dormancy.rule_for(pay_out.payee_region, now)
    step = unclaimed_step(
        dormancy.interest_at(pay_out), pay_out.notice_at, now, months=rule.months, notice_days=rule.notice_days,
        needs_notice=pay_out.amount_cents >= rule.notice_cents,
    )  # fmt: skip
    if step == "letter":
        services.move(pay_out, pay_out.state, notice_at=now)
        tell_payee(pay_out, "unclaimed_notice", now)
        _recorded("unclaimed.notice", None, pay_out, now, by="system")
    elif step == "state":
        _falls(pay_out, now)


def _falls(pay_out: PayOut, now: datetime) -> None:
    """To the state of the last address; not known: of the place; not known either: the country, to be found out."""
    place = pay_out.facility.region if pay_out.facility else ""
    region = pay_out.payee_region or state_code(place) or settings.COUNTRY
    entry_id = ledger.post(
        key=f"unclaimed:{pay_out.pk}", kind="unclaimed", reference=f"pay_out:{pay_out.pk}", now=now,
        lines=[(chart.REFUNDS_PAYABLE, -pay_out.amount_cents), (chart.unclaimed(region), pay_out.amount_cents)],
    )  # fmt: skip
    services.move(pay_out, PayOutState.UNCLAIMED, payee_region=region, entry_id=entry_id, ended_at=now)
    _recorded("unclaimed.fall", None, pay_out, now, by="system")


@story
def remit(*, staff: Actor, pay_out_id: int, reference: str, now: datetime) -> PayOut:
    """It was paid to the state, with its report `reference`. Again, it is the same.

    Raises NoSuchPayOut, NotPermitted, WrongPayOutState, ReferenceNeeded.
    """
    pay_out = services.locked_pay_out(pay_out_id)
    if staff is not None and pay_out.facility_id is None:
        raise NotPermitted
    require(staff, pay_out.facility_id or 0, Permission.SETTLE_REFUNDS, now)
    number = reference.strip()
    if (pay_out.state, pay_out.reference) == (PayOutState.REMITTED, number):
        return pay_out
    if pay_out.state != PayOutState.UNCLAIMED:
        raise errors.WrongPayOutState
    if not number:
        raise errors.ReferenceNeeded
    entry_id = ledger.post(
        key=f"remitted:{pay_out.pk}", kind="remitted", reference=f"pay_out:{pay_out.pk}", now=now,
        lines=[(chart.unclaimed(pay_out.payee_region), -pay_out.amount_cents), (chart.BANK, pay_out.amount_cents)],
    )  # fmt: skip
    values = {"reference": number[:80], "settled_by": staff, "entry_id": entry_id, "ended_at": now}
    services.move(pay_out, PayOutState.REMITTED, **values)
    _recorded("unclaimed.remit", staff, pay_out, now)
    return pay_out


@story
def set_rule(
    *, region: str, months: int, notice_cents: int, notice_days: int, source: str, effective_from: date, now: datetime
) -> None:
    """The operator writes down what a state's law says (E3). Raises BadRegion."""
    rule = services.set_dormancy(
        region=region, months=months, notice_cents=notice_cents, notice_days=notice_days, source=source,
        effective_from=effective_from,
    )  # fmt: skip
    record("operator", "unclaimed.rule", f"dormancy:{rule.pk}", now=now, region=rule.region, months=months)


def _recorded(act: str, staff: Actor, pay_out: PayOut, now: datetime, by: str = "") -> None:
    record(
        by or named(staff), act, f"pay_out:{pay_out.pk}", now=now, facility_id=pay_out.facility_id,
        amount_cents=pay_out.amount_cents, account=audited(pay_out.refund.account),
    )  # fmt: skip
