"""Verbs of money going back: what is written down of it. Booking it is the ledger's; the flows tell the stories."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kinline.contacts.models import Contact
from kinline.core.transaction import verb
from kinline.facilities.models import Agency, Facility
from kinline.identity.models import User
from kinline.payments import errors
from kinline.payments.models import DormancyRule, Keep, PayOut, Refund
from kinline.payments.models.refunds import Way
from kinline.payments.queries.origins import Share
from kinline.payments.states import state_code
from kinline.residents.models import Custody, Resident


@dataclass(frozen=True, slots=True)
class Payee:
    """To whom money is sent. `facility_id`: whose finance staff do it; None: the operator."""

    name: str = ""
    email: str = ""
    address: str = ""
    region: str = ""
    facility_id: int | None = None


def earlier_refund(*, client_key: UUID, account: str, amount_cents: int | None, asked_by: str) -> Refund | None:
    """The refund that this key made before. `amount_cents`: None if it was all there was. Raises RefundKeyReused."""
    known = Refund.objects.filter(client_key=client_key).first()
    if known is None:
        return None
    if (known.account, known.asked_by) != (account, asked_by) or amount_cents not in {None, known.amount_cents}:
        raise errors.RefundKeyReused
    return known


@verb
def record_refund(
    *, account: str, cause: str, amount_cents: int, asked_by: str, client_key: UUID, entry_id: int, now: datetime
) -> Refund:
    """What `entry_id` booked into `refunds:payable`."""
    return Refund.objects.create(
        account=account, cause=cause, amount_cents=amount_cents, asked_by=asked_by, client_key=client_key,
        entry_id=entry_id, at=now,
    )  # fmt: skip


@verb
def add_pay_out(refund: Refund, share: Share, *, now: datetime) -> PayOut:
    """One part of it. A card needs no words of its payee; a cheque has them, as they are today."""
    payee = payee_of(share.user_id, share.facility_id)
    words = {"payee_region": payee.region}
    if share.way != Way.CARD:
        words |= {"payee_name": payee.name or share.payer_name, "payee_email": payee.email}
        words |= {"payee_address": payee.address}
    return PayOut.objects.create(
        refund=refund, deposit_id=share.deposit_id, way=share.way, amount_cents=share.cents, user_id=share.user_id,
        facility_id=payee.facility_id, at=now, **words,
    )  # fmt: skip


@verb
def add_residents_pay_out(refund: Refund, resident: Resident, custody: Custody | None, *, now: datetime) -> PayOut:
    """A resident's whole refund: theirs, whoever paid it in. In custody into the trust account, else on a card."""
    inside = custody is not None and custody.ended_at is None
    return PayOut.objects.create(
        refund=refund, way=Way.TRUST if inside else Way.RELEASE_CARD, amount_cents=refund.amount_cents,
        resident=resident, facility=custody.facility if custody else None, payee_name=resident.name,
        payee_region=state_code(custody.facility.region) if custody else "", at=now,
    )  # fmt: skip


@verb
def replace(pay_out: PayOut, *, state: str, way: str, payee: Payee, now: datetime, failure: str = "") -> PayOut:
    """It could not be done so: the row ends as `state`, and a new one waits in its place."""
    words = {} if way == Way.CARD else {
        "payee_name": payee.name, "payee_email": payee.email, "payee_address": payee.address,
    }  # fmt: skip
    instead = PayOut.objects.create(
        refund_id=pay_out.refund_id, deposit_id=pay_out.deposit_id, way=way, amount_cents=pay_out.amount_cents,
        user_id=pay_out.user_id, resident_id=pay_out.resident_id, at=now,
        facility_id=pay_out.facility_id or payee.facility_id, payee_region=payee.region or pay_out.payee_region,
        **words,
    )  # fmt: skip
    move(pay_out, state, failure=failure or pay_out.failure, replaced_by=instead, ended_at=now)
    return instead


@verb
def move(pay_out: PayOut, state: str, **values: object) -> None:
    """Into another state, with what belongs to it. The caller has locked the row."""
    PayOut.objects.filter(pk=pay_out.pk).update(state=state, **values)
    pay_out.state = state
    for name, value in values.items():
        setattr(pay_out, name, value)


def locked_pay_out(pay_out_id: int) -> PayOut:
    """The row, nobody else's until the story ends. Raises NoSuchPayOut."""
    rows = PayOut.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("refund", "deposit", "user", "resident", "facility").filter(pk=pay_out_id).first()
    if found is None:
        raise errors.NoSuchPayOut
    return found


@verb
def keep(*, account: str, by: str, now: datetime) -> None:
    """Somebody showed interest in a balance: its clock starts anew (F16)."""
    Keep.objects.create(account=account, by=by, at=now)


def payee_of(user_id: int | None, facility_id: int | None = None) -> Payee:
    """Name and address as the account has them; of a closed one as it had them, while they are kept."""
    user = User.objects.select_related("closure").filter(pk=user_id or 0).first()
    if user is None:
        return Payee(facility_id=facility_id)
    desk = facility_id or desk_of(user.pk)
    if user.closed_at is not None:
        closure = getattr(user, "closure", None)
        if closure is None:
            return Payee(facility_id=desk)
        words = closure.payee_name, closure.payee_email, closure.payee_address
        return Payee(*words, _last_region(user.pk), desk)
    return Payee(user.name, user.email, postal_address(user), state_code(user.region), desk)


def postal_address(user: User) -> str:
    lines = (user.address_line1, user.address_line2, f"{user.city}, {user.region} {user.postal_code}")
    return "\n".join(line for line in lines if line.strip(" ,"))


def _last_region(user_id: int) -> str:
    told = PayOut.objects.filter(user_id=user_id).exclude(payee_region="").order_by("-pk")
    return told.values_list("payee_region", flat=True).first() or ""


def desk_of(user_id: int) -> int | None:
    """Whose finance staff send a cheque to a family member: the place of their newest contact; where there is but one
    agency, its first place. None: the operator.
    """
    contact = Contact.objects.filter(user_id=user_id).order_by("-created_at", "-pk").first()
    if contact is not None:
        custody = Custody.objects.filter(resident_id=contact.resident_id).order_by("-started_at", "-pk").first()
        if custody is not None:
            return custody.facility_id
    if Agency.objects.count() != 1:
        return None
    return Facility.objects.order_by("pk").values_list("pk", flat=True).first()


@verb
def set_dormancy(
    *, region: str, months: int, notice_cents: int, notice_days: int, source: str, effective_from: date
) -> DormancyRule:  # fmt: skip
    """A state's rule from a day on (E3). Raises BadRegion."""
    code = state_code(region)
    if not code:
        raise errors.BadRegion
    facts = {"months": months, "notice_cents": notice_cents, "notice_days": notice_days, "source": source[:200]}
    rule, _made = DormancyRule.objects.update_or_create(region=code, effective_from=effective_from, defaults=facts)
    return rule
