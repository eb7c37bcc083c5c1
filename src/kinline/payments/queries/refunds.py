"""What somebody can have back, what is on its way, and gifts that can still be taken back (MON-6). The actor first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.payments import refund_wording as wording
from kinline.payments.models import Deposit, PayOut, Refund
from kinline.payments.models.refunds import Way
from kinline.payments.queries.origins import Claim, claim_of, held_numbers, origin_of, shares, unspent_of_payer
from kinline.residents.models import Resident

__all__ = [
    "Back", "Gift", "RefundView", "Refundable", "comes_back_at_closing", "gifts_to_undo", "origin_of", "refundable",
    "refunds_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Back:
    """Where a part of it would go. `way`: `card`, `cheque` or `pay_out` (a resident's list). `mine`: no other payer's.

    `label`: "Visa 4242", only of one's own card. `sentence` says all of it.
    """

    cents: int
    way: str
    label: str
    mine: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Refundable:
    """What of a balance can be asked for now. `available_cents`: free money of the balance as far as the viewer may see
    it. `mine_cents`: what may be asked for, at most. `held_cents`: reserved by letters that wait or a call.

    `parts`: the cards that get how much, newest deposit first; `cheque_cents`: the rest, by cheque or pay-out list.
    `why_not`: a sentence when nothing can be asked for.
    """

    account: str
    available_cents: int
    mine_cents: int
    held_cents: int
    parts: tuple[Back, ...]
    why_not: str

    @property
    def cheque_cents(self) -> int:
        return sum(part.cents for part in self.parts if part.way != Way.CARD)


def refundable(party: Party, account: str, now: datetime, amount_cents: int | None = None) -> Refundable:
    """What the party can have back of a balance. `amount_cents`: how so much would be paid (too much: as all)."""
    claim = claim_of(party, account)
    if claim is None:
        return Refundable(account, 0, 0, 0, (), wording.refund_why_not("not_yours"))
    found = claim.of(origin_of(account))
    balance = ledger.balance(account)
    held = balance.held_cents if claim.payer_id is None else 0
    why_not = "" if found.cents else wording.refund_why_not("held" if held else "empty")
    asked = found.cents if amount_cents is None else max(0, min(amount_cents, found.cents))
    return Refundable(account, found.cents, found.cents, held, _parts(party, claim, asked), why_not)


def comes_back_at_closing(user_id: int) -> int:
    """Cents of one's own that closing the account gives back: credits, and one's part of numbers; also what letters
    reserve, which are taken back then.
    """
    cents = ledger.balance(chart.family_messages(user_id)).posted_cents + sum(unspent_of_payer(user_id).values())
    for account in held_numbers(user_id):
        found = origin_of(account)
        cents += found.other_cents + sum(part.cents for part in found.parts if part.payer_id in {user_id, None})
    return cents


def _parts(party: Party, claim: Claim, amount_cents: int) -> tuple[Back, ...]:
    if not amount_cents:
        return ()
    if party.side == RESIDENT:
        return (Back(amount_cents, "pay_out", "", True, wording.goes_to("pay_out", amount_cents, "", mine=True)),)
    return tuple(
        Back(
            share.cents, share.way, share.label if mine else "", mine,
            wording.goes_to(share.way, share.cents, share.label, mine=mine),
        )
        for share in shares(claim.account, claim.of(origin_of(claim.account)), amount_cents)
        for mine in [share.user_id == party.id]
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PayOutView:
    """One payment of a refund, as its reader may see it. `sentence`: where it is and what comes next."""

    id: int
    way: str
    state: str
    cents: int
    label: str
    mine: bool
    at: datetime
    ended_at: datetime | None
    sentence: str


@dataclass(frozen=True, slots=True)
class RefundView:
    """`cents`: what of it the reader may see, all of it or their own pay-outs."""

    id: int
    account: str
    cause: str
    cents: int
    at: datetime
    pay_outs: tuple[PayOutView, ...]
    sentence: str


def refunds_of(party: Party, limit: int = 50) -> list[RefundView]:
    """Refunds that the party asked for, got a part of, or that left a balance of theirs; newest first.

    Whoever is only the payer of a part sees that part and no other.
    """
    rows = Refund.objects.filter(_concerns(party)).distinct().order_by("-at", "-pk")[:limit]
    return [_refund_view(party, refund) for refund in rows.prefetch_related("pay_outs__deposit")]


def _concerns(party: Party) -> Q:
    mine = Q(account=chart.messages_of(party)) | Q(asked_by=party.channel)
    if party.side == RESIDENT:
        return mine | Q(account=chart.resident_calls(party.id))
    return mine | Q(pay_outs__user_id=party.id)


def _refund_view(party: Party, refund: Refund) -> RefundView:
    whole = refund.asked_by == party.channel or _owns(party, refund.account)
    pay_outs = tuple(
        _pay_out_view(party, one)
        for one in sorted(refund.pay_outs.all(), key=lambda one: one.pk)
        if (whole or _is_payee(party, one)) and not (one.replaced_by_id and one.state != "failed")
    )
    cents = refund.amount_cents if whole else sum(one.cents for one in pay_outs if one.state != "failed")
    return RefundView(
        refund.pk, refund.account, refund.cause, cents, refund.at, pay_outs, wording.refund_cause(refund.cause)
    )


def _owns(party: Party, account: str) -> bool:
    return account in {chart.messages_of(party)} | (
        {chart.resident_calls(party.id)} if party.side == RESIDENT else set()
    )


def _is_payee(party: Party, pay_out: PayOut) -> bool:
    return (pay_out.user_id if party.side == FAMILY else pay_out.resident_id) == party.id


def _pay_out_view(party: Party, pay_out: PayOut) -> PayOutView:
    mine = _is_payee(party, pay_out)
    label = pay_out.deposit.card_label if mine and pay_out.deposit and pay_out.way == Way.CARD else ""
    return PayOutView(
        pay_out.pk, pay_out.way, pay_out.state, pay_out.amount_cents, label, mine, pay_out.at, pay_out.ended_at,
        wording.pay_out_sentence(pay_out.state, pay_out.way, has_address=bool(pay_out.payee_address)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gift:
    """Money that somebody gave to a resident and may still take back. `until`: the last moment to do so."""

    deposit_id: int
    account: str
    resident_id: int
    name: str
    amount_cents: int
    unspent_cents: int
    at: datetime
    until: datetime


def gifts_to_undo(user_id: int, now: datetime) -> list[Gift]:
    """The person's gifts of the last day (`GIFT_UNDO_HOURS`) of which something is unspent, newest first."""
    within = timedelta(hours=settings.GIFT_UNDO_HOURS)
    recent = _gifts(user_id).filter(at__gt=now - within).order_by("-at", "-pk")
    found = list(recent)
    unspent = _unspent({gift.account for gift in found})
    people = Resident.objects.in_bulk([int(chart.owner(gift.account)[1]) for gift in found])
    return [
        Gift(
            gift.pk,
            gift.account,
            person.pk,
            person.name,
            gift.amount_cents,
            unspent[gift.pk],
            gift.at,
            gift.at + within,
        )
        for gift in found
        for person in [people[int(chart.owner(gift.account)[1])]]
        if gift.pk in unspent
    ]


def _gifts(user_id: int) -> QuerySet[Deposit]:
    return Deposit.objects.filter(payer_id=user_id, account__startswith=f"{RESIDENT}:")


def _unspent(accounts: Iterable[str]) -> dict[int, int]:
    """Unspent cents by deposit."""
    return {part.deposit_id: part.cents for account in accounts for part in origin_of(account).parts}
